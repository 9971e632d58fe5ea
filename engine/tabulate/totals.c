#include "tabulate/totals.h"

#include <string.h>

#include "irminon/memory.h"

/* The key with an axis at its total. */
static uint64_t total_key(const cell_axis *axis, uint64_t key) {
    uint64_t group = key / axis->stride % axis->n_groups;
    return key + (axis->n_groups - 1 - group) * axis->stride;
}

/* The cells of `from` with one more axis at its total, added up. */
static irm_status total_over(const cell_axis *axis, const cell_list *from,
                             size_t n_measures, cell_list *to, irm_error *error) {
    *to = (cell_list){.stride = from->stride};
    if (!cell_reserve(to, from->count)) {
        return irm_fail_memory(error);
    }
    memcpy(to->bytes, from->bytes, from->count * from->stride);
    to->count = from->count;
    for (size_t i = 0; i < to->count; i++) {
        cell_entry *entry = cell_at(to, i);
        entry->key = total_key(axis, entry->key);
    }
    return cell_list_sort(to, n_measures, error);
}

/* lists[subset] has the axes of `subset` at their totals: it is one more total over the
 * cells of a smaller subset, which are fewer than those of none. */
static irm_status total_all(const cell_axis *axes, size_t n_axes, size_t n_measures,
                            size_t most, cell_list *lists, irm_error *error) {
    size_t count = lists[0].count;
    for (size_t subset = 1; subset < (size_t)1 << n_axes; subset++) {
        size_t axis = 0;
        while ((subset >> axis & 1) == 0) {
            axis++;
        }
        IRM_TRY(total_over(&axes[axis], &lists[subset & (subset - 1)], n_measures,
                           &lists[subset], error));
        count += lists[subset].count;
        if (count > most) {
            return cells_refuse_many(most, error);
        }
    }
    return IRM_OK;
}

static irm_status join(const cell_list *lists, size_t n, size_t n_measures,
                       cell_list *into, irm_error *error) {
    cell_run *runs = irm_calloc(n, sizeof *runs);
    if (runs == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        runs[i] = (cell_run){.list = &lists[i], .count = lists[i].count};
    }
    *into = (cell_list){.stride = lists[0].stride};
    bool done = cell_runs_sort(runs, n, n_measures, into);
    irm_free(runs);
    return done ? IRM_OK : irm_fail_memory(error);
}

irm_status totals_add(const cell_axis *axes, size_t n_axes, size_t n_measures,
                      size_t most, cell_list *cells, irm_error *error) {
    size_t n = (size_t)1 << n_axes;
    cell_list all = {0}, *lists = irm_calloc(n, sizeof *lists);
    if (lists == NULL) {
        return irm_fail_memory(error);
    }
    lists[0] = *cells;
    irm_status status = total_all(axes, n_axes, n_measures, most, lists, error);
    if (status == IRM_OK) {
        status = join(lists, n, n_measures, &all, error);
    }
    for (size_t i = 0; i < n; i++) {
        cell_list_clear(&lists[i]);
    }
    irm_free(lists);
    *cells = all;
    return status;
}
