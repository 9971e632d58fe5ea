#include "conversion/places.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conversion/late.h"
#include "geography/source.h"
#include "irminon/memory.h"

/* ---- words of the descriptor ------------------------------------------------------ */

/* What "WORD=" is followed by in a list, borrowed, with its size; NULL when absent. */
static const char *entry_of(const char *map, const char *word, size_t *size) {
    size_t wanted = strlen(word);
    for (const char *p = map != NULL ? map : ""; *p != '\0';) {
        p += strspn(p, " \n\t");
        *size = strcspn(p, " \n\t");
        if (*size > wanted && strncmp(p, word, wanted) == 0 && p[wanted] == '=') {
            *size -= wanted + 1;
            return p + wanted + 1;
        }
        p += *size;
    }
    return NULL;
}

const char *level_id_of_word(const char *map, const char *word) {
    static const char *const levels[] = {"com", "arm"};
    size_t size = 0;
    const char *id = entry_of(map, word, &size);
    for (size_t i = 0; i < 2; i++) {
        bool same = id != NULL ? size == 3 && strncmp(id, levels[i], 3) == 0
                               : strcasecmp(word, levels[i]) == 0;
        if (same) {
            return levels[i];
        }
    }
    return "";
}

irm_kind kind_of_measure(const char *map, const char *measure) {
    size_t size = 0;
    const char *name = entry_of(map, measure, &size);
    for (int kind = 0; name != NULL && kind < IRM_KIND_END; kind++) {
        const char *known = irm_kind_name((irm_kind)kind);
        if (strlen(known) == size && strncmp(known, name, size) == 0) {
            return (irm_kind)kind;
        }
    }
    return IRM_KIND_RATIO;
}

const irm_column *source_role_any(const irm_table *table, const char *role) {
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *own = irm_attributes_get(&table->columns[i].attributes, "role");
        if (own != NULL && strcmp(own, role) == 0) {
            return &table->columns[i];
        }
    }
    return NULL;
}

irm_status places_key(const irm_table *table, const char *asked, irm_column **key,
                      irm_error *error) {
    const irm_column *own = source_key(table);
    if (asked == NULL && own == NULL) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "table %s has no column of commune codes that it says so of: name "
            "it",
            table->name);
    }
    IRM_TRY(irm_table_need(table, asked != NULL ? asked : own->name, key, error));
    return (*key)->type == IRM_COLUMN_CATEGORY
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_USAGE, "column %s of %s is not made of codes",
                          (*key)->name, table->name);
}

/* ---- the work --------------------------------------------------------------------- */

typedef struct work {
    const irm_column *key;
    const irm_convert_options *options;
    irm_passage *passage;
    irm_conversion *c;
    code_links *links;
    uint8_t *there; /* by code of the key: does a row bear it? */
    bool iris;
    size_t n_unshared;
    char unshared[160], unknown[160], other[160], late[160];
    int other_first, other_last;
    const irm_history *history;
    irm_error *error;
} work;

static void list_code(char *list, size_t size, const char *code) {
    size_t used = strlen(list);
    if (used + strlen(code) + 8 < size) {
        snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", code);
    } else if (used > 0 && list[used - 1] != '.') {
        snprintf(list + used, size - used, "...");
    }
}

static irm_status note_change(work *w, const char *from, const char *to, const char *what,
                              double share, const char *by) {
    IRM_TRY(irm_reserve((void **)&w->c->changes, &w->c->changes_capacity,
                        w->c->n_changes + 1, sizeof *w->c->changes, w->error));
    irm_change *change = &w->c->changes[w->c->n_changes];
    *change = (irm_change){irm_strdup(from), irm_strdup(to), what, share, by};
    w->c->n_changes++;
    return change->from != NULL && change->to != NULL ? IRM_OK
                                                      : irm_fail_memory(w->error);
}

static irm_status add_link(work *w, const char *to, double share) {
    code_links *l = w->links;
    int32_t target;
    IRM_TRY(irm_dict_add(l->targets, irm_view_of(to), &target, w->error));
    IRM_TRY(irm_reserve((void **)&l->target, &l->target_capacity, l->count + 1,
                        sizeof *l->target, w->error));
    IRM_TRY(irm_reserve((void **)&l->share, &l->share_capacity, l->count + 1,
                        sizeof *l->share, w->error));
    l->target[l->count] = target;
    l->share[l->count++] = share;
    return IRM_OK;
}

/* ---- Paris, Lyon, Marseille ------------------------------------------------------- */

static const char *const with_arrondissements[] = {"75056", "69123", "13055"};

static bool is_divided(const char *code) {
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(code, with_arrondissements[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_row(const work *w, const char *code) {
    int32_t number = irm_dict_find(w->key->categories, irm_view_of(code));
    return number >= 0 && w->there[number];
}

static bool has_arrondissements(const work *w, const char *commune) {
    for (size_t i = 0; i < irm_dict_count(w->key->categories); i++) {
        const char *code = irm_dict_text(w->key->categories, (int32_t)i);
        if (w->there[i] && code[0] == commune[0] && irm_code_is_arrondissement(code)) {
            return true;
        }
    }
    return false;
}

/* A commune and its arrondissements are one population, not two: of both, one is kept. */
static irm_status place_divided(work *w, const char *code, bool *done) {
    bool part = irm_code_is_arrondissement(code);
    const char *whole = !part            ? code
                        : code[0] == '7' ? "75056"
                        : code[0] == '6' ? "69123"
                                         : "13055";
    bool beside = part ? has_row(w, whole) : has_arrondissements(w, whole);
    *done = true;
    if (beside && part != w->options->keep_arrondissements) {
        return note_change(w, code, "", "beside", NAN, "");
    }
    if (part && w->options->keep_arrondissements) {
        return add_link(w, code, 1);
    }
    *done = false;
    return IRM_OK;
}

/* ---- codes ------------------------------------------------------------------------ */

static bool is_declared_nowhere(const work *w, const char *code) {
    return source_unplaced(w->key, code) &&
           irm_attributes_get(&w->key->attributes, "unplaced") != NULL;
}

static bool is_late(const work *w, const char *code) {
    return irm_history_is_late(w->history, w->options->from, w->key->categories, w->there,
                               code);
}

static irm_status count_kind(work *w, const char *code, irm_passage_kind kind, size_t n) {
    w->c->merged += kind == IRM_PASSAGE_MERGED;
    w->c->split += n > 1;
    if (kind == IRM_PASSAGE_FORMER || kind == IRM_PASSAGE_LATER) {
        int year = irm_history_nearest(w->history, code, w->options->from);
        w->other_first =
            w->c->n_others == 0 || year < w->other_first ? year : w->other_first;
        w->other_last = year > w->other_last ? year : w->other_last;
        w->c->n_others++;
        list_code(w->other, sizeof w->other, code);
    }
    if (kind == IRM_PASSAGE_UNKNOWN) {
        w->c->unmatched++;
        list_code(w->unknown, sizeof w->unknown, code);
        return note_change(w, code, "", "unmatched", NAN, "");
    }
    return IRM_OK;
}

static irm_status follow(work *w, const char *code, const char *shown) {
    const irm_link *links;
    size_t n;
    irm_passage_kind kind;
    bool late = is_late(w, code);
    if (late) {
        IRM_TRY(irm_passage_find_from(w->passage, w->options->from - 1, code, &links, &n,
                                      &kind, w->error));
        list_code(w->late, sizeof w->late, code);
    } else {
        IRM_TRY(irm_passage_find(w->passage, code, &links, &n, &kind, w->error));
    }
    IRM_TRY(count_kind(w, shown, kind, n));
    for (size_t i = 0; i < n; i++) {
        if (isnan(links[i].share)) {
            w->n_unshared += i == 0;
            list_code(w->unshared, sizeof w->unshared, links[i].to);
        }
        IRM_TRY(add_link(w, links[i].to, links[i].share));
        if (kind != IRM_PASSAGE_SAME) {
            IRM_TRY(note_change(
                w, shown, links[i].to,
                n > 1 && kind == IRM_PASSAGE_SAME ? "split" : irm_passage_kind_name(kind),
                links[i].share, links[i].by));
        }
    }
    return IRM_OK;
}

static irm_status place_code(work *w, size_t number) {
    const char *code = irm_dict_text(w->key->categories, (int32_t)number);
    char commune[8];
    bool done = false;
    if (!w->there[number]) {
        return IRM_OK;
    }
    if (w->iris && strlen(code) == 9) {
        snprintf(commune, sizeof commune, "%.5s", code);
        return follow(w, commune, code);
    }
    if (is_declared_nowhere(w, code)) { /* stays as it is: total and all */
        return add_link(w, code, 1);
    }
    if (irm_code_is_arrondissement(code) || is_divided(code)) {
        IRM_TRY(place_divided(w, code, &done));
    }
    return done ? IRM_OK : follow(w, code, code);
}

static irm_status place_all(work *w) {
    size_t n = irm_dict_count(w->key->categories);
    w->links->first = irm_calloc(n + 1, sizeof *w->links->first);
    if (w->links->first == NULL) {
        return irm_fail_memory(w->error);
    }
    IRM_TRY(irm_dict_new(&w->links->targets, w->error));
    for (size_t i = 0; i < n; i++) {
        w->links->first[i] = w->links->count;
        IRM_TRY(place_code(w, i));
    }
    w->links->first[n] = w->links->count;
    return IRM_OK;
}

/* A commune restored on the first day, whose figures are in a row that does not know it.
 */
static bool is_in_late(const work *w, const char *code) {
    return w->late[0] != '\0' && history_in_late(w->history, w->options->from,
                                                 w->key->categories, w->there, code);
}

/* A commune made of several, some of which have no row: its figures are of a part of it.
 */
static irm_status note_absent(work *w) {
    const irm_link *links;
    size_t n;
    for (size_t i = 0; i < irm_passage_count(w->passage) && !w->iris; i++) {
        const char *code = irm_passage_at(w->passage, i, &links, &n);
        if (n == 0 || has_row(w, code) ||
            !irm_history_has(w->history, code, w->options->from) || is_in_late(w, code)) {
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            if (irm_dict_find(w->links->targets, irm_view_of(links[k].to)) >= 0) {
                IRM_TRY(note_change(w, code, links[k].to, "absent", links[k].share,
                                    links[k].by));
            }
        }
    }
    return IRM_OK;
}

/* ---- what is told ----------------------------------------------------------------- */

static void warn(const work *w, const char *table, const irm_reporter *reporter) {
    int year = w->options->from;
    if (w->c->unmatched > 0) {
        irm_warn(reporter, "%s: %zu code%s of no commune of any year, left out: %s",
                 table, w->c->unmatched, w->c->unmatched > 1 ? "s are" : " is",
                 w->unknown);
    }
    if (w->c->n_others > 0) {
        irm_warn(reporter,
                 "%s mixes two geographies: %zu code%s no commune of %d but of %d%s%.0d "
                 "(%s); each goes from its own year, beware of counting twice",
                 table, w->c->n_others, w->c->n_others > 1 ? "s are" : " is", year,
                 w->other_first, w->other_first != w->other_last ? " to " : "",
                 w->other_first != w->other_last ? w->other_last : 0, w->other);
    }
    if (w->late[0] != '\0') {
        irm_warn(
            reporter,
            "%s does not know the communes restored on 1 January %d: the rows of %s are "
            "taken as of before",
            table, year, w->late);
    }
    if (w->c->n_rows_left > 0) {
        irm_warn(reporter, "%s: %zu rows of other levels than communes are left out",
                 table, w->c->n_rows_left);
    }
    size_t absent = 0;
    char list[160] = "";
    for (size_t i = 0; i < w->c->n_changes; i++) {
        if (strcmp(w->c->changes[i].what, "absent") == 0) {
            absent++;
            list_code(list, sizeof list, w->c->changes[i].to);
        }
    }
    if (absent > 0) {
        irm_warn(
            reporter,
            "%s: %zu communes that went into others have no row; the figures of these "
            "are of a part of them: %s",
            table, absent, list);
    }
}

static irm_status check_shares(const work *w, const char *table) {
    if (w->n_unshared == 0) {
        return IRM_OK;
    }
    return irm_fail(
        w->error, IRM_STATUS_REFUSED,
        "%s: %zu commune%s split between %d and %d, and no population tells how "
        "to share %s (%s): ingest a table of populations of communes that has "
        "them, name one with --population TABLE:COLUMN, or accept equal shares "
        "with --equal-shares",
        table, w->n_unshared, w->n_unshared > 1 ? "s are" : " is", w->options->from,
        w->options->to, w->n_unshared > 1 ? "them" : "it", w->unshared);
}

irm_status places_find(const irm_table *table, const irm_column *key, const bool *kept,
                       const irm_history *history, const irm_populations *populations,
                       const irm_convert_options *options, const irm_reporter *reporter,
                       irm_conversion *conversion, code_links *links, irm_error *error) {
    const char *level = irm_attributes_get(&table->attributes, "level");
    work w = {.key = key,
              .options = options,
              .c = conversion,
              .links = links,
              .history = history,
              .error = error,
              .iris = level != NULL && strcmp(level, "iris") == 0};
    w.there = irm_calloc(irm_dict_count(key->categories), 1);
    if (w.there == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t r = 0; r < table->n_rows; r++) {
        if (key->codes[r] >= 0 && (kept == NULL || kept[r])) {
            w.there[key->codes[r]] = 1;
        }
    }
    irm_status status = irm_passage_new(history, populations, options->from, options->to,
                                        options->unknown, &w.passage, error);
    if (status == IRM_OK) {
        status = place_all(&w);
    }
    if (status == IRM_OK) {
        status = check_shares(&w, table->name);
    }
    if (status == IRM_OK) {
        status = note_absent(&w);
    }
    if (status == IRM_OK) {
        warn(&w, table->name, reporter);
    }
    irm_passage_free(w.passage);
    irm_free(w.there);
    return status;
}
