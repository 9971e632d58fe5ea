#include "sample/melodi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "sample/measure.h"

enum {
    TERRITORIES = SAMPLE_COMMUNES + SAMPLE_EPCIS + SAMPLE_DEPARTEMENTS + 2,
    VARYING = 3
};
static const int vintages[] = {2017, 2023};
enum { VINTAGES = 2, EDITION = 2023 };

typedef struct modality {
    char code[24], who[48], label[96];
    int since;
} modality;

typedef struct axis {
    const cube_dimension *dimension;
    modality *modalities;
    int count;
} axis;

/* One published margin of one measure: its cells, for every commune. */
typedef struct margin {
    const cube_measure *measure;
    char fixed[CUBE_DIMENSIONS][24]; /* the code of each dimension that does not vary */
    int varying[VARYING], varying_count, cells;
    int64_t *sums; /* [cell][territory] */
} margin;

typedef struct builder {
    sample_country *country;
    const cube *what;
    axis axes[CUBE_DIMENSIONS];
    int axis_count;
    int year;
    irm_buffer *data;
} builder;

const char *sample_level_object(sample_level level) {
    static const char *const words[LEVELS] = {"COM", "EPCI", "DEP", "REG", "FRANCE"};
    return words[level];
}

static void read_modality(const char *text, modality *to) {
    const char *first = strchr(text, '|'), *second = strchr(first + 1, '|');
    const char *at = memchr(text, '@', (size_t)(first - text));
    int size = (int)((at == NULL ? first : at) - text);
    to->since = at == NULL ? 0 : atoi(at + 1);
    snprintf(to->code, sizeof to->code, "%.*s", size, text);
    snprintf(to->who, sizeof to->who, "%.*s", (int)(second - first - 1), first + 1);
    snprintf(to->label, sizeof to->label, "%s", second + 1);
}

static void year_of_age(int age, modality *to) {
    snprintf(to->code, sizeof to->code, age < 100 ? "Y%d" : "Y_GE%d", age);
    snprintf(to->who, sizeof to->who, "AGE=%d-%d", age, age < 100 ? age : 199);
    snprintf(to->label, sizeof to->label, age < 100 ? "%d ans" : "%d ans ou plus", age);
}

static irm_status read_axis(const cube_dimension *dimension, axis *to, irm_error *error) {
    int count = 0;
    while (count < CUBE_MODALITIES && dimension->modalities[count] != NULL) {
        count++;
    }
    to->dimension = dimension;
    to->count = dimension->single_years ? 101 : count;
    to->modalities = irm_calloc((size_t)to->count, sizeof *to->modalities);
    if (to->modalities == NULL) {
        return irm_fail_memory(error);
    }
    for (int i = 0; i < to->count; i++) {
        if (dimension->single_years) {
            year_of_age(i, &to->modalities[i]);
        } else {
            read_modality(dimension->modalities[i], &to->modalities[i]);
        }
    }
    return IRM_OK;
}

static int axis_named(const builder *b, const char *name, size_t size) {
    for (int i = 0; i < b->axis_count; i++) {
        const char *code = b->axes[i].dimension->code;
        if (strlen(code) == size && memcmp(code, name, size) == 0) {
            return i;
        }
    }
    return -1;
}

/* "OCS=DW_MAIN TSH": which dimensions vary, which are held, the others at their total. */
static irm_status read_margin(const builder *b, const char *text, margin *to,
                              irm_error *error) {
    for (int i = 0; i < b->axis_count; i++) {
        snprintf(to->fixed[i], sizeof to->fixed[i], "_T");
    }
    to->cells = 1;
    for (const char *word = text; *word != '\0';) {
        size_t size = strcspn(word, " "), name = strcspn(word, "= ");
        int i = axis_named(b, word, name);
        if (i < 0 || (name == size && to->varying_count == VARYING)) {
            return irm_fail(error, IRM_STATUS_INTERNAL, "sample: %s has no margin \"%s\"",
                            b->what->name, text);
        }
        if (name < size) {
            snprintf(to->fixed[i], sizeof to->fixed[i], "%.*s", (int)(size - name - 1),
                     word + name + 1);
        } else {
            to->varying[to->varying_count++] = i;
            to->cells *= b->axes[i].count;
        }
        word += size;
        word += strspn(word, " ");
    }
    return IRM_OK;
}

/* The modalities of a cell, in the order of the varying dimensions. */
static const modality *cell_modality(const builder *b, const margin *m, int cell, int k) {
    for (int j = m->varying_count - 1; j > k; j--) {
        cell /= b->axes[m->varying[j]].count;
    }
    const axis *one = &b->axes[m->varying[k]];
    return &one->modalities[cell % one->count];
}

/* The words that select a cell: those of the measure, of what is held, of what varies. */
static void select_cell(const builder *b, const margin *m, int cell, char *words,
                        size_t size) {
    int n = snprintf(words, size, "%s", m->measure->filter);
    for (int i = 0; i < b->axis_count; i++) {
        for (int j = 0; j < b->axes[i].count; j++) {
            if (strcmp(b->axes[i].modalities[j].code, m->fixed[i]) == 0) {
                n += snprintf(words + n, size - (size_t)n, " %s",
                              b->axes[i].modalities[j].who);
            }
        }
    }
    for (int k = 0; k < m->varying_count; k++) {
        n += snprintf(words + n, size - (size_t)n, " %s",
                      cell_modality(b, m, cell, k)->who);
    }
}

static void add_up(const sample_geography *geography, int64_t *sums) {
    int at = SAMPLE_COMMUNES;
    for (int level = LEVEL_EPCI; level < LEVELS; level++) {
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            sums[at + sample_level_of(geography, (sample_level)level, c)] += sums[c];
        }
        at += sample_level_size((sample_level)level);
    }
}

static irm_status count_margin(const builder *b, const sample_world *world, margin *m,
                               irm_error *error) {
    m->sums = irm_calloc((size_t)m->cells * TERRITORIES, sizeof *m->sums);
    if (m->sums == NULL) {
        return irm_fail_memory(error);
    }
    char words[256];
    for (int cell = 0; cell < m->cells; cell++) {
        int64_t *sums = &m->sums[cell * TERRITORIES];
        select_cell(b, m, cell, words, sizeof words);
        IRM_TRY(sample_tally(world, words, sums, error));
        add_up(&b->country->geography, sums);
    }
    return IRM_OK;
}

static void put_cell(const builder *b, const margin *m, int cell, sample_level level,
                     int i, int64_t value) {
    irm_buffer *out = b->data;
    for (int k = 0; k < m->varying_count; k++) {
        if (cell_modality(b, m, cell, k)->since > b->year) {
            return;
        }
    }
    irm_buffer_format(out, "\"%s\";\"%s\"",
                      sample_level_code(&b->country->geography, level, i),
                      sample_level_object(level));
    for (int a = 0; a < b->axis_count; a++) {
        const char *code = m->fixed[a];
        for (int k = 0; k < m->varying_count; k++) {
            code = m->varying[k] == a ? cell_modality(b, m, cell, k)->code : code;
        }
        irm_buffer_format(out, ";\"%s\"", code);
    }
    irm_buffer_format(out, ";\"%s\";\"A\";%d;", m->measure->code, b->year);
    sample_put_weight(out, value);
    irm_buffer_text(out, "\n");
}

static void put_margin(const builder *b, const margin *m) {
    int at = 0;
    for (int level = 0; level < LEVELS; level++) {
        for (int i = 0; i < sample_level_size((sample_level)level); i++, at++) {
            for (int cell = 0; cell < m->cells; cell++) {
                put_cell(b, m, cell, (sample_level)level, i,
                         m->sums[cell * TERRITORIES + at]);
            }
        }
    }
}

static irm_status put_year(builder *b, irm_error *error) {
    const sample_world *world;
    IRM_TRY(sample_country_year(b->country, b->year, &world, error));
    for (int i = 0; i < CUBE_MEASURES && b->what->measures[i].code != NULL; i++) {
        const cube_measure *measure = &b->what->measures[i];
        for (int j = 0; j < CUBE_MARGINS && measure->margins[j] != NULL; j++) {
            margin m = {.measure = measure};
            irm_status status = read_margin(b, measure->margins[j], &m, error);
            status = status == IRM_OK ? count_margin(b, world, &m, error) : status;
            if (status == IRM_OK) {
                put_margin(b, &m);
            }
            irm_free(m.sums);
            IRM_TRY(status);
        }
    }
    return IRM_OK;
}

void sample_put_metadata(const sample_country *country, irm_buffer *metadata,
                         const int *years, int count) {
    const sample_geography *g = &country->geography;
    for (int level = 0; level < LEVELS; level++) {
        for (int i = 0; i < sample_level_size((sample_level)level); i++) {
            irm_buffer_format(metadata, "\"GEO\";\"Espace géographique\";\"%s\";\"%s\"\n",
                              sample_level_code(g, (sample_level)level, i),
                              sample_level_name(g, (sample_level)level, i));
        }
    }
    for (int i = 0; i < count; i++) {
        irm_buffer_format(metadata,
                          "\"TIME_PERIOD\";\"Période temporelle\";\"%d\";\"%d\"\n",
                          years[i], years[i]);
    }
    irm_buffer_text(metadata,
                    "\"OBS_STATUS\";\"Statut de l'observation\";\"A\";"
                    "\"Valeur normale\"\n");
}

static void put_metadata(const builder *b, irm_buffer *metadata) {
    irm_buffer_text(metadata, "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n");
    for (int a = 0; a < b->axis_count; a++) {
        const cube_dimension *d = b->axes[a].dimension;
        irm_buffer_format(metadata, "\"%s\";\"%s\";\"_T\";\"Ensemble\"\n", d->code,
                          d->label);
        for (int i = 0; i < b->axes[a].count; i++) {
            irm_buffer_format(metadata, "\"%s\";\"%s\";\"%s\";\"%s\"\n", d->code,
                              d->label, b->axes[a].modalities[i].code,
                              b->axes[a].modalities[i].label);
        }
    }
    for (int i = 0; i < CUBE_MEASURES && b->what->measures[i].code != NULL; i++) {
        irm_buffer_format(metadata, "\"RP_MEASURE\";\"Mesure\";\"%s\";\"%s\"\n",
                          b->what->measures[i].code, b->what->measures[i].label);
    }
    sample_put_metadata(b->country, metadata, vintages, VINTAGES);
}

irm_status sample_write_melodi(const sample_country *country, const char *name, int year,
                               irm_buffer *data, irm_buffer *metadata, irm_error *error) {
    char zip[96], first[96], second[96];
    snprintf(zip, sizeof zip, "%.60s_%d_CSV_FR.zip", name, year);
    snprintf(first, sizeof first, "%.60s_%d_data.csv", name, year);
    snprintf(second, sizeof second, "%.60s_%d_metadata.csv", name, year);
    return sample_write_zip(country, zip, first, data, second, metadata, error);
}

static irm_status put_cube(builder *b, irm_buffer *metadata, irm_error *error) {
    for (int a = 0; a < CUBE_DIMENSIONS && b->what->dimensions[a].code != NULL; a++) {
        b->axis_count++;
        IRM_TRY(read_axis(&b->what->dimensions[a], &b->axes[a], error));
    }
    irm_buffer_text(b->data, "\"GEO\";\"GEO_OBJECT\"");
    for (int a = 0; a < b->axis_count; a++) {
        irm_buffer_format(b->data, ";\"%s\"", b->what->dimensions[a].code);
    }
    irm_buffer_text(b->data, ";\"RP_MEASURE\";\"OBS_STATUS\";TIME_PERIOD;OBS_VALUE\n");
    for (int i = 0; i < VINTAGES; i++) {
        b->year = vintages[i];
        IRM_TRY(put_year(b, error));
    }
    put_metadata(b, metadata);
    return IRM_OK;
}

irm_status sample_write_cubes(sample_country *country, irm_error *error) {
    for (int i = 0; i < sample_cube_count; i++) {
        irm_buffer data = {0}, metadata = {0};
        builder b = {.country = country, .what = &sample_cubes[i], .data = &data};
        irm_status status = put_cube(&b, &metadata, error);
        if (status == IRM_OK) {
            status = sample_write_melodi(country, b.what->name, EDITION, &data, &metadata,
                                         error);
        }
        irm_buffer_clear(&data);
        irm_buffer_clear(&metadata);
        for (int a = 0; a < b.axis_count; a++) {
            irm_free(b.axes[a].modalities);
        }
        IRM_TRY(status);
    }
    return IRM_OK;
}
