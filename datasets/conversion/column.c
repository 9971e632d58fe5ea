#include "conversion/column.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/sum.h"

const irm_convert_column *column_asked(const column_work *work, const char *name) {
    for (size_t i = 0; i < work->options->n_columns; i++) {
        if (strcmp(work->options->columns[i].name, name) == 0) {
            return &work->options->columns[i];
        }
    }
    return NULL;
}

irm_kind column_kind(const column_work *work, const irm_column *column) {
    const irm_convert_column *asked = column_asked(work, column->name);
    return asked != NULL && asked->kind != IRM_KIND_END ? asked->kind
                                                        : irm_column_kind(column);
}

/* ---- parts of a row --------------------------------------------------------------- */

static bool is_copied(const row_parts *parts, size_t row) {
    size_t first = parts->start[row];
    return parts->start[row + 1] - first == 1 && parts->share[first] == 1;
}

static void copy_mark(const irm_column *from, size_t source, irm_column *to, size_t row) {
    if (from->marks != NULL) { /* the markers of `to` begin with those of `from` */
        to->marks[row] = from->marks[source];
    }
}

/* Markers are few, intervals may be many: past these, intervals are told by wider ones,
 * on a scale of two steps an octave; past all, by those known already. */
enum { EXACT_MARKERS = 120, MOST_MARKERS = UINT8_MAX - 2 };

/* The step of 0, 1, 2, 3, 4, 6, 8, 12, 16… at or under a value; its opposite under 0. */
static double step_under(double value, bool above) {
    if (value == 0 || !isfinite(value)) {
        return value;
    }
    if (value < 0) {
        return -step_under(-value, !above);
    }
    if (value < 1) {
        return above ? 1 : 0;
    }
    int exponent;
    double octave = 2 * frexp(value, &exponent);
    double whole = ldexp(1, exponent - 1);
    double step = octave < 1.5 ? whole : 1.5 * whole;
    return !above || step == value ? step : octave < 1.5 ? 1.5 * whole : 2 * whole;
}

/* The narrowest known interval that holds one; 0 for none. */
static uint8_t mark_that_holds(const irm_column *to, irm_state state, double lower,
                               double upper) {
    size_t best = 0;
    for (size_t i = 0; i < to->n_markers; i++) {
        const irm_marker *known = &to->markers[i];
        bool holds =
            known->state == state && known->lower <= lower && known->upper >= upper;
        if (holds && (best == 0 ||
                      known->upper - known->lower <
                          to->markers[best - 1].upper - to->markers[best - 1].lower)) {
            best = i + 1;
        }
    }
    return (uint8_t)best;
}

static irm_status interval_text(irm_buffer *text, double lower, double upper,
                                irm_error *error) {
    irm_buffer_text(text, "[");
    irm_buffer_number(text, lower);
    irm_buffer_text(text, "; ");
    irm_buffer_number(text, upper);
    irm_buffer_text(text, "]");
    return text->failed ? irm_fail_memory(error) : IRM_OK;
}

/* Adds the marker of a state and interval; a hidden cell is written as its interval. */
static irm_status add_mark(irm_column *to, irm_state state, double lower, double upper,
                           uint8_t *mark, irm_error *error) {
    irm_buffer text = {0};
    irm_status status =
        state == IRM_STATE_BOUNDED ? interval_text(&text, lower, upper, error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_column_marker(to, text.data != NULL ? text.data : "", state, lower,
                                   upper, mark, error);
    }
    irm_buffer_clear(&text);
    return status;
}

static irm_status mark_cell(irm_column *to, size_t n_rows, size_t row, irm_state state,
                            double lower, double upper, irm_error *error) {
    uint8_t mark = 0;
    if (to->n_markers >= EXACT_MARKERS) {
        mark = mark_that_holds(to, state, lower, upper);
        const irm_marker *known = mark > 0 ? &to->markers[mark - 1] : NULL;
        double low = step_under(lower, false), high = step_under(upper, true);
        bool wider = known == NULL || known->upper - known->lower > high - low;
        if (wider && to->n_markers < MOST_MARKERS) {
            lower = low;
            upper = high;
            mark = 0;
        } else if (known == NULL) {
            lower = -INFINITY;
            upper = INFINITY;
            state = irm_state_hidden(state) ? IRM_STATE_MISSING : state;
        }
    }
    if (mark == 0) {
        IRM_TRY(add_mark(to, state, lower, upper, &mark, error));
    }
    return irm_column_mark(to, n_rows, row, mark, error);
}

static irm_status mark_missing(irm_column *to, size_t n_rows, size_t row,
                               irm_error *error) {
    to->values[row] = NAN;
    return mark_cell(to, n_rows, row, IRM_STATE_MISSING, -INFINITY, INFINITY, error);
}

static irm_status mark_between(irm_column *to, size_t n_rows, size_t row, double lower,
                               double upper, irm_error *error) {
    to->values[row] = NAN;
    return mark_cell(to, n_rows, row, IRM_STATE_BOUNDED, lower, upper, error);
}

/* ---- what adds up ----------------------------------------------------------------- */

/* A sum of parts, with what each is known to be. */
typedef struct addition {
    irm_sum sum, lower, upper;
    size_t shown, hidden, empty; /* `empty`: of what does not apply */
    bool estimated, unbounded, uncertain;
    irm_state weakest; /* of those shown: imputed, floored… */
} addition;

/* Counts are not negative; a share of what is known is between nothing and all of it. */
static void add_bounds(addition *a, double lower, double upper, double share) {
    lower = lower < 0 && upper >= 0 ? 0 : lower;
    if (share != 1) {
        lower = fmin(lower, 0);
        upper = fmax(upper, 0);
    }
    irm_sum_add(&a->lower, lower);
    if (isinf(upper)) {
        a->unbounded = true;
    } else {
        irm_sum_add(&a->upper, upper);
    }
}

static void add_part(addition *a, const irm_column *from, size_t source, double share) {
    irm_state state = irm_column_state(from, source);
    double value = from->values[source], lower, upper;
    if (state == IRM_STATE_NOT_APPLICABLE) {
        a->empty++;
        return;
    }
    irm_column_bounds(from, source, &lower, &upper);
    if (irm_state_hidden(state) || isnan(value)) {
        a->hidden++;
    } else {
        a->shown++;
        irm_sum_add(&a->sum, value * share);
        a->uncertain |= lower != upper;
        a->weakest = state > a->weakest && state != IRM_STATE_ZERO ? state : a->weakest;
    }
    a->estimated |= share != 1;
    add_bounds(a, lower, upper, share);
}

static irm_status settle_addition(const column_work *work, const addition *a,
                                  const irm_column *from, irm_column *to, size_t row,
                                  irm_error *error) {
    size_t n = work->parts->n_rows, first = work->parts->row[work->parts->start[row]];
    double lower = irm_sum_round(&a->lower);
    double upper = a->unbounded ? INFINITY : irm_sum_round(&a->upper);
    if (a->shown + a->hidden == 0) {
        copy_mark(from, first, to, row);
        return IRM_OK;
    }
    if (a->hidden > 0 && a->unbounded) {
        return mark_missing(to, n, row, error);
    }
    if (a->hidden > 0) {
        return mark_between(to, n, row, lower, upper, error);
    }
    to->values[row] = irm_sum_round(&a->sum);
    if (a->estimated) {
        return mark_cell(to, n, row, IRM_STATE_ESTIMATED, lower, upper, error);
    }
    if (a->weakest != IRM_STATE_VALUE || a->uncertain) {
        return mark_cell(to, n, row, a->weakest, lower, upper, error);
    }
    return IRM_OK;
}

/* Whole numbers add up exactly in doubles while they are under 2^53, as most counts do.
 * False where that does not settle the cell. */
static bool add_whole_numbers(const row_parts *parts, const irm_column *from, size_t row,
                              double *total) {
    const double most = 9007199254740992.0;
    double sum = 0;
    bool rounded = from->round_below != 0 || from->round_above != 0;
    for (size_t i = parts->start[row]; i < parts->start[row + 1]; i++) {
        size_t source = parts->row[i];
        double value = from->values[source];
        bool plain = from->marks == NULL || from->marks[source] == 0;
        if (!plain || rounded || parts->share[i] != 1 || !(fabs(value) < most) ||
            value != floor(value)) {
            return false;
        }
        sum += value;
    }
    *total = sum;
    return fabs(sum) < most;
}

static irm_status convert_additive(const column_work *work, const irm_column *from,
                                   irm_column *to, size_t row, irm_error *error) {
    const row_parts *parts = work->parts;
    if (add_whole_numbers(parts, from, row, &to->values[row])) {
        return IRM_OK;
    }
    addition a = {0};
    for (size_t i = parts->start[row]; i < parts->start[row + 1]; i++) {
        add_part(&a, from, parts->row[i], parts->share[i]);
    }
    return settle_addition(work, &a, from, to, row, error);
}

/* ---- what does not ---------------------------------------------------------------- */

/* A ratio, a median or a mean of a union lies between those of its parts. That of a part
 * of one, nothing tells. */
static irm_status convert_bounded(const column_work *work, irm_kind kind,
                                  const irm_column *from, irm_column *to, size_t row,
                                  irm_error *error) {
    const row_parts *parts = work->parts;
    bool between =
        kind == IRM_KIND_RATIO || kind == IRM_KIND_MEDIAN || kind == IRM_KIND_MEAN;
    double lower = INFINITY, upper = -INFINITY;
    for (size_t i = parts->start[row]; i < parts->start[row + 1]; i++) {
        double low, high;
        irm_column_bounds(from, parts->row[i], &low, &high);
        between &= parts->share[i] == 1 &&
                   irm_column_state(from, parts->row[i]) != IRM_STATE_NOT_APPLICABLE;
        lower = low < lower ? low : lower;
        upper = high > upper ? high : upper;
    }
    if (!between || isinf(lower) || isinf(upper)) {
        return mark_missing(to, parts->n_rows, row, error);
    }
    if (lower == upper) {
        to->values[row] = lower;
        return IRM_OK;
    }
    return mark_between(to, parts->n_rows, row, lower, upper, error);
}

/* ---- categories ------------------------------------------------------------------- */

static double inhabitants_of(const column_work *work, size_t source) {
    const char *code = irm_column_label(work->key, source);
    double inhabitants = irm_populations_of(work->populations, code, work->options->from);
    return isnan(inhabitants) ? 0 : inhabitants;
}

/* The part that keeps its code, else the most populous, else the first. */
static size_t absorbing_part(const column_work *work, size_t row) {
    const row_parts *parts = work->parts;
    const char *target = irm_dict_text(work->links->targets, parts->target[row]);
    size_t best = parts->row[parts->start[row]];
    double most = -1;
    for (size_t i = parts->start[row]; i < parts->start[row + 1]; i++) {
        size_t source = parts->row[i];
        if (strcmp(irm_column_label(work->key, source), target) == 0) {
            return source;
        }
        double inhabitants = inhabitants_of(work, source);
        if (inhabitants > most) {
            most = inhabitants;
            best = source;
        }
    }
    return best;
}

/* The label with most inhabitants; -2 where none is known. */
static int32_t majority(const column_work *work, const irm_column *from, size_t row) {
    const row_parts *parts = work->parts;
    int32_t best = -2;
    double most = 0;
    for (size_t i = parts->start[row]; i < parts->start[row + 1]; i++) {
        int32_t label = from->codes[parts->row[i]];
        double inhabitants = 0;
        for (size_t k = parts->start[row]; k < parts->start[row + 1]; k++) {
            if (from->codes[parts->row[k]] == label) {
                inhabitants += inhabitants_of(work, parts->row[k]) * parts->share[k];
            }
        }
        if (inhabitants > most) {
            most = inhabitants;
            best = label;
        }
    }
    return best;
}

static bool all_alike(const row_parts *parts, const irm_column *from, size_t row) {
    for (size_t i = parts->start[row] + 1; i < parts->start[row + 1]; i++) {
        if (from->codes[parts->row[i]] != from->codes[parts->row[parts->start[row]]]) {
            return false;
        }
    }
    return true;
}

static irm_status convert_category(const column_work *work, irm_kind kind,
                                   const irm_column *from, irm_column *to, size_t row,
                                   irm_error *error) {
    const row_parts *parts = work->parts;
    const irm_convert_column *asked = column_asked(work, from->name);
    irm_category_rule rule = asked != NULL ? asked->rule : work->options->rule;
    const char *mixed = work->options->mixed != NULL ? work->options->mixed : "mixed";
    if (all_alike(parts, from, row)) {
        to->codes[row] = from->codes[parts->row[parts->start[row]]];
        copy_mark(from, parts->row[parts->start[row]], to, row);
        return IRM_OK;
    }
    if (rule == IRM_CATEGORY_MAJORITY && kind == IRM_KIND_CATEGORY) {
        to->codes[row] = majority(work, from, row);
    }
    bool undecided = rule == IRM_CATEGORY_MAJORITY && to->codes[row] == -2;
    if (kind != IRM_KIND_CATEGORY || rule == IRM_CATEGORY_ABSORBING || undecided) {
        size_t source = absorbing_part(work, row);
        to->codes[row] = from->codes[source];
        copy_mark(from, source, to, row);
        return IRM_OK;
    }
    return rule == IRM_CATEGORY_MIXED
               ? irm_dict_add(to->categories, irm_view_of(mixed), &to->codes[row], error)
               : IRM_OK;
}

/* The name of a commune is that of its time, where it is known. */
static irm_status rename_commune(const column_work *work, irm_column *to, size_t row,
                                 irm_error *error) {
    const char *code = irm_dict_text(work->links->targets, work->parts->target[row]);
    const char *name = irm_history_name(work->history, code, work->options->to);
    return name != NULL
               ? irm_dict_add(to->categories, irm_view_of(name), &to->codes[row], error)
               : IRM_OK;
}

static bool is_name(const irm_column *column) {
    const char *role = irm_attributes_get(&column->attributes, "role");
    return role != NULL && strcmp(role, "name") == 0;
}

/* ---- together --------------------------------------------------------------------- */

static irm_status convert_numbers(const column_work *work, const irm_column *from,
                                  irm_column *to, irm_error *error) {
    const row_parts *parts = work->parts;
    irm_kind kind = column_kind(work, from);
    for (size_t row = 0; row < parts->n_rows; row++) {
        size_t first = parts->row[parts->start[row]];
        bool described = work->detail && kind != IRM_KIND_WEIGHT; /* not counted */
        if (described || is_copied(parts, row)) {
            to->values[row] = from->values[first];
            copy_mark(from, first, to, row);
            continue;
        }
        irm_kind own = work->measures != NULL && work->measure->codes[first] >= 0
                           ? work->measures[work->measure->codes[first]]
                           : kind;
        bool constant = own == IRM_KIND_YEAR || own == IRM_KIND_COORDINATE;
        if (constant) {
            size_t source = absorbing_part(work, row);
            to->values[row] = from->values[source];
            copy_mark(from, source, to, row);
        } else if (irm_kind_additive(own) || own == IRM_KIND_WEIGHT) {
            IRM_TRY(convert_additive(work, from, to, row, error));
        } else {
            IRM_TRY(convert_bounded(work, own, from, to, row, error));
        }
    }
    return IRM_OK;
}

static irm_status convert_categories(const column_work *work, const irm_column *from,
                                     irm_column *to, irm_error *error) {
    const row_parts *parts = work->parts;
    irm_kind kind = column_kind(work, from);
    bool name = is_name(from);
    irm_dict_free(to->categories);
    to->categories = NULL;
    IRM_TRY(irm_dict_copy(from->categories, &to->categories, error));
    for (size_t row = 0; row < parts->n_rows; row++) {
        size_t first = parts->row[parts->start[row]];
        bool copied = is_copied(parts, row);
        if (copied) {
            to->codes[row] = from->codes[first];
            copy_mark(from, first, to, row);
        } else {
            IRM_TRY(convert_category(work, kind, from, to, row, error));
        }
        if (name && !copied) {
            IRM_TRY(rename_commune(work, to, row, error));
        }
    }
    return IRM_OK;
}

irm_status column_convert(const column_work *work, const irm_column *from, irm_column *to,
                          irm_error *error) {
    IRM_TRY(irm_column_copy_schema(from, to, error));
    if (from->marks != NULL) {
        to->marks = irm_calloc(work->parts->n_rows, 1);
        if (to->marks == NULL) {
            return irm_fail_memory(error);
        }
    }
    return from->type == IRM_COLUMN_NUMBER ? convert_numbers(work, from, to, error)
                                           : convert_categories(work, from, to, error);
}

/* ---- ratios from their parts ------------------------------------------------------ */

/* Certain bounds of a ratio of two counts. */
static void ratio_bounds(double factor, const irm_column *numerator,
                         const irm_column *denominator, size_t row, double *lower,
                         double *upper) {
    double n_lower, n_upper, d_lower, d_upper;
    irm_column_bounds(numerator, row, &n_lower, &n_upper);
    irm_column_bounds(denominator, row, &d_lower, &d_upper);
    if (n_lower == n_upper && d_lower == d_upper) {
        *lower = *upper = factor * n_lower / d_lower;
        return;
    }
    bool counts = n_lower >= 0 && d_lower >= 0 && factor > 0;
    *lower = !counts ? -INFINITY : isinf(d_upper) ? 0 : factor * n_lower / d_upper;
    *upper = counts && d_lower > 0 ? factor * n_upper / d_lower : INFINITY;
}

static irm_status recompute_cell(const column_work *work, double factor,
                                 const irm_column *numerator,
                                 const irm_column *denominator, irm_column *to,
                                 size_t row, irm_error *error) {
    double value = factor * numerator->values[row] / denominator->values[row];
    irm_state above = irm_column_state(numerator, row),
              below = irm_column_state(denominator, row);
    bool estimated = above == IRM_STATE_ESTIMATED || below == IRM_STATE_ESTIMATED;
    if (!isfinite(value)) {
        return IRM_OK; /* stays as the parts bound it */
    }
    to->values[row] = value;
    double lower, upper;
    ratio_bounds(factor, numerator, denominator, row, &lower, &upper);
    if (estimated || lower != upper) {
        irm_state state = estimated ? IRM_STATE_ESTIMATED : IRM_STATE_VALUE;
        lower = fmin(lower, value); /* as rounded as the value is */
        upper = fmax(upper, value);
        return mark_cell(to, work->parts->n_rows, row, state, lower, upper, error);
    }
    if (to->marks != NULL) {
        to->marks[row] = 0;
    }
    return IRM_OK;
}

irm_status column_recompute(const column_work *work, const irm_convert_column *asked,
                            const irm_table *result, irm_column *to, irm_error *error) {
    irm_column *numerator, *denominator;
    IRM_TRY(irm_table_need(result, asked->numerator, &numerator, error));
    IRM_TRY(irm_table_need(result, asked->denominator, &denominator, error));
    if (numerator->type != IRM_COLUMN_NUMBER || denominator->type != IRM_COLUMN_NUMBER ||
        to->type != IRM_COLUMN_NUMBER) {
        return irm_fail(error, IRM_STATUS_USAGE, "%s = %s / %s: a ratio is of numbers",
                        to->name, asked->numerator, asked->denominator);
    }
    if (!irm_kind_additive(
            column_kind(work, irm_table_column(work->table, numerator->name))) ||
        !irm_kind_additive(
            column_kind(work, irm_table_column(work->table, denominator->name)))) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "%s = %s / %s: a ratio is recomputed from what adds up; declare its "
            "parts as counts",
            to->name, asked->numerator, asked->denominator);
    }
    for (size_t row = 0; row < work->parts->n_rows; row++) {
        if (!is_copied(work->parts, row)) {
            IRM_TRY(recompute_cell(work, asked->factor, numerator, denominator, to, row,
                                   error));
        }
    }
    return IRM_OK;
}
