/* What the figures published for larger territories prove of hidden ones: the parts of a
 * département are no more than what is published of it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/bounds.h"
#include "irminon/memory.h"

/* Hidden places that published totals join, at most, for their narrowest bounds to be looked
 * for: a source that knows few communes (records of a canton, say) leaves thousands open. */
enum { MOST_TOGETHER = 200 };

enum { MOST_PARENTS = 6 };

/* A level of which the family publishes the variable that year. */
typedef struct parent {
    const irm_level *level;
    irm_quantity *items; /* as published */
    bool *told;          /* usable: agrees with what its communes show */
} parent;

typedef struct scene {
    struct irm_evaluator *evaluator;
    const irm_leaf *leaf;
    const irm_quantity *communes; /* by commune */
    parent parents[MOST_PARENTS];
    size_t n_parents;
    bool equal;      /* the parts add up to what is published, and not to less */
    bool whole;      /* all are whole numbers */
    uint32_t *order; /* communes by the territories that they are in */
    size_t n_order;
} scene;

/* Its perimeter is that of the communes read: for what changes every year, both are of
 * the year of the geography. France is as each source defines it, so that it proves
 * nothing of the communes of another list. */
static bool may_be_parent(const scene *on, const irm_frame *frame, const irm_frame *parts,
                          const irm_level *level) {
    int now = irm_geography_year(on->evaluator->geography);
    bool same = frame->geography == now && parts->geography == now;
    return level != NULL && level != on->leaf->level && level->of_commune != NULL &&
           level->n_cuts == 0 && !leaf_is_commune_level(level) && strcmp(level->id, "fr") != 0 &&
           (same || !leaf_perimeter_changes(level));
}

static bool has_parent(const scene *on, const irm_level *level) {
    for (size_t i = 0; i < on->n_parents; i++) {
        if (on->parents[i].level == level) {
            return true;
        }
    }
    return on->n_parents == MOST_PARENTS;
}

static irm_status add_parents(scene *on, irm_frame *frame, const irm_frame *parts,
                              const irm_variable *variable, int year, irm_error *error) {
    for (size_t l = 0; l < frame->n_levels; l++) {
        const irm_level *level =
            irm_geography_level(on->evaluator->geography, frame->levels[l]);
        if (!may_be_parent(on, frame, parts, level) || has_parent(on, level) ||
            !irm_frame_has_level(frame, variable->name, level->id, year)) {
            continue;
        }
        parent *one = &on->parents[on->n_parents++];
        one->level = level;
        one->items = irm_calloc(level->count, sizeof *one->items);
        one->told = irm_calloc(level->count, sizeof *one->told);
        if (one->items == NULL || one->told == NULL) {
            return irm_fail_memory(error);
        }
        irm_plan plan = {.direct = frame, .kind = IRM_KIND_COUNT};
        bool complementary;
        irm_error why = {0};
        irm_status status = leaf_read_direct(on->evaluator, &plan, variable, level, year,
                                             one->items, &complementary, &why);
        if (status == IRM_STATUS_NOT_FOUND || status == IRM_STATUS_REFUSED) {
            irm_free(one->items);
            irm_free(one->told);
            on->n_parents--;
        } else if (status != IRM_OK) {
            return irm_fail(error, status, "%s", why.message);
        }
    }
    return IRM_OK;
}

static irm_status find_parents(scene *on, const char *dataset, const irm_frame *parts,
                               const irm_variable *variable, int year, irm_error *error) {
    for (size_t f = 0; f < on->evaluator->n_frames; f++) {
        irm_frame *frame = &on->evaluator->frames[f];
        irm_rows rows;
        if (strcmp(frame->dataset, dataset) == 0 && frame->opened &&
            irm_rows_select(frame, on->evaluator->store, variable, year, -1, &rows,
                            NULL) == IRM_OK) {
            IRM_TRY(add_parents(on, frame, parts, variable, year, error));
        }
    }
    return IRM_OK;
}

static bool is_whole(irm_quantity one) {
    return irm_state_hidden(one.state) || one.value == floor(one.value);
}

/* Least of what the communes of each parent show; a parent that publishes less than that
 * proves nothing, and is told. */
static irm_status check_parent(scene *on, parent *one, const char *name,
                               irm_error *error) {
    double *shown = irm_calloc(one->level->count, sizeof *shown);
    if (shown == NULL) {
        return irm_fail_memory(error);
    }
    size_t n = on->evaluator->communes->count, apart = 0;
    for (size_t c = 0; c < n; c++) {
        int32_t t = one->level->of_commune[c];
        double lower = on->communes[c].lower;
        shown[t >= 0 ? t : 0] += t >= 0 && lower > 0 ? lower : 0;
    }
    const char *first = "";
    for (size_t t = 0; t < one->level->count; t++) {
        irm_quantity published = one->items[t];
        bool known =
            published.state != IRM_STATE_NOT_APPLICABLE && isfinite(published.upper);
        double slack = 1e-6 * (1 + shown[t]);
        one->told[t] = known && shown[t] <= published.upper + slack;
        bool rounding = shown[t] <= published.upper + 1e-3 * (1 + shown[t]);
        if (known && !one->told[t] && !rounding && apart++ == 0) {
            first = one->level->items[t].code;
        }
        on->whole = on->whole && is_whole(published);
    }
    if (apart > 0) {
        irm_warn_once(
            on->evaluator,
            "%s: %zu published figures of level %s are under what their communes add up "
            "to (%s is the first): they bound nothing",
            name, apart, one->level->id, first);
    }
    irm_free(shown);
    return IRM_OK;
}

static bool same_places(const scene *on, uint32_t x, uint32_t y) {
    bool same = leaf_item_of(on->leaf->level, x) == leaf_item_of(on->leaf->level, y);
    for (size_t i = 0; same && i < on->n_parents; i++) {
        same = on->parents[i].level->of_commune[x] == on->parents[i].level->of_commune[y];
    }
    return same;
}

/* Sorts communes by the territory of a level that each is in, those of none first, and
 * keeps their order within it: by counting. */
static irm_status sort_places(const irm_level *level, uint32_t *order, uint32_t *room,
                              size_t n, irm_error *error) {
    size_t *next = irm_calloc(level->count + 2, sizeof *next);
    if (next == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        next[level->of_commune[order[i]] + 2]++;
    }
    for (size_t t = 1; t < level->count + 2; t++) {
        next[t] += next[t - 1];
    }
    for (size_t i = 0; i < n; i++) {
        room[next[level->of_commune[order[i]] + 1]++] = order[i];
    }
    memcpy(order, room, n * sizeof *order);
    irm_free(next);
    return IRM_OK;
}

/* By territory of the leaf, then of each parent, then by commune: the last key first. */
static irm_status sort_by_places(scene *on, irm_error *error) {
    if (leaf_is_commune_level(on->leaf->level)) {
        return IRM_OK; /* they are in their order */
    }
    uint32_t *room = irm_calloc(on->n_order, sizeof *room);
    irm_status status = room != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t i = on->n_parents; status == IRM_OK && i-- > 0;) {
        status = sort_places(on->parents[i].level, on->order, room, on->n_order, error);
    }
    if (status == IRM_OK) {
        status = sort_places(on->leaf->level, on->order, room, on->n_order, error);
    }
    irm_free(room);
    return status;
}

static irm_status order_communes(scene *on, irm_error *error) {
    size_t n = on->evaluator->communes->count;
    on->order = irm_calloc(n, sizeof *on->order);
    if (on->order == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < n; c++) {
        if (on->communes[c].state != IRM_STATE_NOT_APPLICABLE) {
            on->order[on->n_order++] = (uint32_t)c;
            on->whole = on->whole && is_whole(on->communes[c]);
        }
    }
    return sort_by_places(on, error);
}

/* True where something may be proved of a hidden territory: it, or one of its communes, is
 * bounded already or is in a larger territory that is told. */
static irm_status proves_something(const scene *on, bool *any, irm_error *error) {
    const irm_level *level = on->leaf->level;
    bool *endless = irm_calloc(level->count, sizeof *endless); /* a commune without bound */
    *any = false;
    if (endless == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; !*any && c < on->evaluator->communes->count; c++) {
        int32_t t = leaf_item_of(level, c);
        if (t < 0 || !irm_state_hidden(on->leaf->items[t].state)) {
            continue;
        }
        const irm_quantity *commune = &on->communes[c];
        endless[t] = endless[t] || isinf(commune->upper);
        *any = commune->lower > 0;
        for (size_t i = 0; !*any && i < on->n_parents; i++) {
            int32_t in = on->parents[i].level->of_commune[c];
            *any = in >= 0 && on->parents[i].told[in];
        }
    }
    for (size_t t = 0; !*any && t < level->count; t++) {
        const irm_quantity *item = &on->leaf->items[t];
        *any = irm_state_hidden(item->state) &&
               (!endless[t] || item->lower > 0 || !isinf(item->upper));
    }
    irm_free(endless);
    return IRM_OK;
}

/* Terms of the relation of each territory of a level, in the order of the pieces. */
typedef struct members {
    size_t *start;
    irm_bounds_term *terms;
} members;

static void members_clear(members *of) {
    irm_free(of->start);
    irm_free(of->terms);
}

static irm_status group_pieces(const irm_level *level, const uint32_t *pieces,
                               size_t count, members *of, irm_error *error) {
    of->start = irm_calloc(level->count + 2, sizeof *of->start);
    of->terms = irm_calloc(count + level->count, sizeof *of->terms);
    if (of->start == NULL || of->terms == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t p = 0; p < count; p++) {
        int32_t t = leaf_item_of(level, pieces[p]);
        if (t >= 0) {
            of->start[t + 2]++;
        }
    }
    for (size_t t = 2; t < level->count + 2; t++) {
        of->start[t] += of->start[t - 1] + 1; /* one more for the territory's own cell */
    }
    for (size_t p = 0; p < count; p++) {
        int32_t t = leaf_item_of(level, pieces[p]);
        if (t >= 0) {
            of->terms[of->start[t + 1]++] = (irm_bounds_term){p, 1};
        }
    }
    return IRM_OK;
}

/* One cell a territory, and the relation between it and its pieces. */
static irm_status relate(irm_bounds *bounds, const irm_level *level,
                         const irm_quantity *items, const bool *told, bool equal,
                         bool whole, const uint32_t *pieces, size_t n_pieces,
                         size_t *cells, irm_error *error) {
    members of = {0};
    irm_status status = group_pieces(level, pieces, n_pieces, &of, error);
    for (size_t t = 0; status == IRM_OK && t < level->count; t++) {
        size_t first = t == 0 ? 0 : of.start[t] + 1, last = of.start[t + 1], cell;
        bool known = items[t].state != IRM_STATE_NOT_APPLICABLE;
        if (last <= first || !known || (told != NULL && !told[t])) {
            continue;
        }
        status =
            irm_bounds_cell(bounds, items[t].lower, items[t].upper, whole, &cell, error);
        if (status == IRM_OK) {
            of.terms[last] = (irm_bounds_term){cell, -1};
            status = irm_bounds_relation(bounds, of.terms + first, last - first + 1,
                                         equal ? 0 : -INFINITY, 0, error);
        }
        if (cells != NULL) {
            cells[t] = cell + 1;
        }
    }
    members_clear(&of);
    return status;
}

static irm_status add_pieces(scene *on, irm_bounds *bounds, uint32_t *pieces,
                             size_t *count, irm_error *error) {
    double lower = 0, upper = 0;
    *count = 0;
    for (size_t i = 0; i < on->n_order; i++) {
        uint32_t c = on->order[i];
        if (i == 0 || !same_places(on, c, on->order[i - 1])) {
            lower = upper = 0;
            pieces[(*count)++] = c;
        }
        lower += on->communes[c].lower;
        upper += on->communes[c].upper;
        if (i + 1 == on->n_order || !same_places(on, c, on->order[i + 1])) {
            IRM_TRY(irm_bounds_cell(bounds, lower, upper, on->whole, NULL, error));
        }
    }
    return IRM_OK;
}

static void take_bounds(const irm_bounds *bounds, const size_t *cells, irm_leaf *leaf) {
    for (size_t t = 0; t < leaf->level->count; t++) {
        irm_quantity *item = &leaf->items[t];
        if (cells[t] > 0 && irm_state_hidden(item->state)) {
            item->lower = fmax(item->lower, irm_bounds_lower(bounds, cells[t] - 1));
            item->upper = fmin(item->upper, irm_bounds_upper(bounds, cells[t] - 1));
        }
    }
}

static irm_status solve(scene *on, irm_leaf *leaf, const char *name, irm_error *error) {
    irm_bounds *bounds = NULL;
    uint32_t *pieces = irm_calloc(on->evaluator->communes->count, sizeof *pieces);
    size_t *cells = irm_calloc(leaf->level->count, sizeof *cells), n_pieces = 0;
    irm_status status = pieces != NULL && cells != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_bounds_new(&bounds, error);
    }
    if (status == IRM_OK) {
        irm_bounds_limit(bounds, MOST_TOGETHER);
    }
    if (status == IRM_OK) {
        status = add_pieces(on, bounds, pieces, &n_pieces, error);
    }
    if (status == IRM_OK) {
        status = relate(bounds, leaf->level, leaf->items, NULL,
                        leaf->direct == NULL || on->equal, on->whole, pieces, n_pieces,
                        cells, error);
    }
    for (size_t i = 0; status == IRM_OK && i < on->n_parents; i++) {
        parent *one = &on->parents[i];
        status = relate(bounds, one->level, one->items, one->told, on->equal, on->whole,
                        pieces, n_pieces, NULL, error);
    }
    irm_error why = {0};
    if (status == IRM_OK) {
        status = irm_bounds_tighten(bounds, irm_store_threads(on->evaluator->store), NULL,
                                    &why);
        if (status == IRM_OK) {
            take_bounds(bounds, cells, leaf);
        } else if (status == IRM_STATUS_DATA) {
            irm_warn(on->evaluator->reporter,
                     "%s: what is published of larger territories disagrees with the "
                     "communes; it bounds nothing",
                     name);
            status = IRM_OK;
        } else {
            status = irm_fail(error, status, "%s", why.message);
        }
    }
    irm_bounds_free(bounds);
    irm_free(pieces);
    irm_free(cells);
    return status;
}

static irm_status meet(scene *on, const irm_plan *plan, const char *dataset,
                       const irm_variable *variable, int year, irm_leaf *leaf,
                       irm_error *error) {
    const irm_leaf *communes = leaf;
    IRM_TRY(find_parents(on, dataset, plan->summed, variable, year, error));
    if (on->n_parents == 0) {
        return IRM_OK;
    }
    if (!leaf_is_commune_level(leaf->level)) {
        IRM_TRY(irm_leaf_get(on->evaluator, dataset, variable, on->evaluator->communes,
                             year, 0, &communes, error));
    }
    on->communes = communes->items;
    char name[160];
    snprintf(name, sizeof name, "%s, %s of %d", dataset, variable->name, year);
    for (size_t i = 0; i < on->n_parents; i++) {
        IRM_TRY(check_parent(on, &on->parents[i], name, error));
    }
    bool any;
    IRM_TRY(proves_something(on, &any, error));
    if (!any) {
        return IRM_OK;
    }
    IRM_TRY(order_communes(on, error));
    return solve(on, leaf, name, error);
}

irm_status leaf_meet_published(struct irm_evaluator *evaluator, const irm_plan *plan,
                               const char *dataset, const irm_variable *variable,
                               int year, irm_leaf *leaf, irm_error *error) {
    const char *rule = irm_attributes_get(&plan->summed->schema->attributes, "totals");
    if (rule != NULL && strcmp(rule, "none") == 0) {
        return IRM_OK;
    }
    scene on = {.evaluator = evaluator,
                .leaf = leaf,
                .equal = rule != NULL && strcmp(rule, "equal") == 0,
                .whole = plan->kind == IRM_KIND_COUNT};
    irm_status status = meet(&on, plan, dataset, variable, year, leaf, error);
    for (size_t i = 0; i < on.n_parents; i++) {
        irm_free(on.parents[i].items);
        irm_free(on.parents[i].told);
    }
    irm_free(on.order);
    return status;
}
