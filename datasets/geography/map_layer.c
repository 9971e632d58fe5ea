#include "irminon/map_layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geography/map_tables.h"
#include "irminon/memory.h"

struct irm_map_layer {
    irm_shapes *shapes, *context;
    char *table;
    char projection[32];
    bool moved; /* for drawing only: overseas is beside the mainland */
    size_t missing;
    double *area; /* km², by place; NaN where it cannot be told */
};

/* The shapes drawn so far, table by table, in the projection of the map. */
typedef struct pile {
    irm_shapes **parts;
    int32_t *group; /* by shape of all parts */
    size_t n_parts, n_shapes, group_capacity;
} pile;

static void pile_clear(pile *p) {
    for (size_t i = 0; i < p->n_parts; i++) {
        irm_shapes_free(p->parts[i]);
    }
    irm_free(p->parts);
    irm_free(p->group);
}

static irm_status pile_add(pile *p, irm_shapes *part, const int32_t *group,
                           irm_error *error) {
    size_t n = irm_shapes_count(part);
    IRM_TRY(irm_reserve((void **)&p->group, &p->group_capacity, p->n_shapes + n,
                        sizeof *p->group, error));
    if (n > 0) {
        memcpy(p->group + p->n_shapes, group, n * sizeof *group);
    }
    p->n_shapes += n;
    p->parts[p->n_parts++] = part;
    return IRM_OK;
}

static irm_status pile_dissolve(const pile *p, size_t n_groups, irm_shapes **merged,
                                irm_error *error) {
    irm_shapes *all = NULL;
    IRM_TRY(irm_shapes_join((const irm_shapes *const *)p->parts, p->n_parts, &all, error));
    irm_status status = irm_shapes_dissolve(all, p->group, n_groups, merged, error);
    irm_shapes_free(all);
    return status;
}

typedef struct bounds {
    double xmin, ymin, xmax, ymax;
} bounds;

static bounds bounds_of(const irm_shapes *shapes, size_t index) {
    bounds b;
    irm_shape_bounds(irm_shapes_get(shapes, index), &b.xmin, &b.ymin, &b.xmax, &b.ymax);
    return b;
}

static bool meet(bounds a, bounds b) {
    return a.xmin <= b.xmax && b.xmin <= a.xmax && a.ymin <= b.ymax && b.ymin <= a.ymax;
}

static bounds around_both(bounds a, bounds b) {
    return (bounds){fmin(a.xmin, b.xmin), fmin(a.ymin, b.ymin), fmax(a.xmax, b.xmax),
                    fmax(a.ymax, b.ymax)};
}

/* The frame of what a table draws, in its own coordinates, and a tenth around. */
static bounds frame_of(const map_table *table, const irm_shapes *shapes) {
    bounds frame = {NAN, NAN, NAN, NAN};
    for (size_t row = 0; row < table->keys.n_rows; row++) {
        if (table->place[row] >= 0) {
            frame = around_both(frame, bounds_of(shapes, row));
        }
    }
    double margin = 0.1 * fmax(frame.xmax - frame.xmin, frame.ymax - frame.ymin);
    return (bounds){frame.xmin - margin, frame.ymin - margin, frame.xmax + margin,
                    frame.ymax + margin};
}

/* Group of a neighbour: itself on a map of communes, its département on the others. */
static int32_t neighbour_group(const map_request *request, const irm_level *departments,
                               const map_table *table, size_t row) {
    int32_t unit = table->unit[row];
    if (table->by_level || unit < 0) {
        return -1;
    }
    return request->level == request->communes ? unit : departments->of_commune[unit];
}

/* What a build needs from step to step. */
typedef struct build {
    const irm_store *store;
    map_request request;
    map_tables tables;
    const irm_level *departments;
    const char *projection;
    bool *lacking; /* by commune: has no shape of its own */
    bool *shown;   /* by commune: is drawn, or shown as a neighbour */
    bounds frame;  /* of what is drawn, in the coordinates of the first table */
    pile drawn, around;
    irm_error *error;
} build;

static const char *crs_of(const map_table *table) {
    const char *crs = irm_attributes_get(&table->schema->attributes, "crs");
    return crs != NULL ? crs : "";
}

/* Copies some rows of a table, projects them and adds them to a pile. */
static irm_status add_rows(build *b, const map_table *table, const irm_shapes *shapes,
                           const size_t *rows, const int32_t *groups, size_t n, pile *to) {
    irm_shapes *part = NULL;
    IRM_TRY(irm_shapes_select(shapes, rows, n, &part, b->error));
    irm_status status = irm_shapes_project(part, crs_of(table), b->projection, b->error);
    if (status != IRM_OK) {
        irm_error_prefix(b->error, "table %s: ", table->schema->name);
    } else {
        status = pile_add(to, part, groups, b->error);
    }
    if (status != IRM_OK) {
        irm_shapes_free(part);
    }
    return status;
}

/* A neighbour is a commune of no territory asked for, not shown yet, that meets the frame;
 * overseas, a layer for drawing has moved it. */
static bool is_neighbour(const build *b, const map_table *table, const irm_shapes *shapes,
                         size_t row, bounds frame) {
    int32_t unit = table->unit[row];
    if (table->by_level || unit < 0 || b->shown[unit] ||
        map_request_of_commune(&b->request, unit) >= 0) {
        return false;
    }
    const char *code = b->request.communes->items[unit].code;
    bool moved = !table->exact && b->tables.items[0].exact && strncmp(code, "97", 2) == 0;
    return !moved && meet(frame, bounds_of(shapes, row));
}

static void mark_shown(build *b, const map_table *table, const size_t *rows, size_t n) {
    for (size_t i = 0; i < n && !table->by_level; i++) {
        b->shown[table->unit[rows[i]]] = true;
    }
}

static irm_status add_shapes(build *b, const map_table *table, const irm_shapes *shapes) {
    size_t n_rows = table->keys.n_rows, n = 0, m = 0;
    size_t *rows = irm_calloc(n_rows, 2 * sizeof *rows);
    int32_t *groups = irm_calloc(n_rows, 2 * sizeof *groups);
    irm_status status = IRM_OK;
    if (rows == NULL || groups == NULL) {
        status = irm_fail_memory(b->error);
        goto cleanup;
    }
    bool first = b->drawn.n_parts == 0, draws = table < b->tables.items + b->tables.n_drawn;
    bounds frame = draws ? frame_of(table, shapes) : b->frame;
    if (draws && strcmp(crs_of(table), crs_of(&b->tables.items[0])) == 0) {
        b->frame = first ? frame : around_both(b->frame, frame);
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (table->place[row] >= 0) {
            rows[n] = row;
            groups[n++] = table->place[row];
        } else if (is_neighbour(b, table, shapes, row, frame)) {
            int32_t group = neighbour_group(&b->request, b->departments, table, row);
            rows[n_rows + m] = row;
            groups[n_rows + m] = group;
            m += group >= 0;
        }
    }
    mark_shown(b, table, rows, n);
    mark_shown(b, table, rows + n_rows, m);
    if (n > 0) {
        status = add_rows(b, table, shapes, rows, groups, n, &b->drawn);
    }
    if (status == IRM_OK && m > 0) {
        status = add_rows(b, table, shapes, rows + n_rows, groups + n_rows, m, &b->around);
    }
cleanup:
    irm_free(rows);
    irm_free(groups);
    return status;
}

static irm_status add_table(build *b, const map_table *table) {
    const char *columns[] = {"geometry"};
    irm_table read = {0};
    irm_column *column = NULL;
    irm_shapes *shapes = NULL;
    irm_status status =
        irm_store_read(b->store, table->schema->name, columns, 1, &read, b->error);
    if (status == IRM_OK) {
        status = irm_table_need(&read, "geometry", &column, b->error);
    }
    if (status == IRM_OK) {
        status = irm_shapes_new(column, read.n_rows, &shapes, b->error);
    }
    irm_table_clear(&read);
    if (status == IRM_OK) {
        status = add_shapes(b, table, shapes);
    }
    irm_shapes_free(shapes);
    return status;
}

/* Neighbours keep only the groups that there are, in their order. */
static irm_status finish_context(build *b, irm_map_layer *layer) {
    bool alone = b->request.level == b->request.communes;
    size_t n_all = alone ? b->request.communes->count : b->departments->count, n = 0;
    int32_t *renumbered = irm_calloc(n_all, sizeof *renumbered);
    if (renumbered == NULL) {
        return irm_fail_memory(b->error);
    }
    for (size_t i = 0; i < b->around.n_shapes; i++) {
        renumbered[b->around.group[i]] = 1;
    }
    for (size_t g = 0; g < n_all; g++) {
        renumbered[g] = renumbered[g] != 0 ? (int32_t)n++ : -1;
    }
    for (size_t i = 0; i < b->around.n_shapes; i++) {
        b->around.group[i] = renumbered[b->around.group[i]];
    }
    irm_free(renumbered);
    return n == 0 ? IRM_OK : pile_dissolve(&b->around, n, &layer->context, b->error);
}

/* Outlines published for a level are those of their own year: an EPCI may have changed
 * since, a département has not. */
static bool is_outdated(const build *b) {
    const char *level = b->request.level->id;
    bool lasting = strcmp(level, "dep") == 0 || strcmp(level, "reg") == 0;
    const map_table *table = &b->tables.items[0];
    return table->by_level && !lasting &&
           table->year != irm_geography_year(b->request.geography);
}

/* A layer later than the geography draws communes that have grown since; it is known where
 * others have vanished, in the same département: no area is given there. */
static void doubt_grown(const build *b, bool *doubtful) {
    int year = irm_geography_year(b->request.geography);
    bool later = false;
    for (size_t t = 0; t < b->tables.n_drawn; t++) {
        later = later || b->tables.items[t].year > year;
    }
    const irm_level *communes = b->request.communes;
    bool *incomplete = irm_calloc(b->departments->count, sizeof *incomplete);
    for (size_t c = 0; c < communes->count && incomplete != NULL; c++) {
        int32_t department = b->departments->of_commune[c];
        if (department >= 0 && b->lacking[c]) {
            incomplete[department] = true;
        }
    }
    for (size_t c = 0; c < communes->count; c++) {
        int32_t department = b->departments->of_commune[c];
        int32_t place = map_request_of_commune(&b->request, (int32_t)c);
        if (place >= 0 && department >= 0) {
            bool vanished = incomplete == NULL || incomplete[department];
            doubtful[place] = doubtful[place] || b->lacking[c] || (later && vanished);
        }
    }
    irm_free(incomplete);
}

static irm_status measure(const build *b, irm_map_layer *layer) {
    size_t count = b->request.count;
    bool *doubtful = irm_calloc(count, sizeof *doubtful);
    layer->area = irm_calloc(count, sizeof *layer->area);
    if (doubtful == NULL || layer->area == NULL) {
        irm_free(doubtful);
        return irm_fail_memory(b->error);
    }
    doubt_grown(b, doubtful);
    for (size_t i = 0; i < count; i++) {
        irm_shape shape = irm_shapes_get(layer->shapes, i);
        const char *own = b->request.projection[i];
        bool legal = own != NULL && strcmp(own, b->projection) == 0;
        bool known = b->tables.items[0].exact && legal && !doubtful[i] &&
                     !is_outdated(b) && shape.n_rings > 0;
        layer->area[i] = known ? irm_shape_area(shape) / 1e6 : NAN;
    }
    irm_free(doubtful);
    return IRM_OK;
}

static void report(const build *b, irm_map_layer *layer, const int32_t *items,
                   const irm_reporter *reporter) {
    irm_buffer names = {0};
    for (size_t i = 0; i < b->request.count; i++) {
        if (irm_shapes_get(layer->shapes, i).n_rings > 0) {
            continue;
        }
        if (layer->missing++ < 5) {
            const irm_territory *item = &b->request.level->items[items[i]];
            irm_buffer_format(&names, "%s%s (%s)", layer->missing > 1 ? ", " : "",
                              item->name, item->code);
        }
    }
    if (layer->missing > 0) {
        irm_warn(reporter, "%zu territories of level %s have no shape in %s: %s%s",
                 layer->missing, b->request.level->id, layer->table,
                 names.data != NULL ? names.data : "", layer->missing > 5 ? ", …" : "");
    }
    irm_buffer_clear(&names);
}

/* The table that is read for the neighbours alone: the largest of the same coordinates, and
 * only that one, since a country may come in a hundred tables. NULL for none, and where
 * most of the country is drawn already. */
static const map_table *neighbours_of(const build *b) {
    const map_table *best = NULL;
    size_t asked = 0;
    for (size_t i = 0; i < b->request.count; i++) {
        asked += b->request.n_communes[i];
    }
    if (2 * asked >= b->request.communes->count) {
        return NULL;
    }
    for (size_t t = b->tables.n_drawn; t < b->tables.count; t++) {
        const map_table *table = &b->tables.items[t];
        if (strcmp(crs_of(table), crs_of(&b->tables.items[0])) == 0 &&
            (best == NULL || table->keys.n_rows > best->keys.n_rows)) {
            best = table;
        }
    }
    return best;
}

/* A territory may be drawn without a few of its communes: they have merged into others of
 * the layer, or lie outside it. */
static void report_communes(const build *b, const irm_map_layer *layer,
                            const irm_reporter *reporter) {
    const irm_level *communes = b->request.communes;
    irm_buffer names = {0};
    size_t n = 0;
    for (size_t c = 0; c < communes->count && b->request.level != communes; c++) {
        int32_t place = map_request_of_commune(&b->request, (int32_t)c);
        bool drawn = place >= 0 && irm_shapes_get(layer->shapes, (size_t)place).n_rings > 0;
        if (drawn && b->lacking[c] && n++ < 5) {
            irm_buffer_format(&names, "%s%s (%s)", n > 1 ? ", " : "",
                              communes->items[c].name, communes->items[c].code);
        }
    }
    if (n > 0) {
        irm_warn(reporter, "%zu communes of the territories drawn have no shape of their own "
                 "in %s: %s%s", n, layer->table, names.data != NULL ? names.data : "",
                 n > 5 ? ", …" : "");
    }
    irm_buffer_clear(&names);
}

static irm_status draw(build *b, irm_map_layer *layer, const int32_t *items,
                       const irm_reporter *reporter) {
    irm_status status = map_tables_choose(&b->tables, &b->request, b->lacking, b->error);
    if (status != IRM_OK) {
        return status;
    }
    /* What is for drawing only is drawn in the projection of the mainland. */
    bool legal = b->request.common != NULL && b->tables.items[0].exact;
    b->projection = legal ? b->request.common : "EPSG:2154";
    snprintf(layer->projection, sizeof layer->projection, "%s", b->projection);
    layer->moved = !b->tables.items[0].exact;
    layer->table = irm_strdup(b->tables.items[0].schema->name);
    b->drawn.parts = irm_calloc(b->tables.count, sizeof *b->drawn.parts);
    b->around.parts = irm_calloc(b->tables.count, sizeof *b->around.parts);
    if (layer->table == NULL || b->drawn.parts == NULL || b->around.parts == NULL) {
        return irm_fail_memory(b->error);
    }
    for (size_t t = 0; t < b->tables.n_drawn; t++) {
        IRM_TRY(add_table(b, &b->tables.items[t]));
    }
    const map_table *neighbours = neighbours_of(b);
    if (neighbours != NULL) {
        IRM_TRY(add_table(b, neighbours));
    }
    IRM_TRY(pile_dissolve(&b->drawn, b->request.count, &layer->shapes, b->error));
    IRM_TRY(finish_context(b, layer));
    IRM_TRY(measure(b, layer));
    report(b, layer, items, reporter);
    report_communes(b, layer, reporter);
    return IRM_OK;
}

irm_status irm_map_layer_new(const irm_store *store, const irm_geography *geography,
                             const irm_level *level, const int32_t *items, size_t count,
                             const irm_reporter *reporter, irm_map_layer **layer,
                             irm_error *error) {
    build b = {.store = store, .error = error};
    *layer = NULL;
    if (count == 0) {
        return irm_fail(error, IRM_STATUS_USAGE, "a map of no territory");
    }
    IRM_TRY(irm_geography_need_level(geography, "dep", &b.departments, error));
    IRM_TRY(map_request_init(&b.request, geography, level, items, count, error));
    irm_map_layer *made = irm_calloc(1, sizeof *made);
    b.lacking = irm_calloc(b.request.communes->count, sizeof *b.lacking);
    b.shown = irm_calloc(b.request.communes->count, sizeof *b.shown);
    irm_status status = made == NULL || b.lacking == NULL || b.shown == NULL
                            ? irm_fail_memory(error)
                            : map_tables_find(store, &b.request, &b.tables, error);
    if (status == IRM_OK) {
        status = draw(&b, made, items, reporter);
    }
    pile_clear(&b.drawn);
    pile_clear(&b.around);
    map_tables_clear(&b.tables);
    map_request_clear(&b.request);
    irm_free(b.lacking);
    irm_free(b.shown);
    if (status != IRM_OK) {
        irm_map_layer_free(made);
        return status;
    }
    *layer = made;
    return IRM_OK;
}

void irm_map_layer_free(irm_map_layer *layer) {
    if (layer == NULL) {
        return;
    }
    irm_shapes_free(layer->shapes);
    irm_shapes_free(layer->context);
    irm_free(layer->table);
    irm_free(layer->area);
    irm_free(layer);
}

const irm_shapes *irm_map_layer_shapes(const irm_map_layer *layer) { return layer->shapes; }

const irm_shapes *irm_map_layer_context(const irm_map_layer *layer) {
    return layer->context;
}

const char *irm_map_layer_table(const irm_map_layer *layer) { return layer->table; }

const char *irm_map_layer_projection(const irm_map_layer *layer) {
    return layer->projection;
}

bool irm_map_layer_moved(const irm_map_layer *layer) { return layer->moved; }

size_t irm_map_layer_missing(const irm_map_layer *layer) { return layer->missing; }

double irm_map_layer_area(const irm_map_layer *layer, size_t index) {
    return layer->area[index];
}
