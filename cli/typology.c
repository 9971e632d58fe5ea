#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/typology_page.h"
#include "irminon/write.h"
#include "units.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FOLDER", "where to write (required)"},
    {"level", 0, "LEVEL", "territories to classify: com, epci, dep… (with a STORE)"},
    {"within", 0, "TERRITORY,...", "only those within these territories"},
    {"neighbours", 0, NULL, "those of the territories that touch --within too"},
    {"indicators", 0, "I,...",
     "indicators to classify by (default: what tells territories apart)"},
    {"theme", 0, "T", "all the rates of a theme"},
    {"year", 0, "YEAR", "year of the indicators (default: the newest of each)"},
    {"id", 0, "COL", "column that names the units (with a FILE.csv)"},
    {"name", 0, "COL", "column of names to show"},
    {"variables", 0, "A,...", "columns of numbers to classify by"},
    {"categories", 0, "C,...", "columns of categories to classify by (alone: an MCA)"},
    {"supplementary", 0, "S,...", "indicators or columns that only describe the classes"},
    {"weight", 0, "W", "indicator or column that weighs the units (default: all alike)"},
    {"missing", 0, "impute|exclude",
     "units with a missing or secret value (default: impute)"},
    {"classes", 0, "K|auto", "how many classes (default: auto, as FactoMineR proposes)"},
    {"scale", 0, "reduce|none", "divide by standard deviations (default: reduce)"},
    {"axes", 0, "N|all|none", "axes to cluster on; none: the variables (default: all)"},
    {"consolidate", 0, "yes|no", "k-means after the cut (default: yes, for Ward)"},
    {"method", 0, "METHOD", "ward, single, complete, average, kmeans, medoids, mixture"},
    {"space", 0, "CONSTRAINT",
     "none, clustgeo, contiguous, skater, maxp (default: none)"},
    {"alpha", 0, "X|auto", "clustgeo: weight of distances on the ground, 0 to 1"},
    {"distances", 0, "FILE",
     "clustgeo: square CSV of distances (default: of the shapes)"},
    {"contiguity", 0, "queen|rook|FILE", "who neighbours whom; measures Moran's I too"},
    {"floor", 0, "N", "skater, maxp: least population of a class"},
    {"shapes", 0, "FILE", "polygons of the units of a FILE.csv (GeoJSON, GeoPackage…)"},
    {"shapes-id", 0, "FIELD", "field of the polygons that holds the id (default: --id)"},
    {"stability", 0, "N", "bootstrap draws; 0: none (default: up to 100)"},
    {"gap", 0, "N",
     "references of the gap statistic; 0: none (default: 20, up to 2,000 units)"},
    {"frozen", 0, "FOLDER", "put the units in the classes of an earlier typology"},
    {"seed", 0, "N", "of what is drawn at random (default: 825)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {"no-png", 0, NULL, "leave out the .png twins of the figures"},
    {0},
};

typedef struct typology_job {
    cli_context *context;
    cli_units from;
    irm_typology_options options;
    irm_typology_model model;
    const char *lang;
    char *command;
} typology_job;

/* ---- options ---- */

/* Index of a word among those allowed. */
static irm_status choose(cli_context *context, const char *option,
                         const char *const *words, int otherwise, int *chosen,
                         irm_error *error) {
    const char *text = cli_get(context, option);
    *chosen = otherwise;
    if (text == NULL) {
        return IRM_OK;
    }
    irm_buffer all = {0};
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            irm_buffer_clear(&all);
            *chosen = i;
            return IRM_OK;
        }
        irm_buffer_format(&all, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    irm_status status =
        cli_usage_error(error, context->verb, "--%s is one of %s, not '%s'", option,
                        all.data != NULL ? all.data : "", text);
    irm_buffer_clear(&all);
    return status;
}

static bool is_word(const cli_context *context, const char *option, const char *word) {
    const char *text = cli_get(context, option);
    return text != NULL && strcmp(text, word) == 0;
}

static irm_status read_number(cli_context *context, const char *option, double low,
                              double high, double otherwise, double *value,
                              irm_error *error) {
    const char *text = cli_get(context, option);
    *value = otherwise;
    if (text == NULL) {
        return IRM_OK;
    }
    bool number = irm_text_number(irm_view_of(text), '.', value, NULL);
    if (!number || !(*value >= low && *value <= high)) {
        return cli_usage_error(error, context->verb,
                               "--%s wants a number from %g to %g, not '%s'", option, low,
                               high, text);
    }
    return IRM_OK;
}

static irm_status read_counts(typology_job *job, irm_error *error) {
    cli_context *context = job->context;
    irm_typology_options *o = &job->options;
    long value;
    if (!is_word(context, "classes", "auto")) {
        IRM_TRY(cli_get_integer(context, "classes", 1, 1000000, 0, &value, error));
        o->classes = (size_t)value;
    }
    o->axes = is_word(context, "axes", "none") ? IRM_AXES_NONE : IRM_AXES_ALL;
    if (!is_word(context, "axes", "none") && !is_word(context, "axes", "all")) {
        IRM_TRY(
            cli_get_integer(context, "axes", 1, 10000, IRM_AXES_ALL, &o->axes, error));
    }
    IRM_TRY(cli_get_integer(context, "stability", 0, 10000, IRM_STABILITY_AUTO,
                            &o->stability, error));
    IRM_TRY(cli_get_integer(context, "gap", 0, 10000, IRM_GAP_AUTO, &o->gap, error));
    IRM_TRY(cli_get_integer(context, "seed", 0, 2147483647, 825, &value, error));
    o->seed = (uint64_t)value;
    IRM_TRY(cli_get_integer(context, "threads", 1, 1024, 0, &value, error));
    o->threads = (size_t)value;
    IRM_TRY(read_number(context, "floor", 0, 1e12, 0, &o->floor, error));
    if (is_word(context, "alpha", "auto")) {
        o->alpha = NAN;
        return IRM_OK;
    }
    return read_number(context, "alpha", 0, 1, NAN, &o->alpha, error);
}

static irm_status read_words(typology_job *job, irm_error *error) {
    static const char *const missing[] = {"impute", "exclude", NULL};
    static const char *const scales[] = {"reduce", "none", NULL};
    static const char *const consolidates[] = {"yes", "no", NULL};
    static const char *const languages[] = {"fr", "en", NULL};
    const char *methods[IRM_TYPOLOGY_METHOD_END + 1] = {0};
    const char *spaces[IRM_SPACE_END + 1] = {0};
    cli_context *context = job->context;
    irm_typology_options *o = &job->options;
    int chosen;
    for (int i = 0; i < IRM_TYPOLOGY_METHOD_END; i++) {
        methods[i] = irm_typology_method_name((irm_typology_method)i);
    }
    for (int i = 0; i < IRM_SPACE_END; i++) {
        spaces[i] = irm_typology_space_name((irm_typology_space)i);
    }
    IRM_TRY(choose(context, "missing", missing, 0, &chosen, error));
    o->exclude = chosen == 1;
    IRM_TRY(choose(context, "scale", scales, 0, &chosen, error));
    o->no_reduction = chosen == 1;
    IRM_TRY(choose(context, "consolidate", consolidates, -1, &chosen, error));
    o->consolidate = chosen == 0 ? 1 : chosen == 1 ? -1 : 0;
    IRM_TRY(choose(context, "method", methods, 0, &chosen, error));
    o->method = (irm_typology_method)chosen;
    IRM_TRY(choose(context, "space", spaces, 0, &chosen, error));
    o->space = (irm_typology_space)chosen;
    IRM_TRY(choose(context, "lang", languages, 0, &chosen, error));
    job->lang = o->lang = languages[chosen];
    o->contiguity = cli_get(context, "contiguity");
    o->moran = o->contiguity != NULL;
    o->distances = cli_get(context, "distances");
    return IRM_OK;
}

/* Options that would be read and mean nothing are mistakes. */
static irm_status check_options(const typology_job *job, irm_error *error) {
    const irm_typology_options *o = &job->options;
    const cli_verb *verb = job->context->verb;
    if (o->space != IRM_SPACE_NONE && o->method != IRM_TYPOLOGY_WARD) {
        return cli_usage_error(error, verb, "--space goes with --method ward");
    }
    if (cli_has(job->context, "alpha") && o->space != IRM_SPACE_CLUSTGEO) {
        return cli_usage_error(error, verb, "--alpha goes with --space clustgeo");
    }
    if (o->distances != NULL && o->space != IRM_SPACE_CLUSTGEO) {
        return cli_usage_error(error, verb, "--distances goes with --space clustgeo");
    }
    if (o->floor > 0 && o->space != IRM_SPACE_SKATER && o->space != IRM_SPACE_MAXP) {
        return cli_usage_error(error, verb, "--floor goes with --space skater or maxp");
    }
    if (o->space == IRM_SPACE_MAXP && !(o->floor > 0)) {
        return cli_usage_error(error, verb,
                               "--space maxp makes as many classes as reach a "
                               "--floor of population: which?");
    }
    if (o->space == IRM_SPACE_MAXP && o->classes > 0) {
        return cli_usage_error(
            error, verb,
            "--space maxp finds how many classes there are: leave --classes "
            "out");
    }
    if (o->space != IRM_SPACE_NONE && o->consolidate > 0) {
        return cli_usage_error(error, verb,
                               "consolidation would undo the constraint of --space");
    }
    return IRM_OK;
}

/* The options as given, but for those that say where and how fast: what lineage keeps. */
static irm_status remember_command(typology_job *job, irm_error *error) {
    static const char *const left_out[] = {"output", "threads", "quiet",
                                           "json",   "locale",  "no-png"};
    irm_buffer command = {0};
    irm_buffer_text(&command, "typology");
    for (size_t i = 0; i < job->context->arguments.n_given; i++) {
        const char *name = job->context->arguments.given[i].option->name;
        const char *value = job->context->arguments.given[i].value;
        bool skip = false;
        for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++) {
            skip = skip || strcmp(left_out[k], name) == 0;
        }
        if (!skip) {
            irm_buffer_format(&command, " --%s%s%s", name, *value != '\0' ? " " : "",
                              strchr(value, '/') != NULL ? irm_path_base(value) : value);
        }
    }
    job->command = irm_buffer_take(&command);
    return job->command != NULL ? IRM_OK : irm_fail_memory(error);
}

/* ---- shapes of a file ---- */

static irm_status match_shapes(typology_job *job, const irm_table *table,
                               irm_error *error) {
    irm_typology_units *units = &job->from.units;
    const char *field = cli_get(job->context, "shapes-id");
    irm_column *ids = NULL, *geometry = NULL;
    irm_shapes *all = NULL;
    IRM_TRY(irm_table_need(table, field != NULL ? field : cli_get(job->context, "id"),
                           &ids, error));
    IRM_TRY(irm_table_need(table, "geometry", &geometry, error));
    if (ids->type != IRM_COLUMN_CATEGORY) {
        return irm_fail(
            error, IRM_STATUS_DATA,
            "the field '%s' of the polygons holds numbers; expected text such as "
            "the ids of the units",
            ids->name);
    }
    size_t *order = irm_calloc(units->n, sizeof *order);
    irm_dict *rows = NULL;
    irm_status status =
        order == NULL ? irm_fail_memory(error) : irm_dict_new(&rows, error);
    for (size_t i = 0; status == IRM_OK && i < table->n_rows; i++) {
        int32_t code;
        /* The first of a name stands; twins keep their rank by a name nothing bears. */
        const char *label = irm_column_label(ids, i);
        char twin[32];
        snprintf(twin, sizeof twin, "\n%zu", i);
        bool known = irm_dict_find(rows, irm_view_of(label)) >= 0;
        status = irm_dict_add(rows, irm_view_of(known ? twin : label), &code, error);
    }
    for (size_t i = 0; status == IRM_OK && i < units->n; i++) {
        int32_t row = irm_dict_find(rows, irm_view_of(units->ids[i]));
        if (row < 0) {
            status = irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: no polygon has %s = '%s'",
                              cli_get(job->context, "shapes"), ids->name, units->ids[i]);
        } else {
            order[i] = (size_t)row;
        }
    }
    if (status == IRM_OK) {
        status = irm_shapes_new(geometry, table->n_rows, &all, error);
    }
    if (status == IRM_OK) {
        status = irm_shapes_select(all, order, units->n, &units->shapes, error);
    }
    irm_shapes_free(all);
    irm_dict_free(rows);
    irm_free(order);
    return status;
}

/* Degrees are brought to metres: distances and points inside mean nothing in them. */
static irm_status project_shapes(typology_job *job, const irm_table *table,
                                 irm_error *error) {
    const char *crs = irm_attributes_get(&table->attributes, "crs");
    bool degrees =
        crs != NULL && (strcmp(crs, "EPSG:4326") == 0 || strcmp(crs, "OGC:CRS84") == 0);
    irm_shape first = irm_shapes_get(job->from.units.shapes, 0);
    if (!degrees || first.n_rings == 0) {
        return IRM_OK;
    }
    bool small = fabs(first.x[0]) <= 180 && fabs(first.y[0]) <= 90;
    return small ? irm_shapes_project(job->from.units.shapes, crs, "EPSG:2154", error)
                 : IRM_OK; /* metres in a file that says degrees by default */
}

static irm_status read_shapes(typology_job *job, irm_error *error) {
    const char *path = cli_get(job->context, "shapes");
    if (path == NULL) {
        return IRM_OK;
    }
    irm_table table = {0};
    irm_status status = irm_geometry_read(path, NULL, "shapes", &table, error);
    if (status == IRM_OK) {
        status = match_shapes(job, &table, error);
    }
    if (status == IRM_OK) {
        status = project_shapes(job, &table, error);
    }
    irm_table_clear(&table);
    return status;
}

/* ---- doing it ---- */

static irm_typology_page_options page_options(const typology_job *job, int year) {
    const cli_units *from = &job->from;
    const char *units_fr = NULL, *units_en = NULL;
    if (from->level != NULL) {
        bool com = strcmp(from->level->id, "com") == 0,
             epci = strcmp(from->level->id, "epci") == 0;
        units_fr = com ? "communes" : epci ? "EPCI" : "territoires";
        units_en = com ? "communes" : epci ? "EPCI" : "territories";
    }
    return (irm_typology_page_options){
        .lang = job->lang,
        .title = from->title[0] != '\0' ? from->title : NULL,
        .units_fr = units_fr,
        .units_en = units_en,
        .source = from->source,
        .context = from->layer != NULL ? irm_map_layer_context(from->layer) : NULL,
        .outlines = from->outlines != NULL ? irm_map_layer_shapes(from->outlines) : NULL,
        .fictional = from->fictional,
        .no_png = cli_has(job->context, "no-png"),
        .year = year};
}

static irm_typology_lineage lineage_of(const typology_job *job) {
    return (irm_typology_lineage){
        .store = job->from.session.store,
        .geography = job->from.session.geography != NULL
                         ? irm_geography_year(job->from.session.geography)
                         : 0,
        .command = job->command,
        .fictional = job->from.fictional};
}

static irm_status write_typology(typology_job *job, const irm_typology *typology,
                                 irm_error *error) {
    const char *folder = cli_get(job->context, "output");
    irm_typology_lineage lineage = lineage_of(job);
    irm_typology_page_options page = page_options(job, 0);
    cli_folder made;
    irm_status status = cli_folder_begin(&made, folder, error);
    if (status == IRM_OK) {
        status = irm_typology_write(typology, made.temporary, &lineage,
                                    cli_get(job->context, "locale"), error);
    }
    if (status == IRM_OK) {
        status = irm_typology_page_write(typology, made.temporary, &page,
                                         &job->context->reporter, error);
    }
    return cli_folder_end(&made, status, error);
}

static void tell(typology_job *job, const irm_typology *t) {
    for (size_t i = 0; i < t->n_notes; i++) {
        irm_warn(&job->context->reporter, "%s", t->notes[i].en);
    }
    for (size_t c = 0; c < t->k; c++) {
        const irm_typology_class *class = &t->classes[c];
        const char *reading = irm_typology_reading(class->jaccard);
        cli_note(job->context, "  %2zu  %7zu units%s%s  %s", c + 1, class->size,
                 *reading != '\0' ? "  " : "", reading,
                 strcmp(job->lang, "en") == 0 ? class->name_en : class->name_fr);
    }
    cli_note(job->context,
             "%zu units in %zu classes, %.1f %% of the inertia explained: %s%s", t->n,
             t->k, 100 * (1 - t->partition.within / t->partition.total),
             cli_get(job->context, "output"), "/typology.html");
}

/* Communes of the units. */
static irm_status mark_communes(const cli_units *of, bool **in, irm_error *error) {
    const irm_level *communes = irm_geography_level(of->session.geography, "com");
    size_t n = communes != NULL && of->level->of_commune != NULL ? communes->count : 0;
    bool *taken = irm_calloc(of->level->count, sizeof *taken);
    *in = irm_calloc(n, sizeof **in);
    if (taken == NULL || *in == NULL) {
        irm_free(taken);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < of->units.n; i++) {
        int32_t item = of->units.items != NULL ? of->units.items[i] : -1;
        taken[item >= 0 ? item : 0] |= item >= 0;
    }
    for (size_t c = 0; c < n; c++) {
        (*in)[c] = of->level->of_commune[c] >= 0 && taken[of->level->of_commune[c]];
    }
    irm_free(taken);
    return IRM_OK;
}

/* Which tables were of another geography than the units'. */
static irm_status note_moved(const typology_job *job, irm_typology *t, irm_error *error) {
    char *fr = NULL, *en = NULL;
    bool *in = NULL;
    if (job->from.session.evaluator == NULL || job->from.level->of_commune == NULL) {
        return IRM_OK;
    }
    irm_status status = mark_communes(&job->from, &in, error);
    if (status == IRM_OK) {
        status = irm_evaluator_moved(job->from.session.evaluator, in, &fr, &en, error);
    }
    if (status == IRM_OK && fr != NULL) {
        status = irm_typology_note_add(t, error, fr, en);
    }
    irm_free(in);
    irm_free(fr);
    irm_free(en);
    return status;
}

static irm_status classify(typology_job *job, irm_error *error) {
    irm_typology *typology = irm_calloc(1, sizeof *typology);
    if (typology == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_typology_compute(&job->from.units, &job->options,
                                             &job->context->reporter, typology, error);
    if (status == IRM_OK) {
        status = note_moved(job, typology, error);
    }
    if (status == IRM_OK) {
        status = write_typology(job, typology, error);
    }
    if (status == IRM_OK) {
        tell(job, typology);
    }
    irm_typology_clear(typology);
    irm_free(typology);
    return status;
}

static irm_status project(typology_job *job, irm_error *error) {
    irm_typology_projection projection;
    irm_typology_lineage lineage = lineage_of(job);
    irm_typology_page_options page = page_options(job, 0);
    cli_folder made;
    IRM_TRY(irm_typology_project(&job->from.units, &job->model, job->options.exclude,
                                 job->options.threads, &projection, error));
    irm_status status = cli_folder_begin(&made, cli_get(job->context, "output"), error);
    if (status == IRM_OK) {
        status = irm_typology_projection_write(&projection, made.temporary, &lineage,
                                               cli_get(job->context, "locale"), error);
    }
    if (status == IRM_OK) {
        status =
            irm_typology_projection_page_write(&projection, made.temporary, &page, error);
    }
    status = cli_folder_end(&made, status, error);
    if (status == IRM_OK) {
        cli_note(job->context,
                 "%zu units in the %zu frozen classes: %zu changed, %zu new, %zu gone",
                 projection.units.n, job->model.k, projection.n_moved, projection.n_new,
                 projection.n_gone);
    }
    irm_typology_projection_clear(&projection);
    return status;
}

static irm_status read_units(typology_job *job, irm_error *error) {
    bool frozen = cli_has(job->context, "frozen");
    const irm_typology_model *model = frozen ? &job->model : NULL;
    if (cli_units_is_file(job->context)) {
        IRM_TRY(cli_units_from_file(job->context, model, &job->from, error));
        return read_shapes(job, error);
    }
    if (!cli_has(job->context, "level")) {
        return cli_usage_error(error, job->context->verb,
                               "territories of which --level? (com, epci, dep…)");
    }
    IRM_TRY(cli_units_from_store(job->context, model, &job->from, error));
    const char *contiguity = job->options.contiguity;
    irm_typology_space space = job->options.space;
    bool touching = space != IRM_SPACE_NONE && space != IRM_SPACE_CLUSTGEO;
    bool needed = (space == IRM_SPACE_CLUSTGEO && job->options.distances == NULL) ||
                  (contiguity != NULL && (strcmp(contiguity, "queen") == 0 ||
                                          strcmp(contiguity, "rook") == 0)) ||
                  (touching && contiguity == NULL);
    if (frozen) {
        return IRM_OK;
    }
    IRM_TRY(cli_units_shapes(job->context, needed, &job->from, error));
    if (job->options.space != IRM_SPACE_NONE && job->from.layer != NULL &&
        irm_map_layer_moved(job->from.layer)) {
        irm_warn(&job->context->reporter,
                 "%s draws overseas départements beside the mainland: their distances to "
                 "it are "
                 "not what they seem",
                 irm_map_layer_table(job->from.layer));
    }
    return IRM_OK;
}

static irm_status do_job(typology_job *job, irm_error *error) {
    const char *frozen = cli_get(job->context, "frozen");
    IRM_TRY(read_counts(job, error));
    IRM_TRY(read_words(job, error));
    IRM_TRY(check_options(job, error));
    IRM_TRY(remember_command(job, error));
    if (frozen != NULL) {
        IRM_TRY(irm_typology_model_read(frozen, &job->model, error));
    }
    IRM_TRY(read_units(job, error));
    return frozen != NULL ? project(job, error) : classify(job, error);
}

static irm_status run(cli_context *context, irm_error *error) {
    if (!cli_has(context, "output")) {
        return cli_usage_error(error, context->verb, "where to write? (-o FOLDER)");
    }
    IRM_TRY(irm_write_check("classes.csv", cli_get(context, "locale"), error));
    typology_job job = {.context = context};
    irm_status status = do_job(&job, error);
    cli_units_clear(&job.from);
    irm_typology_model_clear(&job.model);
    irm_free(job.command);
    return status;
}

const cli_verb cli_verb_typology = {
    .name = "typology",
    .words = "STORE|FILE.csv",
    .min_words = 1,
    .max_words = 1,
    .summary = "territories in a few classes, described, mapped and explained",
    .details =
        "Principal components (or multiple correspondences), Ward's tree, the cut that\n"
        "FactoMineR would propose, consolidation by k-means, then what characterises "
        "each\n"
        "class, how stable it is and where it lies. Writes typology.html, figures/, and "
        "as\n"
        "CSV classes, profile, tree, axes, coordinates, variables, stability, quality,\n"
        "gap, space; typology.h5 holds the same tables, typology.json the parameters, "
        "the\n"
        "lineage and what --frozen reads.\n\n"
        "Secret and missing values are imputed by the regularised iterative PCA and\n"
        "counted, or their units excluded. A unit that misses more than half of the\n"
        "indicators is left out (excluded.csv).\n\n"
        "With --frozen, units go to the classes of an earlier typology: new territories, "
        "or\n"
        "another --year; transitions.csv says who went where.\n\n"
        "Examples:\n"
        "  irminon typology store --level com --within dep:43 -o typology/\n"
        "  irminon typology store --level epci --weight population --classes 6 -o epci/\n"
        "  irminon typology store --level com --within epci:244301131 --neighbours -o "
        "zones/\n"
        "  irminon typology store --level com --within dep:43 --space contiguous -o "
        "zones/\n"
        "  irminon typology store --level epci --year 2022 --frozen epci/ -o epci-2022/\n"
        "  irminon typology wine.csv --id wine --variables alcohol,acidity -o wines/",
    .options = options,
    .session = true,
    .run = run,
};
