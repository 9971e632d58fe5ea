#include "conversion/populations.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geography/source.h"
#include "irminon/descriptor.h"
#include "irminon/dict.h"
#include "irminon/memory.h"

typedef struct population_set {
    char *name;
    int geography;
    irm_dict *codes;
    double *inhabitants; /* by number in `codes` */
    size_t capacity;
} population_set;

struct irm_populations {
    population_set *sets;
    size_t count, capacity;
};

irm_status irm_populations_new(irm_populations **populations, irm_error *error) {
    *populations = irm_calloc(1, sizeof **populations);
    return *populations != NULL ? IRM_OK : irm_fail_memory(error);
}

void irm_populations_free(irm_populations *populations) {
    if (populations == NULL) {
        return;
    }
    for (size_t i = 0; i < populations->count; i++) {
        irm_free(populations->sets[i].name);
        irm_free(populations->sets[i].inhabitants);
        irm_dict_free(populations->sets[i].codes);
    }
    irm_free(populations->sets);
    irm_free(populations);
}

size_t irm_populations_count(const irm_populations *populations) {
    return populations != NULL ? populations->count : 0;
}

irm_status irm_populations_begin(irm_populations *populations, const char *name,
                                 int geography, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&populations->sets, &populations->capacity,
                        populations->count + 1, sizeof *populations->sets, error));
    population_set *set = &populations->sets[populations->count];
    *set = (population_set){.name = irm_strdup(name), .geography = geography};
    if (set->name == NULL) {
        return irm_fail_memory(error);
    }
    populations->count++;
    return irm_dict_new(&set->codes, error);
}

/* A code met twice has no population that can be told. */
irm_status irm_populations_add(irm_populations *populations, const char *code,
                               double inhabitants, irm_error *error) {
    population_set *set = &populations->sets[populations->count - 1];
    size_t known = irm_dict_count(set->codes);
    int32_t number;
    IRM_TRY(irm_reserve((void **)&set->inhabitants, &set->capacity, known + 1,
                        sizeof *set->inhabitants, error));
    IRM_TRY(irm_dict_add(set->codes, irm_view_of(code), &number, error));
    set->inhabitants[number] = (size_t)number == known ? inhabitants : NAN;
    return IRM_OK;
}

/* ---- from a store ----------------------------------------------------------------- */

/* "P18_POP", "D68_POP", "PMUN19": INSEE's names tell, in a table without descriptor too.
 */
static bool is_named_population(const char *name) {
    bool census = (name[0] == 'P' || name[0] == 'D') && strlen(name) == 7 &&
                  isdigit((unsigned char)name[1]) && isdigit((unsigned char)name[2]) &&
                  strcmp(name + 3, "_POP") == 0;
    return census || strncmp(name, "PMUN", 4) == 0;
}

static bool is_population(const irm_column *column) {
    static const char *const ids[] = {"P_POP", "PMUN", "POP_MUN", "POPULATION"};
    const char *variable = irm_attributes_get(&column->attributes, "variable");
    if (column->type != IRM_COLUMN_NUMBER) {
        return false;
    }
    bool known = is_named_population(column->name);
    for (size_t i = 0; i < sizeof ids / sizeof *ids && variable != NULL; i++) {
        known |=
            strcmp(variable, ids[i]) == 0 && irm_column_kind(column) == IRM_KIND_COUNT;
    }
    return known;
}

/* One row a commune: a wide table of communes without periods. */
static const irm_column *key_of_communes(const irm_table *schema) {
    const char *shape = irm_attributes_get(&schema->attributes, "shape");
    const char *level = irm_attributes_get(&schema->attributes, "level");
    bool wide =
        shape != NULL && (strcmp(shape, "wide") == 0 || strcmp(shape, "zoning") == 0);
    bool communes = level != NULL && strcmp(level, "com") == 0;
    for (size_t i = 0; i < schema->n_columns; i++) {
        const char *role = irm_attributes_get(&schema->columns[i].attributes, "role");
        if (role != NULL && strcmp(role, "period") == 0) {
            return NULL;
        }
    }
    return wide && communes ? source_key(schema) : NULL;
}

static irm_status add_column(irm_populations *populations, const irm_store *store,
                             const irm_table *schema, const irm_column *key,
                             const char *column, irm_error *error) {
    const char *names[] = {key->name, column};
    irm_table table = {0};
    irm_buffer name = {0};
    irm_buffer_format(&name, "%s:%s", schema->name, column);
    int year = (int)irm_attributes_integer(&schema->attributes, "geography", 0);
    irm_status status = name.failed ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_store_read(store, schema->name, names, 2, &table, error);
    }
    if (status == IRM_OK) {
        status = irm_populations_begin(populations, name.data, year, error);
    }
    for (size_t row = 0; status == IRM_OK && row < table.n_rows; row++) {
        double inhabitants = table.columns[1].values[row];
        if (!isnan(inhabitants) && table.columns[0].codes[row] >= 0) {
            status =
                irm_populations_add(populations, irm_column_label(&table.columns[0], row),
                                    inhabitants, error);
        }
    }
    irm_buffer_clear(&name);
    irm_table_clear(&table);
    return status;
}

static irm_status load_chosen(irm_populations *populations, const irm_store *store,
                              const char *chosen, irm_error *error) {
    const char *colon = strrchr(chosen, ':');
    if (colon == NULL || colon == chosen || colon[1] == '\0') {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "the population that shares splits is TABLE:COLUMN, not '%s'",
                        chosen);
    }
    char *name = irm_strndup(chosen, (size_t)(colon - chosen));
    const irm_table *schema;
    irm_column *column;
    irm_status status = name != NULL ? irm_store_need(store, name, &schema, error)
                                     : irm_fail_memory(error);
    irm_free(name);
    IRM_TRY(status);
    IRM_TRY(irm_table_need(schema, colon + 1, &column, error));
    const irm_column *key = source_key(schema);
    if (key == NULL || column->type != IRM_COLUMN_NUMBER) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "%s: a population is a column of numbers, in a table whose key is "
            "communes",
            chosen);
    }
    return add_column(populations, store, schema, key, column->name, error);
}

static irm_status load_all(irm_populations *populations, const irm_store *store,
                           irm_error *error) {
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        const irm_column *key = key_of_communes(schema);
        for (size_t c = 0; key != NULL && c < schema->n_columns; c++) {
            if (is_population(&schema->columns[c])) {
                IRM_TRY(add_column(populations, store, schema, key,
                                   schema->columns[c].name, error));
            }
        }
    }
    return IRM_OK;
}

irm_status irm_populations_load(const irm_store *store, const char *chosen,
                                irm_populations **populations, irm_error *error) {
    IRM_TRY(irm_populations_new(populations, error));
    irm_status status = chosen != NULL ? load_chosen(*populations, store, chosen, error)
                                       : load_all(*populations, store, error);
    if (status != IRM_OK) {
        irm_populations_free(*populations);
        *populations = NULL;
    }
    return status;
}

/* ---- questions -------------------------------------------------------------------- */

static double inhabitants_in(const population_set *set, const char *code) {
    int32_t number = irm_dict_find(set->codes, irm_view_of(code));
    return number >= 0 ? set->inhabitants[number] : NAN;
}

static bool knows_all(const population_set *set, const char *const *codes, size_t count,
                      double *inhabitants) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        inhabitants[i] = inhabitants_in(set, codes[i]);
        sum += inhabitants[i];
    }
    return sum > 0; /* false for NaN too */
}

/* Years between a set and a date; on the wrong side of it, further than any other. */
static int distance(const population_set *set, int year, bool later) {
    bool wrong = later ? set->geography < year : set->geography >= year;
    return abs(set->geography - year) + (wrong ? 10000 : 0);
}

const char *populations_of_all(const irm_populations *populations,
                               const char *const *codes, size_t count, int year,
                               bool later, double *inhabitants) {
    const population_set *best = NULL;
    for (size_t i = 0; populations != NULL && i < populations->count; i++) {
        const population_set *set = &populations->sets[i];
        bool nearer =
            best == NULL || distance(set, year, later) < distance(best, year, later);
        if (nearer && knows_all(set, codes, count, inhabitants)) {
            best = set;
        }
    }
    if (best == NULL) {
        return NULL;
    }
    knows_all(best, codes, count, inhabitants);
    return best->name;
}

double irm_populations_of(const irm_populations *populations, const char *code,
                          int year) {
    double inhabitants;
    return populations_of_all(populations, &code, 1, year, true, &inhabitants) != NULL
               ? inhabitants
               : NAN;
}
