#include <math.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "typology/inside.h"
#include "typology/json.h"
#include "typology/tables.h"

void irm_typology_projection_clear(irm_typology_projection *p) {
    irm_typology_units_clear(&p->units);
    irm_free(p->classes);
    irm_free(p->before);
    irm_free(p->distances);
    irm_free(p->profiles);
    irm_free(p->flows);
    irm_free(p->people);
    *p = (irm_typology_projection){0};
}

static irm_status check_variables(const irm_typology_units *units,
                                  const irm_typology_model *model, irm_error *error) {
    bool same = units->n_variables == model->p;
    for (size_t j = 0; same && j < model->p; j++) {
        same = strcmp(units->variables[j].id, model->variables[j]) == 0;
    }
    return same ? IRM_OK
                : irm_fail(error, IRM_STATUS_USAGE,
                           "the variables are not those of the frozen classes");
}

/* Standardised as the first units were, on their axes. */
static irm_status place(const irm_typology_model *model, const irm_matrix *x,
                        irm_matrix *points, irm_error *error) {
    IRM_TRY(irm_matrix_init(points, x->rows, model->centers.columns, error));
    for (size_t i = 0; i < x->rows; i++) {
        double *to = irm_matrix_row(points, i);
        for (size_t j = 0; j < model->p; j++) {
            double z = (irm_matrix_row(x, i)[j] - model->center[j]) / model->scale[j];
            if (model->axes == 0) {
                to[j] = z;
            }
            for (size_t a = 0; a < model->axes; a++) {
                to[a] += z * irm_matrix_row(&model->loadings, j)[a];
            }
        }
    }
    return IRM_OK;
}

static irm_status assign(irm_typology_projection *p, const irm_matrix *x, size_t threads,
                         irm_error *error) {
    irm_matrix points = {0};
    irm_partition frozen = {.k = p->model->k, .centers = p->model->centers};
    irm_status status = place(p->model, x, &points, error);
    if (status == IRM_OK) {
        status = irm_partition_assign(&frozen, &points, threads, p->classes, p->distances,
                                      error);
    }
    irm_matrix_clear(&points);
    return status;
}

/* 0 where it is not known. */
static double population_of(const irm_typology_units *units, size_t i) {
    const double *population = units->population;
    return population == NULL || isnan(population[i]) ? 0 : population[i];
}

static void count_flows(irm_typology_projection *p) {
    size_t k = p->model->k, known = 0;
    for (size_t i = 0; i < p->units.n; i++) {
        int32_t code = irm_dict_find(p->model->ids, irm_view_of(p->units.ids[i]));
        p->before[i] = code >= 0 ? p->model->classes[code] : -1;
        if (code < 0) {
            p->n_new++;
            continue;
        }
        known++;
        size_t cell = (size_t)p->before[i] * k + (size_t)p->classes[i];
        p->flows[cell]++;
        p->people[cell] += population_of(&p->units, i);
        p->n_moved += p->before[i] != p->classes[i];
    }
    p->n_gone = irm_dict_count(p->model->ids) - known;
}

/* Of the classes that somebody is in: an empty class has no mean. */
static irm_status profile(irm_typology_projection *p, const irm_matrix *x,
                          irm_error *error) {
    size_t k = p->model->k, m = p->model->p, used = 0;
    int32_t *becomes = irm_calloc(k, sizeof *becomes);
    int32_t *dense = irm_calloc(p->units.n, sizeof *dense);
    irm_profile_number *profiles = irm_calloc(k * m, sizeof *profiles);
    irm_status status = becomes == NULL || dense == NULL || profiles == NULL
                            ? irm_fail_memory(error)
                            : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < p->units.n; i++) {
        becomes[p->classes[i]] = 1;
    }
    for (size_t c = 0; status == IRM_OK && c < k; c++) {
        becomes[c] = becomes[c] != 0 ? (int32_t)used++ : -1;
    }
    for (size_t i = 0; status == IRM_OK && i < p->units.n; i++) {
        dense[i] = becomes[p->classes[i]];
    }
    if (status == IRM_OK) {
        status = irm_profile_numbers(x, p->units.weights, dense, used, profiles, error);
    }
    for (size_t c = 0; status == IRM_OK && c < k; c++) {
        for (size_t j = 0; j < m; j++) {
            p->profiles[c * m + j] =
                becomes[c] >= 0 ? profiles[(size_t)becomes[c] * m + j]
                                : (irm_profile_number){NAN, NAN, NAN, NAN, NAN, NAN};
        }
    }
    irm_free(becomes);
    irm_free(dense);
    irm_free(profiles);
    return status;
}

static irm_status project(irm_typology_projection *p, bool exclude, size_t threads,
                          irm_error *error) {
    size_t k = p->model->k, components = 0;
    irm_matrix x = {0};
    size_t *active = NULL;
    IRM_TRY(check_variables(&p->units, p->model, error));
    IRM_TRY(typology_leave_out_unknown(&p->units, exclude, error));
    if (p->units.n == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "no unit is left once those without values are left out");
    }
    IRM_TRY(typology_fill(&p->units, true, &p->n_filled, &components, error));
    IRM_TRY(typology_matrix(&p->units, &x, &active, error));
    irm_free(active);
    p->classes = irm_calloc(p->units.n, sizeof *p->classes);
    p->before = irm_calloc(p->units.n, sizeof *p->before);
    p->distances = irm_calloc(p->units.n, sizeof *p->distances);
    p->profiles = irm_calloc(k * p->model->p, sizeof *p->profiles);
    p->flows = irm_calloc(k * k, sizeof *p->flows);
    p->people = irm_calloc(k * k, sizeof *p->people);
    bool room = p->classes != NULL && p->before != NULL && p->distances != NULL &&
                p->profiles != NULL && p->flows != NULL && p->people != NULL;
    irm_status status = room ? assign(p, &x, threads, error) : irm_fail_memory(error);
    if (status == IRM_OK) {
        count_flows(p);
        status = profile(p, &x, error);
    }
    irm_matrix_clear(&x);
    return status;
}

irm_status irm_typology_project(irm_typology_units *units,
                                const irm_typology_model *model, bool exclude,
                                size_t threads, irm_typology_projection *projection,
                                irm_error *error) {
    *projection = (irm_typology_projection){.units = *units, .model = model};
    *units = (irm_typology_units){0};
    irm_status status = project(projection, exclude, threads, error);
    if (status != IRM_OK) {
        irm_typology_projection_clear(projection);
    }
    return status;
}

/* ---- out ---- */

static irm_status classes_table(const irm_typology_projection *p, table_list *list,
                                irm_error *error) {
    static const char *const names[] = {
        "id",        "name",     "#weight",         "#class",     "#tree_class",
        "#distance", "parangon", "#previous_class", "class_name", NULL};
    irm_table *table;
    IRM_TRY(table_list_add(list, "classes", p->units.n, names, &table, error));
    for (size_t i = 0; i < p->units.n; i++) {
        IRM_TRY(table_put_text(table, 0, i, p->units.ids[i], error));
        IRM_TRY(table_put_text(table, 1, i, p->units.names[i], error));
        table_put_number(table, 2, i, p->units.weights != NULL ? p->units.weights[i] : 1);
        table_put_number(table, 3, i, p->classes[i] + 1);
        table_put_number(table, 5, i, p->distances[i]);
        table_put_number(table, 7, i,
                         p->before[i] >= 0 ? p->before[i] + 1.0 : (double)NAN);
        IRM_TRY(table_put_text(table, 8, i, p->model->names_fr[p->classes[i]], error));
    }
    return IRM_OK;
}

static irm_status profile_table(const irm_typology_projection *p, table_list *list,
                                irm_error *error) {
    static const char *const names[] = {"#class",        "variable", "#mean",
                                        "#overall_mean", "#sd",      "#overall_sd",
                                        "#v_test",       "#p_value", NULL};
    irm_table *table;
    size_t m = p->model->p;
    IRM_TRY(table_list_add(list, "profile", p->model->k * m, names, &table, error));
    for (size_t row = 0; row < p->model->k * m; row++) {
        const irm_profile_number *of = &p->profiles[row];
        const double numbers[] = {of->mean,       of->overall_mean, of->sd,
                                  of->overall_sd, of->v_test,       of->p_value};
        table_put_number(table, 0, row, (double)(row / m + 1));
        IRM_TRY(table_put_text(table, 1, row, p->model->variables[row % m], error));
        for (size_t j = 0; j < 6; j++) {
            table_put_number(table, 2 + j, row, numbers[j]);
        }
    }
    return IRM_OK;
}

static irm_status transitions_table(const irm_typology_projection *p, table_list *list,
                                    irm_error *error) {
    static const char *const names[] = {"#from",       "#to",       "#units",  "#share",
                                        "#population", "from_name", "to_name", NULL};
    irm_table *table;
    size_t k = p->model->k;
    IRM_TRY(table_list_add(list, "transitions", k * k, names, &table, error));
    for (size_t row = 0; row < k * k; row++) {
        size_t from = row / k, to = row % k;
        double all = 0;
        for (size_t c = 0; c < k; c++) {
            all += p->flows[from * k + c];
        }
        table_put_number(table, 0, row, (double)(from + 1));
        table_put_number(table, 1, row, (double)(to + 1));
        table_put_number(table, 2, row, p->flows[row]);
        table_put_number(table, 3, row, all > 0 ? p->flows[row] / all : (double)NAN);
        table_put_number(table, 4, row,
                         p->units.population != NULL ? p->people[row] : NAN);
        IRM_TRY(table_put_text(table, 5, row, p->model->names_fr[from], error));
        IRM_TRY(table_put_text(table, 6, row, p->model->names_fr[to], error));
    }
    return IRM_OK;
}

static json_t *projection_object(const irm_typology_projection *p,
                                 const irm_typology_lineage *lineage) {
    return json_pack(
        "{s:s, s:s, s:b, s:s?, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s?, s:o, s:o, "
        "s:n}",
        "kind", "projection", "software", "irminon " IRMINON_VERSION, "fictional",
        lineage->fictional, "level", p->units.level, "geography", lineage->geography,
        "units", (int)p->units.n, "excluded", (int)p->units.n_absent, "new",
        (int)p->n_new, "gone", (int)p->n_gone, "moved", (int)p->n_moved, "imputed",
        (int)p->n_filled, "classes_made", (int)p->model->k, "command", lineage->command,
        "variables", typology_json_variables(&p->units), "sources",
        typology_json_sources(&p->units, lineage), "model");
}

irm_status irm_typology_projection_write(const irm_typology_projection *p,
                                         const char *folder,
                                         const irm_typology_lineage *lineage,
                                         const char *locale, irm_error *error) {
    table_list list = {0};
    irm_status status = irm_make_directory(folder, error);
    if (status == IRM_OK) {
        status = classes_table(p, &list, error);
    }
    if (status == IRM_OK) {
        status = profile_table(p, &list, error);
    }
    if (status == IRM_OK) {
        status = transitions_table(p, &list, error);
    }
    if (status == IRM_OK) {
        status = typology_excluded_table(&p->units, &list, error);
    }
    if (status == IRM_OK) {
        status = table_list_write(&list, folder, locale, error);
    }
    table_list_clear(&list);
    return status == IRM_OK
               ? typology_json_write(projection_object(p, lineage), folder, error)
               : status;
}
