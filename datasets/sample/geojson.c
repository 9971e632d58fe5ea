/* Rings of a commune's cells, and the national layer's GeoJSON. */
#include <string.h>

#include "irminon/memory.h"
#include "sample/geography.h"

typedef struct ring {
    int first; /* in `points` */
    int count;
    int64_t area; /* twice, in (10^-5 degree)²; negative for a hole */
} ring;

typedef struct outline {
    int points[4 * LATTICE_WIDTH * 8];
    ring rings[16];
    int ring_count;
} outline;

/* next[p]: where the border of the commune goes from point p, the commune on its left. */
static void border(const sample_geography *geography, int commune, int *next) {
    for (int i = 0; i < LATTICE_CELLS; i++) {
        if (geography->cell[i] != commune) {
            continue;
        }
        int x = i % LATTICE_WIDTH, y = i / LATTICE_WIDTH, wide = LATTICE_WIDTH + 1;
        int corner = y * wide + x;
        const int16_t *cell = &geography->cell[i];
        if (y == 0 || cell[-LATTICE_WIDTH] != commune) {
            next[corner] = corner + 1;
        }
        if (x == LATTICE_WIDTH - 1 || cell[1] != commune) {
            next[corner + 1] = corner + 1 + wide;
        }
        if (y == LATTICE_HEIGHT - 1 || cell[LATTICE_WIDTH] != commune) {
            next[corner + 1 + wide] = corner + wide;
        }
        if (x == 0 || cell[-1] != commune) {
            next[corner + wide] = corner;
        }
    }
}

static int64_t cross(const sample_geography *g, int a, int b) {
    /* About the first point of the lattice, to keep the products small. */
    int64_t ax = g->longitude[a] - g->longitude[0], ay = g->latitude[a] - g->latitude[0];
    int64_t bx = g->longitude[b] - g->longitude[0], by = g->latitude[b] - g->latitude[0];
    return ax * by - bx * ay;
}

static void trace(const sample_geography *geography, int commune, outline *out) {
    int next[LATTICE_POINTS], used = 0;
    int limit = (int)(sizeof out->points / sizeof *out->points);
    memset(next, -1, sizeof next);
    border(geography, commune, next);
    out->ring_count = 0;
    for (int start = 0; start < LATTICE_POINTS && out->ring_count < 16; start++) {
        ring found = {.first = used};
        for (int p = start; next[p] >= 0 && used < limit;) {
            int to = next[p];
            next[p] = -1;
            out->points[used++] = p;
            found.area += cross(geography, p, to);
            found.count++;
            p = to;
        }
        if (found.count > 0) {
            out->rings[out->ring_count++] = found;
        }
    }
}

static void write_ring(const sample_geography *geography, const outline *out,
                       const ring *one, irm_buffer *buffer) {
    irm_buffer_text(buffer, "[ ");
    for (int i = 0; i <= one->count; i++) {
        int point = out->points[one->first + i % one->count];
        int x = geography->longitude[point], y = geography->latitude[point];
        irm_buffer_format(buffer, "%s[ %d.%05d, %d.%05d ]", i > 0 ? ", " : "", x / 100000,
                          x % 100000, y / 100000, y % 100000);
    }
    irm_buffer_text(buffer, " ]");
}

/* The polygon of an outer ring; holes go to the largest one. */
static void write_polygon(const sample_geography *geography, const outline *out,
                          const ring *outer, bool with_holes, irm_buffer *buffer) {
    irm_buffer_text(buffer, "[ ");
    write_ring(geography, out, outer, buffer);
    for (int i = 0; with_holes && i < out->ring_count; i++) {
        if (out->rings[i].area < 0) {
            irm_buffer_text(buffer, ", ");
            write_ring(geography, out, &out->rings[i], buffer);
        }
    }
    irm_buffer_text(buffer, " ]");
}

void sample_polygon_write(const sample_geography *geography, int commune,
                          irm_buffer *buffer) {
    outline *out = irm_calloc(1, sizeof *out);
    if (out == NULL) {
        buffer->failed = true;
        return;
    }
    trace(geography, commune, out);
    int outers = 0, largest = 0;
    for (int i = 0; i < out->ring_count; i++) {
        outers += out->rings[i].area > 0;
        largest = out->rings[i].area > out->rings[largest].area ? i : largest;
    }
    irm_buffer_format(buffer, "{ \"type\": \"%s\", \"coordinates\": ",
                      outers > 1 ? "MultiPolygon" : "Polygon");
    irm_buffer_text(buffer, outers > 1 ? "[ " : "");
    for (int i = 0, written = 0; i < out->ring_count; i++) {
        if (out->rings[i].area > 0) {
            irm_buffer_text(buffer, written++ > 0 ? ", " : "");
            write_polygon(geography, out, &out->rings[i], i == largest, buffer);
        }
    }
    irm_buffer_text(buffer, outers > 1 ? " ] }" : " }");
    irm_free(out);
}

int sample_polygon_area(sample_geography *geography, int commune) {
    /* A degree is 111.17 km of meridian and 76.66 km of parallel at 46.5° N (WGS 84), so
     * a square of 10^-5 degrees is 0.8522 m²: half of it for twice the area. */
    int64_t doubled = 0;
    outline *out = irm_calloc(1, sizeof *out);
    if (out != NULL) {
        trace(geography, commune, out);
        for (int i = 0; i < out->ring_count; i++) {
            doubled += out->rings[i].area;
        }
    } else {
        geography->failed = true;
    }
    irm_free(out);
    return (int)(doubled * 4261 / 10000 / 10000);
}
