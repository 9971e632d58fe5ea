#include "detail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum {
    MAX_COLUMNS = 96,
    N_AGES = 121,
    POOL = 512,        /* distinct weights and IRIS of a commune, at most */
    LARGE = 10000,     /* inhabitants from which a commune is sampled and cut into IRIS */
    CENSUS_YEAR = 2019 /* middle of the five surveys pooled */
};

typedef struct detail {
    const column_spec *specs[MAX_COLUMNS];
    column_draw *draws[MAX_COLUMNS][N_STAGES];
    bench_token outside[MAX_COLUMNS], scratch[MAX_COLUMNS];
    const bench_token *current[MAX_COLUMNS]; /* the row, field by field */
    size_t n_columns, by_person[MAX_COLUMNS], n_by_person, by_dwelling[MAX_COLUMNS],
        n_by_dwelling;
    bench_token reached[N_AGES], years[N_AGES], fives[N_AGES], classes[N_AGES],
        births[N_AGES];
    bench_token weights[POOL], iris[POOL], triris[POOL], districts[POOL];
    unsigned n_weights, n_iris, n_districts;
    bench_token *communes; /* of the whole country, for former residences */
    const bench_country *country;
    const bench_commune *commune;
    bench_random random;
    unsigned household, stage, age;
    bool of_persons, worker, occupied;
} detail;

static const unsigned age_classes[] = {2, 5, 10, 14, 17, 19, 24, 29, 39, 54, 64, 79, 80};

static bool kept(detail_layout layout, column_source source) {
    switch (source) {
        case OF_COMMUNE:
        case OF_FORMER_COMMUNE:
            return layout != INDCVI;
        case OF_CANTON:
            return layout == INDCVI;
        case OF_IRIS:
        case OF_TRIRIS:
            return layout != MIGCOM;
        default:
            return true;
    }
}

static bool add_column(detail *file, const column_spec *spec) {
    size_t index = file->n_columns++;
    file->specs[index] = spec;
    file->outside[index] = token_make(spec->outside);
    file->current[index] = &file->scratch[index];
    for (int stage = 0; spec->source == DRAWN && stage < N_STAGES; stage++) {
        if (stage > 0 && spec->codes[stage] == NULL) {
            file->draws[index][stage] = file->draws[index][0];
            continue;
        }
        file->draws[index][stage] = calloc(1, sizeof(column_draw));
        if (file->draws[index][stage] == NULL ||
            !column_draw_make(file->draws[index][stage], spec->codes[stage])) {
            return false;
        }
    }
    /* What decides for others comes first. */
    bool decides = strcmp(spec->name, "TACT") == 0 || strcmp(spec->name, "CATL") == 0;
    size_t *list = spec->scope == PERSON ? file->by_person : file->by_dwelling;
    size_t *count = spec->scope == PERSON ? &file->n_by_person : &file->n_by_dwelling;
    list[*count] = decides ? list[0] : index;
    if (decides) {
        list[0] = index;
    }
    ++*count;
    return true;
}

static void make_ages(detail *file) {
    for (unsigned age = 0; age < N_AGES; age++) {
        char text[24];
        size_t class = 0;
        while (class < 12 && age > age_classes[class]) {
            class ++;
        }
        snprintf(text, sizeof text, "%03u", age + 1 < N_AGES ? age + 1 : age);
        file->reached[age] = token_make(text);
        snprintf(text, sizeof text, "%03u", age);
        file->years[age] = token_make(text);
        snprintf(text, sizeof text, "%03u", age / 5 * 5);
        file->fives[age] = token_make(text);
        snprintf(text, sizeof text, "%02u", age_classes[class]);
        file->classes[age] = token_make(text);
        snprintf(text, sizeof text, "%u", CENSUS_YEAR - 1 - age);
        file->births[age] = token_make(text);
    }
}

/* Roughly the French pyramid: level until 60, then thinning out. */
static unsigned draw_age(bench_random *random) {
    double u = random_unit(random);
    double age = u < 0.74 ? u / 0.74 * 60 : 60 + 45 * (1 - sqrt((1 - u) / 0.26));
    return (unsigned)age;
}

/* A weight with all its decimals: near 4 where everyone was counted once in five years
 * and a quarter of the forms were used, near 2.5 where 40 % of the dwellings were
 * sampled. */
static bench_token draw_weight(detail *file) {
    char text[24];
    double centre = file->commune->population < LARGE ? 4 : 2.5;
    double weight = centre * (0.8 + 0.4 * random_unit(&file->random));
    snprintf(text, sizeof text, "%.16g", weight);
    return token_make(text);
}

static void make_iris(detail *file) {
    bool cut = file->commune->population >= LARGE;
    unsigned wanted = cut ? (unsigned)(file->commune->population / 2500) : 1;
    file->n_iris = wanted < POOL ? wanted : POOL;
    for (unsigned i = 0; i < file->n_iris; i++) {
        char text[24];
        snprintf(text, sizeof text, "%.5s%04u", file->commune->code, 101 + i);
        file->iris[i] = token_make(cut ? text : "ZZZZZZZZZ");
        snprintf(text, sizeof text, "%.2s%03u1", file->commune->code, 1 + i / 3);
        file->triris[i] = token_make(cut ? text : "ZZZZZZ");
    }
    file->n_districts = file->commune->n_districts;
    for (unsigned i = 0; i < file->n_districts; i++) {
        char text[24];
        snprintf(text, sizeof text, "%u", file->commune->first_district + i);
        file->districts[i] = token_make(text);
    }
    if (file->n_districts == 0) {
        file->districts[file->n_districts++] = token_make("ZZZZZ");
    }
}

/* Starts a commune of `n_rows` rows: as in the published files, a few dozen rows share a
 * weight. */
static void start_commune(detail *file, const bench_commune *commune, size_t n_rows) {
    file->commune = commune;
    file->household = 0;
    make_iris(file);
    file->n_weights = n_rows / 24 + 1 < POOL ? (unsigned)(n_rows / 24 + 1) : POOL;
    for (unsigned i = 0; i < file->n_weights; i++) {
        file->weights[i] = draw_weight(file);
    }
    for (size_t i = 0; i < file->n_columns; i++) {
        const char *text = NULL;
        switch (file->specs[i]->source) {
            case OF_COMMUNE:
            case OF_FORMER_COMMUNE:
                text = commune->code;
                break;
            case OF_CANTON:
                text = commune->canton;
                break;
            case OF_DEPARTMENT:
                text = commune->department;
                break;
            case OF_REGION:
                text = commune->region;
                break;
            case OF_METROPOLE:
                text = commune->overseas ? "D" : "M";
                break;
            default:
                continue;
        }
        file->scratch[i] = token_make(text);
    }
}

static bool open_gate(const detail *file, column_gate gate) {
    switch (gate) {
        case WORKERS:
            return file->worker;
        case OCCUPIED:
            return file->occupied;
        case MAINLAND:
            return !file->commune->overseas;
        case OVERSEAS:
            return file->commune->overseas;
        default:
            return true;
    }
}

static void draw_column(detail *file, size_t column) {
    const column_spec *spec = file->specs[column];
    if (!open_gate(file, spec->gate)) {
        file->current[column] = &file->outside[column];
        return;
    }
    const column_draw *draw = file->draws[column][file->stage];
    file->current[column] = &draw->tokens[draw->pick[random_ten(&file->random)]];
}

/* Draws what a dwelling's rows share, and returns how many persons live there. */
static unsigned start_dwelling(detail *file) {
    static const unsigned char sizes[16] = {1, 1, 1, 1, 1, 2, 2, 2,
                                            2, 2, 3, 3, 4, 4, 5, 6};
    unsigned size = sizes[random_ten(&file->random) % 16], weight, iris, district;
    char text[24];
    weight = random_below(&file->random, file->n_weights);
    iris = random_below(&file->random, file->n_iris);
    district = random_below(&file->random, file->n_districts);
    file->household++;
    for (size_t i = 0; i < file->n_columns; i++) {
        switch (file->specs[i]->source) {
            case OF_WEIGHT:
                file->current[i] = &file->weights[weight];
                break;
            case OF_IRIS:
                file->current[i] = &file->iris[iris];
                break;
            case OF_TRIRIS:
                file->current[i] = &file->triris[iris];
                break;
            case OF_DISTRICT:
                file->current[i] = &file->districts[district];
                break;
            case OF_HOUSEHOLD_SIZE:
                snprintf(text, sizeof text, "%u", size);
                file->scratch[i] = token_make(text);
                break;
            case OF_HOUSEHOLD_NUMBER:
                snprintf(text, sizeof text, "%u", file->household);
                file->scratch[i] = token_make(text);
                break;
            default:
                break;
        }
    }
    for (size_t i = 0; i < file->n_by_dwelling; i++) {
        size_t column = file->by_dwelling[i];
        if (file->specs[column]->source == DRAWN) {
            draw_column(file, column);
            if (i == 0) {
                file->occupied = file->current[column]->text[0] == '1';
            }
        }
    }
    return file->of_persons ? size : 1;
}

static const bench_token *former_commune(detail *file, size_t column) {
    if (random_ten(&file->random) >= 72) {
        return &file->scratch[column];
    }
    uint32_t other = random_below(&file->random, (uint32_t)file->country->n_communes);
    return &file->communes[other];
}

static void draw_person(detail *file, unsigned rank) {
    do {
        file->age = draw_age(&file->random);
    } while (rank == 0 && file->age < 18);
    file->stage = file->age < 14   ? CHILD
                  : file->age < 25 ? YOUTH
                  : file->age < 62 ? ADULT
                                   : SENIOR;
    for (size_t i = 0; i < file->n_by_person; i++) {
        size_t column = file->by_person[i];
        switch (file->specs[column]->source) {
            case DRAWN:
                draw_column(file, column);
                if (i == 0) {
                    file->worker = memcmp(file->current[column]->text, "11", 2) == 0;
                }
                break;
            case OF_AGE_REACHED:
                file->current[column] = &file->reached[file->age];
                break;
            case OF_AGE:
                file->current[column] = &file->years[file->age];
                break;
            case OF_AGE_FIVE:
                file->current[column] = &file->fives[file->age];
                break;
            case OF_AGE_CLASSES:
                file->current[column] = &file->classes[file->age];
                break;
            case OF_BIRTH_YEAR:
                file->current[column] = &file->births[file->age];
                break;
            case OF_FORMER_COMMUNE:
                file->current[column] = former_commune(file, column);
                break;
            default:
                break;
        }
    }
}

static void write_row(const detail *file, bench_output *output) {
    char *out = output_room(output);
    for (size_t i = 0; i < file->n_columns; i++) {
        const bench_token *token = file->current[i];
        memcpy(out, token,
               sizeof *token); /* more than the field; the next one covers it */
        out += token->length;
    }
    out[-1] = '\n';
    output_advance(output, out);
}

static void write_header(const detail *file, bench_output *output) {
    for (size_t i = 0; i < file->n_columns; i++) {
        output_text(output, i == 0 ? "" : ";");
        output_text(output, file->specs[i]->name);
    }
    output_text(output, "\n");
}

static void write_commune(detail *file, size_t n_rows, bench_output *output) {
    for (size_t done = 0; done < n_rows;) {
        unsigned size = start_dwelling(file);
        for (unsigned rank = 0; rank < size && done < n_rows; rank++, done++) {
            if (file->of_persons) {
                draw_person(file, rank);
            }
            write_row(file, output);
        }
        file->stage = 0;
    }
}

static bool prepare(detail *file, detail_layout layout, const bench_country *country) {
    const column_spec *specs = layout == LOGEMT ? dwelling_columns : person_columns;
    size_t count = layout == LOGEMT ? n_dwelling_columns : n_person_columns;
    file->of_persons = layout != LOGEMT;
    file->country = country;
    for (size_t i = 0; i < count; i++) {
        if (kept(layout, specs[i].source) && !add_column(file, &specs[i])) {
            return false;
        }
    }
    make_ages(file);
    file->communes = malloc(country->n_communes * sizeof *file->communes);
    for (size_t i = 0; file->communes != NULL && i < country->n_communes; i++) {
        file->communes[i] = token_make(country->communes[i].code);
    }
    return file->communes != NULL;
}

static void detail_free(detail *file) {
    for (size_t i = 0; i < file->n_columns; i++) {
        for (int stage = N_STAGES - 1; stage >= 0; stage--) {
            if (stage == 0 || file->draws[i][stage] != file->draws[i][0]) {
                free(file->draws[i][stage]);
            }
        }
    }
    free(file->communes);
    free(file);
}

bool detail_write(detail_layout layout, const bench_country *country, size_t n_rows,
                  uint64_t seed, bench_output *output) {
    detail *file = calloc(1, sizeof *file);
    bool ok = file != NULL && prepare(file, layout, country);
    if (ok) {
        file->random.state = seed ^ ((uint64_t)layout << 60);
        write_header(file, output);
    }
    double people = 0;
    for (size_t i = 0, done = 0; ok && i < country->n_communes && !output->failed; i++) {
        people += country->communes[i].population;
        size_t until = (size_t)(people / country->population * (double)n_rows + 0.5);
        until = i + 1 == country->n_communes || until > n_rows ? n_rows : until;
        start_commune(file, &country->communes[i], until - done);
        write_commune(file, until - done, output);
        done = until;
    }
    if (file != NULL) {
        detail_free(file);
    }
    return ok;
}
