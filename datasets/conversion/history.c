#include "conversion/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

static bool digits(const char *text, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

int history_date(const char *text) {
    int year, month, day;
    if (strlen(text) != 10) {
        return 0;
    }
    bool iso = digits(text, 4, &year) && digits(text + 5, 2, &month) &&
               digits(text + 8, 2, &day);
    bool french = !iso && digits(text, 2, &day) && digits(text + 3, 2, &month) &&
                  digits(text + 6, 4, &year);
    return iso || french ? year * 10000 + month * 100 + day : 0;
}

irm_status history_code(irm_history *history, const char *text, int32_t *code,
                        irm_error *error) {
    return irm_dict_add(history->codes, irm_view_of(text), code, error);
}

irm_status history_add(irm_history *history, history_event event, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&history->events, &history->events_capacity,
                        history->n_events + 1, sizeof *history->events, error));
    history->events[history->n_events++] = event;
    return IRM_OK;
}

static int by_date(const void *a, const void *b) {
    const history_event *x = a, *y = b;
    int order = (x->date > y->date) - (x->date < y->date);
    order = order != 0 ? order : (x->before > y->before) - (x->before < y->before);
    return order != 0 ? order : (x->after > y->after) - (x->after < y->after);
}

void history_sort(irm_history *history) {
    qsort(history->events, history->n_events, sizeof *history->events, by_date);
}

bool history_alive(const irm_history *history, int32_t code, int date) {
    if (code < 0 || (size_t)code >= history->n_coded) {
        return false;
    }
    for (size_t i = history->first_life[code]; i < history->first_life[code + 1]; i++) {
        if (history->lives[i].from <= date && date < history->lives[i].until) {
            return true;
        }
    }
    return false;
}

static int by_code_then_date(const void *a, const void *b) {
    const history_life *x = a, *y = b;
    int order = (x->code > y->code) - (x->code < y->code);
    return order != 0 ? order : (x->from > y->from) - (x->from < y->from);
}

irm_status history_index_lives(irm_history *history, irm_error *error) {
    size_t n = irm_dict_count(history->codes);
    size_t *first = irm_calloc(n + 1, sizeof *first);
    if (first == NULL) {
        return irm_fail_memory(error);
    }
    qsort(history->lives, history->n_lives, sizeof *history->lives, by_code_then_date);
    for (size_t i = 0; i < history->n_lives; i++) {
        first[history->lives[i].code + 1]++;
    }
    for (size_t c = 0; c < n; c++) {
        first[c + 1] += first[c];
    }
    irm_free(history->first_life);
    history->first_life = first;
    history->n_coded = n;
    return IRM_OK;
}

/* A code that some event of the date leads to. */
static bool is_reached(const irm_history *history, int32_t code, int date) {
    for (size_t i = history->n_events; i-- > 0 && history->events[i].date >= date;) {
        if (history->events[i].date == date && history->events[i].after == code) {
            return true;
        }
    }
    return false;
}

static irm_status extend_by(irm_history *history, const history_event *event,
                            irm_error *error) {
    int32_t before = event->before, after = event->after;
    for (size_t i = 0; i < history->n_lives; i++) {
        history_life *life = &history->lives[i];
        if (life->code == before && life->until > event->date &&
            life->from < event->date && !is_reached(history, before, event->date)) {
            life->until = event->date;
        }
    }
    if (history_alive(history, after, event->date)) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&history->lives, &history->lives_capacity,
                        history->n_lives + 1, sizeof *history->lives, error));
    history->lives[history->n_lives++] =
        (history_life){after, event->date, 99990101, NULL};
    return history_index_lives(history, error);
}

irm_status history_extend_lives(irm_history *history, irm_error *error) {
    int newest = 0;
    for (size_t i = 0; i < history->n_lives; i++) {
        const history_life *life = &history->lives[i];
        int last = life->until < 99990101 ? life->until : life->from;
        newest = last > newest ? last : newest;
    }
    for (size_t i = 0; i < history->n_events && newest > 0; i++) {
        if (history->events[i].date > newest) {
            IRM_TRY(extend_by(history, &history->events[i], error));
        }
    }
    return IRM_OK;
}

/* ---- loading ---------------------------------------------------------------------- */

typedef bool (*is_kind)(const irm_table *schema);
typedef irm_status (*reader)(irm_history *history, const irm_store *store,
                             const irm_table *schema, irm_error *error);

/* The table of that kind of the newest vintage. */
static const irm_table *newest(const irm_store *store, is_kind fits) {
    const irm_table *best = NULL;
    long long year = -1;
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        long long of = irm_attributes_integer(&schema->attributes, "vintage", 0);
        if (fits(schema) && of >= year) {
            best = schema;
            year = of;
        }
    }
    return best;
}

static irm_status read_newest(irm_history *history, const irm_store *store, is_kind fits,
                              reader read, bool *found, irm_error *error) {
    const irm_table *schema = newest(store, fits);
    *found = schema != NULL;
    if (schema == NULL) {
        return IRM_OK;
    }
    IRM_TRY(read(history, store, schema, error));
    irm_buffer_format(&history->source, "%s%s", history->source.size > 0 ? ", " : "",
                      schema->name);
    return history->source.failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status read_all(irm_history *history, const irm_store *store,
                           irm_error *error) {
    bool lives, moves, steps;
    IRM_TRY(
        read_newest(history, store, history_is_lives, history_read_lives, &lives, error));
    IRM_TRY(read_newest(history, store, history_is_movements, history_read_movements,
                        &moves, error));
    if (!moves) {
        IRM_TRY(
            read_newest(history, store, history_is_old, history_read_old, &moves, error));
    }
    IRM_TRY(
        read_newest(history, store, history_is_steps, history_read_steps, &steps, error));
    if (!moves && !steps) {
        return irm_fail(
            error, IRM_STATUS_NOT_FOUND,
            "the store does not know how communes changed: ingest the "
            "movements of the official geographic code (v_mvtcommune_2023.csv "
            "and its like), with v_commune_depuis_1943.csv");
    }
    history_sort(history);
    return history_extend_lives(history, error);
}

irm_status irm_history_load(const irm_store *store, irm_history **history,
                            irm_error *error) {
    *history = irm_calloc(1, sizeof **history);
    if (*history == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_dict_new(&(*history)->codes, error);
    if (status == IRM_OK) {
        status = read_all(*history, store, error);
    }
    if (status != IRM_OK) {
        irm_history_free(*history);
        *history = NULL;
    }
    return status;
}

void irm_history_free(irm_history *history) {
    if (history == NULL) {
        return;
    }
    irm_dict_free(history->codes);
    irm_free(history->events);
    irm_free(history->lives);
    irm_free(history->first_life);
    irm_table_clear(&history->names);
    irm_free(history->steps);
    irm_buffer_clear(&history->source);
    irm_free(history);
}

/* ---- questions -------------------------------------------------------------------- */

int irm_history_first(const irm_history *history) { return history->first; }

int irm_history_last(const irm_history *history) { return history->last; }

const char *irm_history_source(const irm_history *history) {
    return history->source.data != NULL ? history->source.data : "";
}

bool irm_history_lists(const irm_history *history) { return history->n_lives > 0; }

bool irm_history_has(const irm_history *history, const char *code, int year) {
    if (history->n_lives == 0) {
        return true;
    }
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    return history_alive(history, number, year * 10000 + 101);
}

/* First year on whose first of January, and last, a life was there; false for one that
 * began and ended within a year. */
static bool years_of_life(const irm_history *history, const history_life *life,
                          int *first, int *last) {
    int from = life->from / 10000 + (life->from % 10000 > 101);
    int until = life->until / 10000 - (life->until % 10000 <= 101);
    *first = from;
    *last = until < history->last ? until : history->last;
    return *first <= *last;
}

int irm_history_nearest(const irm_history *history, const char *code, int year) {
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    int best = 0;
    if (number < 0 || (size_t)number >= history->n_coded) {
        return 0;
    }
    for (size_t i = history->first_life[number]; i < history->first_life[number + 1];
         i++) {
        int first, last;
        if (!years_of_life(history, &history->lives[i], &first, &last)) {
            continue;
        }
        int near = year < first ? first : year > last ? last : year;
        if (best == 0 || abs(near - year) < abs(best - year)) {
            best = near;
        }
    }
    return best;
}

const char *irm_history_name(const irm_history *history, const char *code, int year) {
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    int date = year * 10000 + 101;
    if (number < 0 || (size_t)number >= history->n_coded) {
        return NULL;
    }
    for (size_t i = history->first_life[number]; i < history->first_life[number + 1];
         i++) {
        if (history->lives[i].from <= date && date < history->lives[i].until) {
            return history->lives[i].name;
        }
    }
    return NULL;
}
