#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/figure.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/page.h"
#include "irminon/write.h"
#include "units.h"
#include "verbs.h"

static const cli_option options[] = {
    {"count", 'n', "N", "how many (default: 10)"},
    {"indicators", 0, "I,...", "indicators to compare by (default: those of a typology)"},
    {"theme", 0, "T", "all the rates of a theme"},
    {"year", 0, "YEAR", "year of the indicators (default: the newest of each)"},
    {"axes", 0, "N", "compare on the first N principal components"},
    {"within", 0, "TERRITORY,...", "look only within these territories"},
    {"same", 0, "size|LEVEL,...",
     "of the same size class, département (dep), région (reg)…"},
    {"output", 'o', "FILE", ".csv, .json, .xlsx, .h5 or .html (default: a table)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

enum { SHOWN = 3, TEXT = 1024 };

typedef struct similar_job {
    cli_context *context;
    cli_units from;
    size_t unit; /* the territory, among the units */
    const char *name;
    irm_similar *list;
    size_t found;
    bool french;
} similar_job;

/* ---- who may be compared ---- */

/* Size classes of communes and groups, as INSEE publishes them. */
static int size_class(double population) {
    static const double limits[] = {200,   500,   1000,  2000,   5000,
                                    10000, 20000, 50000, 100000, 200000};
    int class = 0;
    while (class < (int)(sizeof limits / sizeof *limits) && population >= limits[class]) {
        class ++;
    }
    return class;
}

static irm_status keep_same(similar_job *job, const char *kind, bool *mask,
                            irm_error *error) {
    const irm_typology_units *units = &job->from.units;
    if (strcmp(kind, "size") == 0) {
        if (units->population == NULL || isnan(units->population[job->unit])) {
            return irm_fail(
                error, IRM_STATUS_NOT_FOUND,
                "the population of %s is not known: its size class is not either",
                job->name);
        }
        int own = size_class(units->population[job->unit]);
        for (size_t i = 0; i < units->n; i++) {
            mask[i] = mask[i] && size_class(units->population[i]) == own;
        }
        return IRM_OK;
    }
    const irm_level *level;
    const irm_geography *geography = job->from.session.geography;
    IRM_TRY(irm_geography_need_level(geography, kind, &level, error));
    if (level->of_commune == NULL || job->from.level->of_commune == NULL) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "territories of level %s are not made of "
                        "communes: --same %s means nothing",
                        level->id, kind);
    }
    int32_t own = irm_geography_main(geography, job->from.level, units->items[job->unit],
                                     level, NULL, NULL);
    for (size_t i = 0; i < units->n; i++) {
        mask[i] =
            mask[i] && irm_geography_main(geography, job->from.level, units->items[i],
                                          level, NULL, NULL) == own;
    }
    return IRM_OK;
}

static irm_status choose_candidates(similar_job *job, bool *mask, irm_error *error) {
    const char *same = cli_get(job->context, "same");
    memset(mask, 1, job->from.units.n);
    if (same == NULL) {
        return IRM_OK;
    }
    const char **kinds;
    size_t n;
    IRM_TRY(cli_split(same, &kinds, &n, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        status = keep_same(job, kinds[i], mask, error);
    }
    irm_free(kinds);
    return status;
}

/* ---- what brings near, what sets apart ---- */

static size_t active_variable(const similar_job *job, size_t j) {
    size_t at = 0;
    for (size_t v = 0; v < job->from.units.n_variables; v++) {
        if (job->from.units.variables[v].active && at++ == j) {
            return v;
        }
    }
    return 0;
}

static size_t count_active(const similar_job *job) {
    size_t p = 0;
    for (size_t v = 0; v < job->from.units.n_variables; v++) {
        p += job->from.units.variables[v].active ? 1 : 0;
    }
    return p;
}

/* The variables by increasing gap, those unknown left out. */
static size_t by_gap(const similar_job *job, const irm_similar *one, size_t *order) {
    size_t n = 0, p = count_active(job);
    for (size_t j = 0; j < p; j++) {
        if (isnan(one->gaps[j])) {
            continue;
        }
        size_t at = n++;
        for (; at > 0 && fabs(one->gaps[order[at - 1]]) > fabs(one->gaps[j]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = j;
    }
    return n;
}

static void put_gap(const similar_job *job, const irm_similar *one, size_t j,
                    irm_buffer *text) {
    const irm_typology_variable *of = &job->from.units.variables[active_variable(job, j)];
    const char *lang = job->french ? "fr" : "en";
    const char *unit = job->french ? of->unit_fr : of->unit_en;
    char theirs[48], ours[48];
    irm_number_text(of->values[one->unit], of->decimals, lang, theirs, sizeof theirs);
    irm_number_text(of->values[job->unit], of->decimals, lang, ours, sizeof ours);
    irm_buffer_format(text, "%s%s%s%s%s%s (%s)", text->size > 0 ? " ; " : "",
                      job->french ? of->label_fr : of->label_en,
                      job->french ? " : " : ": ", theirs, *unit != '\0' ? " " : "", unit,
                      ours);
}

/* `far` from the end of the order, else from its start. */
static void put_gaps(const similar_job *job, const irm_similar *one, const size_t *order,
                     size_t n, bool far, irm_buffer *text) {
    for (size_t i = 0; i < SHOWN && i < n; i++) {
        size_t j = far ? order[n - 1 - i] : order[i];
        bool told = far ? fabs(one->gaps[j]) >= 0.5 : fabs(one->gaps[j]) < 0.5;
        if (told) {
            put_gap(job, one, j, text);
        }
    }
}

/* ---- outputs ---- */

/* Columns of the output; the indicators follow them, under their ids. */
enum { RANK = 0, ID, NAME, DISTANCE, NEAR, APART, POPULATION, FIRST_INDICATOR };

static irm_status make_columns(const similar_job *job, irm_table *table,
                               irm_error *error) {
    static const struct {
        const char *name;
        irm_column_type type;
    } columns[FIRST_INDICATOR] = {
        {"rank", IRM_COLUMN_NUMBER},      {"id", IRM_COLUMN_CATEGORY},
        {"name", IRM_COLUMN_CATEGORY},    {"distance", IRM_COLUMN_NUMBER},
        {"near", IRM_COLUMN_CATEGORY},    {"apart", IRM_COLUMN_CATEGORY},
        {"population", IRM_COLUMN_NUMBER}};
    irm_column *column;
    for (size_t i = 0; i < FIRST_INDICATOR; i++) {
        IRM_TRY(irm_table_add(table, columns[i].name, columns[i].type, &column, error));
    }
    for (size_t j = 0; j < count_active(job); j++) {
        const char *id = job->from.units.variables[active_variable(job, j)].id;
        IRM_TRY(irm_table_add(table, id, IRM_COLUMN_NUMBER, &column, error));
    }
    return IRM_OK;
}

static irm_status put_cell(irm_table *table, size_t column, size_t row, const char *text,
                           irm_error *error) {
    irm_column *to = &table->columns[column];
    return text == NULL || *text == '\0'
               ? IRM_OK
               : irm_dict_add(to->categories, irm_view_of(text), &to->codes[row], error);
}

/* One territory, and why it is there (`one` NULL: the territory itself). */
static irm_status put_row(const similar_job *job, irm_table *table, size_t row,
                          const irm_similar *one, size_t *order, irm_error *error) {
    const irm_typology_units *units = &job->from.units;
    size_t unit = one == NULL ? job->unit : one->unit;
    irm_buffer near = {0}, apart = {0};
    if (one != NULL) {
        size_t n = by_gap(job, one, order);
        put_gaps(job, one, order, n, false, &near);
        put_gaps(job, one, order, n, true, &apart);
    }
    table->columns[RANK].values[row] = (double)row;
    table->columns[DISTANCE].values[row] = one != NULL ? one->distance : 0;
    table->columns[POPULATION].values[row] =
        units->population != NULL ? units->population[unit] : NAN;
    for (size_t j = 0; j < count_active(job); j++) {
        table->columns[FIRST_INDICATOR + j].values[row] =
            units->variables[active_variable(job, j)].values[unit];
    }
    const char *cells[] = {units->ids[unit], units->names[unit], near.data, apart.data};
    static const size_t places[] = {ID, NAME, NEAR, APART};
    irm_status status = near.failed || apart.failed ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < 4; i++) {
        status = put_cell(table, places[i], row, cells[i], error);
    }
    irm_buffer_clear(&near);
    irm_buffer_clear(&apart);
    return status;
}

static irm_status make_table(const similar_job *job, irm_table *table, irm_error *error) {
    size_t *order = irm_calloc(count_active(job) + 1, sizeof *order);
    irm_status status =
        order == NULL ? irm_fail_memory(error) : make_columns(job, table, error);
    for (size_t row = 0; status == IRM_OK && row < table->n_rows; row++) {
        status =
            put_row(job, table, row, row == 0 ? NULL : &job->list[row - 1], order, error);
    }
    irm_free(order);
    return status;
}

static const char *cell_text(const irm_table *table, size_t column, size_t row) {
    return irm_column_label(&table->columns[column], row);
}

static irm_status write_page(const similar_job *job, const irm_table *table,
                             const char *path, irm_error *error) {
    bool fr = job->french;
    irm_page page;
    char title[TEXT];
    snprintf(title, sizeof title, fr ? "Qui ressemble à %s ?" : "Who is like %s?",
             job->name);
    irm_page_begin(
        &page, title,
        fr ? "Territoires les plus semblables, et ce qui les rapproche ou les sépare"
           : "The most similar territories: what brings them near, what sets them apart",
        fr ? "fr" : "en",
        job->from.fictional
            ? (fr ? "Territoires et données fictifs" : "Fictional territories and data")
            : NULL);
    const char *headers[] = {fr ? "Territoire" : "Territory",
                             fr ? "habitants" : "inhabitants", "distance",
                             fr ? "ce qui rapproche" : "what brings near",
                             fr ? "ce qui sépare" : "what sets apart"};
    const char *classes[] = {"", "n", "n", "", ""};
    irm_page_section(&page, "semblables",
                     fr ? "Les plus semblables" : "The most similar");
    irm_page_paragraph(&page, NULL,
                       fr ? "Distance : écart moyen aux indicateurs retenus, en "
                            "écarts-types. Entre parenthèses, "
                            "la valeur du territoire lui-même."
                          : "Distance: mean gap over the indicators, in standard "
                            "deviations. In brackets, the "
                            "territory's own value.");
    irm_page_begin_table(&page, NULL, headers, classes, 5);
    for (size_t row = 0; row < table->n_rows; row++) {
        char number[48];
        irm_page_begin_row(&page, row == 0 ? "own" : NULL);
        irm_page_cell(&page, "", cell_text(table, NAME, row), cell_text(table, ID, row));
        irm_number_text(table->columns[POPULATION].values[row], 0, fr ? "fr" : "en",
                        number, sizeof number);
        irm_page_cell(&page, "n", number, NULL);
        irm_number_text(table->columns[DISTANCE].values[row], 2, fr ? "fr" : "en", number,
                        sizeof number);
        irm_page_cell(&page, "n", number, NULL);
        irm_page_cell(&page, "", cell_text(table, NEAR, row), NULL);
        irm_page_cell(&page, "", cell_text(table, APART, row), NULL);
        irm_page_end_row(&page);
    }
    irm_page_end_table(&page);
    irm_page_end_section(&page);
    irm_page_section(&page, "sources", "Sources");
    irm_page_paragraph(&page, NULL, job->from.source);
    irm_page_end_section(&page);
    return irm_page_finish(&page, path, error);
}

static void print_table(const similar_job *job, const irm_table *table) {
    for (size_t row = 0; row < table->n_rows; row++) {
        char distance[48];
        irm_number_text(table->columns[DISTANCE].values[row], 2, "en", distance,
                        sizeof distance);
        printf("%s%-7s %s%s%s\n", row == 0 ? "" : "  ", cell_text(table, ID, row),
               cell_text(table, NAME, row), row == 0 ? "" : "  ",
               row == 0 ? "" : distance);
        if (row > 0 && *cell_text(table, NEAR, row) != '\0') {
            printf("      = %s\n", cell_text(table, NEAR, row));
        }
        if (row > 0 && *cell_text(table, APART, row) != '\0') {
            printf("      ≠ %s\n", cell_text(table, APART, row));
        }
    }
    if (job->from.source[0] != '\0') {
        printf("%s%s\n", job->french ? "Source : " : "Source: ", job->from.source);
    }
}

static irm_status write_found(similar_job *job, irm_error *error) {
    const char *path = cli_get(job->context, "output");
    irm_table table = {0};
    IRM_TRY(irm_table_init(&table, "similar", job->found + 1, error));
    irm_status status = make_table(job, &table, error);
    if (status == IRM_OK && path == NULL) {
        print_table(job, &table);
    } else if (status == IRM_OK) {
        status =
            strcmp(irm_path_extension(path), ".html") == 0
                ? write_page(job, &table, path, error)
                : irm_table_write(&table, path, cli_get(job->context, "locale"), error);
    }
    irm_table_clear(&table);
    return status;
}

/* ---- doing it ---- */

/* The territory decides the level; the session must be open to read its name. */
static irm_status find_level(similar_job *job, int32_t *item, irm_error *error) {
    cli_session session = {0};
    const irm_level *level = NULL;
    irm_status status = cli_session_open(
        job->context, CLI_WITH_STORE | CLI_WITH_GEOGRAPHY, &session, error);
    if (status == IRM_OK) {
        status = irm_geography_parse(session.geography, cli_word(job->context, 1), &level,
                                     item, error);
    }
    char *id = status == IRM_OK ? irm_strdup(level->id) : NULL;
    cli_session_clear(&session);
    if (status == IRM_OK && id == NULL) {
        status = irm_fail_memory(error);
    }
    job->from.units.level = id; /* kept until the units are made */
    return status;
}

static irm_status search(similar_job *job, irm_error *error) {
    long count, axes;
    int32_t item = -1;
    IRM_TRY(cli_get_integer(job->context, "count", 1, 100000, 10, &count, error));
    IRM_TRY(cli_get_integer(job->context, "axes", 1, 1000, 0, &axes, error));
    IRM_TRY(find_level(job, &item, error));
    char *level = job->from.units.level;
    job->from.units.level = NULL;
    irm_status status =
        cli_units_from_store_level(job->context, level, item, &job->from, error);
    irm_free(level);
    IRM_TRY(status);
    const irm_typology_units *units = &job->from.units;
    job->french = strcmp(job->from.session.lang, "fr") == 0;
    for (size_t i = 0; i < units->n; i++) {
        job->unit = units->items[i] == item ? i : job->unit;
    }
    job->name = units->names[job->unit];
    bool *mask = irm_calloc(units->n, sizeof *mask);
    if (mask == NULL) {
        return irm_fail_memory(error);
    }
    status = choose_candidates(job, mask, error);
    if (status == IRM_OK) {
        status = irm_similar_find(units, job->unit, mask, (size_t)count, (size_t)axes,
                                  &job->list, &job->found, error);
    }
    irm_free(mask);
    if (status == IRM_OK && job->found == 0) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND,
                          "no other territory can be compared with %s there", job->name);
    }
    return status == IRM_OK ? write_found(job, error) : status;
}

static irm_status run(cli_context *context, irm_error *error) {
    const char *path = cli_get(context, "output");
    if (path != NULL && strcmp(irm_path_extension(path), ".html") != 0) {
        IRM_TRY(irm_write_check(path, cli_get(context, "locale"), error));
    }
    similar_job job = {.context = context};
    irm_status status = search(&job, error);
    irm_similar_free(job.list, job.found);
    cli_units_clear(&job.from);
    return status;
}

const cli_verb cli_verb_similar = {
    .name = "similar",
    .words = "STORE TERRITORY",
    .min_words = 2,
    .max_words = 2,
    .summary = "the territories most like this one, and why",
    .details =
        "Communes are compared with communes, EPCI with EPCI. The distance is the mean "
        "gap\n"
        "over the indicators, in standard deviations; a secret or missing value is left "
        "out\n"
        "of it. '=' tells what brings near, '≠' what sets apart, with the value of the\n"
        "territory itself in brackets.\n\n"
        "Examples:\n"
        "  irminon similar store epci:244301131\n"
        "  irminon similar store com:43157 --same size,reg -n 5 -o similar.html",
    .options = options,
    .session = true,
    .run = run,
};
