#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/portraitist.h"
#include "write/xlsx_file.h"

typedef struct workbook {
    lxw_workbook *book;
    lxw_format *title, *header, *text, *decimals[4], *hidden, *bounded;
    const irm_portrait *portrait;
    bool french;
} workbook;

static const char *in_words(const workbook *w, const char *fr, const char *en) {
    return w->french ? fr : en;
}

static void make_formats(workbook *w) {
    static const char *const formats[4] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000"};
    w->title = workbook_add_format(w->book);
    format_set_bold(w->title);
    format_set_font_size(w->title, 14);
    w->header = workbook_add_format(w->book);
    format_set_bold(w->header);
    format_set_text_wrap(w->header);
    format_set_bottom(w->header, LXW_BORDER_THIN);
    w->text = workbook_add_format(w->book);
    format_set_text_wrap(w->text);
    for (int i = 0; i < 4; i++) {
        w->decimals[i] = workbook_add_format(w->book);
        format_set_num_format(w->decimals[i], formats[i]);
    }
    w->hidden = workbook_add_format(w->book);
    format_set_italic(w->hidden);
    format_set_font_color(w->hidden, 0x767676);
    format_set_align(w->hidden, LXW_ALIGN_RIGHT);
    w->bounded = workbook_add_format(w->book);
    format_set_font_color(w->bounded, 0x7A4B00);
    format_set_align(w->bounded, LXW_ALIGN_RIGHT);
}

static void write_number(workbook *w, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                         double value, int decimals) {
    if (isfinite(value)) {
        worksheet_write_number(sheet, row, column, value,
                               w->decimals[decimals < 0 ? 0 : decimals > 3 ? 3 : decimals]);
    }
}

/* A value, or the code of its state in its own style: never a blank read as zero. */
static void write_quantity(workbook *w, lxw_worksheet *sheet, lxw_row_t row,
                           lxw_col_t column, const irm_quantity *q, int decimals) {
    if (isfinite(q->value)) {
        write_number(w, sheet, row, column, q->value, decimals);
    } else if (q->state == IRM_STATE_BOUNDED && isfinite(q->lower) && isfinite(q->upper)) {
        char text[96];
        snprintf(text, sizeof text, "[%.*f ; %.*f]", decimals, q->lower, decimals, q->upper);
        worksheet_write_string(sheet, row, column, text, w->bounded);
    } else {
        const char *code = q->state == IRM_STATE_SECRET           ? "s"
                           : q->state == IRM_STATE_NOT_APPLICABLE ? "–"
                                                                  : "nd";
        worksheet_write_string(sheet, row, column, code, w->hidden);
    }
}

static void write_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                       const char *text, lxw_format *format) {
    worksheet_write_string(sheet, row, column, text != NULL ? text : "", format);
}

static void indicator_headers(workbook *w, lxw_worksheet *sheet) {
    const char *const fixed_fr[] = {"Thème", "Indicateur", "Identifiant", "Unité", "Année"};
    const char *const fixed_en[] = {"Theme", "Indicator", "Id", "Unit", "Year"};
    lxw_col_t column = 0;
    for (size_t i = 0; i < 5; i++) {
        write_text(sheet, 0, column++, in_words(w, fixed_fr[i], fixed_en[i]), w->header);
    }
    write_text(sheet, 0, column++, w->portrait->place.name, w->header);
    for (size_t i = 0; i < w->portrait->n_references; i++) {
        write_text(sheet, 0, column++, w->portrait->references[i].name, w->header);
    }
    const char *const last_fr[] = {"État", "Borne inf.", "Borne sup.", "Rang", "Sur",
                                   "Rang dans", "Mentions", "Champ", "Tables"};
    const char *const last_en[] = {"State", "Lower", "Upper", "Rank", "Of", "Rank in",
                                   "Flags", "Coverage", "Tables"};
    for (size_t i = 0; i < sizeof last_fr / sizeof *last_fr; i++) {
        write_text(sheet, 0, column++, in_words(w, last_fr[i], last_en[i]), w->header);
    }
    worksheet_set_column(sheet, 0, 0, 22, NULL);
    worksheet_set_column(sheet, 1, 1, 52, NULL);
    worksheet_set_column(sheet, 2, 2, 24, NULL);
    worksheet_set_column(sheet, 5, (lxw_col_t)(5 + w->portrait->n_references), 16, NULL);
    worksheet_freeze_panes(sheet, 1, 2);
}

static void indicator_row(workbook *w, lxw_worksheet *sheet, lxw_row_t at,
                          const char *theme, const irm_portrait_row *row) {
    const irm_indicator *indicator = row->indicator;
    const irm_quantity *own = &row->values[0];
    lxw_col_t column = 0;
    write_text(sheet, at, column++, theme, NULL);
    write_text(sheet, at, column++, in_words(w, indicator->label_fr, indicator->label_en), NULL);
    write_text(sheet, at, column++, indicator->id, NULL);
    write_text(sheet, at, column++, in_words(w, indicator->unit_fr, indicator->unit), NULL);
    worksheet_write_number(sheet, at, column++, row->year, NULL);
    for (size_t i = 0; i <= w->portrait->n_references; i++) {
        write_quantity(w, sheet, at, column++, &row->values[i], indicator->decimals);
    }
    write_text(sheet, at, column++, irm_state_name(irm_quantity_state_shown(*own)), NULL);
    if (own->lower != own->upper) {
        write_number(w, sheet, at, column, own->lower, indicator->decimals);
        write_number(w, sheet, at, (lxw_col_t)(column + 1), own->upper, indicator->decimals);
    }
    column = (lxw_col_t)(column + 2);
    if (row->rank > 0) {
        worksheet_write_number(sheet, at, column, (double)row->rank, NULL);
        worksheet_write_number(sheet, at, (lxw_col_t)(column + 1), (double)row->peers, NULL);
    }
    column = (lxw_col_t)(column + 2);
    write_text(sheet, at, column++, row->rank > 0 ? row->peers_within : NULL, NULL);
    char flags[256];
    irm_flags_text(own->flags, flags, sizeof flags);
    write_text(sheet, at, column++, flags, NULL);
    write_text(sheet, at, column++, in_words(w, indicator->champ_fr, indicator->champ_en), NULL);
    write_text(sheet, at, column++, row->tables, NULL);
}

static void indicators_sheet(workbook *w) {
    lxw_worksheet *sheet =
        workbook_add_worksheet(w->book, in_words(w, "Indicateurs", "Indicators"));
    indicator_headers(w, sheet);
    lxw_row_t at = 1;
    for (size_t t = 0; t < w->portrait->n_themes; t++) {
        const irm_portrait_theme *theme = &w->portrait->themes[t];
        for (size_t i = 0; i < theme->n_rows; i++) {
            if (theme->rows[i].unavailable == NULL) {
                indicator_row(w, sheet, at++,
                              in_words(w, theme->theme->label_fr, theme->theme->label_en),
                              &theme->rows[i]);
            }
        }
    }
}

static void part_column(workbook *w, lxw_worksheet *sheet, lxw_col_t column,
                        const irm_portrait_row *row) {
    char header[512];
    const irm_indicator *indicator = row->indicator;
    snprintf(header, sizeof header, "%s (%s, %d)",
             in_words(w, indicator->label_fr, indicator->label_en),
             in_words(w, indicator->unit_fr, indicator->unit), row->parts_year);
    write_text(sheet, 0, column, header, w->header);
    for (size_t i = 0; i < w->portrait->n_parts; i++) {
        write_quantity(w, sheet, (lxw_row_t)(i + 1), column, &row->parts[i],
                       indicator->decimals);
    }
}

static void parts_sheet(workbook *w) {
    const irm_portrait *portrait = w->portrait;
    if (portrait->n_parts == 0) {
        return;
    }
    bool communes = strcmp(portrait->part_level->id, "com") == 0;
    lxw_worksheet *sheet =
        workbook_add_worksheet(w->book, communes ? "Communes" : portrait->part_level->id);
    write_text(sheet, 0, 0, "Code", w->header);
    write_text(sheet, 0, 1, in_words(w, "Nom", "Name"), w->header);
    for (size_t i = 0; i < portrait->n_parts; i++) {
        const irm_territory *item = &portrait->part_level->items[portrait->parts[i]];
        write_text(sheet, (lxw_row_t)(i + 1), 0, item->code, NULL);
        write_text(sheet, (lxw_row_t)(i + 1), 1, item->name, NULL);
    }
    lxw_col_t column = 2;
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            if (portrait->themes[t].rows[i].parts != NULL) {
                part_column(w, sheet, column++, &portrait->themes[t].rows[i]);
            }
        }
    }
    worksheet_set_column(sheet, 1, 1, 32, NULL);
    worksheet_set_column(sheet, 2, (lxw_col_t)(column > 2 ? column - 1 : 2), 16, NULL);
    worksheet_freeze_panes(sheet, 1, 2);
}

static void identity_sheet(workbook *w) {
    const irm_portrait *portrait = w->portrait;
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, in_words(w, "Lisez-moi", "Read me"));
    char text[512];
    lxw_row_t at = 0;
    worksheet_set_column(sheet, 0, 0, 110, w->text);
    write_text(sheet, at++, 0, portrait->place.name, w->title);
    if (portrait->fictional) {
        write_text(sheet, at++, 0,
                   in_words(w, "Territoire et données fictifs.",
                            "Fictional territory and data."),
                   w->header);
    }
    snprintf(text, sizeof text, in_words(w, "%s:%s, géographie au 1er janvier %d",
                                         "%s:%s, geography of 1 January %d"),
             portrait->place.level->id, portrait->place.code, portrait->geography_year);
    write_text(sheet, at++, 0, text, NULL);
    snprintf(text, sizeof text, "%s %s", in_words(w, "Rangs parmi les", "Ranks among"),
             in_words(w, portrait->peer_group_fr, portrait->peer_group_en));
    write_text(sheet, at++, 0, text, NULL);
    write_text(sheet, at++, 0,
               in_words(w, "s : secret statistique ; nd : non disponible ; – : sans objet ; "
                           "[a ; b] : encadrement certain",
                        "s: statistical secrecy; nd: not available; –: not applicable; "
                        "[a ; b]: certain bounds"),
               NULL);
    for (size_t i = 0; i < portrait->n_warnings; i++) {
        write_text(sheet, at++, 0,
                   w->french ? portrait->warnings_fr[i] : portrait->warnings_en[i], w->text);
    }
}

static irm_status sources_sheet(workbook *w, irm_error *error) {
    static const char *const attributes[] = {"title_fr",    "producer",      "vintage",
                                             "geography",   "licence",       "url",
                                             "source_file", "source_sha256", "source_date"};
    enum { N = sizeof attributes / sizeof *attributes };
    const irm_table **tables = NULL;
    size_t count = 0;
    IRM_TRY(irm_portrait_tables(w->portrait, &tables, &count, error));
    lxw_worksheet *sheet = workbook_add_worksheet(w->book, "Sources");
    write_text(sheet, 0, 0, "table", w->header);
    for (size_t k = 0; k < N; k++) {
        write_text(sheet, 0, (lxw_col_t)(k + 1), attributes[k], w->header);
    }
    for (size_t i = 0; i < count; i++) {
        write_text(sheet, (lxw_row_t)(i + 1), 0, tables[i]->name, NULL);
        for (size_t k = 0; k < N; k++) {
            write_text(sheet, (lxw_row_t)(i + 1), (lxw_col_t)(k + 1),
                       irm_attributes_get(&tables[i]->attributes, attributes[k]), NULL);
        }
    }
    worksheet_set_column(sheet, 0, N, 30, NULL);
    irm_free(tables);
    return IRM_OK;
}

irm_status irm_portrait_write_xlsx(const irm_portrait *portrait, const char *path,
                                   const char *lang, irm_error *error) {
    xlsx_file out;
    IRM_TRY(xlsx_open(&out, path, error));
    workbook w = {
        .book = out.workbook, .portrait = portrait, .french = strcmp(lang, "en") != 0};
    make_formats(&w);
    identity_sheet(&w);
    indicators_sheet(&w);
    parts_sheet(&w);
    return xlsx_close(&out, sources_sheet(&w, error), error);
}
