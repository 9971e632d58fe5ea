#include "evaluate/leaf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

void irm_leaf_free(irm_leaf *leaf) {
    if (leaf != NULL) {
        irm_free(leaf->key);
        irm_free(leaf->items);
        irm_free(leaf);
    }
}

/* ---- where to read ---------------------------------------------------------------- */

static bool is_commune_level(const irm_level *level) { return strcmp(level->id, "com") == 0; }

/* Levels whose territories change with the geography's year; a figure published for
 * another year may be that of another perimeter under the same code. */
static bool perimeter_changes(const irm_level *level) {
    static const char *const stable[] = {"dep", "reg", "fr", "frm"};
    for (size_t i = 0; i < sizeof stable / sizeof *stable; i++) {
        if (strcmp(level->id, stable[i]) == 0) {
            return false;
        }
    }
    return true;
}

static const char *parts_of(const irm_frame *frame, const char *name, int year) {
    static const char *const parts[] = {"com", "arm", "iris"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (irm_frame_has_level(frame, name, parts[i], year)) {
            return parts[i];
        }
    }
    return NULL;
}

static void plan_frame(irm_plan *plan, irm_frame *frame, const irm_rows *rows,
                       const char *name, const irm_level *level, int year) {
    plan->kind = rows->kind;
    plan->estimated = rows->estimated;
    plan->timeless = rows->timeless;
    if (plan->direct == NULL && irm_frame_has_level(frame, name, level->id, year)) {
        plan->direct = frame;
    }
    const char *parts = parts_of(frame, name, year);
    bool made_of_communes = is_commune_level(level) || level->of_commune != NULL;
    if (plan->summed == NULL && parts != NULL && made_of_communes) {
        plan->summed = frame;
        plan->parts = parts;
    }
}

/* "com, dep" of the frames that hold the variable at that year. */
static void levels_text(const struct irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, int year, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        irm_frame *frame = &evaluator->frames[f];
        irm_rows rows;
        if (strcmp(frame->dataset, dataset) != 0 || !frame->opened ||
            irm_rows_select(frame, evaluator->store, variable, year, -1, &rows, NULL) !=
                IRM_OK) {
            continue;
        }
        for (size_t i = 0; i < frame->n_levels && used + 40 < size; i++) {
            if (irm_frame_has_level(frame, variable->name, frame->levels[i], year)) {
                used += (size_t)snprintf(text + used, size - used, "%s%s",
                                         used > 0 ? ", " : "", frame->levels[i]);
            }
        }
    }
}

static const char *with_article(irm_kind kind) {
    switch (kind) {
        case IRM_KIND_MEDIAN: return "a median";
        case IRM_KIND_MEAN: return "a mean";
        case IRM_KIND_INDEX: return "an index";
        default: return "a ratio";
    }
}

static irm_status plan_settle(const struct irm_evaluator *evaluator, const char *dataset,
                              const irm_variable *variable, const irm_level *level, int year,
                              irm_plan *plan, irm_error *error) {
    char text[256];
    if (!irm_kind_additive(plan->kind)) {
        plan->summed = NULL;
        if (plan->direct == NULL) {
            levels_text(evaluator, dataset, variable, year, text, sizeof text);
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s: %s cannot be added: %s publishes it for %s in %d",
                            variable->name, with_article(plan->kind), dataset, text, year);
        }
        return IRM_OK;
    }
    int now = irm_geography_year(evaluator->geography);
    bool other = plan->direct != NULL && plan->direct->geography != 0 &&
                 plan->direct->geography != now && perimeter_changes(level);
    if (plan->summed != NULL && (other || is_commune_level(level))) {
        plan->direct = NULL; /* communes are summed too: mergers */
    }
    if (plan->direct == NULL && plan->summed == NULL) {
        levels_text(evaluator, dataset, variable, year, text, sizeof text);
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "%s: %s has it for %s in %d, of which no %s is made", variable->name,
                        dataset, text, year, level->id);
    }
    return IRM_OK;
}

irm_status irm_leaf_plan(struct irm_evaluator *evaluator, const char *dataset,
                         const irm_variable *variable, const irm_level *level, int year,
                         irm_plan *plan, irm_error *error) {
    memset(plan, 0, sizeof *plan);
    bool family = false, found = false;
    irm_error why = {0};
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        irm_frame *frame = &evaluator->frames[f];
        irm_rows rows;
        if (strcmp(frame->dataset, dataset) != 0) {
            continue;
        }
        family = true;
        IRM_TRY(irm_frame_open(frame, evaluator->store, evaluator->geography,
                               evaluator->reporter, error));
        irm_error reason = {0};
        irm_status status =
            irm_rows_select(frame, evaluator->store, variable, year, -1, &rows, &reason);
        if (status == IRM_OK) {
            plan_frame(plan, frame, &rows, variable->name, level, year);
            found = true;
        } else if (status != IRM_STATUS_NOT_FOUND && status != IRM_STATUS_REFUSED) {
            return irm_fail(error, status, "%s", reason.message);
        } else if (why.status == IRM_OK) {
            why = reason;
        }
    }
    if (!family) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "the store has no table of %s", dataset);
    }
    if (!found) {
        return irm_fail(error, why.status, "%s", why.message);
    }
    return plan_settle(evaluator, dataset, variable, level, year, plan, error);
}

/* ---- reading ---------------------------------------------------------------------- */

static bool is_overseas(const char department[4]) {
    return department[0] == '9' && (department[1] == '7' || department[1] == '8') &&
           department[2] != '\0';
}

/* Number of the département of a commune, for a small table: its characters, base 37. */
enum { DEPARTMENTS = 37 * 37 * 37 };

static size_t department_number(const char *code) {
    char department[4];
    irm_code_department(code, department);
    size_t number = 0;
    for (int i = 0; i < 3; i++) {
        char c = department[i];
        size_t digit = c >= '0' && c <= '9' ? (size_t)(c - '0') + 1
                       : c >= 'A' && c <= 'Z' ? (size_t)(c - 'A') + 11 : 0;
        number = number * 37 + digit;
    }
    return number;
}

/* Rows in the order of the territories they belong to. */
typedef struct grouped {
    size_t *start; /* count + 1 */
    uint32_t *rows;
    uint8_t *lacking;   /* by territory: cells or communes without a row */
    uint8_t *merged;    /* by territory: rows of former communes */
    uint8_t *zeros;     /* by territory: communes whose absence is a zero */
} grouped;

static void grouped_clear(grouped *g) {
    irm_free(g->start);
    irm_free(g->rows);
    irm_free(g->lacking);
    irm_free(g->merged);
    irm_free(g->zeros);
}

enum { WHOLE = 0, LACKS_PERIMETER = 1, LACKS_ROWS = 2 };

/* Counting sort of rows by item; `item` is by row of the selection, -1 for none. */
static irm_status group(const irm_rows *rows, const int32_t *item, size_t count, grouped *g,
                        irm_error *error) {
    g->start = irm_calloc(count + 1, sizeof *g->start);
    g->rows = irm_calloc(rows->count, sizeof *g->rows);
    g->lacking = irm_calloc(count, 1);
    g->merged = irm_calloc(count, 1);
    g->zeros = irm_calloc(count, 1);
    if (g->start == NULL || g->rows == NULL || g->lacking == NULL || g->merged == NULL ||
        g->zeros == NULL) {
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
            g->rows[g->start[item[i]] + next[item[i]]++] = rows->rows[i];
        }
    }
    irm_free(next);
    return IRM_OK;
}

/* True where the descriptor says that a territory or a cell without a row holds zero. */
static bool absent_is_zero(const irm_frame *frame) {
    const char *rule = irm_attributes_get(&frame->schema->attributes, "absent_rows");
    return rule != NULL && strcmp(rule, "zero") == 0;
}

/* Marks the territories of codes that have some but not all of their cells. */
static irm_status mark_lacking_cells(const irm_frame *frame, const irm_rows *rows,
                                     const int32_t *item, grouped *g, irm_error *error) {
    if (rows->cells <= 1 || absent_is_zero(frame)) {
        return IRM_OK;
    }
    uint32_t *seen =
        irm_calloc(irm_dict_count(frame->key->categories), sizeof *seen);
    if (seen == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0) {
            seen[frame->key->codes[rows->rows[i]]]++;
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0 && seen[frame->key->codes[rows->rows[i]]] < rows->cells) {
            g->lacking[item[i]] = LACKS_ROWS;
        }
    }
    irm_free(seen);
    return IRM_OK;
}

/* Territories whose communes are not all in the source. For France, an overseas département
 * that the source leaves out as a whole is outside its perimeter, not missing from it. */
static irm_status mark_lacking_communes(const struct irm_evaluator *evaluator,
                                        const irm_level *level, const uint8_t *covered,
                                        grouped *g, irm_error *error) {
    const irm_level *communes = evaluator->communes;
    bool france = strcmp(level->id, "fr") == 0;
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; france && c < communes->count; c++) {
        if (covered[c]) {
            present[department_number(communes->items[c].code)] = 1;
        }
    }
    for (size_t c = 0; c < communes->count; c++) {
        int32_t item = is_commune_level(level) ? (int32_t)c : level->of_commune[c];
        if (item < 0 || covered[c]) {
            continue;
        }
        char department[4];
        irm_code_department(communes->items[c].code, department);
        bool outside = france && is_overseas(department) &&
                       !present[department_number(communes->items[c].code)];
        uint8_t lacks = outside ? LACKS_PERIMETER : LACKS_ROWS;
        if (lacks > g->lacking[item]) {
            g->lacking[item] = lacks;
        }
    }
    irm_free(present);
    return IRM_OK;
}

/* Where the producer publishes no row for a zero, the communes without one hold it, in the
 * départements that the source covers. */
static irm_status cover_absent(const struct irm_evaluator *evaluator, const irm_frame *frame,
                               const irm_level *level, uint8_t *covered, grouped *g,
                               irm_error *error) {
    if (!absent_is_zero(frame)) {
        return IRM_OK;
    }
    const irm_level *communes = evaluator->communes;
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < irm_dict_count(frame->key->categories); i++) {
        if (frame->placed[i].commune >= 0) {
            present[department_number(communes->items[frame->placed[i].commune].code)] = 1;
        }
    }
    for (size_t c = 0; c < communes->count; c++) {
        int32_t item = is_commune_level(level) ? (int32_t)c : level->of_commune[c];
        if (!covered[c] && item >= 0 && present[department_number(communes->items[c].code)]) {
            covered[c] = 1;
            g->zeros[item] = 1;
        }
    }
    irm_free(present);
    return IRM_OK;
}

/* Sums the rows of each territory into `items` (only those still without a value). */
static irm_status sum_items(const irm_column *values, const grouped *g, size_t count,
                            bool floor, irm_quantity *items, irm_error *error) {
    irm_total *total;
    IRM_TRY(irm_total_new(&total, error));
    for (size_t t = 0; t < count; t++) {
        irm_total_reset(total);
        for (size_t r = g->start[t]; r < g->start[t + 1]; r++) {
            irm_total_add(total, irm_cell_quantity(values, g->rows[r], floor));
        }
        if (g->zeros[t]) {
            irm_total_add(total, irm_quantity_exact(0));
        }
        if (g->lacking[t] == LACKS_ROWS) {
            irm_quantity unknown =
                irm_quantity_hidden(IRM_STATE_MISSING, floor ? 0 : -INFINITY, INFINITY);
            irm_total_add(total, unknown);
        }
        items[t] = irm_total_result(total);
        if (g->lacking[t] != WHOLE && g->start[t] < g->start[t + 1]) {
            items[t].flags |= IRM_FLAG_PARTIAL_COVERAGE;
        }
        if (g->merged[t]) {
            items[t].flags |= IRM_FLAG_CONVERTED_GEOGRAPHY;
        }
    }
    irm_total_free(total);
    return IRM_OK;
}

/* ---- from communes ---------------------------------------------------------------- */

/* Territory of each département, for levels made of whole ones; NULL for the others. */
static irm_status items_of_departments(const struct irm_evaluator *evaluator,
                                       const irm_level *level, int32_t **items,
                                       irm_error *error) {
    *items = NULL;
    if (perimeter_changes(level) || level->of_commune == NULL) {
        return IRM_OK;
    }
    *items = irm_calloc(DEPARTMENTS, sizeof **items);
    if (*items == NULL) {
        return irm_fail_memory(error);
    }
    memset(*items, -1, DEPARTMENTS * sizeof **items);
    for (size_t c = 0; c < evaluator->communes->count; c++) {
        (*items)[department_number(evaluator->communes->items[c].code)] =
            level->of_commune[c];
    }
    return IRM_OK;
}

/* France as the source defines it: an overseas département of which all cells are missing
 * is outside its perimeter, as if it had no row. */
static irm_status drop_outside(const struct irm_evaluator *evaluator, const irm_frame *frame,
                               const irm_rows *rows, const irm_column *values, int32_t *item,
                               uint8_t *covered, irm_error *error) {
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] >= 0 && (!isnan(values->values[rows->rows[i]]) ||
                             irm_column_state(values, rows->rows[i]) == IRM_STATE_SECRET)) {
            present[department_number(irm_column_label(frame->key, rows->rows[i]))] = 1;
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        const char *code = irm_column_label(frame->key, rows->rows[i]);
        char department[4];
        irm_code_department(code, department);
        if (item[i] < 0 || present[department_number(code)] || !is_overseas(department)) {
            continue;
        }
        int32_t commune = frame->placed[frame->key->codes[rows->rows[i]]].commune;
        if (commune >= 0 && (size_t)commune < evaluator->communes->count) {
            covered[commune] = 0;
        }
        item[i] = -1;
    }
    irm_free(present);
    return IRM_OK;
}

/* Territory of each row, through its commune. An arrondissement beside its commune is
 * nowhere: it is in the commune's row already. A code of no commune still has its
 * département, which is enough for levels made of whole ones. */
static irm_status items_of_communes(const struct irm_evaluator *evaluator,
                                    const irm_frame *frame, const irm_rows *rows,
                                    const irm_level *level, int32_t *item, uint8_t *covered,
                                    irm_error *error) {
    int32_t *departments = NULL;
    IRM_TRY(items_of_departments(evaluator, level, &departments, error));
    uint8_t *own = irm_calloc(evaluator->communes->count, 1);
    if (own == NULL) {
        irm_free(departments);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        if (code >= 0 && frame->placed[code].how == IRM_PLACED_SAME &&
            frame->placed[code].commune >= 0) {
            own[frame->placed[code].commune] = 1;
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        irm_placed place = code >= 0 ? frame->placed[code] : (irm_placed){-1, IRM_PLACED_NOWHERE};
        item[i] = -1;
        if (place.commune >= 0 && !(place.how == IRM_PLACED_FOLDED && own[place.commune])) {
            covered[place.commune] = 1;
            item[i] = is_commune_level(level) ? place.commune
                                              : level->of_commune[place.commune];
        } else if (place.commune == -1 && code >= 0 && departments != NULL) {
            item[i] = departments[department_number(
                irm_dict_text(frame->key->categories, code))];
        }
    }
    irm_free(own);
    irm_free(departments);
    return IRM_OK;
}

static void mark_merged(const irm_frame *frame, const irm_rows *rows, const int32_t *item,
                        grouped *g) {
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        if (item[i] >= 0 && frame->placed[code].how == IRM_PLACED_MERGED) {
            g->merged[item[i]] = 1;
        }
    }
}

static irm_status read_summed(struct irm_evaluator *evaluator, const irm_plan *plan,
                              const irm_variable *variable, const irm_level *level, int year,
                              irm_quantity *items, bool *complementary, irm_error *error) {
    irm_frame *frame = plan->summed;
    irm_rows rows = {0};
    grouped g = {0};
    irm_column *values;
    uint8_t *covered = NULL;
    int32_t *item = NULL;
    irm_status status = irm_rows_select(frame, evaluator->store, variable, year,
                                        irm_frame_level(frame, plan->parts), &rows, error);
    if (status == IRM_OK) {
        status = irm_frame_column(frame, evaluator->store, rows.value, &values, error);
    }
    if (status != IRM_OK) {
        goto cleanup;
    }
    *complementary = rows.complementary;
    item = irm_calloc(rows.count, sizeof *item);
    covered = irm_calloc(evaluator->communes->count, 1);
    if (item == NULL || covered == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    status = items_of_communes(evaluator, frame, &rows, level, item, covered, error);
    if (status == IRM_OK && strcmp(level->id, "fr") == 0) {
        status = drop_outside(evaluator, frame, &rows, values, item, covered, error);
    }
    if (status == IRM_OK) {
        status = group(&rows, item, level->count, &g, error);
    }
    if (status == IRM_OK) {
        mark_merged(frame, &rows, item, &g);
        status = mark_lacking_cells(frame, &rows, item, &g, error);
    }
    if (status == IRM_OK) {
        status = cover_absent(evaluator, frame, level, covered, &g, error);
    }
    if (status == IRM_OK) {
        status = mark_lacking_communes(evaluator, level, covered, &g, error);
    }
    if (status == IRM_OK) {
        status = sum_items(values, &g, level->count, true, items, error);
    }
cleanup:
    irm_free(item);
    irm_free(covered);
    irm_free(rows.rows);
    grouped_clear(&g);
    return status;
}

/* ---- published at the level -------------------------------------------------------- */

static irm_status items_published(const irm_frame *frame, const irm_rows *rows,
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
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        item[i] = code >= 0 && level->count == 1 ? 0 : -1;
        if (code < 0 || level->count == 1) {
            continue;
        }
        if (found[code] == -2) {
            found[code] =
                irm_level_find(level, irm_dict_text(frame->key->categories, code));
        }
        item[i] = found[code];
    }
    irm_free(found);
    return IRM_OK;
}

/* Communes into which others merged since: what does not add up is not known of them. */
static void forget_merged(const irm_frame *frame, const irm_rows *rows, size_t count,
                          irm_quantity *items) {
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        if (code < 0 || frame->placed[code].how != IRM_PLACED_MERGED) {
            continue;
        }
        int32_t commune = frame->placed[code].commune;
        if (commune >= 0 && (size_t)commune < count) {
            items[commune] = irm_quantity_hidden(IRM_STATE_MISSING, -INFINITY, INFINITY);
            items[commune].flags = IRM_FLAG_CONVERTED_GEOGRAPHY;
        }
    }
}

static irm_status read_direct(struct irm_evaluator *evaluator, const irm_plan *plan,
                              const irm_variable *variable, const irm_level *level, int year,
                              irm_quantity *items, bool *complementary, irm_error *error) {
    irm_frame *frame = plan->direct;
    irm_rows rows = {0};
    grouped g = {0};
    irm_column *values;
    int32_t *item = NULL;
    bool floor = irm_kind_additive(plan->kind);
    irm_status status = irm_rows_select(frame, evaluator->store, variable, year,
                                        irm_frame_level(frame, level->id), &rows, error);
    if (status == IRM_OK) {
        status = irm_frame_column(frame, evaluator->store, rows.value, &values, error);
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
    status = items_published(frame, &rows, level, item, error);
    if (status == IRM_OK) {
        status = group(&rows, item, level->count, &g, error);
    }
    if (status == IRM_OK) {
        status = mark_lacking_cells(frame, &rows, item, &g, error);
    }
    if (status == IRM_OK) {
        status = sum_items(values, &g, level->count, floor, items, error);
    }
    if (status == IRM_OK && !floor && is_commune_level(level)) {
        forget_merged(frame, &rows, level->count, items);
    }
cleanup:
    irm_free(item);
    irm_free(rows.rows);
    grouped_clear(&g);
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
                                    const irm_variable *variable, int year, irm_leaf *leaf,
                                    irm_error *error) {
    size_t count = leaf->level->count;
    irm_quantity *sums = irm_calloc(count, sizeof *sums);
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = read_summed(evaluator, plan, variable, leaf->level, year, sums,
                                    &leaf->complementary, error);
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
    if (plan->direct == NULL) {
        leaf->summed = plan->summed;
        return read_summed(evaluator, plan, variable, leaf->level, year, leaf->items,
                           &leaf->complementary, error);
    }
    leaf->direct = plan->direct;
    IRM_TRY(read_direct(evaluator, plan, variable, leaf->level, year, leaf->items,
                        &leaf->complementary, error));
    if (plan->summed == NULL || !any_hidden(leaf->items, leaf->level->count)) {
        return IRM_OK;
    }
    return complete_from_sum(evaluator, plan, variable, year, leaf, error);
}

static char *leaf_key(const char *dataset, const irm_variable *variable, int year) {
    irm_buffer key = {0};
    irm_buffer_format(&key, "%s:%s %d", dataset, variable->name, year);
    for (size_t i = 0; i < variable->n_fixed; i++) {
        irm_buffer_format(&key, " %s=", variable->fixed[i].dimension);
        for (size_t c = 0; c < variable->fixed[i].n_codes; c++) {
            irm_buffer_format(&key, "+%s", variable->fixed[i].codes[c]);
        }
    }
    return irm_buffer_take(&key);
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
    return leaf_read(evaluator, &plan, variable, year, leaf, error);
}

irm_status irm_leaf_get(struct irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, const irm_level *level, int year,
                        const irm_leaf **leaf, irm_error *error) {
    char *key = leaf_key(dataset, variable, year);
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
    irm_leaf *made = irm_calloc(1, sizeof *made);
    irm_status status = made != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        made->key = key;
        key = NULL;
        status = irm_reserve((void **)&evaluator->leaves, &evaluator->leaf_capacity,
                             evaluator->n_leaves + 1, sizeof *evaluator->leaves, error);
    }
    if (status == IRM_OK) {
        status = leaf_new(evaluator, dataset, variable, level, year, made, error);
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
