#include <math.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

void leaf_groups_clear(leaf_groups *g) {
    irm_free(g->start);
    irm_free(g->rows);
    irm_free(g->share);
    irm_free(g->lacking);
    irm_free(g->merged);
    irm_free(g->zeros);
    irm_free(g->cut);
}

void leaf_kept_free(leaf_kept *kept) {
    if (kept != NULL) {
        leaf_groups_clear(&kept->groups);
        irm_free(kept);
    }
}

const leaf_groups *leaf_kept_find(const struct irm_evaluator *evaluator,
                                  const irm_plan *plan, const irm_level *level,
                                  int year) {
    for (size_t i = 0; i < evaluator->n_kept; i++) {
        const leaf_kept *kept = evaluator->kept[i];
        if (kept->frame == plan->summed && kept->level == level && kept->year == year &&
            strcmp(kept->parts, plan->parts) == 0) {
            return &kept->groups;
        }
    }
    return NULL;
}

irm_status leaf_keep(struct irm_evaluator *evaluator, const irm_plan *plan,
                     const irm_level *level, int year, leaf_groups *groups,
                     const leaf_groups **kept, irm_error *error) {
    leaf_kept *made = irm_calloc(1, sizeof *made);
    irm_status status = made != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_reserve((void **)&evaluator->kept, &evaluator->kept_capacity,
                             evaluator->n_kept + 1, sizeof *evaluator->kept, error);
    }
    if (status != IRM_OK) {
        leaf_groups_clear(groups);
        irm_free(made);
        return status;
    }
    *made = (leaf_kept){plan->summed, level, plan->parts, year, *groups};
    evaluator->kept[evaluator->n_kept++] = made;
    *kept = &made->groups;
    return IRM_OK;
}

irm_status leaf_group(const irm_rows *rows, const int32_t *item, const double *share,
                      size_t count, leaf_groups *g, irm_error *error) {
    g->start = irm_calloc(count + 1, sizeof *g->start);
    g->rows = irm_calloc(rows->count, sizeof *g->rows);
    g->lacking = irm_calloc(count, 1);
    g->merged = irm_calloc(count, 1);
    g->zeros = irm_calloc(count, 1);
    g->cut = irm_calloc(count, 1);
    g->share = share != NULL ? irm_calloc(rows->count, sizeof *g->share) : NULL;
    if ((share != NULL && g->share == NULL) || g->start == NULL || g->rows == NULL ||
        g->lacking == NULL || g->merged == NULL || g->zeros == NULL || g->cut == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0) {
            g->start[item[i] + 1]++;
        }
    }
    for (size_t t = 0; t < count; t++) {
        g->start[t + 1] += g->start[t];
    }
    size_t *next = irm_calloc(count, sizeof *next);
    if (next == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0) {
            size_t at = g->start[item[i]] + next[item[i]]++;
            g->rows[at] = rows->rows[i];
            if (share != NULL) {
                g->share[at] = share[i];
            }
        }
    }
    irm_free(next);
    return IRM_OK;
}

bool leaf_absent_is_zero(const irm_frame *frame) {
    const char *rule = irm_attributes_get(&frame->schema->attributes, "absent_rows");
    return rule != NULL && strcmp(rule, "zero") == 0;
}

irm_status leaf_mark_lacking_cells(const irm_frame *frame, const irm_rows *rows,
                                   const int32_t *item, leaf_groups *g,
                                   irm_error *error) {
    if (rows->cells <= 1 || leaf_absent_is_zero(frame)) {
        return IRM_OK;
    }
    uint32_t *seen = irm_calloc(irm_dict_count(frame->key->categories), sizeof *seen);
    if (seen == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->n_whole; i++) {
        if (item[i] >= 0) {
            seen[frame->key->codes[rows->rows[i]]]++;
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0 && seen[frame->key->codes[rows->rows[i]]] < rows->cells) {
            g->lacking[item[i]] = LEAF_LACKS_ROWS;
        }
    }
    irm_free(seen);
    return IRM_OK;
}

/* A share of what a row counts is between nothing and all of it: an estimate where the
 * share is one, bounds where nothing tells. */
static irm_quantity share_of(irm_quantity whole, double share) {
    if (share == 1 || whole.state == IRM_STATE_NOT_APPLICABLE) {
        return whole;
    }
    irm_quantity part = whole;
    part.lower = 0;
    if (irm_state_hidden(whole.state)) {
        return part;
    }
    part.state = isnan(share) ? IRM_STATE_BOUNDED : IRM_STATE_ESTIMATED;
    part.value = whole.value * share;
    return part;
}

static irm_quantity group_part(const irm_column *values, const irm_narrowed *narrowed,
                               const leaf_groups *g, size_t at, bool floor) {
    irm_quantity whole = irm_cell_narrowed(values, narrowed, g->rows[at], floor);
    return g->share == NULL ? whole : share_of(whole, g->share[at]);
}

/* The sum of a territory whose rows are all plain; false where one is not, or is lacking. */
static bool sum_plain(const irm_plain *plain, const irm_column *values, const leaf_groups *g,
                      size_t t, irm_quantity *item) {
    size_t first = g->start[t], count = g->start[t + 1] - first;
    double sum;
    if (count == 0 || g->lacking[t] == LEAF_LACKS_ROWS ||
        !irm_plain_sum(plain, values, g->rows + first,
                       g->share != NULL ? g->share + first : NULL, count, &sum)) {
        return false;
    }
    *item = irm_quantity_exact(sum);
    return true;
}

static irm_quantity sum_parts(const irm_column *values, const irm_narrowed *narrowed,
                              const leaf_groups *g, size_t t, bool floor,
                              irm_total *total) {
    irm_total_reset(total);
    for (size_t r = g->start[t]; r < g->start[t + 1]; r++) {
        irm_total_add(total, group_part(values, narrowed, g, r, floor));
    }
    if (g->zeros[t]) {
        irm_total_add(total, irm_quantity_exact(0));
    }
    if (g->lacking[t] == LEAF_LACKS_ROWS) {
        irm_total_add(total, irm_quantity_hidden(IRM_STATE_MISSING, floor ? 0 : -INFINITY,
                                                 INFINITY));
    }
    return irm_total_result(total);
}

irm_status leaf_sum_items(const irm_column *values, const irm_plain *plain,
                          const irm_narrowed *narrowed, const leaf_groups *g, size_t count,
                          bool floor, irm_quantity *items, irm_error *error) {
    irm_total *total;
    IRM_TRY(irm_total_new(&total, error));
    for (size_t t = 0; t < count; t++) {
        bool one_row = g->start[t + 1] - g->start[t] == 1 && !g->zeros[t] &&
                       !g->merged[t] && !g->cut[t] && g->lacking[t] == LEAF_WHOLE;
        if (one_row) { /* most communes */
            items[t] = group_part(values, narrowed, g, g->start[t], floor);
            continue;
        }
        if (!sum_plain(plain, values, g, t, &items[t])) {
            items[t] = sum_parts(values, narrowed, g, t, floor, total);
        }
        if (g->lacking[t] != LEAF_WHOLE && g->start[t] < g->start[t + 1]) {
            items[t].flags |= IRM_FLAG_PARTIAL_COVERAGE;
        }
        if (g->merged[t]) {
            items[t].flags |= IRM_FLAG_CONVERTED_GEOGRAPHY;
        }
        if (g->cut[t]) {
            items[t].flags |= IRM_FLAG_CUT_COMMUNES;
        }
    }
    irm_total_free(total);
    return IRM_OK;
}

irm_status leaf_cells_of(irm_frame *frame, const irm_rows *rows, const leaf_groups *g,
                         int32_t index, leaf_cells *cells, irm_error *error) {
    size_t first = g->start[index], count = g->start[index + 1] - first;
    *cells = (leaf_cells){.frame = frame, .column = rows->value, .count = count};
    cells->absent_zeros = g->zeros[index] != 0;
    cells->rows = irm_calloc(count, sizeof *cells->rows);
    if (cells->rows == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(cells->rows, g->rows + first, count * sizeof *cells->rows);
    if (g->share != NULL) {
        cells->share = irm_calloc(count, sizeof *cells->share);
        if (cells->share == NULL) {
            return irm_fail_memory(error);
        }
        memcpy(cells->share, g->share + first, count * sizeof *cells->share);
    }
    return IRM_OK;
}
