#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/figure.h"
#include "irminon/map_layer.h"
#include "irminon/memory.h"
#include "irminon/portrait.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FILE", ".svg, .png, .pdf; .geojson or .gpkg for a GIS (required)"},
    {"level", 0, "LEVEL", "the territories drawn (default: com)"},
    {"within", 0, "TERRITORY", "only those within this territory"},
    {"year", 0, "YEAR", "year of the indicator (default: the newest)"},
    {"method", 0, "jenks|quantile|equal", "how classes are cut (default: jenks)"},
    {"classes", 0, "N", "number of classes, 2 to 9 (default: 5)"},
    {"breaks", 0, "A,B,...", "class limits, ascending: the same for a whole series of maps"},
    {"width", 0, "PIXELS", "width of the drawing"},
    {0},
};

typedef struct map_job {
    cli_context *context;
    cli_session session;
    const irm_indicator *indicator;
    const irm_level *level;
    bool *mask; /* of the level: those drawn */
    int32_t *items; /* territories drawn */
    size_t count;
    double *values;
    bool *secret;
    const char **labels;
    irm_evaluation evaluation;
    double breaks[16];
    size_t n_classes;
    irm_breaks_method method;
} map_job;

static irm_status parse_breaks(map_job *job, const char *list, irm_error *error) {
    const char **items;
    size_t count;
    IRM_TRY(cli_split(list, &items, &count, error));
    irm_status status = IRM_OK;
    if (count < 3 || count > sizeof job->breaks / sizeof *job->breaks) {
        status = cli_usage_error(error, job->context->verb, "--breaks wants 3 to 16 numbers");
    }
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        bool number = irm_text_number(irm_view_of(items[i]), '.', &job->breaks[i], NULL);
        if (!number || (i > 0 && job->breaks[i] <= job->breaks[i - 1])) {
            status = cli_usage_error(error, job->context->verb,
                                     "--breaks wants ascending numbers, not '%s'", list);
        }
    }
    irm_free(items);
    job->n_classes = count - 1;
    job->method = IRM_BREAKS_GIVEN;
    return status;
}

static irm_status parse_method(map_job *job, irm_error *error) {
    static const char *const names[] = {"quantile", "jenks", "equal"};
    const char *breaks = cli_get(job->context, "breaks");
    const char *method = cli_get(job->context, "method");
    if (breaks != NULL) {
        return parse_breaks(job, breaks, error);
    }
    job->method = IRM_BREAKS_JENKS;
    for (size_t i = 0; method != NULL; i++) {
        if (i == sizeof names / sizeof *names) {
            return cli_usage_error(error, job->context->verb,
                                   "--method is jenks, quantile or equal, not '%s'", method);
        }
        if (strcmp(method, names[i]) == 0) {
            job->method = (irm_breaks_method)i;
            break;
        }
    }
    long classes;
    IRM_TRY(cli_get_integer(job->context, "classes", 2, 9, 5, &classes, error));
    job->n_classes = (size_t)classes;
    return IRM_OK;
}

static irm_status choose_territories(map_job *job, irm_error *error) {
    const char *wanted = cli_get(job->context, "level");
    IRM_TRY(irm_geography_need_level(job->session.geography, wanted != NULL ? wanted : "com",
                                     &job->level, error));
    IRM_TRY(cli_within(&job->session, job->level, cli_get(job->context, "within"),
                       &job->mask, &job->count, error));
    job->items = irm_calloc(job->count, sizeof *job->items);
    job->values = irm_calloc(job->count, sizeof *job->values);
    job->secret = irm_calloc(job->count, sizeof *job->secret);
    job->labels = irm_calloc(job->count, sizeof *job->labels);
    irm_status status = job->items == NULL || job->values == NULL || job->secret == NULL ||
                                job->labels == NULL
                            ? irm_fail_memory(error)
                            : IRM_OK;
    size_t n = 0;
    for (size_t i = 0; status == IRM_OK && i < job->level->count; i++) {
        if (job->mask[i]) {
            job->labels[n] = job->level->items[i].name;
            job->items[n++] = (int32_t)i;
        }
    }
    if (status == IRM_OK && job->count == 0) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND, "no territory of level %s is there",
                          job->level->id);
    }
    return status;
}

static irm_status evaluate(map_job *job, irm_error *error) {
    size_t indicator;
    long year;
    IRM_TRY(cli_get_integer(job->context, "year", 1900, 2100, 0, &year, error));
    IRM_TRY(irm_catalogue_need(job->session.catalogue, cli_word(job->context, 1), &indicator,
                               error));
    job->indicator = irm_catalogue_get(job->session.catalogue, indicator);
    irm_evaluator *evaluator = job->session.evaluator;
    IRM_TRY(year == 0 ? irm_evaluate_widely(evaluator, indicator, job->level, job->mask,
                                            &job->evaluation, error)
                      : irm_evaluate(evaluator, indicator, job->level, (int)year,
                                     &job->evaluation, error));
    if (job->evaluation.unavailable != NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s", job->indicator->id,
                        job->evaluation.unavailable);
    }
    for (size_t i = 0; i < job->count; i++) {
        const irm_quantity *quantity = &job->evaluation.result[job->items[i]];
        job->values[i] = quantity->value;
        job->secret[i] = quantity->state == IRM_STATE_SECRET ||
                         quantity->state == IRM_STATE_BOUNDED;
    }
    return IRM_OK;
}

static void source_of(const map_job *job, const irm_map_layer *layer, char *text,
                      size_t size) {
    char tables[512];
    snprintf(tables, sizeof tables, "%s %s", job->evaluation.tables,
             irm_map_layer_table(layer));
    irm_source_sentence(job->session.store, tables, job->session.lang, text, size);
}

static irm_status set_row(irm_table *table, const map_job *job, size_t row,
                          irm_error *error) {
    const irm_territory *item = &job->level->items[job->items[row]];
    const irm_quantity *quantity = &job->evaluation.result[job->items[row]];
    const char *texts[] = {item->code, item->name,
                           irm_state_name(irm_quantity_state_shown(*quantity))};
    for (size_t i = 0; i < 3; i++) {
        irm_column *column = &table->columns[i];
        IRM_TRY(irm_dict_add(column->categories, irm_view_of(texts[i]), &column->codes[row],
                             error));
    }
    double numbers[] = {quantity->value, quantity->lower, quantity->upper};
    for (size_t i = 0; i < 3; i++) {
        table->columns[3 + i].values[row] = numbers[i];
    }
    return IRM_OK;
}

/* The map's territories as the rows of a GIS layer. */
static irm_status fill_layer(const map_job *job, irm_table *table, irm_error *error) {
    const char *const names[] = {"code", "name", "state", job->indicator->id, "lower", "upper"};
    for (size_t i = 0; i < 6; i++) {
        irm_column *column;
        IRM_TRY(irm_table_add(table, names[i], i < 3 ? IRM_COLUMN_CATEGORY : IRM_COLUMN_NUMBER,
                              &column, error));
    }
    for (size_t row = 0; row < job->count; row++) {
        IRM_TRY(set_row(table, job, row, error));
    }
    return IRM_OK;
}

/* Shapes in longitude and latitude, which is what GeoJSON means and any GIS opens. */
static irm_status export_layer(map_job *job, irm_map_layer *layer, irm_error *error) {
    static const char wgs84[] = "EPSG:4326";
    if (irm_map_layer_moved(layer)) {
        irm_warn(&job->context->reporter,
                 "%s is for drawing only: its overseas départements are not in their place",
                 irm_map_layer_table(layer));
    }
    irm_table table = {0};
    irm_shapes *shapes = NULL;
    IRM_TRY(irm_table_init(&table, job->indicator->id, job->count, error));
    irm_status status = fill_layer(job, &table, error);
    if (status == IRM_OK) {
        const irm_shapes *drawn = irm_map_layer_shapes(layer);
        status = irm_shapes_join(&drawn, 1, &shapes, error); /* a copy, to be projected */
    }
    if (status == IRM_OK) {
        status = irm_shapes_project(shapes, irm_map_layer_projection(layer), wgs84, error);
    }
    if (status == IRM_OK) {
        status = irm_geometry_write(&table, shapes, wgs84, cli_get(job->context, "output"),
                                    error);
    }
    irm_shapes_free(shapes);
    irm_table_clear(&table);
    return status;
}

static irm_status draw(map_job *job, const irm_map_layer *layer, irm_error *error) {
    bool french = strcmp(job->session.lang, "fr") == 0;
    char title[512], source[512];
    snprintf(title, sizeof title, "%s (%s, %d)",
             french ? job->indicator->label_fr : job->indicator->label_en,
             french ? job->indicator->unit_fr : job->indicator->unit, job->evaluation.year);
    source_of(job, layer, source, sizeof source);
    long width;
    IRM_TRY(cli_get_integer(job->context, "width", 200, 8000, 0, &width, error));
    bool count = irm_kind_additive(job->indicator->kind);
    irm_map map = {
        .caption = {.title = title,
                    .unit = french ? job->indicator->unit_fr : job->indicator->unit,
                    .champ = french ? job->indicator->champ_fr : job->indicator->champ_en,
                    .source = source,
                    .lang = job->session.lang},
        .shapes = irm_map_layer_shapes(layer),
        .colour = count ? NULL : job->values,
        .circle = count ? job->values : NULL,
        .circle_unit = french ? job->indicator->unit_fr : job->indicator->unit,
        .secret = job->secret,
        .context = irm_map_layer_context(layer),
        .labels = job->count <= 60 ? job->labels : NULL,
        .method = job->method,
        .n_classes = job->n_classes,
        .breaks = job->breaks,
        .decimals = job->indicator->decimals};
    irm_canvas canvas = {.path = cli_get(job->context, "output"), .width = (double)width};
    return irm_draw_map(&map, &canvas, error);
}

static irm_status draw_asked(map_job *job, irm_error *error) {
    IRM_TRY(parse_method(job, error));
    IRM_TRY(cli_session_open(job->context, CLI_WITH_EVALUATOR, &job->session, error));
    IRM_TRY(choose_territories(job, error));
    IRM_TRY(evaluate(job, error));
    irm_map_layer *layer;
    IRM_TRY(irm_map_layer_new(job->session.store, job->session.geography, job->level,
                              job->items, job->count, &job->context->reporter, &layer,
                              error));
    irm_status status = irm_geometry_writable(cli_get(job->context, "output"))
                            ? export_layer(job, layer, error)
                            : draw(job, layer, error);
    irm_map_layer_free(layer);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    if (!cli_has(context, "output")) {
        return cli_usage_error(error, context->verb, "where to draw? (-o FILE)");
    }
    map_job job = {.context = context};
    irm_status status = draw_asked(&job, error);
    irm_evaluation_clear(&job.evaluation);
    irm_free(job.mask);
    irm_free(job.items);
    irm_free(job.values);
    irm_free(job.secret);
    irm_free(job.labels);
    cli_session_clear(&job.session);
    return status;
}

const cli_verb cli_verb_map = {
    .name = "map",
    .words = "STORE INDICATOR",
    .min_words = 2,
    .max_words = 2,
    .summary = "map of an indicator",
    .details =
        "Ratios are colours, counts are circles. A territory without a figure is hatched:\n"
        "secret and unavailable are told apart. The store needs a layer of polygons. As\n"
        ".geojson or .gpkg, the same territories and figures for a GIS.\n\n"
        "Examples:\n"
        "  irminon map store dwelling_vacancy --within dep:43 -o map.svg\n"
        "  irminon map store census_unemployment_rate --level epci -o france.png",
    .options = options,
    .session = true,
    .run = run,
};
