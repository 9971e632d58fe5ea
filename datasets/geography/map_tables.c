#include "geography/map_tables.h"

#include <stdlib.h>
#include <string.h>

#include "geography/source.h"
#include "irminon/memory.h"

/* A territory is drawn from its communes when this share of them has a shape: the others
 * have merged into them since. */
static const double enough = 0.9;

int32_t map_request_of_commune(const map_request *request, int32_t commune) {
    if (commune < 0 || request->level->of_commune == NULL) {
        return -1;
    }
    size_t n_parts = 0;
    if (request->level->n_cuts > 0) { /* the shape of a commune is not that of a part */
        irm_level_cuts(request->level, commune, &n_parts);
    }
    int32_t index = n_parts > 0 ? -1 : request->level->of_commune[commune];
    return index < 0 ? -1 : request->position[index];
}

static void add_projection(map_request *request, size_t place, const char *code,
                           bool first) {
    char department[4];
    irm_code_department(code, department);
    const char *projection = irm_department_projection(department);
    if (first) {
        request->projection[place] = projection;
    } else if (request->projection[place] != NULL &&
               strcmp(request->projection[place], projection) != 0) {
        request->projection[place] = NULL;
    }
}

static void find_projections(map_request *request, const int32_t *items) {
    for (size_t c = 0; c < request->communes->count; c++) {
        int32_t place = map_request_of_commune(request, (int32_t)c);
        if (place >= 0) {
            bool first = request->n_communes[place]++ == 0;
            add_projection(request, (size_t)place, request->communes->items[c].code, first);
        }
    }
    for (size_t i = 0; i < request->count; i++) {
        if (request->level->of_commune == NULL) { /* such codes start with a commune's */
            add_projection(request, i, request->level->items[items[i]].code, true);
        }
        const char *own = request->projection[i];
        bool same = own != NULL && request->common != NULL && !strcmp(own, request->common);
        request->common = i == 0 || same ? own : NULL;
    }
}

irm_status map_request_init(map_request *request, const irm_geography *geography,
                            const irm_level *level, const int32_t *items, size_t count,
                            irm_error *error) {
    *request = (map_request){.geography = geography, .level = level, .count = count};
    IRM_TRY(irm_geography_need_level(geography, "com", &request->communes, error));
    request->position = irm_calloc(level->count, sizeof *request->position);
    request->projection = irm_calloc(count, sizeof *request->projection);
    request->n_communes = irm_calloc(count, sizeof *request->n_communes);
    if (request->position == NULL || request->projection == NULL ||
        request->n_communes == NULL) {
        map_request_clear(request);
        return irm_fail_memory(error);
    }
    memset(request->position, 0xff, level->count * sizeof *request->position);
    for (size_t i = 0; i < count; i++) {
        if (items[i] < 0 || (size_t)items[i] >= level->count) {
            map_request_clear(request);
            return irm_fail(error, IRM_STATUS_USAGE, "no territory %d in level %s",
                            (int)items[i], level->id);
        }
        request->position[items[i]] = (int32_t)i;
    }
    find_projections(request, items);
    return IRM_OK;
}

void map_request_clear(map_request *request) {
    irm_free(request->position);
    irm_free(request->projection);
    irm_free(request->n_communes);
    *request = (map_request){0};
}

static void clear_table(map_table *table) {
    irm_table_clear(&table->keys);
    irm_free(table->unit);
    irm_free(table->place);
}

void map_tables_clear(map_tables *tables) {
    for (size_t i = 0; i < tables->count; i++) {
        clear_table(&tables->items[i]);
    }
    irm_free(tables->items);
    *tables = (map_tables){0};
}

/* What a row stands for; rows of arrondissements and of former communes lead to today's
 * commune. `how` tells them apart. */
static int32_t unit_of(const map_request *request, bool by_level, const char *code,
                       irm_placement *how) {
    *how = IRM_PLACED_SAME;
    if (by_level) {
        int32_t index = irm_level_find(request->level, code);
        return index < 0 ? -1 : request->position[index];
    }
    return irm_geography_place(request->geography, code, how);
}

/* Where a table has both a commune and its arrondissements, the commune is drawn. */
static irm_status find_units(map_table *table, const irm_column *key,
                             const map_request *request, irm_error *error) {
    size_t n_rows = table->keys.n_rows;
    size_t n_units = table->by_level ? request->count : request->communes->count;
    bool *whole = irm_calloc(n_units, sizeof *whole);
    table->unit = irm_calloc(n_rows, sizeof *table->unit);
    table->place = irm_calloc(n_rows, sizeof *table->place);
    if (whole == NULL || table->unit == NULL || table->place == NULL) {
        irm_free(whole);
        return irm_fail_memory(error);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t row = 0; row < n_rows; row++) {
            irm_placement how;
            const char *code = irm_column_label(key, row);
            int32_t unit = unit_of(request, table->by_level, code, &how);
            if (pass == 0 && unit >= 0) {
                whole[unit] = whole[unit] || how == IRM_PLACED_SAME;
            }
            if (pass == 1) {
                bool part = unit >= 0 && how == IRM_PLACED_FOLDED && whole[unit];
                table->unit[row] = part ? -1 : unit;
                table->place[row] = -1;
            }
        }
    }
    irm_free(whole);
    return IRM_OK;
}

static int year_of(const irm_table *schema) {
    long long year = irm_attributes_integer(&schema->attributes, "geography", 0);
    const char *vintage = irm_attributes_get(&schema->attributes, "vintage");
    year = year == 0 && vintage != NULL ? atoi(vintage) : year;
    return year > 1900 && year < 2200 ? (int)year : 0;
}

static const char *level_of(const irm_table *schema, const irm_column *key) {
    const char *level = irm_attributes_get(&key->attributes, "level");
    return level != NULL ? level : irm_attributes_get(&schema->attributes, "level");
}

static irm_status add_table(const irm_store *store, const irm_table *schema,
                            const map_request *request, map_tables *tables,
                            irm_error *error) {
    const irm_column *key = source_key(schema);
    const irm_column *shapes = irm_table_column(schema, "geometry");
    if (key == NULL || shapes == NULL || shapes->type != IRM_COLUMN_BYTES) {
        return IRM_OK;
    }
    const char *level = level_of(schema, key);
    bool communes = level != NULL && strcmp(level, "com") == 0;
    bool own = level != NULL && strcmp(level, request->level->id) == 0;
    if (!communes && !own) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&tables->items, &tables->capacity, tables->count + 1,
                        sizeof *tables->items, error));
    const char *placement = irm_attributes_get(&schema->attributes, "placement");
    map_table table = {
        .schema = schema,
        .exact = placement == NULL || strcmp(placement, "drawing") != 0,
        .by_level = own && !communes,
        .year = year_of(schema),
    };
    const char *columns[] = {key->name};
    irm_column *codes = NULL;
    irm_status status =
        irm_store_read(store, schema->name, columns, 1, &table.keys, error);
    if (status == IRM_OK) {
        status = irm_table_need(&table.keys, columns[0], &codes, error);
    }
    if (status == IRM_OK) {
        status = find_units(&table, codes, request, error);
    }
    if (status != IRM_OK) {
        clear_table(&table);
        return status;
    }
    tables->items[tables->count++] = table;
    return IRM_OK;
}

/* Insertion: tables are few. Nearest year first; of two as near, the later; then by name,
 * which is the order of the store. */
static void sort_by_year(map_tables *tables, int year) {
    for (size_t i = 1; i < tables->count; i++) {
        map_table moved = tables->items[i];
        int far = 2 * abs(moved.year - year) + (moved.year < year);
        size_t at = i;
        for (; at > 0; at--) {
            int of = tables->items[at - 1].year;
            if (2 * abs(of - year) + (of < year) <= far) {
                break;
            }
            tables->items[at] = tables->items[at - 1];
        }
        tables->items[at] = moved;
    }
}

irm_status map_tables_find(const irm_store *store, const map_request *request,
                           map_tables *tables, irm_error *error) {
    *tables = (map_tables){0};
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        const char *shape = irm_attributes_get(&schema->attributes, "shape");
        irm_status status = IRM_OK;
        if (shape != NULL && strcmp(shape, "geometry") == 0) {
            status = add_table(store, schema, request, tables, error);
        }
        if (status != IRM_OK) {
            map_tables_clear(tables);
            return status;
        }
    }
    sort_by_year(tables, irm_geography_year(request->geography));
    return IRM_OK;
}

/* One of the four ways to draw, tried on paper: which rows of which tables. */
typedef struct map_way {
    bool exact, by_level;
    size_t drawn; /* territories */
} map_way;

static bool serves(const map_table *table, const map_way *way) {
    return table->exact == way->exact && table->by_level == way->by_level;
}

/* A commune comes whole from the first table that has it. */
static void claim(const map_tables *tables, const map_way *way, int32_t *owner,
                  size_t n_units) {
    memset(owner, 0xff, n_units * sizeof *owner);
    for (size_t t = 0; t < tables->count; t++) {
        const map_table *table = &tables->items[t];
        for (size_t row = 0; row < table->keys.n_rows && serves(table, way); row++) {
            int32_t unit = table->unit[row];
            if (unit >= 0 && owner[unit] < 0) {
                owner[unit] = (int32_t)t;
            }
        }
    }
}

/* In true position, overseas territories cannot be beside the mainland: when several
 * projections are asked for, only the mainland is drawn. */
static bool in_frame(const map_request *request, const map_way *way, size_t place) {
    const char *projection = request->projection[place];
    return !way->exact || request->common != NULL ||
           (projection != NULL && strcmp(projection, "EPSG:2154") == 0);
}

static void judge(const map_request *request, map_way *way, const int32_t *owner,
                  size_t *found, bool *drawn) {
    memset(found, 0, request->count * sizeof *found);
    for (size_t c = 0; c < request->communes->count && !way->by_level; c++) {
        int32_t place = map_request_of_commune(request, (int32_t)c);
        if (place >= 0 && owner[c] >= 0) {
            found[place]++;
        }
    }
    way->drawn = 0;
    for (size_t i = 0; i < request->count; i++) {
        double share = request->n_communes[i] > 0
                           ? (double)found[i] / (double)request->n_communes[i]
                           : 0;
        drawn[i] = in_frame(request, way, i) &&
                   (way->by_level ? owner[i] >= 0 : share >= enough);
        way->drawn += drawn[i];
    }
}

static size_t fill_places(map_table *table, size_t t, const map_request *request,
                          const map_way *way, const int32_t *owner, const bool *drawn) {
    size_t rows = 0;
    for (size_t row = 0; row < table->keys.n_rows && serves(table, way); row++) {
        int32_t unit = table->unit[row];
        int32_t place = unit < 0 || owner[unit] != (int32_t)t ? -1
                        : way->by_level ? unit
                                        : map_request_of_commune(request, unit);
        table->place[row] = place >= 0 && drawn[place] ? place : -1;
        rows += table->place[row] >= 0;
    }
    return rows;
}

/* Leaves to each table the rows it draws. Those that draw come first, then those of
 * communes, for the neighbours; the rest is dropped. */
static irm_status settle(map_tables *tables, const map_request *request, const map_way *way,
                         const int32_t *owner, const bool *drawn, bool *lacking,
                         irm_error *error) {
    map_table *beside = irm_calloc(tables->count, sizeof *beside);
    if (beside == NULL) {
        return irm_fail_memory(error);
    }
    size_t kept = 0, n_beside = 0;
    for (size_t t = 0; t < tables->count; t++) {
        map_table table = tables->items[t];
        if (fill_places(&table, t, request, way, owner, drawn) > 0) {
            tables->items[kept++] = table;
        } else if (!table.by_level) {
            beside[n_beside++] = table;
        } else {
            clear_table(&table);
        }
    }
    for (size_t i = 0; i < n_beside; i++) {
        tables->items[kept + i] = beside[i];
    }
    irm_free(beside);
    tables->n_drawn = kept;
    tables->count = kept + n_beside;
    for (size_t c = 0; c < request->communes->count; c++) {
        lacking[c] = !way->by_level && owner[c] < 0;
    }
    return IRM_OK;
}

static irm_status fail_none(const map_request *request, irm_error *error) {
    return irm_fail(error, IRM_STATUS_NOT_FOUND,
                    "no geometry of the store draws these territories of level %s; ingest a "
                    "layer of communes (Admin Express, or the national CARTElette layer)",
                    request->level->id);
}

/* Outlines of the level itself that are of this year, or of a level whose outlines last. */
static bool has_current_outlines(const map_tables *tables, const map_request *request) {
    bool lasting = strcmp(request->level->id, "dep") == 0 ||
                   strcmp(request->level->id, "reg") == 0;
    for (size_t t = 0; t < tables->count; t++) {
        if (tables->items[t].by_level &&
            (lasting || tables->items[t].year == irm_geography_year(request->geography))) {
            return true;
        }
    }
    return false;
}

/* The first way that draws nearly as many territories as the best one; NULL when none draws
 * any. */
static const map_way *prefer(const map_way *ways, size_t n) {
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        most = ways[i].drawn > most ? ways[i].drawn : most;
    }
    for (size_t i = 0; i < n && most > 0; i++) {
        if ((double)ways[i].drawn >= enough * (double)most) {
            return &ways[i];
        }
    }
    return NULL;
}

irm_status map_tables_choose(map_tables *tables, const map_request *request, bool *lacking,
                             irm_error *error) {
    /* True position first, except for a whole that no projection holds. */
    bool one = request->common != NULL, own = has_current_outlines(tables, request);
    map_way ways[] = {{one, true, 0}, {one, false, 0}, {!one, true, 0}, {!one, false, 0}};
    if (!own) { /* outdated outlines come after everything else */
        const map_way last[] = {ways[1], ways[3], ways[0], ways[2]};
        memcpy(ways, last, sizeof last);
    }
    size_t n_ways = sizeof ways / sizeof *ways;
    size_t n_units = request->communes->count > request->count ? request->communes->count
                                                               : request->count;
    int32_t *owner = irm_calloc(n_units, sizeof *owner);
    size_t *found = irm_calloc(request->count, sizeof *found);
    bool *drawn = irm_calloc(request->count, sizeof *drawn);
    irm_status status = IRM_OK;
    if (owner == NULL || found == NULL || drawn == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    for (size_t i = 0; i < n_ways; i++) {
        claim(tables, &ways[i], owner, n_units);
        judge(request, &ways[i], owner, found, drawn);
    }
    const map_way *best = prefer(ways, n_ways);
    if (best == NULL) {
        status = fail_none(request, error);
        goto cleanup;
    }
    map_way chosen = *best;
    claim(tables, &chosen, owner, n_units);
    judge(request, &chosen, owner, found, drawn);
    status = settle(tables, request, &chosen, owner, drawn, lacking, error);
cleanup:
    irm_free(owner);
    irm_free(found);
    irm_free(drawn);
    return status;
}
