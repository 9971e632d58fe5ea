#include "places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "style.h"
#include "text.h"

static int heavy_first(const void *a, const void *b) {
    const place_name *p = a, *q = b;
    if (p->weight != q->weight) {
        return p->weight > q->weight ? -1 : 1;
    }
    return strcmp(p->name != NULL ? p->name : "", q->name != NULL ? q->name : "");
}

/* A little smaller where many names share a small map. */
static font name_font(size_t n, box within) {
    font face = style_label();
    face.size = n > 12 && within.right - within.left < 520 ? 10 : 11;
    face.halo = true;
    return face;
}

typedef struct candidate {
    double x, y; /* baseline */
    anchor place;
    box room;
} candidate;

enum { CANDIDATES = 5, ALWAYS_NAMED = 5 };

/* Around its circle; without one, on its territory or hardly off: further it would seem
 * to be its neighbour's. */
static void candidates_of(const place_name *of, font face, candidate found[CANDIDATES]) {
    double width = text_width(of->name, face), gap = of->radius + 4;
    double middle = of->y + face.size * 0.36, aside = 0.2 * width;
    const candidate around[CANDIDATES] = {
        {.x = of->x, .y = of->y - gap, .place = ANCHOR_MIDDLE},
        {.x = of->x + gap, .y = middle, .place = ANCHOR_START},
        {.x = of->x - gap, .y = middle, .place = ANCHOR_END},
        {.x = of->x, .y = of->y + gap + face.size * 0.8, .place = ANCHOR_MIDDLE},
        {.x = of->x, .y = of->y - gap - 4, .place = ANCHOR_MIDDLE},
    };
    const candidate over[CANDIDATES] = {
        {.x = of->x, .y = middle, .place = ANCHOR_MIDDLE},
        {.x = of->x, .y = middle - 8, .place = ANCHOR_MIDDLE},
        {.x = of->x, .y = middle + 8, .place = ANCHOR_MIDDLE},
        {.x = of->x + aside, .y = middle, .place = ANCHOR_MIDDLE},
        {.x = of->x - aside, .y = middle, .place = ANCHOR_MIDDLE},
    };
    const candidate *all = of->radius > 0 ? around : over;
    for (int i = 0; i < CANDIDATES; i++) {
        found[i] = all[i];
        double left = all[i].x - (all[i].place == ANCHOR_MIDDLE ? width / 2
                                  : all[i].place == ANCHOR_END  ? width
                                                                : 0);
        found[i].room =
            (box){left - 3, all[i].y - face.size - 1, left + width + 3, all[i].y + 4};
    }
}

/* Whether a name would cover another place's circle. */
static bool covers_circle(const place_name *places, size_t n, size_t self, box wanted) {
    for (size_t i = 0; i < n; i++) {
        double r = places[i].radius * 0.8;
        box circle = {places[i].x - r, places[i].y - r, places[i].x + r, places[i].y + r};
        if (i != self && places[i].radius > 3 && box_meets(circle, wanted)) {
            return true;
        }
    }
    return false;
}

static bool has_room(box wanted, box within, const box *taken, size_t n) {
    if (wanted.left < within.left || wanted.right > within.right ||
        wanted.top < within.top || wanted.bottom > within.bottom) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (box_meets(wanted, taken[i])) {
            return false;
        }
    }
    return true;
}

irm_status places_draw(canvas *page, place_name *places, size_t n, box within,
                       size_t most) {
    box *taken = irm_calloc(most, sizeof *taken);
    size_t done = 0;
    font face = name_font(most, within);
    if (taken == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    qsort(places, n, sizeof *places, heavy_first);
    for (size_t i = 0; i < n && done < most; i++) {
        candidate found[CANDIDATES];
        if (places[i].name == NULL || !isfinite(places[i].x) || !isfinite(places[i].y)) {
            continue;
        }
        candidates_of(&places[i], face, found);
        /* Clear of circles; the main places get their name whatever is under it. */
        int tries = i < ALWAYS_NAMED ? 2 * CANDIDATES : CANDIDATES;
        for (int try = 0; try < tries; try++) {
            int k = try % CANDIDATES;
            bool clear = try >= CANDIDATES || !covers_circle(places, n, i, found[k].room);
            if (clear && has_room(found[k].room, within, taken, done)) {
                canvas_text(page, found[k].x, found[k].y, found[k].place, face,
                            places[i].name);
                taken[done++] = found[k].room;
                break;
            }
        }
    }
    irm_free(taken);
    return IRM_OK;
}
