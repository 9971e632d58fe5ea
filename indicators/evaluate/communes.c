#include <math.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

static bool is_overseas(const char department[4]) {
    return department[0] == '9' && (department[1] == '7' || department[1] == '8') &&
           department[2] != '\0';
}

/* Number of the département of a commune, for a small table: its characters, base 37. */
enum { DEPARTMENTS = 37 * 37 * 37 };

static size_t department_number(const char *code) {
    char department[4] = "";
    irm_code_department(code, department);
    size_t number = 0;
    for (int i = 0; i < 3; i++) {
        char c = department[i];
        size_t digit = c >= '0' && c <= '9'   ? (size_t)(c - '0') + 1
                       : c >= 'A' && c <= 'Z' ? (size_t)(c - 'A') + 11
                                              : 0;
        number = number * 37 + digit;
    }
    return number;
}

/* The number of each commune's département; and of each code of a table: found once. */
static irm_status departments_of_communes(struct irm_evaluator *evaluator,
                                          irm_error *error) {
    const irm_level *communes = evaluator->communes;
    if (evaluator->departments != NULL) {
        return IRM_OK;
    }
    evaluator->departments = irm_calloc(communes->count, sizeof *evaluator->departments);
    for (size_t c = 0; evaluator->departments != NULL && c < communes->count; c++) {
        evaluator->departments[c] = (uint16_t)department_number(communes->items[c].code);
    }
    return evaluator->departments != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status departments_of_codes(irm_frame *frame, irm_error *error) {
    size_t n = irm_dict_count(frame->key->categories);
    if (frame->departments != NULL) {
        return IRM_OK;
    }
    frame->departments = irm_calloc(n, sizeof *frame->departments);
    for (size_t i = 0; frame->departments != NULL && i < n; i++) {
        const char *code = irm_dict_text(frame->key->categories, (int32_t)i);
        frame->departments[i] = (uint16_t)department_number(code);
    }
    return frame->departments != NULL ? IRM_OK : irm_fail_memory(error);
}

/* Bit of an overseas département, by number, among those that a sum for France leaves
 * out; 0 for the others. */
static uint32_t overseas_bit(size_t number) {
    char department[4] = "";
    for (int i = 2; i >= 0; i--, number /= 37) {
        size_t digit = number % 37;
        department[i] = digit == 0    ? '\0'
                        : digit <= 10 ? (char)('0' + (digit - 1))
                                      : (char)('A' + (digit - 11));
    }
    bool digit = department[2] >= '0' && department[2] <= '9';
    int bit = digit ? department[2] - '0' + (department[1] == '8' ? 10 : 0) : 0;
    return is_overseas(department) && digit ? UINT32_C(1) << bit : 0;
}

uint32_t leaf_overseas_bit(const struct irm_evaluator *evaluator, size_t commune) {
    return evaluator->departments != NULL ? overseas_bit(evaluator->departments[commune])
                                          : 0;
}

/* Writes a mark on each territory that has a part of a commune; false where the level
 * does not cut it. */
static bool mark_parts(const irm_level *level, int32_t commune, uint8_t mark,
                       uint8_t *marks) {
    size_t n;
    const irm_cut *cuts = irm_level_cuts(level, commune, &n);
    for (size_t i = 0; i < n; i++) {
        if (cuts[i].item >= 0) {
            marks[cuts[i].item] = mark;
        }
    }
    return n > 0;
}

/* Territories whose communes are not all in the source. For France, an overseas
 * département that the source leaves out as a whole is outside its perimeter, not missing
 * from it. */
static irm_status mark_lacking_communes(const struct irm_evaluator *evaluator,
                                        irm_leaf *leaf, const uint8_t *covered,
                                        leaf_groups *g, irm_error *error) {
    const irm_level *communes = evaluator->communes, *level = leaf->level;
    bool france = strcmp(level->id, "fr") == 0;
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; france && c < communes->count; c++) {
        if (covered[c]) {
            present[evaluator->departments[c]] = 1;
        }
    }
    for (size_t c = 0; c < communes->count; c++) {
        int32_t item = leaf_item_of(level, c);
        if (covered[c] || (item < 0 && level->n_cuts == 0)) {
            continue;
        }
        if (level->n_cuts > 0 &&
            mark_parts(level, (int32_t)c, LEAF_LACKS_ROWS, g->lacking)) {
            continue;
        }
        if (item < 0) {
            continue;
        }
        uint32_t overseas = france ? overseas_bit(evaluator->departments[c]) : 0;
        bool outside = overseas != 0 && !present[evaluator->departments[c]];
        leaf->outside |= outside ? overseas : 0;
        uint8_t lacks = outside ? LEAF_LACKS_PERIMETER : LEAF_LACKS_ROWS;
        if (lacks > g->lacking[item]) {
            g->lacking[item] = lacks;
        }
    }
    irm_free(present);
    return IRM_OK;
}

/* Where the producer publishes no row for a zero, the communes without one hold it, in
 * the départements that the source covers. */
static irm_status cover_absent(const struct irm_evaluator *evaluator,
                               const irm_frame *frame, const irm_leaf *leaf,
                               uint8_t *covered, leaf_groups *g, irm_error *error) {
    if (!leaf_absent_is_zero(frame)) {
        return IRM_OK;
    }
    const irm_level *communes = evaluator->communes, *level = leaf->level;
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < irm_dict_count(frame->key->categories); i++) {
        if (frame->placed[i].commune >= 0) {
            size_t department = evaluator->departments[frame->placed[i].commune];
            present[department] =
                leaf->excluded == 0 || (overseas_bit(department) & leaf->excluded) == 0;
        }
    }
    for (size_t c = 0; c < communes->count; c++) {
        int32_t item = leaf_item_of(level, c);
        if (!covered[c] && item >= 0 && present[evaluator->departments[c]]) {
            covered[c] = 1;
            g->zeros[item] = 1;
            mark_parts(level, (int32_t)c, 1, g->zeros);
        }
    }
    irm_free(present);
    return IRM_OK;
}

/* Territory of each département, for levels made of whole ones; NULL for the others. */
static irm_status items_of_departments(const struct irm_evaluator *evaluator,
                                       const irm_level *level, int32_t **items,
                                       irm_error *error) {
    *items = NULL;
    if (leaf_perimeter_changes(level) || level->of_commune == NULL) {
        return IRM_OK;
    }
    *items = irm_calloc(DEPARTMENTS, sizeof **items);
    if (*items == NULL) {
        return irm_fail_memory(error);
    }
    memset(*items, -1, DEPARTMENTS * sizeof **items);
    for (size_t c = 0; c < evaluator->communes->count; c++) {
        if (level->of_commune[c] >= 0) { /* a France may lack some communes */
            (*items)[evaluator->departments[c]] = level->of_commune[c];
        }
    }
    return IRM_OK;
}

/* France as the source defines it: an overseas département of which all cells are missing
 * is outside its perimeter, as if it had no row; so is one to be left out. */
static irm_status drop_outside(const struct irm_evaluator *evaluator, irm_frame *frame,
                               const irm_rows *rows, const irm_column *values,
                               uint32_t excluded, int32_t *item, uint8_t *covered,
                               irm_error *error) {
    uint8_t *present = irm_calloc(DEPARTMENTS, 1);
    if (present == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->rows[i];
        if (item[i] >= 0 && (!isnan(values->values[row]) ||
                             irm_column_state(values, row) == IRM_STATE_SECRET)) {
            present[frame->departments[frame->key->codes[row]]] = 1;
        }
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (item[i] < 0) {
            continue;
        }
        int32_t code = frame->key->codes[rows->rows[i]];
        uint16_t department = frame->departments[code];
        if (present[department] && excluded == 0) {
            continue;
        }
        uint32_t overseas = overseas_bit(department);
        bool inside = present[department] && (overseas & excluded) == 0;
        if (inside || overseas == 0) {
            continue;
        }
        int32_t commune = frame->placed[code].commune;
        if (commune >= 0 && (size_t)commune < evaluator->communes->count) {
            covered[commune] = 0;
        }
        item[i] = -1;
    }
    irm_free(present);
    return IRM_OK;
}

/* Territory of each row, through its commune. An arrondissement beside its commune is
 * nowhere: it is in the commune's row already; but for records, each in one row alone. A
 * code of no commune still has its département, which is enough for levels made of whole
 * ones. */
static irm_status items_of_communes(struct irm_evaluator *evaluator, irm_frame *frame,
                                    const irm_rows *rows, const irm_level *level,
                                    int32_t *item, uint8_t *covered, irm_error *error) {
    int32_t *departments = NULL;
    IRM_TRY(departments_of_communes(evaluator, error));
    IRM_TRY(departments_of_codes(frame, error));
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
        irm_placed place =
            code >= 0 ? frame->placed[code] : (irm_placed){-1, IRM_PLACED_NOWHERE, 0, 0};
        item[i] = -1;
        bool repeated = place.commune >= 0 && place.how == IRM_PLACED_FOLDED &&
                        own[place.commune] && frame->detail == NULL;
        if (place.commune >= 0 && !repeated) {
            covered[place.commune] = 1;
            item[i] = leaf_item_of(level, (size_t)place.commune);
        } else if (place.commune == -1 && code >= 0 && departments != NULL) {
            item[i] = departments[frame->departments[code]];
        }
    }
    irm_free(own);
    irm_free(departments);
    return IRM_OK;
}

/* A part of a row, and the territory it is in (-1: none). */
typedef struct row_part {
    int32_t commune, item;
    double share;
    bool cut; /* by the level */
} row_part;

/* The rows of split codes, and those of communes that the level cuts, taken once for each
 * part: lists grow by the parts after the first. */
typedef struct sharing {
    const irm_frame *frame;
    const irm_level *level;
    irm_rows *rows;
    int32_t **item;
    double *share;   /* NULL while every row is whole */
    row_part *parts; /* of the row at hand */
    size_t n_parts, capacity;
    irm_error *error;
} sharing;

static irm_status add_commune_parts(sharing *s, int32_t commune, double share) {
    size_t n = 0;
    const irm_level *level = s->level;
    const irm_cut *cuts = level->n_cuts > 0 ? irm_level_cuts(level, commune, &n) : NULL;
    IRM_TRY(irm_reserve((void **)&s->parts, &s->capacity, s->n_parts + n + 1,
                        sizeof *s->parts, s->error));
    for (size_t i = 0; i < n; i++) {
        s->parts[s->n_parts++] =
            (row_part){commune, cuts[i].item, share * cuts[i].share, true};
    }
    if (n == 0) {
        int32_t item = leaf_item_of(level, (size_t)commune);
        s->parts[s->n_parts++] = (row_part){commune, item, share, false};
    }
    return IRM_OK;
}

/* Fills s->parts; none for a row that is whole where it is. */
static irm_status part_row(sharing *s, size_t i) {
    int32_t code = s->frame->key->codes[s->rows->rows[i]];
    const irm_placed *placed = code >= 0 ? &s->frame->placed[code] : NULL;
    s->n_parts = 0;
    if (placed == NULL || placed->commune < 0 ||
        (placed->n_pieces == 0 && (s->level->n_cuts == 0 || (*s->item)[i] < 0))) {
        return IRM_OK;
    }
    if (placed->n_pieces == 0) {
        IRM_TRY(add_commune_parts(s, placed->commune, 1));
    }
    for (uint32_t k = 0; k < placed->n_pieces; k++) {
        const irm_piece *piece = &s->frame->pieces[placed->first_piece + k];
        IRM_TRY(add_commune_parts(s, piece->commune, piece->share));
    }
    return IRM_OK;
}

/* True when all parts are in one territory: then the row is whole there. */
static bool parts_together(const sharing *s) {
    for (size_t k = 1; k < s->n_parts; k++) {
        if (s->parts[k].item != s->parts[0].item) {
            return false;
        }
    }
    return true;
}

static irm_status grow_lists(sharing *s, size_t count, irm_error *error) {
    uint32_t *rows = irm_realloc(s->rows->rows, count, sizeof *rows);
    if (rows == NULL) {
        return irm_fail_memory(error);
    }
    s->rows->rows = rows;
    int32_t *item = irm_realloc(*s->item, count, sizeof *item);
    if (item == NULL) {
        return irm_fail_memory(error);
    }
    *s->item = item;
    s->share = irm_calloc(count, sizeof *s->share);
    if (s->share == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        s->share[i] = 1;
    }
    return IRM_OK;
}

static void share_row(sharing *s, size_t row) {
    for (size_t k = 0; k < s->n_parts; k++) {
        size_t at = k == 0 ? row : s->rows->count++;
        s->rows->rows[at] = s->rows->rows[row];
        (*s->item)[at] = s->parts[k].item;
        s->share[at] = s->parts[k].share;
    }
}

/* Where parts are in several territories, the row is shared among them. */
static irm_status share_rows(sharing *s, uint8_t *covered) {
    size_t n = s->rows->count, more = 0;
    s->rows->n_whole = n;
    if (s->frame->n_pieces == 0 && s->level->n_cuts == 0) {
        return IRM_OK;
    }
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(part_row(s, i));
        for (size_t k = 0; k < s->n_parts; k++) {
            covered[s->parts[k].commune] = 1;
        }
        more += s->n_parts > 0 && !parts_together(s) ? s->n_parts - 1 : 0;
    }
    if (more == 0) {
        return IRM_OK;
    }
    IRM_TRY(grow_lists(s, n + more, s->error));
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(part_row(s, i));
        if (s->n_parts > 0 && !parts_together(s)) {
            share_row(s, i);
        }
    }
    return IRM_OK;
}

/* Territories of the parts of communes that have rows. */
static void mark_cut(const irm_frame *frame, const irm_rows *rows, const int32_t *item,
                     const irm_level *level, leaf_groups *g) {
    for (size_t i = 0; i < rows->count && level->n_cuts > 0; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        const irm_placed *placed = code >= 0 ? &frame->placed[code] : NULL;
        if (item[i] < 0 || placed->commune < 0) {
            continue;
        }
        if (placed->n_pieces == 0) {
            mark_parts(level, placed->commune, 1, g->cut);
        }
        for (uint32_t k = 0; k < placed->n_pieces; k++) {
            mark_parts(level, frame->pieces[placed->first_piece + k].commune, 1, g->cut);
        }
    }
}

static void mark_merged(const irm_frame *frame, const irm_rows *rows, const int32_t *item,
                        leaf_groups *g) {
    for (size_t i = 0; i < rows->count; i++) {
        int32_t code = frame->key->codes[rows->rows[i]];
        if (item[i] >= 0 && frame->placed[code].how == IRM_PLACED_MERGED) {
            g->merged[item[i]] = 1;
        }
    }
}

/* Rows of communes, by the territory that each is in. */
static irm_status group_communes(struct irm_evaluator *evaluator, irm_frame *frame,
                                 irm_rows *rows, const irm_column *values, irm_leaf *leaf,
                                 leaf_groups *g, irm_error *error) {
    const irm_level *level = leaf->level;
    int32_t *item = irm_calloc(rows->count, sizeof *item);
    uint8_t *covered = irm_calloc(evaluator->communes->count, 1);
    irm_status status = item != NULL && covered != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = items_of_communes(evaluator, frame, rows, level, item, covered, error);
    }
    sharing shared = {
        .frame = frame, .level = level, .rows = rows, .item = &item, .error = error};
    if (status == IRM_OK) {
        status = share_rows(&shared, covered);
    }
    if (status == IRM_OK && strcmp(level->id, "fr") == 0) {
        status = drop_outside(evaluator, frame, rows, values, leaf->excluded, item,
                              covered, error);
    }
    if (status == IRM_OK) {
        status = leaf_group(rows, item, shared.share, level->count, g, error);
    }
    if (status == IRM_OK) {
        mark_merged(frame, rows, item, g);
        mark_cut(frame, rows, item, level, g);
        status = leaf_mark_lacking_cells(frame, rows, item, g, error);
    }
    if (status == IRM_OK) {
        status = cover_absent(evaluator, frame, leaf, covered, g, error);
    }
    if (status == IRM_OK) {
        status = mark_lacking_communes(evaluator, leaf, covered, g, error);
    }
    irm_free(item);
    irm_free(shared.share);
    irm_free(shared.parts);
    irm_free(covered);
    return status;
}

/* True when the groups do not depend on the variable: all rows of a year of a wide table,
 * but for France, whose perimeter is where the variable has values; the rows of a detail
 * table have values in all. */
static bool may_keep(const irm_frame *frame, const irm_leaf *leaf) {
    bool france = strcmp(leaf->level->id, "fr") == 0;
    return leaf->excluded == 0 && (frame->shape == IRM_TABLE_DETAIL ||
                                   (frame->shape == IRM_TABLE_WIDE && !france));
}

irm_status leaf_read_summed(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, int year, irm_leaf *leaf,
                            irm_quantity *items, irm_error *error) {
    irm_frame *frame = plan->summed;
    irm_rows rows = {0};
    leaf_groups own = {0};
    irm_column *values;
    const irm_narrowed *narrowed = NULL;
    bool keep = may_keep(frame, leaf);
    int of_year = frame->row_year != NULL ? year : 0;
    const leaf_groups *groups =
        keep ? leaf_kept_find(evaluator, plan, leaf->level, of_year) : NULL;
    bool needed = groups == NULL || frame->detail != NULL;
    int rows_of = needed ? irm_frame_level(frame, plan->parts) : -1;
    irm_status status =
        irm_rows_select(frame, evaluator->store, variable, year, rows_of, &rows, error);
    if (status == IRM_OK) {
        leaf->complementary = rows.complementary;
        status = irm_frame_column(frame, evaluator->store, rows.value, &values, error);
    }
    if (status == IRM_OK) {
        status = irm_frame_narrowed(frame, evaluator->store, evaluator->reporter,
                                    rows.value, &narrowed, error);
    }
    if (status == IRM_OK && groups == NULL) {
        status = group_communes(evaluator, frame, &rows, values, leaf, &own, error);
        groups = &own;
        if (status == IRM_OK && keep) {
            status =
                leaf_keep(evaluator, plan, leaf->level, of_year, &own, &groups, error);
            own = (leaf_groups){0};
        }
    }
    if (status == IRM_OK) {
        status = leaf_sum_items(values, irm_frame_plain(frame, rows.value), narrowed,
                                groups, leaf->level->count, true, items, error);
    }
    irm_free(rows.rows);
    leaf_groups_clear(&own);
    return status;
}

irm_status leaf_rows_summed(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level,
                            int32_t index, int year, leaf_cells *cells,
                            irm_error *error) {
    irm_frame *frame = plan->summed;
    irm_rows rows = {0};
    leaf_groups groups = {0};
    irm_column *values;
    irm_leaf leaf = {.level = level};
    irm_status status =
        irm_rows_select(frame, evaluator->store, variable, year,
                        irm_frame_level(frame, plan->parts), &rows, error);
    if (status == IRM_OK) {
        status = irm_frame_column(frame, evaluator->store, rows.value, &values, error);
    }
    if (status == IRM_OK) {
        status = group_communes(evaluator, frame, &rows, values, &leaf, &groups, error);
    }
    if (status == IRM_OK) {
        status = leaf_cells_of(frame, &rows, &groups, index, cells, error);
    }
    irm_free(rows.rows);
    leaf_groups_clear(&groups);
    return status;
}
