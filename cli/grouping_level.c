/* `tabulate --by LEVEL`: rows of a detail table by a level of the geography. */
#include <stdio.h>
#include <string.h>

#include "grouping_inside.h"
#include "irminon/memory.h"

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

/* Where the codes of a column lead: whether they are of communes, of IRIS (their first
 * five characters), or of a level all of whose territories lie in one of the wanted
 * level. */
typedef struct level_source {
    const irm_column *column;
    const char *upper;     /* the id of that level; NULL: communes or IRIS */
    const irm_level *from; /* it */
    bool iris;
} level_source;

static bool is_whole(const char *id) {
    return strcmp(id, "fr") == 0 || strcmp(id, "frm") == 0;
}

/* Than communes: only a column of their own tells where a row is. */
static bool is_finer(const char *id) {
    return strcmp(id, "iris") == 0 || strcmp(id, "arm") == 0;
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

/* ---- without a geography ---- */

/* Codes of communes that stand for the modalities of a column: themselves, the communes
 * of arrondissements, and for départements one of their own. */
typedef struct code_list {
    char (*codes)[8];
    size_t count, capacity;
} code_list;

static irm_status add_code(code_list *list, const char *code, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&list->codes, &list->capacity, list->count + 1,
                        sizeof *list->codes, error));
    snprintf(list->codes[list->count++], sizeof *list->codes, "%s", code);
    return IRM_OK;
}

/* Overseas places that are no département: in no sum of France. */
static bool is_overseas_place(const char *code) {
    return strncmp(code, "98", 2) == 0 || strncmp(code, "975", 3) == 0 ||
           strncmp(code, "977", 3) == 0 || strncmp(code, "978", 3) == 0;
}

static irm_status add_codes(code_list *list, const irm_dict *labels, bool departments,
                            irm_error *error) {
    irm_status status = IRM_OK;
    for (size_t i = 0; i < irm_dict_count(labels) && status == IRM_OK; i++) {
        const char *label = irm_dict_text(labels, (int32_t)i);
        char made[8];
        if (is_overseas_place(label)) {
            continue;
        }
        if (departments) {
            snprintf(made, sizeof made, "%.3s%s", label,
                     strlen(label) == 3 ? "01" : "001");
        } else {
            snprintf(made, sizeof made, "%.7s", label);
        }
        status = add_code(list, made, error);
    }
    for (const char *const *city = (const char *const[]){"13055", "69123", "75056", NULL};
         status == IRM_OK && !departments && *city != NULL; city++) {
        char department[4];
        irm_code_department(*city, department);
        bool met = false;
        for (size_t i = 0; i < list->count && !met; i++) {
            met = irm_code_is_arrondissement(list->codes[i]) &&
                  strncmp(list->codes[i], department, 2) == 0;
        }
        status = met ? add_code(list, *city, error) : IRM_OK;
    }
    return status;
}

/* Départements and France by the codes themselves. */
static irm_status geography_of_codes(const code_list *list, irm_geography **geography,
                                     irm_error *error) {
    const char **texts = irm_calloc(list->count + 1, sizeof *texts);
    if (texts == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < list->count; i++) {
        texts[i] = list->codes[i];
    }
    irm_status status =
        irm_geography_from_codes(texts, NULL, list->count, 0, geography, error);
    irm_free(texts);
    return status;
}

static irm_status read_codes(const cli_session *session, const char *table,
                             const level_source *source, irm_geography **geography,
                             irm_error *error) {
    irm_cursor *cursor;
    code_list list = {0};
    const char *name = source->column->name;
    IRM_TRY(irm_cursor_open(session->store, table, &name, 1, &cursor, error));
    irm_status status = add_codes(&list, irm_cursor_schema(cursor)->columns[0].categories,
                                  source->upper != NULL, error);
    if (status == IRM_OK) {
        status = geography_of_codes(&list, geography, error);
    }
    irm_free(list.codes);
    irm_cursor_free(cursor);
    return status;
}

/* The store's geography; without one, what the codes of the source tell by themselves. */
static irm_status open_geography(cli_session *session, const irm_table *schema,
                                 const level_source *source, const char *id,
                                 irm_error *error) {
    if (session->geography != NULL) {
        return IRM_OK;
    }
    irm_error why = {0};
    irm_status status = irm_geography_load(session->store, 0, &session->geography, &why);
    bool told = (strcmp(id, "dep") == 0 || is_whole(id)) && !source->iris &&
                (source->upper == NULL || strcmp(source->upper, "dep") == 0);
    if (status == IRM_STATUS_NOT_FOUND && told) {
        return read_codes(session, schema->name, source, &session->geography, error);
    }
    return status == IRM_OK
               ? IRM_OK
               : irm_fail(error, status, "%s by %s: %s", schema->name, id, why.message);
}

/* ---- with one ---- */

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
    int32_t commune = irm_geography_place(geography, source->iris ? code : label, NULL);
    int32_t in =
        commune < 0 || level->of_commune == NULL ? -1 : level->of_commune[commune];
    return in < 0 ? "" : level->items[in].code;
}

/* How many of the 96 départements of metropolitan France have codes among these. */
static size_t departments_met(const irm_dict *labels) {
    bool met[100] = {false};
    size_t count = 0;
    for (size_t i = 0; i < irm_dict_count(labels); i++) {
        const char *code = irm_dict_text(labels, (int32_t)i);
        if (strncmp(code, "2A", 2) == 0 || strncmp(code, "2B", 2) == 0) {
            met[code[1] == 'A' ? 20 : 96] = true;
        } else if (strlen(code) >= 2 && strspn(code, "0123456789") >= 2) {
            int number = 10 * (code[0] - '0') + code[1] - '0';
            met[number] = met[number] || (number >= 1 && number <= 95);
        }
    }
    for (size_t i = 0; i < sizeof met / sizeof *met; i++) {
        count += met[i];
    }
    return count;
}

/* What placing codes met. */
typedef struct placed {
    size_t nowhere;     /* codes in no territory of the level */
    size_t departments; /* of metropolitan France, that have some */
} placed;

static irm_status place_labels(cli_session *session, const char *table,
                               const level_source *source, const irm_level *level,
                               cli_grouping *to, irm_regroup *regroup, placed *how,
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
        how->nowhere += in[0] == '\0';
        status = grouping_add_pair(to, &list, irm_view_of(label), irm_view_of(in), error);
    }
    how->departments = departments_met(labels);
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

bool grouping_is_level(const char *text) {
    static const char *const ids[] = {"com", "epci", "dep", "reg", "fr", "frm", "can",
                                      "arr", "bv",   "ze",  "aav", "uu", "arm", "iris"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(ids[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Where the codes of the source are, said where some of them are nowhere, or a part of
 * France is all there is. */
static irm_status group_by_places(cli_context *context, cli_session *session,
                                  const irm_table *schema, const level_source *source,
                                  const irm_level *level, cli_grouping *to,
                                  irm_error *error) {
    enum { METROPOLITAN = 96 };
    irm_regroup *regroup = grouping_add(to, source->column->name, error);
    if (regroup == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    placed how = {0};
    regroup->name = grouping_own(to, level->id, strlen(level->id));
    IRM_TRY(place_labels(session, schema->name, source, level, to, regroup, &how, error));
    if (how.nowhere > 0) {
        irm_warn(&context->reporter,
                 "%zu codes of %s are in no territory of level %s: their rows are on the "
                 "lines without a code",
                 how.nowhere, source->column->name, level->id);
    }
    bool departments = source->upper == NULL || strcmp(source->upper, "dep") == 0;
    if (is_whole(level->id) && departments && how.departments < METROPOLITAN) {
        irm_warn(&context->reporter,
                 "%s has records of %zu of the 96 départements of metropolitan France: "
                 "what is told of %s is of them alone",
                 schema->name, how.departments, level->id);
    }
    return IRM_OK;
}

/* The level, and the level that the source's codes are of where they are not of communes.
 */
static irm_status find_levels(cli_session *session, const irm_table *schema,
                              const char *id, level_source *source,
                              const irm_level **level, irm_error *error) {
    IRM_TRY(open_geography(session, schema, source, id, error));
    if (source->upper != NULL) {
        IRM_TRY(irm_geography_need_level(session->geography, source->upper, &source->from,
                                         error));
    }
    IRM_TRY(irm_geography_need_level(session->geography, id, level, error));
    return (*level)->of_commune == NULL /* finer than communes */
               ? refuse_level(schema, id, error)
               : IRM_OK;
}

irm_status grouping_by_level(cli_context *context, cli_session *session,
                             const irm_table *schema, const char *id, cli_grouping *to,
                             irm_error *error) {
    const irm_level *level = NULL;
    level_source source = {.column = column_of_level(schema, id)};
    bool own = source.column != NULL;
    if (!own) {
        if (is_finer(id) || !find_source(schema, id, &source)) {
            return refuse_level(schema, id, error);
        }
        IRM_TRY(find_levels(session, schema, id, &source, &level, error));
    }
    to->by[to->n_by++] = source.column->name;
    if (grouping_has(to, source.column->name)) {
        return cli_usage_error(error, context->verb, "%s is grouped twice",
                               source.column->name);
    }
    return own ? IRM_OK
               : group_by_places(context, session, schema, &source, level, to, error);
}
