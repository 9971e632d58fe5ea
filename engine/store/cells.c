#include "cells.h"

#include <math.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "chunks are written as they lie in memory, which must be little-endian"
#endif

size_t irm_element_size(irm_element element) {
    static const size_t sizes[] = {1, 1, 2, 4, 8, 4, 8};
    return sizes[element];
}

size_t irm_cells_stride(const irm_cells *cells) {
    switch (cells->kind) {
        case IRM_MEMORY_DOUBLE:
            return sizeof(double);
        case IRM_MEMORY_CODE:
            return sizeof(int32_t);
        case IRM_MEMORY_RAW:
            break;
    }
    return cells->size;
}

size_t irm_cells_chunk_bytes(const irm_cells *cells) {
    return cells->chunk * cells->size;
}

irm_extent irm_extent_of_doubles(const double *values, size_t count) {
    irm_extent seen = IRM_EXTENT_NONE;
    for (size_t i = 0; i < count && (seen.whole || seen.single); i++) {
        double v = values[i];
        /* NaN and infinities fail the first test; 2^63 is the first double past int64. */
        seen.whole =
            seen.whole && fabs(v) < 0x1p63 && v == trunc(v) && !(v == 0.0 && signbit(v));
        seen.single = seen.single && (isnan(v) || isinf(v) ||
                                      (fabs(v) < 0x1p127 && (double)(float)v == v));
        seen.lowest = v < seen.lowest ? v : seen.lowest;
        seen.highest = v > seen.highest ? v : seen.highest;
    }
    return seen;
}

irm_code_range irm_code_range_of(const int32_t *codes, size_t n) {
    irm_code_range range = {n > 0 ? codes[0] : -1, n > 0 ? codes[0] : -1};
    for (size_t i = 1; i < n; i++) {
        range.low = codes[i] < range.low ? codes[i] : range.low;
        range.high = codes[i] > range.high ? codes[i] : range.high;
    }
    return range;
}

void irm_extent_add(irm_extent *to, const irm_extent *other) {
    to->whole = to->whole && other->whole;
    to->single = to->single && other->single;
    to->lowest = other->lowest < to->lowest ? other->lowest : to->lowest;
    to->highest = other->highest > to->highest ? other->highest : to->highest;
}

irm_element irm_extent_element(const irm_extent *seen) {
    if (!seen->whole) {
        return seen->single ? IRM_ELEMENT_F32 : IRM_ELEMENT_F64;
    }
    if (seen->lowest >= INT8_MIN && seen->highest <= INT8_MAX) {
        return IRM_ELEMENT_I8;
    }
    if (seen->lowest >= INT16_MIN && seen->highest <= INT16_MAX) {
        return IRM_ELEMENT_I16;
    }
    return seen->lowest >= INT32_MIN && seen->highest <= INT32_MAX ? IRM_ELEMENT_I32
                                                                   : IRM_ELEMENT_I64;
}

irm_element irm_element_of_doubles(const double *values, size_t count) {
    irm_extent seen = irm_extent_of_doubles(values, count);
    return irm_extent_element(&seen);
}

irm_element irm_element_of_codes(size_t n) {
    if (n <= (size_t)INT8_MAX + 1) {
        return IRM_ELEMENT_I8;
    }
    return n <= (size_t)INT16_MAX + 1 ? IRM_ELEMENT_I16 : IRM_ELEMENT_I32;
}

/* Moves `n` elements between arrays of two types; the caller has checked that they fit.
 */
#define MOVE(to_type, to, from_type, from, n)               \
    do {                                                    \
        const from_type *from_ = (const from_type *)(from); \
        to_type *to_ = (to_type *)(to);                     \
        for (size_t i_ = 0; i_ < (n); i_++) {               \
            to_[i_] = (to_type)from_[i_];                   \
        }                                                   \
    } while (0)

static void pack_doubles(irm_element element, const double *from, size_t n, void *to) {
    switch (element) {
        case IRM_ELEMENT_I8:
            MOVE(int8_t, to, double, from, n);
            break;
        case IRM_ELEMENT_I16:
            MOVE(int16_t, to, double, from, n);
            break;
        case IRM_ELEMENT_I32:
            MOVE(int32_t, to, double, from, n);
            break;
        case IRM_ELEMENT_I64:
            MOVE(int64_t, to, double, from, n);
            break;
        /* A NaN has many bit patterns; one is written, so that equal is equal bytes. */
        case IRM_ELEMENT_F32:
            for (size_t i = 0; i < n; i++) {
                ((float *)to)[i] = isnan(from[i]) ? NAN : (float)from[i];
            }
            break;
        default:
            for (size_t i = 0; i < n; i++) {
                ((double *)to)[i] = isnan(from[i]) ? (double)NAN : from[i];
            }
    }
}

void irm_cells_pack(const irm_cells *cells, size_t first, size_t n, void *to) {
    const char *from = (const char *)cells->data + first * irm_cells_stride(cells);
    if (cells->kind == IRM_MEMORY_DOUBLE) {
        pack_doubles(cells->element, (const double *)(const void *)from, n, to);
    } else if (cells->kind == IRM_MEMORY_CODE && cells->element == IRM_ELEMENT_I8) {
        MOVE(int8_t, to, int32_t, (const void *)from, n);
    } else if (cells->kind == IRM_MEMORY_CODE && cells->element == IRM_ELEMENT_I16) {
        MOVE(int16_t, to, int32_t, (const void *)from, n);
    } else {
        memcpy(to, from, n * cells->size);
    }
}

static void unpack_doubles(irm_element element, const void *from, size_t n, double *to) {
    switch (element) {
        case IRM_ELEMENT_I8:
            MOVE(double, to, int8_t, from, n);
            break;
        case IRM_ELEMENT_I16:
            MOVE(double, to, int16_t, from, n);
            break;
        case IRM_ELEMENT_I32:
            MOVE(double, to, int32_t, from, n);
            break;
        case IRM_ELEMENT_I64:
            MOVE(double, to, int64_t, from, n);
            break;
        case IRM_ELEMENT_F32:
            MOVE(double, to, float, from, n);
            break;
        default:
            memcpy(to, from, n * sizeof *to);
    }
}

void irm_cells_unpack(const irm_cells *cells, const void *from, size_t n, void *to) {
    if (cells->kind == IRM_MEMORY_DOUBLE) {
        unpack_doubles(cells->element, from, n, to);
    } else if (cells->kind == IRM_MEMORY_CODE && cells->element == IRM_ELEMENT_I8) {
        MOVE(int32_t, to, int8_t, from, n);
    } else if (cells->kind == IRM_MEMORY_CODE && cells->element == IRM_ELEMENT_I16) {
        MOVE(int32_t, to, int16_t, from, n);
    } else {
        memcpy(to, from, n * cells->size);
    }
}

void irm_shuffle(const unsigned char *from, size_t n, size_t size, unsigned char *to) {
    for (size_t byte = 0; byte < size; byte++) {
        for (size_t i = 0; i < n; i++) {
            *to++ = from[i * size + byte];
        }
    }
}

void irm_unshuffle(const unsigned char *from, size_t n, size_t size, unsigned char *to) {
    for (size_t byte = 0; byte < size; byte++) {
        for (size_t i = 0; i < n; i++) {
            to[i * size + byte] = *from++;
        }
    }
}
