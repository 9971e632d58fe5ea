#include "conversion/late.h"

#include <string.h>

/* The events of the first day of a year: items first … last - 1. */
typedef struct first_day {
    size_t first, last;
} first_day;

static first_day find_first_day(const irm_history *h, int date) {
    size_t low = 0, high = h->n_lives > 0 ? h->n_events : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->events[middle].date < date) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    first_day day = {low, low};
    while (h->n_lives > 0 && day.last < h->n_events && h->events[day.last].date == date) {
        day.last++;
    }
    return day;
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
    first_day day = number >= 0 ? find_first_day(history, date) : (first_day){0, 0};
    for (size_t i = day.first; i < day.last; i++) {
        const history_event *event = &history->events[i];
        if (event->before != number || event->after == number) {
            continue;
        }
        const char *piece = irm_dict_text(history->codes, event->after);
        if (!has_row(codes, there, piece) &&
            !history_alive(history, event->after, date - 1) &&
            history_alive(history, number, date) &&
            has_department(history, year, codes, there, piece)) {
            return true;
        }
    }
    return false;
}

bool history_in_late(const irm_history *history, int year, const irm_dict *codes,
                     const uint8_t *there, const char *code) {
    int32_t number = irm_dict_find(history->codes, irm_view_of(code));
    first_day day = find_first_day(history, year * 10000 + 101);
    for (size_t i = day.first; i < day.last; i++) {
        const history_event *event = &history->events[i];
        if (event->after == number && event->before != number &&
            irm_history_is_late(history, year, codes, there,
                                irm_dict_text(history->codes, event->before))) {
            return true;
        }
    }
    return false;
}
