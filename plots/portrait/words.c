#include "portrait/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *words_pick(const portrait_words *w, const char *fr, const char *en) {
    return w->french ? fr : en;
}

const char *words_label(const portrait_words *w, const irm_indicator *indicator) {
    return w->french ? indicator->label_fr : indicator->label_en;
}

const char *words_unit(const portrait_words *w, const irm_indicator *indicator) {
    return w->french ? indicator->unit_fr : indicator->unit;
}

void words_label_unit(const portrait_words *w, const irm_indicator *indicator, char *text,
                      size_t size) {
    const char *unit = words_unit(w, indicator);
    bool bare = unit == NULL || *unit == '\0';
    snprintf(text, size, bare ? "%s%s" : "%s (%s)", words_label(w, indicator),
             bare ? "" : unit);
}

static const char *language(const portrait_words *w) { return w->french ? "fr" : "en"; }

static void interval(const portrait_words *w, double lower, double upper, int decimals,
                     char *text, size_t size) {
    char low[48], high[48];
    irm_number_text(lower, decimals, language(w), low, sizeof low);
    irm_number_text(upper, decimals, language(w), high, sizeof high);
    snprintf(text, size, "[%s ; %s]", low, high);
}

void words_quantity(const portrait_words *w, const irm_quantity *quantity, int decimals,
                    char *text, size_t size, const char **css_class) {
    bool partial = (quantity->flags & IRM_FLAG_PARTIAL_COVERAGE) != 0;
    if (isfinite(quantity->value)) {
        *css_class = "n";
        irm_number_text(quantity->value, decimals, language(w), text, size);
    } else if (quantity->state == IRM_STATE_BOUNDED && isfinite(quantity->lower) &&
               isfinite(quantity->upper) && !partial) {
        *css_class = "b";
        interval(w, quantity->lower, quantity->upper, decimals, text, size);
    } else {
        *css_class = "s";
        bool secret = quantity->state == IRM_STATE_SECRET;
        bool nothing = quantity->state == IRM_STATE_NOT_APPLICABLE;
        snprintf(text, size, "%s", secret ? "s" : nothing ? "–" : "nd");
    }
}

void words_bounds(const portrait_words *w, const irm_quantity *quantity, int decimals,
                  char *text, size_t size) {
    text[0] = '\0';
    if (isfinite(quantity->value) && quantity->lower < quantity->upper &&
        isfinite(quantity->lower) && isfinite(quantity->upper)) {
        interval(w, quantity->lower, quantity->upper, decimals, text, size);
    }
}

bool words_shown(const portrait_words *w, const irm_portrait_row *row) {
    if (row->unavailable != NULL) {
        return false;
    }
    bool shown = row->values[0].state == IRM_STATE_SECRET;
    for (size_t i = 0; i <= w->portrait->n_references; i++) {
        const irm_quantity *q = &row->values[i];
        bool partial = (q->flags & IRM_FLAG_PARTIAL_COVERAGE) != 0;
        shown = shown || isfinite(q->value) ||
                (isfinite(q->lower) && isfinite(q->upper) && !partial);
    }
    return shown;
}

static void ordinal(const portrait_words *w, size_t rank, char *text, size_t size) {
    char number[48];
    irm_number_text((double)rank, 0, language(w), number, sizeof number);
    if (w->french) {
        snprintf(text, size, "%s%s", number, rank == 1 ? "er" : "e");
        return;
    }
    size_t tens = rank % 100;
    const char *suffix = tens / 10 == 1   ? "th"
                         : rank % 10 == 1 ? "st"
                         : rank % 10 == 2 ? "nd"
                         : rank % 10 == 3 ? "rd"
                                          : "th";
    snprintf(text, size, "%s%s", number, suffix);
}

void words_rank(const portrait_words *w, const irm_portrait_row *row, char *text,
                size_t size) {
    text[0] = '\0';
    if (row->rank == 0 || row->peers < 2) {
        return;
    }
    char first[64], last[64], all[48];
    ordinal(w, row->rank, first, sizeof first);
    irm_number_text((double)row->peers, 0, language(w), all, sizeof all);
    if (row->rank_last > row->rank) {
        ordinal(w, row->rank_last, last, sizeof last);
        snprintf(text, size, words_pick(w, "%s à %s sur %s", "%s to %s of %s"), first, last,
                 all);
    } else {
        snprintf(text, size, words_pick(w, "%s sur %s", "%s of %s"), first, all);
    }
    if (row->peers_within != NULL) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, " (%s)", row->peers_within);
    }
}

void words_gap(const portrait_words *w, const irm_portrait_row *row,
               size_t reference, char *text, size_t size) {
    text[0] = '\0';
    const irm_indicator *indicator = row->indicator;
    if (irm_kind_additive(indicator->kind)) {
        return;
    }
    double own = row->values[0].value, other = row->values[reference + 1].value;
    if (!isfinite(own) || !isfinite(other)) {
        return;
    }
    bool share = strncmp(indicator->unit, "%", 1) == 0;
    bool thousandth = strncmp(indicator->unit, "‰", strlen("‰")) == 0;
    char number[48];
    if (share || thousandth) {
        irm_number_text(own - other, indicator->decimals, language(w), number, sizeof number);
        const char *plus = own > other && strpbrk(number, "123456789") != NULL ? "+" : "";
        snprintf(text, size, "%s%s\u00a0pt%s", plus, number, thousandth ? " (‰)" : "");
    } else if (other != 0) {
        double gap = 100 * (own - other) / fabs(other);
        irm_number_text(gap, 1, language(w), number, sizeof number);
        snprintf(text, size, "%s%s\u00a0%%", gap > 0 ? "+" : "", number);
    }
    double p_value = row->differences[reference].p_value;
    if (text[0] != '\0' && p_value > 1 - IRM_PORTRAIT_CONFIDENCE) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "\u00a0ns");
    }
}

void words_interval(const portrait_words *w, const irm_portrait_row *row, char *text,
                    size_t size) {
    char lower[48], upper[48];
    text[0] = '\0';
    if (!isfinite(row->interval.upper)) {
        return;
    }
    int decimals = row->indicator->decimals;
    irm_number_text(row->interval.lower, decimals, language(w), lower, sizeof lower);
    irm_number_text(row->interval.upper, decimals, language(w), upper, sizeof upper);
    snprintf(text, size,
             w->french ? "intervalle de confiance à %.0f\u00a0%% : %s à %s"
                       : "%.0f%% confidence interval: %s to %s",
             100 * IRM_PORTRAIT_CONFIDENCE, lower, upper);
}
