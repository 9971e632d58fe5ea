#include <math.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "evaluate/memo.h"
#include "evaluate/part.h"
#include "irminon/memory.h"
#include "irminon/text.h"

void irm_leaf_free(irm_leaf *leaf) {
    if (leaf != NULL) {
        irm_free(leaf->key);
        irm_free(leaf->items);
        irm_free(leaf);
    }
}

/* ---- published at the level -------------------------------------------------------- */

/* A level of one territory, but for a part: whatever its code, a row of the level is its. */
static irm_status items_published(const struct irm_evaluator *evaluator,
                                  const irm_frame *frame, const irm_rows *rows,
                                  const irm_level *level, int32_t *item,
                                  irm_error *error) {
    size_t n = irm_dict_count(frame->key->categories);
    int32_t *found = irm_calloc(n, sizeof *found);
    if (found == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        found[i] = -2;
    }
    bool communes = leaf_is_commune_level(level);
    bool alone = level->count == 1 && irm_part_find(evaluator, level) == NULL;
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        item[i] = code >= 0 && alone ? 0 : -1;
        if (code < 0 || alone) {
            continue;
        }
        if (found[code] == -2) {
            bool same = communes && frame->placed[code].how == IRM_PLACED_SAME;
            int32_t commune = frame->placed[code].commune; /* maybe of another code */
            found[code] = same && commune >= 0 ? leaf_item_of(level, (size_t)commune)
                          : same               ? commune
                               : irm_level_find(level, irm_dict_text(
                                                           frame->key->categories, code));
        }
        item[i] = found[code];
    }
    irm_free(found);
    return IRM_OK;
}

static void forget(int32_t commune, const irm_level *level, irm_quantity *items) {
    int32_t item = commune >= 0 ? leaf_item_of(level, (size_t)commune) : -1;
    if (item >= 0 && (size_t)item < level->count) {
        items[item] = irm_quantity_hidden(IRM_STATE_MISSING, -INFINITY, INFINITY);
        items[item].flags = IRM_FLAG_CONVERTED_GEOGRAPHY;
    }
}

/* Communes into which others merged since, pieces of one that was split: what does not add up is not known of them. */
static void forget_merged(const irm_frame *frame, const irm_rows *rows,
                          const irm_level *level, irm_quantity *items) {
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        if (code < 0 || frame->placed[code].how != IRM_PLACED_MERGED) {
            continue;
        }
        const irm_placed *placed = &frame->placed[code];
        forget(placed->commune, level, items);
        for (uint32_t k = 0; k < placed->n_pieces; k++) {
            forget(frame->pieces[placed->first_piece + k].commune, level, items);
        }
    }
}

irm_status leaf_read_direct(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level, int year,
                            irm_quantity *items, bool *complementary, irm_error *error) {
    irm_frame *frame = plan->direct;
    irm_rows rows = {0};
    leaf_groups g = {0};
    irm_column *values;
    const irm_narrowed *narrowed = NULL;
    int32_t *item = NULL;
    bool floor = irm_kind_additive(plan->kind);
    irm_status status = irm_rows_select(frame, evaluator->store, variable, year,
                                        irm_frame_level(frame, level->id), &rows, error);
    if (status == IRM_OK) {
        status = irm_frame_column(frame, evaluator->store, rows.value, &values, error);
    }
    if (status == IRM_OK && floor) {
        status = irm_frame_narrowed(frame, evaluator->store, evaluator->reporter, rows.value,
                                    &narrowed, error);
    }
    if (status != IRM_OK) {
        goto cleanup;
    }
    *complementary = rows.complementary;
    item = irm_calloc(rows.count, sizeof *item);
    if (item == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    status = items_published(evaluator, frame, &rows, level, item, error);
    if (status == IRM_OK) {
        status = leaf_group(&rows, item, NULL, level->count, &g, error);
    }
    if (status == IRM_OK) {
        status = leaf_mark_lacking_cells(frame, &rows, item, &g, error);
    }
    if (status == IRM_OK) {
        status =
            leaf_sum_items(values, irm_frame_plain(frame, rows.value), narrowed, &g,
                           level->count, floor, items, error);
    }
    if (status == IRM_OK && !floor && leaf_is_commune_level(level)) {
        forget_merged(frame, &rows, level, items);
    }
cleanup:
    irm_free(item);
    irm_free(rows.rows);
    leaf_groups_clear(&g);
    return status;
}

irm_status leaf_rows_direct(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level,
                            int32_t index, int year, leaf_cells *cells,
                            irm_error *error) {
    irm_frame *frame = plan->direct;
    irm_rows rows = {0};
    leaf_groups groups = {0};
    int32_t *item = NULL;
    irm_status status = irm_rows_select(frame, evaluator->store, variable, year,
                                        irm_frame_level(frame, level->id), &rows, error);
    if (status == IRM_OK) {
        item = irm_calloc(rows.count, sizeof *item);
        status = item != NULL ? items_published(evaluator, frame, &rows, level, item, error)
                              : irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        status = leaf_group(&rows, item, NULL, level->count, &groups, error);
    }
    if (status == IRM_OK) {
        status = leaf_cells_of(frame, &rows, &groups, index, cells, error);
    }
    irm_free(item);
    irm_free(rows.rows);
    leaf_groups_clear(&groups);
    return status;
}

/* ---- together --------------------------------------------------------------------- */

static bool any_hidden(const irm_quantity *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (irm_state_hidden(items[i].state)) {
            return true;
        }
    }
    return false;
}

/* What is published stands; where it is hidden or absent, the sum tells what it can. */
static irm_status complete_from_sum(struct irm_evaluator *evaluator, const irm_plan *plan,
                                    const irm_variable *variable, int year,
                                    irm_leaf *leaf, irm_error *error) {
    size_t count = leaf->level->count;
    irm_quantity *sums = irm_calloc(count, sizeof *sums);
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = leaf_read_summed(evaluator, plan, variable, year, leaf, sums,
                                         error);
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        if (irm_state_hidden(leaf->items[i].state)) {
            leaf->items[i] = irm_quantity_meet(leaf->items[i], sums[i]);
        }
    }
    irm_free(sums);
    leaf->summed = plan->summed;
    return status;
}

static irm_status leaf_read(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, int year, irm_leaf *leaf,
                            irm_error *error) {
    bool narrowed = leaf->excluded != 0 && plan->summed != NULL;
    if (plan->direct == NULL || narrowed) { /* a published France keeps its overseas */
        leaf->summed = plan->summed;
        return leaf_read_summed(evaluator, plan, variable, year, leaf, leaf->items,
                                error);
    }
    leaf->direct = plan->direct;
    IRM_TRY(leaf_read_direct(evaluator, plan, variable, leaf->level, year, leaf->items,
                             &leaf->complementary, error));
    if (plan->summed == NULL || !any_hidden(leaf->items, leaf->level->count)) {
        return IRM_OK;
    }
    return complete_from_sum(evaluator, plan, variable, year, leaf, error);
}

static char *leaf_key(const char *dataset, const irm_variable *variable, int year,
                      uint32_t excluded) {
    irm_buffer key = {0};
    irm_buffer_format(&key, "%s %d %x ", dataset, year, excluded);
    irm_variable_write(variable, &key);
    return irm_buffer_take(&key);
}

/* What larger territories prove of a hidden one takes the whole level to tell: it is read
 * there. */
static irm_status take_from_whole(struct irm_evaluator *evaluator, const irm_part *part,
                                  const char *dataset, const irm_variable *variable,
                                  int year, irm_leaf *leaf, irm_error *error) {
    const irm_leaf *whole;
    IRM_TRY(irm_leaf_get(evaluator, dataset, variable, part->whole, year, leaf->excluded,
                         &whole, error));
    for (size_t i = 0; i < part->level.count; i++) {
        leaf->items[i] = whole->items[part->of[i]];
    }
    return IRM_OK;
}

static irm_status leaf_new(struct irm_evaluator *evaluator, const char *dataset,
                           const irm_variable *variable, const irm_level *level, int year,
                           irm_leaf *leaf, irm_error *error) {
    irm_plan plan;
    leaf->level = level;
    leaf->items = irm_calloc(level->count, sizeof *leaf->items);
    if (leaf->items == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_leaf_plan(evaluator, dataset, variable, level, year, &plan, error));
    leaf->estimated = plan.estimated;
    leaf->counts = plan.estimated && plan.kind == IRM_KIND_COUNT;
    IRM_TRY(leaf_read(evaluator, &plan, variable, year, leaf, error));
    bool adds_up = irm_kind_additive(plan.kind) && plan.summed != NULL && leaf->excluded == 0;
    bool places = leaf_is_commune_level(level) ||
                  (level->of_commune != NULL && level->n_cuts == 0);
    if (!adds_up || !places || !any_hidden(leaf->items, level->count)) {
        return IRM_OK;
    }
    const irm_part *part = irm_part_find(evaluator, level);
    return part != NULL
               ? take_from_whole(evaluator, part, dataset, variable, year, leaf, error)
               : leaf_meet_published(evaluator, &plan, dataset, variable, year, leaf, error);
}

irm_status irm_leaf_make(struct irm_evaluator *evaluator, const char *dataset,
                         const irm_variable *variable, const irm_level *level, int year,
                         uint32_t excluded, irm_leaf **leaf, irm_error *error) {
    irm_leaf *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->excluded = excluded;
    irm_status status = leaf_new(evaluator, dataset, variable, level, year, made, error);
    if (status != IRM_OK) {
        irm_leaf_free(made);
        return status;
    }
    *leaf = made;
    return IRM_OK;
}

irm_status irm_leaf_get(struct irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, const irm_level *level, int year,
                        uint32_t excluded, const irm_leaf **leaf, irm_error *error) {
    char *key = leaf_key(dataset, variable, year, excluded);
    if (key == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < evaluator->n_leaves; i++) {
        const irm_leaf *known = evaluator->leaves[i];
        if (known->level == level && strcmp(known->key, key) == 0) {
            irm_free(key);
            *leaf = known;
            return IRM_OK;
        }
    }
    irm_leaf *made = NULL;
    irm_status status =
        irm_leaf_make(evaluator, dataset, variable, level, year, excluded, &made, error);
    if (status == IRM_OK) {
        made->key = key;
        key = NULL;
    }
    if (status == IRM_OK) { /* after: making one may have made others */
        status = irm_reserve((void **)&evaluator->leaves, &evaluator->leaf_capacity,
                             evaluator->n_leaves + 1, sizeof *evaluator->leaves, error);
    }
    if (status != IRM_OK) {
        irm_free(key);
        irm_leaf_free(made);
        return status;
    }
    evaluator->leaves[evaluator->n_leaves++] = made;
    *leaf = made;
    return IRM_OK;
}
