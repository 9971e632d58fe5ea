#include <math.h>
#include <stdio.h>
#include <string.h>

#include "portrait/words.h"

enum { MOST_COLUMNS = 16, MOST_PART_COLUMNS = 7, SHOWN_REFERENCES = 4 };

/* The references that have a figure in this theme. */
static size_t shown_references(const irm_portrait *portrait, const irm_portrait_theme *theme,
                               size_t *shown) {
    size_t n = 0;
    for (size_t k = 0; k < portrait->n_references && n < SHOWN_REFERENCES; k++) {
        bool any = false;
        for (size_t i = 0; i < theme->n_rows; i++) {
            any = any || (theme->rows[i].unavailable == NULL &&
                          isfinite(theme->rows[i].values[k + 1].value));
        }
        if (any) {
            shown[n++] = k;
        }
    }
    return n;
}

/* What a pointer shows over a cell: state and flags in words of the data contract. */
static void cell_title(const irm_quantity *quantity, char *text, size_t size) {
    char flags[256];
    irm_flags_text(quantity->flags, flags, sizeof flags);
    const char *state = irm_state_name(irm_quantity_state_shown(*quantity));
    snprintf(text, size, "%s%s%s", state, flags[0] != '\0' ? ": " : "", flags);
}

/* `precision` is told after the state; "" for none. */
static void quantity_cell(irm_page *page, const portrait_words *w,
                          const irm_quantity *quantity, int decimals, bool own,
                          const char *precision) {
    char text[WORDS], bounds[WORDS], title[2 * WORDS], css[32];
    const char *css_class;
    words_quantity(w, quantity, decimals, text, sizeof text, &css_class);
    words_bounds(w, quantity, decimals, bounds, sizeof bounds);
    cell_title(quantity, title, sizeof title);
    if (precision[0] != '\0') {
        size_t used = strlen(title);
        snprintf(title + used, sizeof title - used, "; %s", precision);
    }
    snprintf(css, sizeof css, "%s%s", css_class, own ? " own" : "");
    if (bounds[0] == '\0') {
        irm_page_cell(page, css, text, title);
        return;
    }
    irm_buffer_format(&page->html, "<td class=\"%s\" title=\"%s\">", css, title);
    irm_buffer_xml(&page->html, text);
    irm_buffer_text(&page->html, "<span class=\"bounds\">");
    irm_buffer_xml(&page->html, bounds);
    irm_buffer_text(&page->html, "</span></td>");
}

static void theme_row(irm_page *page, const portrait_words *w, const irm_portrait_row *row,
                      const size_t *shown, size_t n_shown) {
    char text[WORDS];
    const irm_indicator *indicator = row->indicator;
    words_label_unit(w, indicator, text, sizeof text);
    irm_page_begin_row(page, NULL);
    irm_page_cell(page, "", text, indicator->id);
    snprintf(text, sizeof text, "%d", row->year);
    irm_page_cell(page, "n", text, row->tables);
    words_interval(w, row, text, sizeof text);
    quantity_cell(page, w, &row->values[0], indicator->decimals, true, text);
    for (size_t i = 0; i < n_shown; i++) {
        quantity_cell(page, w, &row->values[shown[i] + 1], indicator->decimals, false, "");
    }
    if (n_shown > 0) {
        words_gap(w, row, shown[0], text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
    }
    words_rank(w, row, text, sizeof text);
    irm_page_cell(page, "n", text, NULL);
    irm_page_end_row(page);
}

void portrait_theme_table(irm_page *page, const portrait_words *w,
                          const irm_portrait_theme *theme) {
    const char *headers[MOST_COLUMNS], *classes[MOST_COLUMNS];
    char gap[WORDS];
    size_t shown[SHOWN_REFERENCES], n = 0;
    size_t n_shown = shown_references(w->portrait, theme, shown);
    headers[n] = words_pick(w, "Indicateur (unité)", "Indicator (unit)");
    classes[n++] = "";
    headers[n] = words_pick(w, "Année", "Year");
    classes[n++] = "n";
    headers[n] = w->portrait->place.name;
    classes[n++] = "n";
    for (size_t i = 0; i < n_shown; i++) {
        headers[n] = w->portrait->references[shown[i]].name;
        classes[n++] = "n";
    }
    if (n_shown > 0) {
        snprintf(gap, sizeof gap, words_pick(w, "Écart à : %s", "Gap to: %s"),
                 w->portrait->references[shown[0]].name);
        headers[n] = gap;
        classes[n++] = "n";
    }
    headers[n] = words_pick(w, "Rang", "Rank");
    classes[n++] = "n";
    irm_page_begin_table(page, NULL, headers, classes, n);
    for (size_t i = 0; i < theme->n_rows; i++) {
        if (words_shown(w, &theme->rows[i])) {
            theme_row(page, w, &theme->rows[i], shown, n_shown);
        }
    }
    irm_page_end_table(page);
}

/* The indicators worth a column among the communes: key ones, then mapped ones. */
static size_t part_rows(const irm_portrait *portrait, const irm_portrait_row **rows) {
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t t = 0; t < portrait->n_themes; t++) {
            for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
                const irm_portrait_row *row = &portrait->themes[t].rows[i];
                bool wanted = pass == 0 ? row->indicator->key
                                        : row->indicator->map && !row->indicator->key;
                if (row->parts != NULL && wanted && n < MOST_PART_COLUMNS) {
                    rows[n++] = row;
                }
            }
        }
    }
    return n;
}

void portrait_parts_table(irm_page *page, const portrait_words *w) {
    const irm_portrait *portrait = w->portrait;
    const irm_portrait_row *rows[MOST_PART_COLUMNS];
    size_t n = portrait->n_parts > 1 ? part_rows(portrait, rows) : 0;
    if (n == 0) {
        return;
    }
    char texts[MOST_PART_COLUMNS + 1][WORDS];
    const char *headers[MOST_PART_COLUMNS + 1], *classes[MOST_PART_COLUMNS + 1];
    bool communes = strcmp(portrait->part_level->id, "com") == 0;
    headers[0] = communes ? words_pick(w, "Commune", "Commune") : "Département";
    classes[0] = "";
    for (size_t i = 0; i < n; i++) {
        snprintf(texts[i], WORDS, "%s (%s, %d)", words_label(w, rows[i]->indicator),
                 words_unit(w, rows[i]->indicator), rows[i]->parts_year);
        headers[i + 1] = texts[i];
        classes[i + 1] = "n";
    }
    irm_page_begin_table(page, NULL, headers, classes, n + 1);
    for (size_t k = 0; k < portrait->n_parts; k++) {
        bool own = portrait->place.level == portrait->part_level &&
                   portrait->parts[k] == portrait->place.index;
        const irm_territory *item = &portrait->part_level->items[portrait->parts[k]];
        irm_page_begin_row(page, own ? "own" : NULL);
        irm_page_cell(page, "", item->name, item->code);
        for (size_t i = 0; i < n; i++) {
            quantity_cell(page, w, &rows[i]->parts[k], rows[i]->indicator->decimals, false, "");
        }
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}
