#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "geography/draft.h"
#include "geography/names.h"
#include "geography/place.h"
#include "geography/source.h"
#include "irminon/memory.h"

/* A table that says which communes there are: it places them in something. */
static bool is_base(const zoning_source *source) {
    return strcmp(source->level, "com") == 0 &&
           (source_gives(source->schema, "dep") || source_gives(source->schema, "epci") ||
            source_gives(source->schema, "reg"));
}

/* How many of EPCI, département and région the tables of a year give. */
static int richness(const zoning_sources *sources, int year) {
    static const char *const main_levels[] = {"epci", "dep", "reg"};
    int given = 0;
    for (size_t level = 0; level < 3; level++) {
        bool found = false;
        for (size_t i = 0; i < sources->count && !found; i++) {
            found = sources->items[i].year == year && is_base(&sources->items[i]) &&
                    source_gives(sources->items[i].schema, main_levels[level]);
        }
        given += found;
    }
    return given;
}

static irm_status fail_year(const zoning_sources *sources, int year, irm_error *error) {
    irm_buffer years = {0};
    int last = 0;
    for (;;) { /* the years there are, in increasing order */
        int next = 0;
        for (size_t i = 0; i < sources->count; i++) {
            int of = sources->items[i].year;
            if (is_base(&sources->items[i]) && of > last && (next == 0 || of < next)) {
                next = of;
            }
        }
        if (next == 0) {
            break;
        }
        irm_buffer_format(&years, "%s%d", last > 0 ? ", " : "", next);
        last = next;
    }
    irm_fail(error, IRM_STATUS_NOT_FOUND,
             "no table places communes in the geography of %d; the store has %s", year,
             years.data != NULL ? years.data : "none");
    irm_buffer_clear(&years);
    return IRM_STATUS_NOT_FOUND;
}

static irm_status choose_year(const zoning_sources *sources, int asked, int *year,
                              irm_error *error) {
    int best = -1, best_year = 0;
    for (size_t i = 0; i < sources->count; i++) {
        int of = sources->items[i].year;
        if (!is_base(&sources->items[i]) || (asked != 0 && of != asked)) {
            continue;
        }
        int given = richness(sources, of);
        if (given > best || (given == best && of > best_year)) {
            best = given;
            best_year = of;
        }
    }
    *year = best_year;
    if (best >= 0) {
        return IRM_OK;
    }
    return asked != 0 ? fail_year(sources, asked, error)
                      : irm_fail(error, IRM_STATUS_NOT_FOUND,
                                 "the store has no table that places communes; ingest the "
                                 "official geographic code (v_commune_YYYY.csv), or a table "
                                 "of membership (table-appartenance-geo-communes-YY)");
}

/* One column of memberships: its categories are looked up once each, not once a row. */
typedef struct membership {
    const irm_column *column;
    draft_level *level;
    int32_t *numbers; /* by category; -1 for no territory, -2 not looked up yet */
} membership;

static irm_status place_row(const membership *in, size_t row, int32_t commune,
                            irm_error *error) {
    int32_t category = in->column->codes[row];
    if (category < 0) {
        return IRM_OK;
    }
    if (in->numbers[category] == -2) {
        const char *code = irm_dict_text(in->column->categories, category);
        in->numbers[category] = -1;
        if (!source_unplaced(in->column, code)) {
            IRM_TRY(draft_add(in->level, code, &in->numbers[category], error));
        }
    }
    return in->numbers[category] < 0
               ? IRM_OK
               : draft_member(in->level, commune, in->numbers[category], error);
}

/* The columns of a table of communes; all but the key may be NULL. */
typedef struct commune_columns {
    const irm_column *key, *type, *name;
    membership *memberships;
    size_t n_memberships;
} commune_columns;

static irm_status find_memberships(const irm_table *table, geography_draft *draft,
                                   commune_columns *in, irm_error *error) {
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        const char *level = source_membership(column);
        if (level == NULL) {
            continue;
        }
        membership *one = &in->memberships[in->n_memberships++];
        size_t count = irm_dict_count(column->categories);
        *one = (membership){.column = column, .numbers = irm_calloc(count, sizeof(int32_t))};
        if (one->numbers == NULL) {
            return irm_fail_memory(error);
        }
        for (size_t c = 0; c < count; c++) {
            one->numbers[c] = -2;
        }
        IRM_TRY(draft_need(draft, level, &one->level, error));
    }
    return IRM_OK;
}

/* A municipal arrondissement is listed apart, and never counted among the communes. */
static irm_status take_arrondissement(geography_draft *draft, const char *code, const char *name,
                                      irm_error *error) {
    draft_level *level;
    int32_t number;
    IRM_TRY(draft_need(draft, "arm", &level, error));
    IRM_TRY(draft_add(level, code, &number, error));
    return draft_name(level, number, name, error);
}

static irm_status take_row(const commune_columns *in, size_t row, geography_draft *draft,
                           irm_error *error) {
    const char *code = irm_column_label(in->key, row);
    const char *name = in->name != NULL ? irm_column_label(in->name, row) : "";
    if (source_unplaced(in->key, code)) {
        return IRM_OK;
    }
    if (irm_code_is_arrondissement(code)) {
        return take_arrondissement(draft, code, name, error);
    }
    if (in->type != NULL && strcmp(irm_column_label(in->type, row), "COM") != 0) {
        return IRM_OK; /* delegated, associated: place_others leads them to their parent */
    }
    int32_t commune;
    IRM_TRY(draft_add(draft->levels[0], code, &commune, error));
    IRM_TRY(draft_name(draft->levels[0], commune, name, error));
    for (size_t i = 0; i < in->n_memberships; i++) {
        IRM_TRY(place_row(&in->memberships[i], row, commune, error));
    }
    return IRM_OK;
}

static irm_status take_table(const irm_store *store, const irm_table *schema,
                             geography_draft *draft, irm_error *error) {
    irm_table table = {0};
    commune_columns in = {0};
    in.memberships = irm_calloc(schema->n_columns, sizeof *in.memberships);
    if (in.memberships == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = source_read(store, schema, &table, error);
    if (status == IRM_OK) {
        in.key = source_key(&table);
        in.type = source_variable(&table, "TYPECOM");
        in.name = source_role(&table, "name", NULL);
        status = find_memberships(&table, draft, &in, error);
    }
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        status = take_row(&in, row, draft, error);
    }
    for (size_t i = 0; i < in.n_memberships; i++) {
        irm_free(in.memberships[i].numbers);
    }
    irm_free(in.memberships);
    irm_table_clear(&table);
    return status;
}

static irm_status make_geography(int year, const geography_draft *draft, irm_geography **geography,
                                 irm_error *error) {
    irm_geography *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->year = year;
    irm_status status = irm_dict_new(&made->codes, error);
    if (status == IRM_OK) {
        status = draft_finish(draft, made, error);
    }
    if (status == IRM_OK) {
        status = place_own(made, error);
    }
    if (status != IRM_OK) {
        irm_geography_free(made);
        return status;
    }
    *geography = made;
    return IRM_OK;
}

static irm_status assemble(const irm_store *store, zoning_sources *sources, int year,
                           irm_geography **geography, irm_error *error) {
    geography_draft draft;
    IRM_TRY(sources_sort(sources, year, error));
    IRM_TRY(draft_init(&draft, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < sources->count && status == IRM_OK; i++) {
        if (sources->items[i].year == year && is_base(&sources->items[i])) {
            status = take_table(store, sources->items[i].schema, &draft, error);
        }
    }
    if (status == IRM_OK) {
        status = draft_complete(&draft, error);
    }
    if (status == IRM_OK) {
        status = names_fill(store, sources, &draft, error);
    }
    if (status == IRM_OK) {
        status = make_geography(year, &draft, geography, error);
    }
    draft_clear(&draft);
    if (status == IRM_OK) {
        status = place_others(*geography, store, sources, error);
    }
    if (status != IRM_OK) {
        irm_geography_free(*geography);
        *geography = NULL;
    }
    return status;
}

irm_status irm_geography_load(const irm_store *store, int year, irm_geography **geography,
                              irm_error *error) {
    zoning_sources sources;
    *geography = NULL;
    IRM_TRY(sources_find(store, &sources, error));
    irm_status status = choose_year(&sources, year, &year, error);
    if (status == IRM_OK) {
        status = assemble(store, &sources, year, geography, error);
    }
    sources_clear(&sources);
    return status;
}

/* Five characters: a département of two or three, and a number. */
static bool is_commune_code(const char *code) {
    if (strlen(code) != 5 || !isdigit((unsigned char)code[0])) {
        return false;
    }
    bool corsica = code[0] == '2' && (code[1] == 'A' || code[1] == 'B');
    return (corsica || isdigit((unsigned char)code[1])) &&
           strspn(code + 2, "0123456789") == 3 && strcmp(code, "99999") != 0;
}

irm_status irm_geography_from_codes(const char *const *codes, const char *const *names,
                                    size_t count, int year, irm_geography **geography,
                                    irm_error *error) {
    geography_draft draft;
    *geography = NULL;
    IRM_TRY(draft_init(&draft, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        int32_t number;
        if (!is_commune_code(codes[i]) || irm_code_is_arrondissement(codes[i])) {
            continue;
        }
        status = draft_add(draft.levels[0], codes[i], &number, error);
        if (status == IRM_OK && names != NULL && names[i] != NULL) {
            status = draft_name(draft.levels[0], number, names[i], error);
        }
    }
    if (status == IRM_OK && irm_dict_count(draft.levels[0]->codes) == 0) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND, "no code of a commune is there");
    }
    if (status == IRM_OK) {
        status = draft_complete(&draft, error);
    }
    if (status == IRM_OK) {
        status = make_geography(year, &draft, geography, error);
    }
    draft_clear(&draft);
    return status;
}
