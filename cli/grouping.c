#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grouping_inside.h"
#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"

const char *grouping_own(cli_grouping *to, const char *text, size_t size) {
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

irm_status grouping_add_pair(cli_grouping *grouping, recode_list *list, irm_view from,
                             irm_view to, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&list->from, &list->from_capacity, list->n + 1,
                        sizeof *list->from, error));
    IRM_TRY(irm_reserve((void **)&list->to, &list->to_capacity, list->n + 1,
                        sizeof *list->to, error));
    list->from[list->n] = grouping_own(grouping, from.data, from.size);
    list->to[list->n] = grouping_own(grouping, to.data, to.size);
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
            IRM_TRY(grouping_add_pair(grouping, list, record->fields[0],
                                      record->fields[1], error));
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

irm_regroup *grouping_add(cli_grouping *to, const char *column, irm_error *error) {
    irm_regroup *grown = irm_realloc(to->regroups, to->n_regroups + 1, sizeof *grown);
    if (grown == NULL) {
        irm_fail_memory(error);
        return NULL;
    }
    to->regroups = grown;
    grown[to->n_regroups] = (irm_regroup){.column = column};
    return &grown[to->n_regroups++];
}

bool grouping_has(const cli_grouping *grouping, const char *column) {
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
        const char *name = grouping_own(to, text, (size_t)(equals - text));
        if (name == NULL) {
            return irm_fail_memory(error);
        }
        irm_column *column;
        IRM_TRY(irm_table_need(schema, name, &column, error));
        bool used = false;
        for (size_t k = 0; k < to->n_by; k++) {
            used = used || strcmp(to->by[k], name) == 0;
        }
        if (!used || grouping_has(to, name)) {
            return cli_usage_error(
                error, context->verb,
                used ? "%s is grouped twice" : "--recode %s: the column is not in --by",
                name);
        }
        irm_regroup *regroup = grouping_add(to, column->name, error);
        if (regroup == NULL) {
            return IRM_STATUS_NO_MEMORY;
        }
        IRM_TRY(read_recode(to, equals + 1, regroup, error));
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
    irm_regroup *regroup = grouping_add(to, column->name, error);
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
    char *item = (char *)grouping_own(to, text, strlen(text));
    if (item == NULL) {
        return irm_fail_memory(error);
    }
    char *colon = strrchr(item, ':');
    if (colon != NULL) {
        return by_band(context, schema, item, colon, to, error);
    }
    if (grouping_is_level(text)) {
        return grouping_by_level(context, session, schema, text, to, error);
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
