#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "tabulate/cells.h"

irm_status measured_init(measured *m, size_t rows, irm_error *error) {
    *m = (measured){.rows = rows};
    m->values = irm_calloc(rows, sizeof *m->values);
    m->narrow = irm_calloc(rows, sizeof *m->narrow);
    m->hidden = irm_calloc(rows, 1);
    m->weights = irm_calloc(rows, sizeof *m->weights);
    m->weight_hidden = irm_calloc(rows, 1);
    return m->values != NULL && m->narrow != NULL && m->hidden != NULL &&
                   m->weights != NULL && m->weight_hidden != NULL
               ? IRM_OK
               : irm_fail_memory(error);
}

void measured_clear(measured *m) {
    irm_free(m->values);
    irm_free(m->narrow);
    irm_free(m->wide);
    irm_free(m->hidden);
    irm_free(m->weights);
    irm_free(m->weight_hidden);
    *m = (measured){0};
}

#define TO_DOUBLES(type)                           \
    do {                                           \
        const type *cell_ = block->cells;          \
        for (size_t i_ = 0; i_ < block->n; i_++) { \
            values[i_] = (double)cell_[i_];        \
        }                                          \
    } while (0)

void block_doubles(const irm_cell_block *block, double *values) {
    switch (block->type) {
        case IRM_CELL_I8:
            TO_DOUBLES(int8_t);
            break;
        case IRM_CELL_I16:
            TO_DOUBLES(int16_t);
            break;
        case IRM_CELL_I32:
            TO_DOUBLES(int32_t);
            break;
        case IRM_CELL_I64:
            TO_DOUBLES(int64_t);
            break;
        case IRM_CELL_F32:
            TO_DOUBLES(float);
            break;
        case IRM_CELL_F64:
            memcpy(values, block->cells, block->n * sizeof *values);
    }
}

/* Codes of labels that are numbers: to those. */
static void read_labels(const double *numbers, measured *m, size_t n) {
    for (size_t i = 0; i < n; i++) {
        m->values[i] = m->values[i] < 0 ? (double)NAN : numbers[(size_t)m->values[i]];
    }
}

/* Marks the cells that show no number: hidden by their marker, or NaN, which become 0. */
static void find_hidden(const irm_cell_block *block, const irm_column *column,
                        measured *m) {
    bool floats = block->type == IRM_CELL_F32 || block->type == IRM_CELL_F64 ||
                  column->type == IRM_COLUMN_CATEGORY;
    int any = 0;
    for (size_t i = 0; i < block->n && floats; i++) {
        any |= m->values[i] != m->values[i];
    }
    m->any_hidden = any != 0 || block->marks != NULL;
    if (!m->any_hidden) {
        return;
    }
    for (size_t i = 0; i < block->n; i++) {
        uint8_t mark = block->marks != NULL ? block->marks[i] : 0;
        m->hidden[i] = isnan(m->values[i]) ||
                       (mark > 0 && irm_state_hidden(column->markers[mark - 1].state));
        m->values[i] = m->hidden[i] ? 0 : m->values[i];
    }
}

/* The lowest and the highest exponent of the values: 2^(e − 1075) is the unit of the last
 * place of a double of biased exponent e. */
static bool find_exponents(const double *values, size_t n, measured *m) {
    uint32_t low = UINT32_MAX, high = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        uint32_t e = (uint32_t)(bits >> 52) & 0x7FF;
        uint32_t shown = (bits << 1) != 0 ? e : UINT32_MAX;
        low = shown < low ? shown : low;
        high = e > high ? e : high;
    }
    m->empty = low == UINT32_MAX;
    low = low == 0 ? 1 : low; /* subnormals have the unit of the smallest normal ones */
    m->low = (int)low - 1075;
    m->high = (int)high - 1022;
    return high != 0x7FF;
}

static void keep_where(const measured *x, const double *weights, size_t n, double *to) {
    for (size_t i = 0; i < n; i++) {
        double weight = weights != NULL ? weights[i] : 1;
        to[i] = x->any_hidden && x->hidden[i] ? 0 : weight;
    }
}

static irm_status check_weights(const measured *m, const irm_column *column, size_t first,
                                size_t n, irm_error *error) {
    for (size_t i = 0; i < n; i++) {
        if ((m->any_hidden && m->hidden[i]) || !(m->values[i] >= 0)) {
            return irm_fail(
                error, IRM_STATUS_DATA,
                "row %zu: the weight %s is %s; expected a number of at least 0",
                first + i + 1, column->name,
                m->any_hidden && m->hidden[i] ? "missing" : "negative");
        }
    }
    return IRM_OK;
}

irm_status measured_read(const measure *of, const irm_cell_block *cells,
                         const irm_table *schema, size_t first, measured *m, bool *unfit,
                         irm_error *error) {
    const irm_cell_block *block = &cells[of->column];
    size_t n = block->n;
    block_doubles(block, m->values);
    if (of->numbers != NULL) {
        read_labels(of->numbers, m, n);
    }
    find_hidden(block, &schema->columns[of->column], m);
    if (of->kind == MEASURE_SUM && block->type < IRM_CELL_I64) {
        m->empty = false;
        m->low = 0;
        m->high = 31;
        return IRM_OK;
    }
    if (of->kind == MEASURE_SUM || of->kind == MEASURE_SQUARE) {
        for (size_t i = 0; of->kind == MEASURE_SQUARE && i < n; i++) {
            m->values[i] *= m->values[i];
        }
        *unfit |= !find_exponents(m->values, n, m);
        return IRM_OK;
    }
    const double *weights = NULL;
    if (of->weight != SIZE_MAX) {
        measured w = {.values = m->weights, .hidden = m->weight_hidden};
        block_doubles(&cells[of->weight], w.values);
        find_hidden(&cells[of->weight], &schema->columns[of->weight], &w);
        IRM_TRY(check_weights(&w, &schema->columns[of->weight], first, n, error));
        weights = w.values;
    }
    if (of->kind == MEASURE_PRODUCT) {
        for (size_t i = 0; i < n && weights != NULL; i++) {
            m->values[i] *= weights[i];
        }
    } else {
        keep_where(m, of->kind == MEASURE_ROWS_WHERE ? NULL : weights, n, m->values);
        for (size_t i = 0; of->kind == MEASURE_SQUARE_WHERE && i < n; i++) {
            m->values[i] *= m->values[i];
        }
        for (size_t i = 0; of->kind == MEASURE_ROWS_WEIGHED && i < n; i++) {
            m->values[i] = m->values[i] > 0;
        }
    }
    *unfit |= !find_exponents(m->values, n, m);
    return IRM_OK;
}

/* Below 2^62 in units of 2^exponent, and the unit's inverse is a double: one product. */
static void scale_narrow(measured *m, size_t n, int exponent) {
    double scale = ldexp(1.0, -exponent);
    for (size_t i = 0; i < n; i++) {
        m->narrow[i] = (int64_t)(m->values[i] * scale);
    }
}

static void scale_wide(measured *m, size_t n, int exponent) {
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &m->values[i], sizeof bits);
        int e = (int)(bits >> 52) & 0x7FF;
        uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
        mantissa |= e > 0 ? UINT64_C(1) << 52 : 0;
        int shift = (e > 0 ? e : 1) - 1075 - exponent;
        wide_int value = mantissa == 0 ? 0
                         : shift >= 0  ? (wide_int)mantissa << shift
                                       : (wide_int)(mantissa >> -shift);
        m->wide[i] = (bits >> 63) != 0 ? -value : value;
    }
}

irm_status measured_scale(measured *m, size_t n, int exponent, irm_error *error) {
    m->is_wide =
        !m->empty && (m->high - exponent > 62 || exponent < -1000 || exponent > 1000);
    if (m->empty) {
        memset(m->narrow, 0, n * sizeof *m->narrow);
        return IRM_OK;
    }
    if (!m->is_wide) {
        scale_narrow(m, n, exponent);
        return IRM_OK;
    }
    if (m->wide == NULL) {
        m->wide = irm_calloc(m->rows, sizeof *m->wide);
        if (m->wide == NULL) {
            return irm_fail_memory(error);
        }
    }
    scale_wide(m, n, exponent);
    return IRM_OK;
}
