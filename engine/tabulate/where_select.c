#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "tabulate/where.h"

/* Kleene's logic: a test on a cell without a value is neither true nor false. */
enum { FALSE = 0, TRUE = 1, UNKNOWN = 2 };
enum { BLOCK = 1024 };

static const uint8_t both[3][3] = {
    {FALSE, FALSE, FALSE}, {FALSE, TRUE, UNKNOWN}, {FALSE, UNKNOWN, UNKNOWN}};
static const uint8_t either[3][3] = {
    {FALSE, TRUE, UNKNOWN}, {TRUE, TRUE, TRUE}, {UNKNOWN, TRUE, UNKNOWN}};
static const uint8_t opposite[3] = {TRUE, FALSE, UNKNOWN};

typedef struct closed_interval {
    double low, high; /* ends included */
} closed_interval;

/* A test tied to its column: what each label gives, or the intervals of numbers that give
 * true, disjoint and ascending. */
typedef struct bound_test {
    const irm_column *column; /* of the table it was tied to */
    size_t index;             /* of the column, in tables of the same columns */
    uint8_t missing;          /* what a cell without a value gives */
    uint8_t *labels;
    closed_interval *intervals;
    size_t n_intervals;
} bound_test;

static irm_status read_number(const irm_where *where, const irm_column *column,
                              const where_item *item, const char *text, double *value,
                              irm_error *error) {
    if (irm_text_number(irm_view_of(text), '.', value, NULL)) {
        return IRM_OK;
    }
    return irm_where_fail(
        where, item->at, IRM_STATUS_USAGE, error,
        "column %s is numeric; expected a number (as 1234.5), found '%s'", column->name,
        text);
}

static irm_status check_order(const irm_where *where, const where_item *item,
                              bool ordered, irm_error *error) {
    return ordered
               ? IRM_OK
               : irm_where_fail(where, item->at, IRM_STATUS_USAGE, error,
                                "the range %s..%s is empty: its start comes after its "
                                "end",
                                item->low, item->high);
}

static bool is_blank(const where_item *item) {
    return item->low[0] == '\0' && item->high == NULL;
}

static irm_status interval_of(const irm_where *where, const where_node *node,
                              const where_item *item, const irm_column *column,
                              closed_interval *interval, irm_error *error) {
    double low, high;
    IRM_TRY(read_number(where, column, item, item->low, &low, error));
    high = low;
    if (item->high != NULL) {
        IRM_TRY(read_number(where, column, item, item->high, &high, error));
        IRM_TRY(check_order(where, item, low <= high, error));
    }
    switch (node->comparison) {
        case COMPARE_LESS:
            high = nextafter(low, -INFINITY);
            low = -INFINITY;
            break;
        case COMPARE_AT_MOST:
            low = -INFINITY;
            break;
        case COMPARE_MORE:
            low = nextafter(low, INFINITY);
            high = INFINITY;
            break;
        case COMPARE_AT_LEAST:
            high = INFINITY;
            break;
        case COMPARE_ANY_OF:
            break;
    }
    interval->low = low;
    interval->high = high;
    return IRM_OK;
}

static int by_low(const void *a, const void *b) {
    const closed_interval *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

static void merge(bound_test *test) {
    qsort(test->intervals, test->n_intervals, sizeof *test->intervals, by_low);
    size_t kept = 0;
    for (size_t i = 0; i < test->n_intervals; i++) {
        closed_interval next = test->intervals[i];
        if (kept > 0 && next.low <= test->intervals[kept - 1].high) {
            double high = test->intervals[kept - 1].high;
            test->intervals[kept - 1].high = next.high > high ? next.high : high;
        } else {
            test->intervals[kept++] = next;
        }
    }
    test->n_intervals = kept;
}

static irm_status bind_numbers(const irm_where *where, const where_node *node,
                               bound_test *test, irm_error *error) {
    test->intervals = irm_calloc(node->n_items, sizeof *test->intervals);
    if (test->intervals == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < node->n_items; i++) {
        if (node->comparison == COMPARE_ANY_OF && is_blank(&node->items[i])) {
            test->missing = TRUE;
            continue;
        }
        IRM_TRY(interval_of(where, node, &node->items[i], test->column,
                            &test->intervals[test->n_intervals], error));
        test->n_intervals++;
    }
    merge(test);
    return IRM_OK;
}

static bool label_passes(where_comparison comparison, const char *label,
                         const where_item *item) {
    int order = strcmp(label, item->low);
    switch (comparison) {
        case COMPARE_LESS:
            return order < 0;
        case COMPARE_AT_MOST:
            return order <= 0;
        case COMPARE_MORE:
            return order > 0;
        case COMPARE_AT_LEAST:
            return order >= 0;
        case COMPARE_ANY_OF:
            return order >= 0 && strcmp(label, item->high) <= 0;
    }
    return false;
}

static irm_status bind_labels(const irm_where *where, const where_node *node,
                              bound_test *test, irm_error *error) {
    const irm_dict *labels = test->column->categories;
    size_t count = irm_dict_count(labels);
    test->labels = irm_calloc(count, 1);
    if (test->labels == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < node->n_items; i++) {
        const where_item *item = &node->items[i];
        if (node->comparison == COMPARE_ANY_OF && item->high == NULL) {
            int32_t code = irm_dict_find(labels, irm_view_of(item->low));
            if (code >= 0) {
                test->labels[code] = TRUE;
            }
            test->missing = is_blank(item) ? TRUE : test->missing;
            continue;
        }
        if (item->high != NULL) {
            IRM_TRY(check_order(where, item, strcmp(item->low, item->high) <= 0, error));
        }
        for (size_t k = 0; k < count; k++) {
            if (label_passes(node->comparison, irm_dict_text(labels, (int32_t)k), item)) {
                test->labels[k] = TRUE;
            }
        }
    }
    return IRM_OK;
}

static irm_status bind(const irm_where *where, const where_node *node,
                       const irm_table *table, bound_test *test, irm_error *error) {
    irm_column *column;
    irm_status status = irm_table_need(table, node->column, &column, error);
    if (status != IRM_OK) {
        char why[512] = "";
        if (error != NULL) {
            memcpy(why, error->message, sizeof why - 1);
        }
        return irm_where_fail(where, node->at, status, error, "%s", why);
    }
    test->column = column;
    test->index = (size_t)(column - table->columns);
    test->missing = UNKNOWN;
    switch (column->type) {
        case IRM_COLUMN_NUMBER:
            return bind_numbers(where, node, test, error);
        case IRM_COLUMN_CATEGORY:
            return bind_labels(where, node, test, error);
        case IRM_COLUMN_BYTES:
            break;
    }
    return irm_where_fail(where, node->at, IRM_STATUS_USAGE, error,
                          "column %s holds bytes, which no test reads", node->column);
}

static uint8_t test_number(const bound_test *test, double value) {
    size_t from = 0, to = test->n_intervals;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (value > test->intervals[middle].high) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < test->n_intervals && value >= test->intervals[from].low ? TRUE : FALSE;
}

static void run_test(const bound_test *test, const irm_table *table, size_t first,
                     size_t count, uint8_t *out) {
    const irm_column *column = &table->columns[test->index];
    if (column->type == IRM_COLUMN_CATEGORY) {
        for (size_t i = 0; i < count; i++) {
            int32_t code = column->codes[first + i];
            out[i] = code < 0 ? test->missing : test->labels[code];
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        double value = column->values[first + i];
        out[i] = isnan(value) ? test->missing : test_number(test, value);
    }
}

/* Gives rows first … first + count - 1, count at most BLOCK. */
static void run(const irm_where *where, const bound_test *tests, const irm_table *table,
                size_t index, size_t first, size_t count, uint8_t *out) {
    const where_node *node = &where->nodes[index];
    if (node->kind == NODE_TEST) {
        run_test(&tests[index], table, first, count, out);
        return;
    }
    run(where, tests, table, node->left, first, count, out);
    if (node->kind == NODE_NOT) {
        for (size_t i = 0; i < count; i++) {
            out[i] = opposite[out[i]];
        }
        return;
    }
    uint8_t right[BLOCK];
    run(where, tests, table, node->right, first, count, right);
    for (size_t i = 0; i < count; i++) {
        out[i] =
            node->kind == NODE_AND ? both[out[i]][right[i]] : either[out[i]][right[i]];
    }
}

struct where_bound {
    const irm_where *where;
    bound_test *tests; /* one a node */
};

irm_status where_bind(const irm_where *where, const irm_table *table, where_bound **bound,
                      irm_error *error) {
    where_bound *made = irm_calloc(1, sizeof *made);
    *bound = made;
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->where = where;
    made->tests = irm_calloc(where->n_nodes, sizeof *made->tests);
    irm_status status = made->tests == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < where->n_nodes; i++) {
        if (where->nodes[i].kind == NODE_TEST) {
            status = bind(where, &where->nodes[i], table, &made->tests[i], error);
        }
    }
    if (status != IRM_OK) {
        where_bound_free(made);
        *bound = NULL;
    }
    return status;
}

void where_bound_free(where_bound *bound) {
    if (bound == NULL) {
        return;
    }
    for (size_t i = 0; bound->tests != NULL && i < bound->where->n_nodes; i++) {
        irm_free(bound->tests[i].labels);
        irm_free(bound->tests[i].intervals);
    }
    irm_free(bound->tests);
    irm_free(bound);
}

/* --- ranges --- */

/* Sets of outcomes, a bit each. */
enum { ANY_OUTCOME = 1 << FALSE | 1 << TRUE | 1 << UNKNOWN };

static unsigned test_range(const bound_test *test, const where_range *range) {
    unsigned outcomes = 0;
    if (!range->known) {
        return ANY_OUTCOME;
    }
    if (test->labels != NULL) {
        outcomes |= range->low < 0 ? 1U << test->missing : 0;
        for (int64_t code = range->low < 0 ? 0 : range->low; code <= range->high;
             code++) {
            outcomes |= 1U << test->labels[code];
        }
        return outcomes;
    }
    outcomes = 1U << FALSE | 1U << test->missing;
    for (size_t i = 0; i < test->n_intervals; i++) {
        if (test->intervals[i].low <= (double)range->high &&
            test->intervals[i].high >= (double)range->low) {
            outcomes |= 1U << TRUE;
        }
    }
    return outcomes;
}

static unsigned combine(const uint8_t table[3][3], unsigned left, unsigned right) {
    unsigned outcomes = 0;
    for (unsigned a = 0; a < 3; a++) {
        for (unsigned b = 0; b < 3; b++) {
            if ((left >> a & 1) != 0 && (right >> b & 1) != 0) {
                outcomes |= 1U << table[a][b];
            }
        }
    }
    return outcomes;
}

static unsigned run_ranges(const where_bound *bound, const where_range *ranges,
                           size_t index) {
    const where_node *node = &bound->where->nodes[index];
    if (node->kind == NODE_TEST) {
        return test_range(&bound->tests[index], &ranges[bound->tests[index].index]);
    }
    unsigned left = run_ranges(bound, ranges, node->left);
    if (node->kind == NODE_NOT) {
        return (left >> FALSE & 1) << TRUE | (left >> TRUE & 1) << FALSE |
               (left & 1U << UNKNOWN);
    }
    return combine(node->kind == NODE_AND ? both : either, left,
                   run_ranges(bound, ranges, node->right));
}

bool where_may_hold(const where_bound *bound, const where_range *ranges) {
    return (run_ranges(bound, ranges, bound->where->root) >> TRUE & 1) != 0;
}

/* --- rows --- */

size_t where_run(const where_bound *bound, const irm_table *table, uint8_t *selected) {
    size_t kept = 0;
    for (size_t first = 0; first < table->n_rows; first += BLOCK) {
        size_t left = table->n_rows - first, count = left < BLOCK ? left : BLOCK;
        run(bound->where, bound->tests, table, bound->where->root, first, count,
            selected + first);
        for (size_t i = first; i < first + count; i++) {
            selected[i] = selected[i] == TRUE;
            kept += selected[i];
        }
    }
    return kept;
}

irm_status irm_where_select(const irm_where *where, const irm_table *table,
                            uint8_t *selected, irm_error *error) {
    where_bound *bound;
    IRM_TRY(where_bind(where, table, &bound, error));
    where_run(bound, table, selected);
    where_bound_free(bound);
    return IRM_OK;
}
