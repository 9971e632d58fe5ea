#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest.h"
#include "irminon/memory.h"

/* Past so many, the texts are looked at once, at the end. */
enum { MOST_LABELS = 4096 };

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* "1" and "1.0" are two texts of one number: from it, the text could not be told. */
static bool all_differ(const double *values, size_t n) {
    double *sorted = irm_calloc(n, sizeof *sorted);
    bool differ = sorted != NULL;
    if (differ && n > 0) {
        memcpy(sorted, values, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_value);
    }
    for (size_t i = 1; i < n && differ; i++) {
        differ = sorted[i - 1] < sorted[i];
    }
    irm_free(sorted);
    return differ;
}

static bool read_label(const irm_dict *labels, size_t at, double *value) {
    bool spaces = false, comma = false;
    return infer_number(irm_dict_text(labels, (int32_t)at), value, &spaces, &comma) &&
           !spaces && !comma;
}

static bool look_on(guess *of, const irm_dict *labels, size_t count) {
    if (irm_reserve((void **)&of->values, &of->capacity, count, sizeof *of->values,
                    NULL) != IRM_OK) {
        return false;
    }
    for (size_t i = of->n; i < count; i++) {
        double value;
        if (!read_label(labels, i, &value)) {
            return false;
        }
        of->values[i] = value;
        of->whole = of->whole && value >= INT16_MIN && value <= INT16_MAX &&
                    value == trunc(value) && !(value == 0 && signbit(value));
        of->small = of->small && of->whole && value >= INT8_MIN && value <= INT8_MAX;
    }
    of->n = count;
    return all_differ(of->values, count);
}

bool guess_look(builder *column) {
    guess *of = &column->guess;
    size_t count = irm_dict_count(column->column.categories);
    if (of->n == 0) {
        of->numbers = of->whole = of->small = !infer_stays_text(column);
    }
    if (of->numbers && count > of->n) {
        of->numbers =
            count <= MOST_LABELS && look_on(of, column->column.categories, count);
    }
    return of->numbers && of->n > 0;
}
