/* Well-known binary, as ISO 13249-3 (SQL/MM part 3) and OGC 06-103r4 define it. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "geometry/shapes.h"

enum { WKB_POLYGON = 3, WKB_MULTIPOLYGON = 6, WKB_COLLECTION = 7 };
enum { DEEPEST = 8 }; /* nested collections */

typedef struct reader {
    const unsigned char *at;
    size_t left;
    bool swap;
    irm_error *error;
} reader;

static irm_status bad(const reader *r, const char *what) {
    return irm_fail(r->error, IRM_STATUS_DATA, "the WKB %s", what);
}

static bool machine_is_big_endian(void) {
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 0;
}

static void take(reader *r, void *into, size_t size) {
    if (r->swap) {
        for (size_t i = 0; i < size; i++) {
            ((unsigned char *)into)[i] = r->at[size - 1 - i];
        }
    } else {
        memcpy(into, r->at, size);
    }
    r->at += size;
    r->left -= size;
}

/* A count, of items that take at least `least` bytes each. */
static irm_status take_count(reader *r, size_t least, uint32_t *count) {
    if (r->left < 4) {
        return bad(r, "ends before a count");
    }
    take(r, count, 4);
    return *count > r->left / least ? bad(r, "counts more items than it has bytes for")
                                    : IRM_OK;
}

static irm_status take_header(reader *r, uint32_t *type, size_t *dimensions) {
    if (r->left < 5) {
        return bad(r, "ends before its type");
    }
    if (*r->at > 1) {
        return bad(r, "states no byte order");
    }
    bool little = *r->at == 1;
    r->swap = little == machine_is_big_endian();
    r->at++;
    r->left--;
    uint32_t code;
    take(r, &code, 4);
    bool old_z = (code & UINT32_C(0x80000000)) != 0; /* the 2.5D of before ISO */
    code &= ~UINT32_C(0x80000000);
    uint32_t extra = code / 1000;
    *type = code % 1000;
    if (extra > 3) {
        return bad(r, "is of an unknown type");
    }
    *dimensions = 2 + (size_t)(old_z || extra == 1 || extra == 3) + (size_t)(extra >= 2);
    return IRM_OK;
}

static irm_status take_ring(reader *r, size_t dimensions, bool hole, irm_shapes *shapes) {
    uint32_t n;
    IRM_TRY(take_count(r, dimensions * 8, &n));
    if (n == 0) {
        return IRM_OK;
    }
    double *x, *y;
    IRM_TRY(shapes_add_ring(shapes, hole, (size_t)n + 1, &x, &y, r->error));
    for (uint32_t i = 0; i < n; i++) {
        take(r, &x[i], 8);
        take(r, &y[i], 8);
        r->at += (dimensions - 2) * 8;
        r->left -= (dimensions - 2) * 8;
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            return bad(r, "has a coordinate that is not a finite number");
        }
    }
    /* Room was made for a closing point; most rings have it already. */
    if (x[0] == x[n - 1] && y[0] == y[n - 1] && n > 1) {
        shapes->ring_start[shapes->n_rings] = --shapes->n_points;
    } else {
        x[n] = x[0];
        y[n] = y[0];
    }
    return IRM_OK;
}

static irm_status take_polygon(reader *r, size_t dimensions, irm_shapes *shapes) {
    uint32_t n_rings;
    IRM_TRY(take_count(r, 4, &n_rings));
    size_t before = shapes->n_rings;
    for (uint32_t i = 0; i < n_rings; i++) {
        IRM_TRY(take_ring(r, dimensions, shapes->n_rings > before, shapes));
    }
    return IRM_OK;
}

static irm_status take_geometry(reader *r, int depth, irm_shapes *shapes);

static irm_status take_members(reader *r, int depth, irm_shapes *shapes) {
    uint32_t n;
    IRM_TRY(take_count(r, 5, &n));
    for (uint32_t i = 0; i < n; i++) {
        IRM_TRY(take_geometry(r, depth + 1, shapes));
    }
    return IRM_OK;
}

static irm_status skip_points(reader *r, size_t size) {
    if (r->left < size) {
        return bad(r, "ends before its last point");
    }
    r->at += size;
    r->left -= size;
    return IRM_OK;
}

/* Points and lines have no rings; in a collection they must still be passed over. */
static irm_status pass_over(reader *r, uint32_t type, size_t dimensions, int depth,
                            irm_shapes *shapes) {
    uint32_t n;
    switch (type) {
        case 1: /* point */
            return skip_points(r, dimensions * 8);
        case 2: /* line */
            IRM_TRY(take_count(r, dimensions * 8, &n));
            return skip_points(r, n * dimensions * 8);
        case 4: /* multipoint */
        case 5: /* multiline */
            return take_members(r, depth, shapes);
        default:
            return depth == 0 ? IRM_OK : bad(r, "holds a type that is not known here");
    }
}

static irm_status take_geometry(reader *r, int depth, irm_shapes *shapes) {
    uint32_t type;
    size_t dimensions;
    if (depth > DEEPEST) {
        return bad(r, "nests collections too deep");
    }
    IRM_TRY(take_header(r, &type, &dimensions));
    switch (type) {
        case WKB_POLYGON:
            return take_polygon(r, dimensions, shapes);
        case WKB_MULTIPOLYGON:
        case WKB_COLLECTION:
            return take_members(r, depth, shapes);
        default:
            return pass_over(r, type, dimensions, depth, shapes);
    }
}

irm_status wkb_decode(const unsigned char *bytes, size_t size, irm_shapes *shapes,
                      irm_error *error) {
    reader r = {.at = bytes, .left = size, .error = error};
    return take_geometry(&r, 0, shapes);
}
