#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "irminon/threads.h"
#include "tabulate/cells.h"

enum { MOST_INDICES = 1 << 26 };

/* --- the range of a column of numbers --- */

typedef struct range_job {
    const irm_cursor *cursor;
    size_t column;
    irm_cursor_buffer **buffers; /* one a worker */
    double *room;                /* one block a worker */
    double *low, *high;          /* one a block */
} range_job;

static irm_status block_range(range_job *job, size_t block, size_t worker,
                              irm_error *error) {
    irm_cell_block cells;
    size_t rows = irm_cursor_block_rows(job->cursor);
    double *values = job->room + worker * rows;
    IRM_TRY(irm_cursor_read(job->cursor, block, job->column, job->buffers[worker], &cells,
                            error));
    block_doubles(&cells, values);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < cells.n; i++) {
        double v = values[i];
        if (v != floor(v) && !isnan(v)) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "column %s cannot make groups: row %zu holds %.15g; expected "
                            "whole numbers or categories",
                            irm_cursor_schema(job->cursor)->columns[job->column].name,
                            block * rows + i + 1, v);
        }
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    job->low[block] = low;
    job->high[block] = high;
    return IRM_OK;
}

static irm_status some_ranges(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    for (size_t block = first; block < last; block++) {
        IRM_TRY(block_range(context, block, worker, error));
    }
    return IRM_OK;
}

static irm_status find_range(const irm_cursor *cursor, size_t column, size_t threads,
                             double *low, double *high, irm_error *error) {
    size_t blocks = irm_cursor_blocks(cursor);
    size_t workers = irm_parallel_workers(blocks, 1, threads);
    range_job job = {cursor,
                     column,
                     irm_calloc(workers, sizeof *job.buffers),
                     irm_calloc(workers * irm_cursor_block_rows(cursor), sizeof(double)),
                     irm_calloc(blocks, sizeof(double)),
                     irm_calloc(blocks, sizeof(double))};
    irm_status status =
        job.buffers == NULL || job.room == NULL || job.low == NULL || job.high == NULL
            ? irm_fail_memory(error)
            : IRM_OK;
    for (size_t i = 0; i < workers && status == IRM_OK; i++) {
        status = irm_cursor_buffer_new(cursor, &job.buffers[i], error);
    }
    if (status == IRM_OK) {
        status = irm_parallel_for(blocks, 1, workers, some_ranges, &job, error);
    }
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < blocks && status == IRM_OK; i++) {
        *low = job.low[i] < *low ? job.low[i] : *low;
        *high = job.high[i] > *high ? job.high[i] : *high;
    }
    for (size_t i = 0; job.buffers != NULL && i < workers; i++) {
        irm_cursor_buffer_free(job.buffers[i]);
    }
    irm_free(job.buffers);
    irm_free(job.room);
    irm_free(job.low);
    irm_free(job.high);
    return status;
}

static irm_status set_indices(cell_axis *axis, const irm_cursor *cursor, bool exactly,
                              size_t threads, irm_error *error) {
    if (axis->from->type == IRM_COLUMN_CATEGORY) {
        axis->low = 0;
        axis->n_indices = irm_dict_count(axis->from->categories) + 1;
        return IRM_OK;
    }
    if (irm_cursor_type(cursor, axis->column) == IRM_CELL_I8 && !exactly) {
        axis->low = INT8_MIN;
        axis->n_indices = 257;
        return IRM_OK;
    }
    double low, high;
    IRM_TRY(find_range(cursor, axis->column, threads, &low, &high, error));
    bool fits = low > high || (low >= -0x1p62 && high - low < MOST_INDICES - 2);
    axis->low = fits && low <= high ? (int64_t)low : 0;
    axis->n_indices = !fits ? 0 : low > high ? 1 : (size_t)(high - low) + 2;
    return IRM_OK;
}

/* --- groups of labels --- */

/* The modality of an index, in `room` where it is a number. */
static const char *modality(const cell_axis *axis, size_t index, char room[32]) {
    if (axis->from->type == IRM_COLUMN_CATEGORY) {
        return irm_dict_text(axis->from->categories, (int32_t)(index - 1));
    }
    snprintf(room, 32, "%lld", (long long)axis->low + (long long)index - 1);
    return room;
}

/* The longest modality that is a whole number: bands are padded to it, so that their
 * order by byte is that of their numbers. */
static size_t widest(const cell_axis *axis) {
    size_t width = 1;
    for (size_t i = 1; i < axis->n_indices; i++) {
        char room[32];
        double value;
        const char *text = modality(axis, i, room);
        if (irm_text_number(irm_view_of(text), '.', &value, NULL) &&
            value == floor(value) && strlen(text) > width && strlen(text) < 16) {
            width = strlen(text);
        }
    }
    return width;
}

/* "015-019"; a modality that is no whole number stays by itself. */
static void band_of(const irm_regroup *regroup, size_t width, const char *text,
                    char room[64], const char **label) {
    double value;
    if (!irm_text_number(irm_view_of(text), '.', &value, NULL) || value != floor(value) ||
        fabs(value) > 1e15) {
        *label = text;
        return;
    }
    long long size = regroup->band, start = (long long)floor(value / (double)size) * size;
    snprintf(room, 64, "%0*lld-%0*lld", (int)width, start, (int)width, start + size - 1);
    *label = room;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The list's modalities with their groups, for searching. */
typedef struct lookup {
    irm_dict *from;
    const irm_regroup *regroup;
    size_t *at;   /* of each text of `from`, its place in the list */
    size_t width; /* of the numbers of a band */
} lookup;

static irm_status lookup_init(lookup *to, const irm_regroup *regroup, irm_error *error) {
    *to = (lookup){.regroup = regroup};
    IRM_TRY(irm_dict_new(&to->from, error));
    to->at = irm_calloc(regroup->n, sizeof *to->at);
    if (to->at == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < regroup->n; i++) {
        int32_t code;
        IRM_TRY(irm_dict_add(to->from, irm_view_of(regroup->from[i]), &code, error));
        to->at[code] = i;
    }
    return IRM_OK;
}

static void lookup_clear(lookup *to) {
    irm_dict_free(to->from);
    irm_free(to->at);
}

/* The label of an index's group; "" for none. */
static irm_status group_label(const cell_axis *axis, const lookup *list,
                              const irm_regroup *regroup, size_t index, char number[32],
                              char room[64], const char **label, irm_error *error) {
    const char *text = modality(axis, index, number);
    *label = text;
    if (regroup == NULL) {
        return IRM_OK;
    }
    if (regroup->band > 0) {
        band_of(regroup, list->width, text, room, label);
        return IRM_OK;
    }
    int32_t code = irm_dict_find(list->from, irm_view_of(text));
    if (code < 0 && !regroup->others_missing) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "column %s: the modality '%s' is given no group",
                        axis->from->name, text);
    }
    *label = code < 0 ? "" : regroup->to[list->at[code]];
    return IRM_OK;
}

/* Gives each index the code of its group's label in `found`, or -1. */
static irm_status label_indices(const cell_axis *axis, const irm_regroup *regroup,
                                irm_dict *found, int32_t *codes, irm_error *error) {
    lookup list = {0};
    irm_status status = IRM_OK;
    if (regroup != NULL && regroup->band == 0) {
        status = lookup_init(&list, regroup, error);
    }
    list.width = regroup != NULL && regroup->band > 0 ? widest(axis) : 0;
    codes[0] = -1;
    for (size_t i = 1; i < axis->n_indices && status == IRM_OK; i++) {
        char number[32], room[64];
        const char *label;
        codes[i] = -1;
        status = group_label(axis, &list, regroup, i, number, room, &label, error);
        if (status == IRM_OK && (label[0] != '\0' || regroup == NULL)) {
            status = irm_dict_add(found, irm_view_of(label), &codes[i], error);
        }
    }
    lookup_clear(&list);
    return status;
}

/* Groups in the order of their labels by byte. */
static irm_status order_labels(cell_axis *axis, const irm_dict *found, int32_t *codes,
                               irm_error *error) {
    size_t count = irm_dict_count(found);
    const char **sorted = irm_calloc(count, sizeof *sorted);
    uint32_t *rank = irm_calloc(count, sizeof *rank);
    irm_status status = sorted == NULL || rank == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        sorted[i] = irm_dict_text(found, (int32_t)i);
    }
    if (status == IRM_OK) {
        qsort(sorted, count, sizeof *sorted, by_text);
    }
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        int32_t code;
        rank[irm_dict_find(found, irm_view_of(sorted[i]))] = (uint32_t)i + 1;
        status = irm_dict_add(axis->labels, irm_view_of(sorted[i]), &code, error);
    }
    for (size_t i = 0; status == IRM_OK && i < axis->n_indices; i++) {
        axis->group[i] = codes[i] < 0 ? 0 : rank[codes[i]];
    }
    axis->n_groups = count + 1;
    irm_free(sorted);
    irm_free(rank);
    return status;
}

static irm_status group_labels(cell_axis *axis, const irm_regroup *regroup,
                               irm_error *error) {
    irm_dict *found = NULL;
    int32_t *codes = irm_calloc(axis->n_indices, sizeof *codes);
    irm_status status = codes == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_dict_new(&found, error);
    }
    if (status == IRM_OK) {
        status = irm_dict_new(&axis->labels, error);
    }
    if (status == IRM_OK) {
        status = label_indices(axis, regroup, found, codes, error);
    }
    if (status == IRM_OK) {
        status = order_labels(axis, found, codes, error);
    }
    irm_dict_free(found);
    irm_free(codes);
    return status;
}

static bool in_order(const irm_dict *labels) {
    size_t count = irm_dict_count(labels), i = 1;
    while (i < count && strcmp(irm_dict_text(labels, (int32_t)i - 1),
                               irm_dict_text(labels, (int32_t)i)) < 0) {
        i++;
    }
    return i >= count;
}

/* Numbers, or labels in order, as they are: group and index are the same. */
static void group_numbers(cell_axis *axis) {
    for (size_t i = 0; i < axis->n_indices; i++) {
        axis->group[i] = (uint32_t)i;
    }
    axis->n_groups = axis->n_indices;
}

static irm_status add_total(cell_axis *axis, irm_error *error) {
    axis->total_label = "total";
    if (axis->labels == NULL) {
        return IRM_OK;
    }
    if (irm_dict_find(axis->labels, irm_view_of("total")) >= 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "column %s has a modality 'total': totals would be taken for it",
                        axis->name);
    }
    int32_t code;
    return irm_dict_add(axis->labels, irm_view_of("total"), &code, error);
}

static void find_order(cell_axis *axis) {
    axis->ascending = true;
    for (size_t i = 1; i < axis->n_indices; i++) {
        axis->ascending = axis->ascending && axis->group[i - 1] <= axis->group[i];
    }
}

irm_status axis_init(cell_axis *axis, const irm_cursor *cursor, size_t column,
                     const irm_regroup *regroup, bool totals, size_t threads,
                     irm_error *error) {
    const irm_column *from = &irm_cursor_schema(cursor)->columns[column];
    const char *name =
        regroup != NULL && regroup->name != NULL ? regroup->name : from->name;
    *axis = (cell_axis){.name = name, .column = column, .from = from};
    IRM_TRY(set_indices(axis, cursor, regroup != NULL, threads, error));
    if (axis->n_indices == 0) {
        return IRM_OK; /* too many: the caller sees to it */
    }
    axis->group = irm_calloc(axis->n_indices, sizeof *axis->group);
    if (axis->group == NULL) {
        return irm_fail_memory(error);
    }
    if (from->type == IRM_COLUMN_CATEGORY && regroup == NULL && !totals &&
        in_order(from->categories)) {
        axis->labels = from->categories;
        axis->lent = true;
        group_numbers(axis);
    } else if (from->type == IRM_COLUMN_CATEGORY || regroup != NULL) {
        IRM_TRY(group_labels(axis, regroup, error));
    } else {
        group_numbers(axis);
    }
    if (totals) {
        IRM_TRY(add_total(axis, error));
        axis->n_groups++;
    }
    find_order(axis);
    return IRM_OK;
}

irm_status label_numbers(const irm_column *column, double **numbers, irm_error *error) {
    size_t count = irm_dict_count(column->categories);
    *numbers = irm_calloc(count, sizeof **numbers);
    if (*numbers == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        irm_view label = irm_view_of(irm_dict_text(column->categories, (int32_t)i));
        if (!irm_text_number(label, '.', &(*numbers)[i], NULL)) {
            (*numbers)[i] = NAN;
        }
    }
    return IRM_OK;
}

typedef struct numbered {
    double number;
    size_t index;
} numbered;

static int by_number(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* One group for each number among the labels, ascending. */
static irm_status group_label_numbers(cell_axis *axis, irm_error *error) {
    double *numbers = NULL;
    numbered *sorted = irm_calloc(axis->n_indices, sizeof *sorted);
    size_t n = 0, groups = 1;
    axis->numbers = irm_calloc(axis->n_indices, sizeof *axis->numbers);
    irm_status status = sorted == NULL || axis->numbers == NULL
                            ? irm_fail_memory(error)
                            : label_numbers(axis->from, &numbers, error);
    for (size_t i = 1; status == IRM_OK && i < axis->n_indices; i++) {
        if (!isnan(numbers[i - 1])) {
            sorted[n++] = (numbered){numbers[i - 1], i};
        }
    }
    if (status == IRM_OK) {
        qsort(sorted, n, sizeof *sorted, by_number);
        axis->numbers[0] = NAN;
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        if (i == 0 || sorted[i].number != sorted[i - 1].number) {
            axis->numbers[groups++] = sorted[i].number;
        }
        axis->group[sorted[i].index] = (uint32_t)groups - 1;
    }
    axis->n_groups = groups;
    irm_free(sorted);
    irm_free(numbers);
    return status;
}

/* Numbers of any kind, each its group. */
static irm_status group_values(cell_axis *axis, const irm_cursor *cursor, size_t threads,
                               irm_error *error) {
    bool unfit;
    axis->low = 0;
    axis->set = irm_calloc(1, sizeof *axis->set);
    if (axis->set == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(value_set_init(axis->set, cursor, axis->column, threads, &unfit, error));
    axis->n_indices = unfit ? 0 : axis->set->n + 1; /* 0: the caller sees to it */
    axis->group = irm_calloc(axis->n_indices, sizeof *axis->group);
    if (axis->group == NULL) {
        return irm_fail_memory(error);
    }
    group_numbers(axis);
    find_order(axis);
    return IRM_OK;
}

irm_status axis_init_values(cell_axis *axis, const irm_cursor *cursor, size_t column,
                            size_t threads, irm_error *error) {
    const irm_column *from = &irm_cursor_schema(cursor)->columns[column];
    if (from->type == IRM_COLUMN_NUMBER &&
        (from->n_markers > 0 || irm_cursor_type(cursor, column) != IRM_CELL_I8)) {
        *axis = (cell_axis){.name = from->name, .column = column, .from = from};
        return group_values(axis, cursor, threads, error);
    }
    IRM_TRY(axis_init(axis, cursor, column, NULL, false, threads, error));
    if (from->type != IRM_COLUMN_CATEGORY) {
        return IRM_OK;
    }
    for (size_t i = 0; i < axis->n_indices; i++) {
        axis->group[i] = 0;
    }
    IRM_TRY(group_label_numbers(axis, error));
    find_order(axis);
    return IRM_OK;
}

void axis_clear(cell_axis *axis) {
    irm_free(axis->numbers);
    irm_free(axis->group);
    if (axis->set != NULL) {
        value_set_clear(axis->set);
        irm_free(axis->set);
    }
    irm_dict_free(axis->lent ? NULL : axis->labels);
    *axis = (cell_axis){0};
}

double axis_number(const cell_axis *axis, size_t group) {
    if (axis->numbers != NULL) {
        return axis->numbers[group];
    }
    if (group == 0) {
        return NAN;
    }
    return axis->set != NULL ? axis->set->values[group - 1]
                             : (double)(axis->low + (int64_t)group - 1);
}
