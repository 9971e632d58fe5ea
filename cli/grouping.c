#include "grouping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"

/* A copy that lives as long as the grouping; NULL: no memory. */
static const char *own(cli_grouping *to, const char *text, size_t size) {
    if (irm_reserve((void **)&to->texts, &to->texts_capacity, to->n_texts + 1,
                    sizeof *to->texts, NULL) != IRM_OK) {
        return NULL;
    }
    char *copy = irm_strndup(text, size);
    if (copy != NULL) {
        to->texts[to->n_texts++] = copy;
    }
    return copy;
}

/* --- recodes --- */

typedef struct recode_list {
    const char **from, **to;
    size_t n, from_capacity, to_capacity;
} recode_list;

static irm_status add_pair(cli_grouping *grouping, recode_list *list, irm_view from,
                           irm_view to, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&list->from, &list->from_capacity, list->n + 1,
                        sizeof *list->from, error));
    IRM_TRY(irm_reserve((void **)&list->to, &list->to_capacity, list->n + 1,
                        sizeof *list->to, error));
    list->from[list->n] = own(grouping, from.data, from.size);
    list->to[list->n] = own(grouping, to.data, to.size);
    if (list->from[list->n] == NULL || list->to[list->n] == NULL) {
        return irm_fail_memory(error);
    }
    list->n++;
    return IRM_OK;
}

static irm_status read_pairs(cli_grouping *grouping, irm_csv *csv, const char *path,
                             recode_list *list, irm_error *error) {
    const irm_csv_record *record;
    for (bool first = true;; first = false) {
        IRM_TRY(irm_csv_next(csv, &record, error));
        if (record == NULL) {
            return IRM_OK;
        }
        if (record->n_fields != 2) {
            return irm_fail_at(error, IRM_STATUS_DATA, path, record->line, 0, NULL,
                               "%zu fields; expected two, a modality and its group",
                               record->n_fields);
        }
        if (!first || !irm_view_equals(record->fields[0], "modality")) {
            IRM_TRY(
                add_pair(grouping, list, record->fields[0], record->fields[1], error));
        }
    }
}

static irm_status read_recode(cli_grouping *grouping, const char *path,
                              irm_regroup *regroup, irm_error *error) {
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    recode_list list = {0};
    irm_status status = irm_input_open(path, NULL, &input, error);
    if (status == IRM_OK) {
        status = irm_csv_open(input, NULL, &csv, error);
    }
    if (status == IRM_OK) {
        status = read_pairs(grouping, csv, path, &list, error);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    regroup->from = list.from;
    regroup->to = list.to;
    regroup->n = list.n;
    return status;
}

static irm_regroup *add_regroup(cli_grouping *to, const char *column, irm_error *error) {
    irm_regroup *grown = irm_realloc(to->regroups, to->n_regroups + 1, sizeof *grown);
    if (grown == NULL) {
        irm_fail_memory(error);
        return NULL;
    }
    to->regroups = grown;
    grown[to->n_regroups] = (irm_regroup){.column = column};
    return &grown[to->n_regroups++];
}

static bool is_grouped(const cli_grouping *grouping, const char *column) {
    for (size_t i = 0; i < grouping->n_regroups; i++) {
        if (strcmp(grouping->regroups[i].column, column) == 0) {
            return true;
        }
    }
    return false;
}

static irm_status read_recodes(cli_context *context, const irm_table *schema,
                               cli_grouping *to, irm_error *error) {
    const char *text;
    for (size_t i = 0; (text = cli_get_nth(context, "recode", i)) != NULL; i++) {
        const char *equals = strchr(text, '=');
        if (equals == NULL || equals == text || equals[1] == '\0') {
            return cli_usage_error(error, context->verb,
                                   "--recode %s: expected COLUMN=FILE", text);
        }
        const char *name = own(to, text, (size_t)(equals - text));
        if (name == NULL) {
            return irm_fail_memory(error);
        }
        irm_column *column;
        IRM_TRY(irm_table_need(schema, name, &column, error));
        bool used = false;
        for (size_t k = 0; k < to->n_by; k++) {
            used = used || strcmp(to->by[k], name) == 0;
        }
        if (!used || is_grouped(to, name)) {
            return cli_usage_error(error, context->verb,
                                   used ? "%s is grouped twice"
                                        : "--recode %s: the column is not in --by",
                                   name);
        }
        irm_regroup *regroup = add_regroup(to, column->name, error);
        if (regroup == NULL) {
            return IRM_STATUS_NO_MEMORY;
        }
        IRM_TRY(read_recode(to, equals + 1, regroup, error));
    }
    return IRM_OK;
}

/* --- levels --- */

static const irm_column *column_of_level(const irm_table *schema, const char *level) {
    for (size_t i = 0; i < schema->n_columns; i++) {
        const char *of = irm_attributes_get(&schema->columns[i].attributes, "level");
        if (schema->columns[i].type == IRM_COLUMN_CATEGORY && of != NULL &&
            strcmp(of, level) == 0) {
            return &schema->columns[i];
        }
    }
    return NULL;
}

/* Where the codes of a column lead: whether they are of communes, of IRIS (their first five
 * characters), or of a level all of whose territories lie in one of the wanted level. */
typedef struct level_source {
    const irm_column *column;
    const char *upper;     /* the id of that level; NULL: communes or IRIS */
    const irm_level *from; /* it */
    bool iris;
} level_source;

static bool is_whole(const char *id) {
    return strcmp(id, "fr") == 0 || strcmp(id, "frm") == 0;
}

static bool nests(const char *from, const char *to) {
    bool upper = strcmp(to, "reg") == 0 || is_whole(to);
    return (strcmp(from, "dep") == 0 && upper) ||
           (strcmp(from, "reg") == 0 && is_whole(to));
}

static bool find_source(const irm_table *schema, const char *level,
                        level_source *source) {
    *source = (level_source){.column = column_of_level(schema, "com")};
    if (source->column == NULL) {
        const char *const uppers[] = {"dep", "reg"};
        for (size_t i = 0; i < 2 && source->column == NULL; i++) {
            if (nests(uppers[i], level)) {
                source->column = column_of_level(schema, uppers[i]);
                source->upper = uppers[i];
            }
        }
    }
    if (source->column == NULL && strcmp(level, "com") == 0) {
        const irm_column *iris = irm_table_column(schema, "IRIS");
        source->iris = iris != NULL && iris->type == IRM_COLUMN_CATEGORY;
        source->column = source->iris ? iris : NULL;
    }
    return source->column != NULL;
}

/* The code of the territory of `level` that a code of the source is in, or "". */
static const char *place_label(const irm_geography *geography, const level_source *source,
                               const irm_level *level, const char *label) {
    if (source->from != NULL) {
        int32_t index = irm_level_find(source->from, label);
        size_t others;
        int32_t in = index < 0 ? -1
                               : irm_geography_main(geography, source->from, index, level,
                                                    NULL, &others);
        return in < 0 ? "" : level->items[in].code;
    }
    char code[6];
    snprintf(code, sizeof code, "%.5s", label);
    int32_t commune =
        irm_geography_place(geography, source->iris ? code : label, NULL);
    int32_t in = commune < 0 || level->of_commune == NULL ? -1
                                                          : level->of_commune[commune];
    return in < 0 ? "" : level->items[in].code;
}

static irm_status place_labels(cli_session *session, const char *table,
                               const level_source *source, const irm_level *level,
                               cli_grouping *to, irm_regroup *regroup, size_t *nowhere,
                               irm_error *error) {
    irm_cursor *cursor;
    const char *name = source->column->name;
    recode_list list = {0};
    IRM_TRY(irm_cursor_open(session->store, table, &name, 1, &cursor, error));
    const irm_dict *labels = irm_cursor_schema(cursor)->columns[0].categories;
    irm_status status = IRM_OK;
    for (size_t i = 0; i < irm_dict_count(labels) && status == IRM_OK; i++) {
        const char *label = irm_dict_text(labels, (int32_t)i);
        const char *in = place_label(session->geography, source, level, label);
        *nowhere += in[0] == '\0';
        status = add_pair(to, &list, irm_view_of(label), irm_view_of(in), error);
    }
    irm_cursor_free(cursor);
    regroup->from = list.from;
    regroup->to = list.to;
    regroup->n = list.n;
    regroup->others_missing = true;
    return status;
}

static irm_status refuse_level(const irm_table *schema, const char *level,
                               irm_error *error) {
    irm_buffer has = {0};
    for (size_t i = 0; i < schema->n_columns; i++) {
        const irm_column *column = &schema->columns[i];
        const char *of = irm_attributes_get(&column->attributes, "level");
        if (of != NULL) {
            irm_buffer_format(&has, "%s%s (level %s)", has.size > 0 ? ", " : "",
                              column->name, of);
        }
    }
    irm_fail(error, IRM_STATUS_REFUSED,
             "%s cannot be tabulated by %s: no column of it tells where a row is that "
             "finely; it has %s",
             schema->name, level, has.size > 0 ? has.data : "no territory at all");
    irm_buffer_clear(&has);
    return IRM_STATUS_REFUSED;
}

static bool is_level_id(const char *text) {
    static const char *const ids[] = {"com", "epci", "dep", "reg", "fr", "frm", "can",
                                      "arr", "bv",   "ze",  "aav", "uu", "arm", "iris"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(ids[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static irm_status by_level(cli_context *context, cli_session *session,
                           const irm_table *schema, const char *id, cli_grouping *to,
                           irm_error *error) {
    const irm_column *own_column = column_of_level(schema, id);
    const irm_level *level = NULL;
    level_source source = {.column = own_column};
    if (own_column == NULL) {
        if (!find_source(schema, id, &source)) {
            return refuse_level(schema, id, error);
        }
        if (session->geography == NULL) {
            IRM_TRY(irm_geography_load(session->store, 0, &session->geography, error));
        }
        if (source.upper != NULL) {
            IRM_TRY(irm_geography_need_level(session->geography, source.upper,
                                             &source.from, error));
        }
        IRM_TRY(irm_geography_need_level(session->geography, id, &level, error));
        if (level->of_commune == NULL) { /* finer than communes */
            return refuse_level(schema, id, error);
        }
    }
    to->by[to->n_by++] = source.column->name;
    if (is_grouped(to, source.column->name)) {
        return cli_usage_error(error, context->verb, "%s is grouped twice",
                               source.column->name);
    }
    if (level == NULL) {
        return IRM_OK;
    }
    irm_regroup *regroup = add_regroup(to, source.column->name, error);
    if (regroup == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    size_t nowhere = 0;
    regroup->name = own(to, id, strlen(id));
    IRM_TRY(place_labels(session, schema->name, &source, level, to, regroup, &nowhere,
                         error));
    if (nowhere > 0) {
        irm_warn(&context->reporter,
                 "%zu codes of %s are in no territory of level %s: their rows are on the "
                 "lines without a code",
                 nowhere, source.column->name, id);
    }
    return IRM_OK;
}

/* --- the list --- */

static irm_status by_band(const cli_context *context, const irm_table *schema, char *item,
                          char *colon, cli_grouping *to, irm_error *error) {
    char *end;
    unsigned long width = strtoul(colon + 1, &end, 10);
    irm_column *column;
    if (colon[1] < '1' || colon[1] > '9' || *end != '\0' || width > 1000000) {
        return cli_usage_error(error, context->verb,
                               "--by %s: expected a whole number after the colon", item);
    }
    *colon = '\0';
    IRM_TRY(irm_table_need(schema, item, &column, error));
    irm_regroup *regroup = add_regroup(to, column->name, error);
    if (regroup == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    regroup->band = (unsigned)width;
    to->by[to->n_by++] = column->name;
    return IRM_OK;
}

static irm_status read_item(cli_context *context, cli_session *session,
                            const irm_table *schema, const char *text, cli_grouping *to,
                            irm_error *error) {
    if (irm_table_column(schema, text) != NULL) {
        to->by[to->n_by++] = text;
        return IRM_OK;
    }
    char *item = (char *)own(to, text, strlen(text));
    if (item == NULL) {
        return irm_fail_memory(error);
    }
    char *colon = strrchr(item, ':');
    if (colon != NULL) {
        return by_band(context, schema, item, colon, to, error);
    }
    if (is_level_id(text)) {
        return by_level(context, session, schema, text, to, error);
    }
    irm_column *unused;
    return irm_table_need(schema, text, &unused, error);
}

irm_status cli_grouping_read(cli_context *context, cli_session *session,
                             const irm_table *schema, cli_grouping *grouping,
                             irm_error *error) {
    const char *by = cli_get(context, "by"), *cross = cli_get(context, "cross");
    size_t n = 0;
    if (by != NULL) {
        IRM_TRY(cli_split(by, &grouping->items, &n, error));
    }
    grouping->by = irm_calloc(n + 1, sizeof *grouping->by);
    if (grouping->by == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(read_item(context, session, schema, grouping->items[i], grouping, error));
    }
    if (cross != NULL) {
        IRM_TRY(read_item(context, session, schema, cross, grouping, error));
    }
    return read_recodes(context, schema, grouping, error);
}

void cli_grouping_clear(cli_grouping *grouping) {
    for (size_t i = 0; i < grouping->n_regroups; i++) {
        irm_free((void *)grouping->regroups[i].from);
        irm_free((void *)grouping->regroups[i].to);
    }
    for (size_t i = 0; i < grouping->n_texts; i++) {
        irm_free(grouping->texts[i]);
    }
    irm_free(grouping->texts);
    irm_free(grouping->regroups);
    irm_free(grouping->items);
    irm_free(grouping->by);
    *grouping = (cli_grouping){0};
}
