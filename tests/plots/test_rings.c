#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clip.h"
#include "hatch.h"
#include "rings.h"
#include "squares.h"
#include "support.h"

static const projection as_is = {
    .kx = 1, .ky = 1, .ox = -500000, .oy = 6400000, .grain = 0.1};

/* How often a closed path turns around a point: what non-zero filling looks at. */
static int winding(const path *of, double x, double y) {
    int turns = 0;
    for (size_t i = 0; i + 1 < of->n; i++) {
        double x1 = of->x[i], y1 = of->y[i], x2 = of->x[i + 1], y2 = of->y[i + 1];
        double side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
        if (y1 <= y && y2 > y && side > 0) {
            turns++;
        } else if (y1 > y && y2 <= y && side < 0) {
            turns--;
        }
    }
    return turns;
}

static void a_hole_stays_outside_of_the_filled_path(void **state) {
    (void)state;
    irm_shapes *shapes = squares(1, 100, 0);
    irm_shape shape = irm_shapes_get(shapes, 0);
    path part = {0}, scratch = {0};
    size_t next = 0;
    assert_int_equal(path_part(&part, &scratch, &shape, 0, &next, &as_is), IRM_OK);
    assert_int_equal(next, 2);
    assert_int_equal(winding(&part, 50, -50.01), 0); /* the middle of the hole */
    assert_int_equal(winding(&part, 30, -70.01), 0);
    assert_int_not_equal(winding(&part, 10, -50.01), 0); /* beside it, across the cut */
    assert_int_not_equal(winding(&part, 90, -50.01), 0);
    assert_int_not_equal(winding(&part, 50, -10.01), 0);
    assert_int_equal(winding(&part, 110, -50.01), 0);
    path_clear(&part);
    path_clear(&scratch);
    irm_shapes_free(shapes);
}

/* Many holes, given from right to left, so that cuts pass by other holes. */
static void many_holes_stay_outside_whatever_their_order(void **state) {
    (void)state;
    enum { HOLES = 9 };
    double x[5 * (HOLES + 1)], y[5 * (HOLES + 1)];
    size_t starts[HOLES + 2];
    bool hole[HOLES + 1];
    for (size_t i = 0; i <= HOLES; i++) {
        double left = i == 0 ? 0 : 90.0 - 10.0 * (double)(i - 1) - 5,
               side = i == 0 ? 100 : 4;
        double low = i == 0 ? 0 : 50;
        const double rx[] = {left, left + side, left + side, left, left};
        const double ry[] = {low, low, low + side, low + side, low};
        starts[i] = 5 * i;
        hole[i] = i > 0;
        memcpy(x + 5 * i, rx, sizeof rx);
        memcpy(y + 5 * i, ry, sizeof ry);
    }
    starts[HOLES + 1] = 5 * (HOLES + 1);
    const irm_shape shape = {HOLES + 1, starts, hole, x, y};
    const projection plain = {.kx = 1, .ky = 1, .grain = 0.1};
    path part = {0}, scratch = {0};
    size_t next = 0;
    assert_int_equal(path_part(&part, &scratch, &shape, 0, &next, &plain), IRM_OK);
    assert_int_equal(next, HOLES + 1);
    for (size_t i = 1; i <= HOLES; i++) {
        double middle = 90.0 - 10.0 * (double)(i - 1) - 3;
        assert_int_equal(winding(&part, middle, -52.01), 0);
        assert_int_not_equal(winding(&part, middle, -40.01), 0);
        assert_int_not_equal(winding(&part, middle - 4, -52.01), 0);
    }
    path_clear(&part);
    path_clear(&scratch);
}

static void clipping_keeps_what_is_inside(void **state) {
    (void)state;
    double x[] = {-50, 50, 50, -50, -50}, y[] = {-50, -50, 50, 50, -50};
    path of = {0}, into = {0};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(path_add(&of, x[i], y[i]), IRM_OK);
    }
    assert_int_equal(clip_polygon(&into, &of, (box){0, 0, 100, 20}), IRM_OK);
    box left = path_box(&into);
    assert_true(left.left == 0 && left.right == 50 && left.top == 0 && left.bottom == 20);
    path_clear(&of);
    path_clear(&into);
}

/* The picture itself: white where the hole is, ink around it. Cairo's own paint is read
 * from an uncompressed PPM that pdftoppm makes. */
static void a_hole_is_unpainted_in_the_picture(void **state) {
    (void)state;
    if (test_run(NULL, NULL, "command -v pdftoppm") != 0) {
        skip();
    }
    char *folder = test_folder(), *file = irm_path_join(folder, "hole.pdf");
    irm_shapes *shapes = squares(1, 1000, 0);
    const double value[] = {5};
    irm_map map = {.shapes = shapes, .colour = value};
    irm_buffer picture = {0};
    const irm_canvas request = {.path = file, .width = 640, .height = 400, .bare = true};
    assert_ok(irm_draw_map(&map, &request, &test_error));
    assert_int_equal(test_run(&picture, NULL, "pdftoppm -r 96 '%s'", file), 0);
    int width = 0, height = 0, from = 0;
    assert_int_equal(sscanf(picture.data, "P6 %d %d 255%n", &width, &height, &from), 2);
    const unsigned char *rgb = (const unsigned char *)picture.data + from + 1;
    /* Along the middle row of the map: ink, then the white hole, then ink. */
    int row = height / 2 - 12, first = -1, last = -1, white = 0;
    for (int i = 0; i < width * 2 / 3; i++) {
        if (rgb[3 * (row * width + i)] < 200) {
            first = first < 0 ? i : first;
            last = i;
        }
    }
    for (int i = first; i <= last; i++) {
        white += rgb[3 * (row * width + i)] > 250;
    }
    assert_true(last - first > 200);
    assert_true(abs(white - (last - first) / 2) < 5); /* the hole is half as wide */
    irm_buffer_clear(&picture);
    irm_shapes_free(shapes);
    irm_free(file);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_stays_outside_of_the_filled_path),
        cmocka_unit_test(many_holes_stay_outside_whatever_their_order),
        cmocka_unit_test(clipping_keeps_what_is_inside),
        cmocka_unit_test(a_hole_is_unpainted_in_the_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
