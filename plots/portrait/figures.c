#include "portrait/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"

enum { MOST_BARS = 7, MOST_SERIES = 4, MOST_EVOLUTIONS = 3 };
/* Widths in pixels: a figure that shares its line with another, and one that does not. */
enum { HALF_WIDTH = 540, FULL_WIDTH = 860 };

void figure_list_clear(figure_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        irm_free(list->items[i].stem);
    }
    irm_free(list->items);
    *list = (figure_list){0};
}

static const char *words(const figure_job *job, const char *fr, const char *en) {
    return job->french ? fr : en;
}

static const char *label(const figure_job *job, const irm_indicator *indicator) {
    return job->french ? indicator->label_fr : indicator->label_en;
}

static const char *unit(const figure_job *job, const irm_indicator *indicator) {
    return job->french ? indicator->unit_fr : indicator->unit;
}

/* A new figure of theme `theme`, lent until the next one; `name` makes its file's name. */
static irm_status new_figure(figure_job *job, size_t theme, const char *name,
                             drawn_figure **figure, irm_error *error) {
    figure_list *list = job->list;
    IRM_TRY(irm_reserve((void **)&list->items, &list->capacity, list->count + 1,
                        sizeof *list->items, error));
    drawn_figure *made = &list->items[list->count];
    *made = (drawn_figure){.theme = theme};
    irm_buffer stem = {0};
    irm_buffer_format(&stem, "figures/%s", name);
    made->stem = irm_buffer_take(&stem);
    if (made->stem == NULL) {
        return irm_fail_memory(error);
    }
    list->count++;
    *figure = made;
    return IRM_OK;
}

static void polish(char *text, const char *lang) {
    irm_buffer polished = {0};
    irm_typography(&polished, text, lang);
    if (polished.data != NULL && !polished.failed) {
        snprintf(text, FIGURE_TEXT, "%s", polished.data);
    }
    irm_buffer_clear(&polished);
}

/* The words of a figure, once all are written. */
static irm_caption caption_of(const figure_job *job, drawn_figure *figure) {
    char *const texts[] = {figure->title, figure->lecture, figure->champ, figure->note,
                           figure->source};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        polish(texts[i], job->french ? "fr" : "en");
    }
    return (irm_caption){.title = figure->title,
                         .lecture = figure->lecture,
                         .champ = figure->champ,
                         .note = figure->note,
                         .source = figure->source,
                         .lang = job->french ? "fr" : "en"};
}

/* Draws once bare as SVG, for the page, and once whole as PNG, for a slide. */
typedef irm_status draw_function(const void *data, const irm_canvas *canvas, irm_error *error);

static irm_status draw_twins(figure_job *job, const drawn_figure *figure, double width,
                             double height, draw_function *draw, const void *data,
                             irm_error *error) {
    static const char *const extensions[] = {".svg", ".png"};
    for (size_t i = 0; i < (job->options->no_png ? 1 : 2); i++) {
        irm_buffer path = {0};
        irm_buffer_format(&path, "%s/%s%s", job->folder, figure->stem, extensions[i]);
        char *whole = irm_buffer_take(&path);
        if (whole == NULL) {
            return irm_fail_memory(error);
        }
        irm_canvas canvas = {
            .path = whole, .width = width, .height = height, .bare = i == 0};
        irm_status status = draw(data, &canvas, error);
        irm_free(whole);
        IRM_TRY(status);
    }
    return IRM_OK;
}

static irm_status draw_pyramid(const void *data, const irm_canvas *canvas, irm_error *error) {
    return irm_draw_pyramid(data, canvas, error);
}
static irm_status draw_bars(const void *data, const irm_canvas *canvas, irm_error *error) {
    return irm_draw_bars(data, canvas, error);
}
static irm_status draw_evolution(const void *data, const irm_canvas *canvas,
                                 irm_error *error) {
    return irm_draw_evolution(data, canvas, error);
}
static irm_status draw_map(const void *data, const irm_canvas *canvas, irm_error *error) {
    return irm_draw_map(data, canvas, error);
}

static double total(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (isnan(a[i]) ? 0 : a[i]) + (isnan(b[i]) ? 0 : b[i]);
    }
    return sum;
}

static irm_status pyramid_figure(figure_job *job, irm_error *error) {
    const irm_portrait_pyramid *pyramid = &job->portrait->pyramid;
    if (pyramid->n_bands == 0) {
        return IRM_OK;
    }
    drawn_figure *figure;
    IRM_TRY(new_figure(job, 0, "age-pyramid", &figure, error));
    snprintf(figure->title, FIGURE_TEXT, words(job, "Pyramide des âges en %d", "Age pyramid, %d"),
             pyramid->year);
    double all = total(pyramid->men, pyramid->women, pyramid->n_bands);
    char share[48];
    irm_number_text(100 * pyramid->women[0] / all, 1, job->french ? "fr" : "en", share,
                    sizeof share);
    snprintf(figure->lecture, FIGURE_TEXT,
             words(job,
                   "en %d, les femmes de %s ans représentent %s %% de la population (%s).",
                   "in %d, women aged %s make up %s%% of the population (%s)."),
             pyramid->year, pyramid->bands[0], share, job->portrait->place.name);
    snprintf(figure->champ, FIGURE_TEXT, "%s",
             words(job, "population totale.", "whole population."));
    if (pyramid->reference != NULL) {
        snprintf(figure->note, FIGURE_TEXT,
                 words(job, "le trait est celui de la référence : %s ; chaque territoire est en "
                            "%% de son propre total.",
                       "the outline is the reference: %s; each in %% of its own total."),
                 pyramid->reference);
    }
    irm_source_sentence(job->portrait->store, pyramid->tables, job->french ? "fr" : "en", figure->source, FIGURE_TEXT);
    irm_pyramid drawing = {.caption = caption_of(job, figure),
                           .n_bands = pyramid->n_bands,
                           .bands = (const char *const *)pyramid->bands,
                           .men = pyramid->men,
                           .women = pyramid->women,
                           .reference_men = pyramid->reference_men,
                           .reference_women = pyramid->reference_women,
                           .name = job->portrait->place.name,
                           .reference_name = pyramid->reference};
    return draw_twins(job, figure, HALF_WIDTH, 0, draw_pyramid, &drawing, error);
}

static bool compared(const irm_portrait *portrait, const irm_portrait_row *row) {
    for (size_t i = 0; i < portrait->n_references; i++) {
        if (isfinite(row->values[i + 1].value)) {
            return true;
        }
    }
    return false;
}

/* Rows of a theme that one bar chart can hold together: shares in percent, of the territory
 * and of a reference at least. */
static size_t bar_rows(const irm_portrait *portrait, const irm_portrait_theme *theme,
                       const irm_portrait_row **rows) {
    size_t n = 0;
    for (size_t i = 0; i < theme->n_rows && n < MOST_BARS; i++) {
        const irm_portrait_row *row = &theme->rows[i];
        if (row->unavailable == NULL && strcmp(row->indicator->unit, "%") == 0 &&
            isfinite(row->values[0].value) && compared(portrait, row)) {
            rows[n++] = row;
        }
    }
    return n;
}

/* The territory, and the references that have at least one of the values. */
static size_t bar_series(const irm_portrait *portrait, const irm_portrait_row *const *rows,
                         size_t n, size_t *shown) {
    size_t n_shown = 0;
    for (size_t s = 0; s <= portrait->n_references && n_shown < MOST_SERIES; s++) {
        bool any = s == 0;
        for (size_t i = 0; i < n; i++) {
            any = any || isfinite(rows[i]->values[s].value);
        }
        if (any) {
            shown[n_shown++] = s;
        }
    }
    return n_shown;
}

/* A label in the middle of a sentence: no capital, unless it starts an acronym. */
static void lower_first(const char *from, char *text, size_t size) {
    snprintf(text, size, "%s", from);
    bool acronym = text[0] != '\0' && text[1] >= 'A' && text[1] <= 'Z';
    if (!acronym && text[0] >= 'A' && text[0] <= 'Z') {
        text[0] = (char)(text[0] + 32);
    }
}

static void lecture_of_row(const figure_job *job, const irm_portrait_row *row, char *text) {
    char own[48], other[48] = "";
    const char *lang = job->french ? "fr" : "en";
    const irm_portrait *portrait = job->portrait;
    irm_number_text(row->values[0].value, row->indicator->decimals, lang, own, sizeof own);
    bool beside = portrait->n_references > 0 && isfinite(row->values[1].value);
    if (beside) {
        irm_number_text(row->values[1].value, row->indicator->decimals, lang, other,
                        sizeof other);
    }
    const char *u = unit(job, row->indicator);
    char name[256];
    lower_first(label(job, row->indicator), name, sizeof name);
    int used = snprintf(text, FIGURE_TEXT,
                        words(job, "en %d, %s : %s %s pour %s", "in %d, %s: %s %s for %s"),
                        row->year, name, own, u, portrait->place.name);
    if (beside && used > 0 && used < FIGURE_TEXT) {
        snprintf(text + used, (size_t)(FIGURE_TEXT - used),
                 words(job, ", contre %s %s pour %s.", ", against %s %s for %s."), other, u,
                 portrait->references[0].name);
    }
}

/* Names of distinct tables of several rows, space-separated. */
static void join_tables(const irm_portrait_row *const *rows, size_t n, char *text,
                        size_t size) {
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (rows[i]->tables != NULL && strstr(text, rows[i]->tables) == NULL) {
            size_t used = strlen(text);
            snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", rows[i]->tables);
        }
    }
}

static irm_status bars_figure(figure_job *job, size_t t, irm_error *error) {
    const irm_portrait_theme *theme = &job->portrait->themes[t];
    const irm_portrait_row *rows[MOST_BARS];
    size_t n = bar_rows(job->portrait, theme, rows);
    if (n < 2) {
        return IRM_OK;
    }
    size_t shown[MOST_SERIES];
    size_t n_series = bar_series(job->portrait, rows, n, shown);
    const char *groups[MOST_BARS], *series[MOST_SERIES];
    double values[MOST_BARS * MOST_SERIES];
    for (size_t s = 0; s < n_series; s++) {
        series[s] = shown[s] == 0 ? job->portrait->place.name
                                  : job->portrait->references[shown[s] - 1].name;
    }
    for (size_t i = 0; i < n; i++) {
        groups[i] = label(job, rows[i]->indicator);
        for (size_t s = 0; s < n_series; s++) {
            values[i * n_series + s] = rows[i]->values[shown[s]].value;
        }
    }
    drawn_figure *figure;
    char name[128], tables[1024];
    snprintf(name, sizeof name, "%s-bars", theme->theme->id);
    IRM_TRY(new_figure(job, t, name, &figure, error));
    snprintf(figure->title, FIGURE_TEXT, words(job, "%s : le territoire et ses références (%%)",
                                               "%s: the territory and its references (%%)"),
             job->french ? theme->theme->label_fr : theme->theme->label_en);
    lecture_of_row(job, rows[0], figure->lecture);
    snprintf(figure->champ, FIGURE_TEXT, "%s",
             words(job, "propre à chaque indicateur, voir le tableau.",
                   "of each indicator, see the table."));
    join_tables(rows, n, tables, sizeof tables);
    irm_source_sentence(job->portrait->store, tables, job->french ? "fr" : "en", figure->source, FIGURE_TEXT);
    figure->wide = true;
    irm_bars drawing = {.caption = caption_of(job, figure),
                        .n_groups = n,
                        .n_series = n_series,
                        .groups = groups,
                        .series = series,
                        .values = values,
                        .decimals = 1};
    drawing.caption.unit = "%";
    return draw_twins(job, figure, FULL_WIDTH, 0, draw_bars, &drawing, error);
}

static irm_status evolution_figure(figure_job *job, size_t t, const irm_portrait_row *row,
                                   irm_error *error) {
    double *years = irm_calloc(row->n_series, sizeof *years);
    if (years == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < row->n_series; i++) {
        years[i] = row->series_years[i];
    }
    drawn_figure *figure;
    char name[128];
    snprintf(name, sizeof name, "%s-evolution", row->indicator->id);
    irm_status status = new_figure(job, t, name, &figure, error);
    if (status == IRM_OK) {
        snprintf(figure->title, FIGURE_TEXT, words(job, "%s, de %d à %d", "%s, %d to %d"),
                 label(job, row->indicator), row->series_years[0],
                 row->series_years[row->n_series - 1]);
        lecture_of_row(job, row, figure->lecture);
        snprintf(figure->champ, FIGURE_TEXT, "%s",
                 job->french ? row->indicator->champ_fr : row->indicator->champ_en);
        irm_source_sentence(job->portrait->store, row->tables, job->french ? "fr" : "en", figure->source, FIGURE_TEXT);
        const char *series[] = {job->portrait->place.name};
        irm_evolution drawing = {.caption = caption_of(job, figure),
                                 .n_years = row->n_series,
                                 .n_series = 1,
                                 .years = years,
                                 .series = series,
                                 .values = row->series_values,
                                 .decimals = row->indicator->decimals,
                                 .from_zero = irm_kind_additive(row->indicator->kind)};
        drawing.caption.unit = unit(job, row->indicator);
        status = draw_twins(job, figure, HALF_WIDTH, 0, draw_evolution, &drawing, error);
    }
    irm_free(years);
    return status;
}

static irm_status evolution_figures(figure_job *job, size_t t, irm_error *error) {
    const irm_portrait_theme *theme = &job->portrait->themes[t];
    size_t drawn = 0;
    for (size_t i = 0; i < theme->n_rows && drawn < MOST_EVOLUTIONS; i++) {
        const irm_portrait_row *row = &theme->rows[i];
        bool worth = row->indicator->key || row->indicator->map;
        if (row->unavailable == NULL && worth && row->n_series >= 3) {
            IRM_TRY(evolution_figure(job, t, row, error));
            drawn++;
        }
    }
    return IRM_OK;
}

static bool additive(const irm_indicator *indicator) {
    return irm_kind_additive(indicator->kind);
}

/* Values of the parts as a map wants them. */
static size_t split_parts(const irm_portrait *portrait, const irm_portrait_row *row,
                          double *values, bool *secret) {
    size_t known = 0;
    for (size_t i = 0; i < portrait->n_parts; i++) {
        values[i] = row->parts[i].value;
        secret[i] = row->parts[i].state == IRM_STATE_SECRET ||
                    row->parts[i].state == IRM_STATE_BOUNDED;
        known += isfinite(values[i]) != 0;
    }
    return known;
}

static void map_words(const figure_job *job, const irm_portrait_row *row,
                      drawn_figure *figure) {
    const irm_portrait *portrait = job->portrait;
    bool communes = strcmp(portrait->part_level->id, "com") == 0;
    snprintf(figure->title, FIGURE_TEXT, "%s (%s, %d)", label(job, row->indicator),
             unit(job, row->indicator), row->parts_year);
    size_t shown = 0;
    while (shown < portrait->n_parts && !isfinite(row->parts[shown].value)) {
        shown++;
    }
    char value[48] = "nd";
    if (shown < portrait->n_parts) {
        irm_number_text(row->parts[shown].value, row->indicator->decimals,
                        job->french ? "fr" : "en", value, sizeof value);
        snprintf(figure->lecture, FIGURE_TEXT, words(job, "à %s, %s %s en %d.", "in %s, %s %s in %d."),
                 portrait->part_level->items[portrait->parts[shown]].name, value,
                 unit(job, row->indicator), row->parts_year);
    }
    snprintf(figure->champ, FIGURE_TEXT, words(job, "%s ; %s de %s.", "%s; %s of %s."),
             job->french ? row->indicator->champ_fr : row->indicator->champ_en,
             communes ? "communes" : words(job, "départements", "départements"),
             portrait->whole.name);
    irm_source_sentence(portrait->store, row->tables, job->french ? "fr" : "en", figure->source, FIGURE_TEXT);
}

static irm_status map_figure(figure_job *job, size_t t, const irm_portrait_row *row,
                             double *values, bool *secret, const char **labels,
                             irm_error *error) {
    const irm_portrait *portrait = job->portrait;
    size_t known = split_parts(portrait, row, values, secret);
    if (known < 2) {
        return IRM_OK;
    }
    drawn_figure *figure;
    char name[128];
    snprintf(name, sizeof name, "%s-map", row->indicator->id);
    IRM_TRY(new_figure(job, t, name, &figure, error));
    map_words(job, row, figure);
    for (size_t i = 0; i < portrait->n_parts; i++) {
        labels[i] = portrait->part_level->items[portrait->parts[i]].name;
    }
    irm_map drawing = {.caption = caption_of(job, figure),
                       .shapes = irm_map_layer_shapes(job->layer),
                       .secret = secret,
                       .context = irm_map_layer_context(job->layer),
                       .labels = portrait->n_parts <= 60 ? labels : NULL,
                       .method = IRM_BREAKS_JENKS,
                       .decimals = row->indicator->decimals};
    drawing.caption.unit = unit(job, row->indicator);
    if (additive(row->indicator)) {
        drawing.circle = values;
        drawing.circle_unit = unit(job, row->indicator);
    } else {
        drawing.colour = values;
    }
    return draw_twins(job, figure, HALF_WIDTH, 0, draw_map, &drawing, error);
}

static irm_status map_figures(figure_job *job, size_t t, irm_error *error) {
    const irm_portrait *portrait = job->portrait;
    if (job->layer == NULL || portrait->n_parts < 2) {
        return IRM_OK;
    }
    double *values = irm_calloc(portrait->n_parts, sizeof *values);
    bool *secret = irm_calloc(portrait->n_parts, sizeof *secret);
    const char **labels = irm_calloc(portrait->n_parts, sizeof *labels);
    irm_status status = values != NULL && secret != NULL && labels != NULL
                            ? IRM_OK
                            : irm_fail_memory(error);
    const irm_portrait_theme *theme = &portrait->themes[t];
    for (size_t i = 0; status == IRM_OK && i < theme->n_rows; i++) {
        if (theme->rows[i].parts != NULL && theme->rows[i].indicator->map) {
            status = map_figure(job, t, &theme->rows[i], values, secret, labels, error);
        }
    }
    irm_free(values);
    irm_free(secret);
    irm_free(labels);
    return status;
}

irm_status figures_draw(figure_job *job, irm_error *error) {
    IRM_TRY(pyramid_figure(job, error));
    for (size_t t = 0; t < job->portrait->n_themes; t++) {
        IRM_TRY(bars_figure(job, t, error));
        IRM_TRY(evolution_figures(job, t, error));
        IRM_TRY(map_figures(job, t, error));
    }
    return IRM_OK;
}
