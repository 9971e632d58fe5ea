#include "conversion/late.h"

#include <string.h>

/* The first event of a date on which a code (its number) is left, or what follows; events
 * are by date, then by that code. */
static size_t find_event(const irm_history *h, int date, int32_t before) {
    size_t low = 0, high = h->n_lives > 0 ? h->n_events : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const history_event *event = &h->events[middle];
        if (event->date < date || (event->date == date && event->before < before)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return h->n_lives > 0 ? low : h->n_events;
}

static bool has_row(const irm_dict *codes, const uint8_t *there, const char *code) {
    int32_t number = irm_dict_find(codes, irm_view_of(code));
    return number >= 0 && there[number] != 0;
}

/* True when the table has all the communes of the département of `code`, or nearly. */
static bool has_department(const irm_history *history, int year, const irm_dict *codes,
                           const uint8_t *there, const char *code) {
    enum { FEW = 20 }; /* at most one absent in so many */
    char wanted[4], own[4];
    size_t here = 0, all = 0;
    irm_code_department(code, wanted);
    for (size_t i = 0; i < history->n_coded; i++) {
        const char *one = irm_dict_text(history->codes, (int32_t)i);
        irm_code_department(one, own);
        if (strcmp(own, wanted) == 0 && irm_history_has(history, one, year)) {
            all++;
            here += has_row(codes, there, one);
        }
    }
    return (all - here) * FEW < all;
}

bool irm_history_is_late(const irm_history *history, int year, const irm_dict *codes,
                         const uint8_t *there, const char *code) {
    int date = year * 10000 + 101;
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    size_t i = number >= 0 ? find_event(history, date, number) : history->n_events;
    for (; i < history->n_events && history->events[i].date == date &&
           history->events[i].before == number;
         i++) {
        int32_t after = history->events[i].after;
        const char *piece = irm_dict_text(history->codes, after);
        if (after != number && !has_row(codes, there, piece) &&
            !history_alive(history, after, date - 1) &&
            history_alive(history, number, date) &&
            has_department(history, year, codes, there, piece)) {
            return true;
        }
    }
    return false;
}

bool history_in_late(const irm_history *history, int year, const irm_dict *codes,
                     const uint8_t *there, const char *code) {
    int date = year * 10000 + 101;
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    for (size_t i = find_event(history, date, 0);
         i < history->n_events && history->events[i].date == date; i++) {
        const history_event *event = &history->events[i];
        if (event->after == number && event->before != number &&
            irm_history_is_late(history, year, codes, there,
                                irm_dict_text(history->codes, event->before))) {
            return true;
        }
    }
    return false;
}
