#include <math.h>
#include <stdio.h>

#include "axis.h"
#include "clip.h"
#include "frame.h"
#include "hatch.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "legend.h"
#include "places.h"
#include "rings.h"
#include "text.h"

enum { TIPS_MOST = 4000, NAMES_MOST = 14, NAMES_ALL = 40 };
static const double LEGEND_GAP = 22, NARROW = 600, DEFAULT_WIDTH = 760;
/* Surroundings show on every side. */
static const double CONTEXT_MARGIN = 0.94;

/* One map being drawn. */
typedef struct drawing {
    const irm_map *map;
    size_t n;
    frame around;
    classes classes;
    circles circles;
    projection by;
    box extent; /* of the shapes, in their coordinates: bottom below top */
    box area;   /* of the map, on the page */
    bool degrees;
    path part, scratch;
    char **tips; /* what a pointer shows over each shape; NULL when there are too many */
    double *x, *y; /* where each shape's circle and name go, on the page */
} drawing;

static box shapes_extent(const irm_shapes *shapes) {
    box all = {INFINITY, -INFINITY, -INFINITY, INFINITY};
    for (size_t i = 0; i < irm_shapes_count(shapes); i++) {
        irm_shape shape = irm_shapes_get(shapes, i);
        double xmin, ymin, xmax, ymax;
        if (shape.n_rings == 0) {
            continue;
        }
        irm_shape_bounds(shape, &xmin, &ymin, &xmax, &ymax);
        if (isfinite(xmin) && isfinite(ymin) && isfinite(xmax) && isfinite(ymax)) {
            all.left = fmin(all.left, xmin);
            all.right = fmax(all.right, xmax);
            all.bottom = fmin(all.bottom, ymin);
            all.top = fmax(all.top, ymax);
        }
    }
    return all;
}

/* Longitudes and latitudes: no plane is that small and that near its origin. */
static bool looks_like_degrees(box extent) {
    return fabs(extent.left) <= 180 && fabs(extent.right) <= 180 &&
           fabs(extent.top) <= 90 && fabs(extent.bottom) <= 90;
}

/* Width over height of the ground, degrees of longitude shortened to their latitude. */
static double ground_width(const drawing *d) {
    double width = d->extent.right - d->extent.left;
    double middle = (d->extent.top + d->extent.bottom) / 2;
    return d->degrees ? width * cos(middle * M_PI / 180) : width;
}

static double ground_height(const drawing *d) { return d->extent.top - d->extent.bottom; }

/* Fits the ground into d->area, centred. */
static void make_projection(drawing *d) {
    double width = fmax(ground_width(d), 1e-9), height = fmax(ground_height(d), 1e-9);
    double room_x = d->area.right - d->area.left, room_y = d->area.bottom - d->area.top;
    double margin = d->map->context != NULL ? CONTEXT_MARGIN : 1;
    double scale = fmin(room_x / width, room_y / height) * margin;
    double across = fmax(d->extent.right - d->extent.left, 1e-9);
    d->by.grain = canvas_grain(d->around.page);
    d->by.ky = scale;
    d->by.kx = scale * width / across;
    d->by.ox = d->area.left + (room_x - scale * width) / 2 - d->extent.left * d->by.kx;
    d->by.oy = d->area.top + (room_y - scale * height) / 2 + d->extent.top * d->by.ky;
}

/* True when the value that this map shows is missing there. */
static int hatch_of(const drawing *d, size_t shape) {
    const irm_map *map = d->map;
    if (map->colour != NULL) {
        return classes_of(&d->classes, map, shape);
    }
    if (map->circle != NULL && !axis_shows(map->circle[shape])) {
        return map->secret != NULL && map->secret[shape] ? CLASS_SECRET : CLASS_MISSING;
    }
    return 0;
}

static bool hatched(const drawing *d, size_t shape) {
    int class = hatch_of(d, shape);
    return class == CLASS_SECRET || class == CLASS_MISSING;
}

static void add_value(irm_buffer *tip, const drawing *d, double value, int decimals,
                      size_t shape) {
    const char *lang = frame_lang(&d->around);
    char number[64];
    bool secret = d->map->secret != NULL && d->map->secret[shape];
    irm_number_text(axis_shows(value) ? value : NAN, decimals, lang, number,
                    sizeof number);
    irm_buffer_text(tip, !axis_shows(value) && secret ? "s" : number);
}

/* "Brioude : 18,2 ; Population : 6 700". */
static irm_status tip_of(const drawing *d, size_t shape, char **text) {
    const irm_map *map = d->map;
    irm_buffer tip = {0};
    bool unnamed = map->names != NULL && classes_of(&d->classes, map, shape) < 0;
    if (map->labels != NULL && map->labels[shape] != NULL) {
        irm_buffer_text(&tip, map->labels[shape]);
        irm_buffer_text(&tip, unnamed ? "" : frame_say(&d->around, "\u00a0: ", ": "));
    }
    if (map->names != NULL && !unnamed) {
        irm_buffer_text(&tip, map->names[(size_t)map->colour[shape]]);
    } else if (map->colour != NULL && map->names == NULL) {
        add_value(&tip, d, map->colour[shape], map->decimals, shape);
    }
    if (map->circle != NULL) {
        irm_buffer_text(&tip, map->colour != NULL ? " ; " : "");
        if (map->circle_unit != NULL) {
            irm_buffer_text(&tip, map->circle_unit);
            irm_buffer_text(&tip, frame_say(&d->around, "\u00a0: ", ": "));
        }
        add_value(&tip, d, map->circle[shape], 0, shape);
    }
    if (tip.failed) {
        irm_buffer_clear(&tip);
        return IRM_STATUS_NO_MEMORY;
    }
    *text = tip.size > 0 ? irm_buffer_take(&tip) : NULL;
    return IRM_OK;
}

static irm_status make_tips(drawing *d) {
    if (d->n > TIPS_MOST) {
        return IRM_OK;
    }
    d->tips = irm_calloc(d->n, sizeof *d->tips);
    for (size_t i = 0; d->tips != NULL && i < d->n; i++) {
        IRM_TRY(tip_of(d, i, &d->tips[i]));
    }
    return d->tips != NULL ? IRM_OK : IRM_STATUS_NO_MEMORY;
}

static irm_status fill_shape(drawing *d, size_t index, double edge) {
    irm_shape shape = irm_shapes_get(d->map->shapes, index);
    int class = hatch_of(d, index);
    hatch strokes = class == CLASS_SECRET ? hatch_secret() : hatch_missing();
    ink fill = class == CLASS_OTHER     ? INK_LAND
               : class < 0              ? INK(0xFAFAFA)
               : d->map->colour != NULL ? d->classes.colour[class]
                                        : INK_LAND;
    for (size_t ring = 0; ring < shape.n_rings;) {
        IRM_TRY(path_part(&d->part, &d->scratch, &shape, ring, &ring, &d->by));
        if (d->part.n < 4) {
            continue;
        }
        canvas_tip(d->around.page, d->tips != NULL ? d->tips[index] : NULL);
        canvas_fill(d->around.page, fill, edge, d->part.n - 1, d->part.x, d->part.y);
        canvas_tip(d->around.page, NULL);
        if (class < 0 && class != CLASS_OTHER) {
            IRM_TRY(hatch_fill(d->around.page, &strokes, &d->part));
        }
    }
    return IRM_OK;
}

static irm_status draw_shapes(drawing *d) {
    /* Neighbours of one colour show no seam: each fill goes a hair beyond its edge. */
    double edge = d->n > 2000 ? 0.35 : 0.2;
    for (size_t i = 0; i < d->n; i++) {
        IRM_TRY(fill_shape(d, i, edge));
    }
    return IRM_OK;
}

/* White borders vanish between hatched shapes: grey ones there. */
static irm_status border_hatched(drawing *d, double width) {
    pen stroke = {.colour = INK(0xBFC7D0), .width = width};
    for (size_t i = 0; i < d->n; i++) {
        irm_shape shape = irm_shapes_get(d->map->shapes, i);
        for (size_t ring = 0; hatched(d, i) && ring < shape.n_rings; ring++) {
            IRM_TRY(path_ring(&d->part, &shape, ring, &d->by));
            canvas_line(d->around.page, stroke, d->part.n, d->part.x, d->part.y);
        }
    }
    return IRM_OK;
}

/* Rings of shapes as lines, those that reach into the map. */
static irm_status draw_borders(drawing *d, const irm_shapes *shapes, pen stroke,
                               bool cut) {
    for (size_t i = 0; i < irm_shapes_count(shapes); i++) {
        irm_shape shape = irm_shapes_get(shapes, i);
        for (size_t ring = 0; ring < shape.n_rings; ring++) {
            IRM_TRY(path_ring(&d->part, &shape, ring, &d->by));
            if (!cut) {
                canvas_line(d->around.page, stroke, d->part.n, d->part.x, d->part.y);
            } else if (box_meets(path_box(&d->part), d->area)) {
                IRM_TRY(clip_line(d->around.page, stroke, &d->part, d->area));
            }
        }
    }
    return IRM_OK;
}

static irm_status draw_context(drawing *d) {
    const irm_shapes *shapes = d->map->context;
    for (size_t i = 0; i < irm_shapes_count(shapes); i++) {
        irm_shape shape = irm_shapes_get(shapes, i);
        for (size_t ring = 0; ring < shape.n_rings;) {
            IRM_TRY(path_part(&d->part, &d->scratch, &shape, ring, &ring, &d->by));
            if (d->part.n < 4 || !box_meets(path_box(&d->part), d->area)) {
                continue;
            }
            IRM_TRY(clip_polygon(&d->scratch, &d->part, d->area));
            canvas_fill(d->around.page, INK_AROUND, 0, d->scratch.n, d->scratch.x,
                        d->scratch.y);
        }
    }
    return draw_borders(d, shapes, (pen){.colour = INK_GRID, .width = 0.8}, true);
}

static irm_status place_shapes(drawing *d) {
    d->x = irm_calloc(d->n, sizeof *d->x);
    d->y = irm_calloc(d->n, sizeof *d->y);
    if (d->x == NULL || d->y == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < d->n; i++) {
        irm_shape shape = irm_shapes_get(d->map->shapes, i);
        double x = NAN, y = NAN;
        bool needed = d->map->circle != NULL ||
                      (d->map->labels != NULL && d->map->labels[i] != NULL);
        if (needed && shape.n_rings > 0) {
            irm_shape_point(shape, &x, &y);
        }
        d->x[i] = x * d->by.kx + d->by.ox;
        d->y[i] = d->by.oy - y * d->by.ky;
    }
    return IRM_OK;
}

/* Weights: the count where there is one, then size. */
static irm_status draw_names(drawing *d) {
    place_name *names = irm_calloc(d->n, sizeof *names);
    if (names == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (d->map->labels[i] == NULL) {
            continue;
        }
        irm_shape shape = irm_shapes_get(d->map->shapes, i);
        bool counted = d->map->circle != NULL;
        names[n] = (place_name){.name = d->map->labels[i], .x = d->x[i], .y = d->y[i]};
        if (counted) {
            double count = d->map->circle[i];
            names[n].weight = axis_shows(count) ? count : 0;
            names[n].radius = circles_radius(&d->circles, count);
        } else if (shape.n_rings > 0) {
            names[n].weight = irm_shape_area(shape);
        }
        n++;
    }
    irm_status status =
        places_draw(d->around.page, names, n, d->area, n <= NAMES_ALL ? n : NAMES_MOST);
    irm_free(names);
    return status;
}

/* A round number of metres or kilometres, about a fifth of the map. */
static void draw_scale_bar(const drawing *d) {
    double length = axis_round_below(0.2 * (d->area.right - d->area.left) / d->by.ky);
    double pixels = length * d->by.ky, x = d->around.left, y = d->around.bottom - 6;
    char text[64], words[80];
    bool kilometres = length >= 1000;
    pen stroke = {.colour = INK_SOFT, .width = 1};
    irm_number_text(kilometres ? length / 1000 : length, 0, frame_lang(&d->around), text,
                    sizeof text);
    snprintf(words, sizeof words, "%s\u00a0%s", text, kilometres ? "km" : "m");
    const double px[] = {x, x, x + pixels, x + pixels};
    const double py[] = {y - 4, y, y, y - 4};
    canvas_line(d->around.page, stroke, 4, px, py);
    canvas_text(d->around.page, x + pixels / 2, y - 5, ANCHOR_MIDDLE, style_note(),
                words);
}

static irm_status draw_layers(drawing *d) {
    const irm_map *map = d->map;
    if (map->context != NULL) {
        IRM_TRY(draw_context(d));
    }
    IRM_TRY(draw_shapes(d));
    if (d->n <= 4000) {
        ink colour = map->colour != NULL ? INK_WHITE : INK(0xA9B4BF);
        double width = d->n <= 400 ? 0.9 : d->n <= 1500 ? 0.5 : 0.3;
        IRM_TRY(
            draw_borders(d, map->shapes, (pen){.colour = colour, .width = width}, false));
        IRM_TRY(border_hatched(d, width));
    }
    if (map->outlines != NULL) {
        IRM_TRY(draw_borders(d, map->outlines,
                             (pen){.colour = INK(0x3A4652), .width = 1.1}, true));
    }
    if (map->circle != NULL) {
        IRM_TRY(circles_draw(d->around.page, &d->circles, map->circle, d->x, d->y, d->n,
                             (const char *const *)d->tips, map->colour != NULL));
    }
    if (map->labels != NULL && !map->quiet) {
        IRM_TRY(draw_names(d));
    }
    if (!d->degrees) {
        draw_scale_bar(d);
    }
    return IRM_OK;
}

/* The legend stands to the right, or under a narrow map. */
static irm_status draw_map(drawing *d, const legend *key, bool beside) {
    const double scale_bar = d->degrees ? 4 : 26;
    double right = d->around.right, bottom = d->around.bottom;
    double x = d->around.left, y = d->around.top;
    if (beside) {
        right -= key->width + (key->width > 0 ? LEGEND_GAP : 0);
        x = d->around.right - key->width;
        y += 6;
    } else {
        bottom -= key->height + LEGEND_GAP;
        y = bottom + LEGEND_GAP;
        d->around.bottom = bottom;
    }
    d->area = (box){d->around.left, d->around.top, right, bottom - scale_bar};
    make_projection(d);
    IRM_TRY(place_shapes(d));
    IRM_TRY(make_tips(d));
    IRM_TRY(draw_layers(d));
    return d->map->no_legend ? IRM_OK : legend_draw(d->around.page, key, x, y);
}

static double wanted_height(const drawing *d, const legend *key, double width,
                            bool beside) {
    double across = width - 2 - (beside ? key->width + LEGEND_GAP : 0);
    double height = across * ground_height(d) / fmax(ground_width(d), 1e-9);
    height = fmin(fmax(height, 240), 640) + 26;
    return beside ? fmax(height, key->height + 12) : height + key->height + LEGEND_GAP;
}

static irm_status prepare(drawing *d, const irm_map *map, double width,
                          irm_error *error) {
    d->map = map;
    d->n = irm_shapes_count(map->shapes);
    d->extent = shapes_extent(map->shapes);
    d->degrees = looks_like_degrees(d->extent);
    if (map->colour != NULL) {
        IRM_TRY(classes_make(&d->classes, map, d->n, error));
    } else {
        for (size_t i = 0; i < d->n; i++) {
            int class = hatch_of(d, i);
            d->classes.secret += class == CLASS_SECRET;
            d->classes.missing += class == CLASS_MISSING;
        }
    }
    if (map->circle != NULL) {
        double height = width * ground_height(d) / fmax(ground_width(d), 1e-9);
        d->circles = circles_make(map->circle, d->n, 0.7 * width, fmin(height, 600));
    }
    return IRM_OK;
}

irm_status irm_draw_map(const irm_map *map, const irm_canvas *request, irm_error *error) {
    drawing d = {0};
    double width = frame_width(request, DEFAULT_WIDTH);
    bool beside = width >= NARROW && map->names == NULL; /* names take room */
    const char *lang = map->caption.lang;
    IRM_TRY(prepare(&d, map, width, error));
    legend key = legend_make(map, &d.classes, map->circle != NULL ? &d.circles : NULL,
                             lang, beside ? 0.42 * width : width - 2, beside);
    if (map->no_legend) {
        key.width = key.height = 0;
    }
    bool drawable = d.extent.left <= d.extent.right;
    double height = drawable ? wanted_height(&d, &key, width, beside) : 200;
    IRM_TRY(frame_open(&d.around, &map->caption, request, DEFAULT_WIDTH, height, error));
    irm_status status = IRM_OK;
    if (!drawable) {
        frame_message(&d.around, frame_no_data(&d.around));
    } else {
        status = draw_map(&d, &key, beside);
    }
    if (status != IRM_OK) {
        canvas_failed(d.around.page, status);
    }
    path_clear(&d.part);
    path_clear(&d.scratch);
    for (size_t i = 0; d.tips != NULL && i < d.n; i++) {
        irm_free(d.tips[i]);
    }
    irm_free(d.tips);
    irm_free(d.x);
    irm_free(d.y);
    return frame_close(&d.around, error);
}
