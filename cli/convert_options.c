#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "irminon/files.h"
#include "irminon/memory.h"

void convert_columns_clear(convert_columns *columns) {
    for (size_t i = 0; i < columns->count; i++) {
        irm_free((char *)columns->items[i].name);
        irm_free((char *)columns->items[i].numerator);
        irm_free((char *)columns->items[i].denominator);
    }
    irm_free(columns->items);
    *columns = (convert_columns){0};
}

static irm_status entry_for(convert_columns *columns, const irm_table *table,
                            const char *name, irm_convert_column **entry,
                            irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_table_need(table, name, &column, error));
    for (size_t i = 0; i < columns->count; i++) {
        if (strcmp(columns->items[i].name, name) == 0) {
            *entry = &columns->items[i];
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&columns->items, &columns->capacity, columns->count + 1,
                        sizeof *columns->items, error));
    irm_convert_column *made = &columns->items[columns->count];
    *made = (irm_convert_column){.name = irm_strdup(name),
                                 .kind = IRM_KIND_END,
                                 .rule = columns->rule,
                                 .factor = 1};
    if (made->name == NULL) {
        return irm_fail_memory(error);
    }
    columns->count++;
    *entry = made;
    return IRM_OK;
}

static irm_status set_kind(cli_context *context, convert_columns *columns,
                           const irm_table *table, const char *name, irm_kind kind,
                           irm_error *error) {
    irm_convert_column *entry;
    IRM_TRY(entry_for(columns, table, name, &entry, error));
    if (irm_table_column(table, name)->type != IRM_COLUMN_NUMBER) {
        return cli_usage_error(error, context->verb, "column %s is not of numbers", name);
    }
    entry->kind = kind;
    return IRM_OK;
}

static irm_status set_kinds(cli_context *context, convert_columns *columns,
                            const irm_table *table, const char *option, irm_kind kind,
                            irm_error *error) {
    const char *list = cli_get(context, option);
    const char **names = NULL;
    size_t n = 0;
    if (list == NULL) {
        return IRM_OK;
    }
    if (strcmp(list, "all") == 0) {
        for (size_t i = 0; i < table->n_columns; i++) {
            if (table->columns[i].type == IRM_COLUMN_NUMBER) {
                IRM_TRY(set_kind(context, columns, table, table->columns[i].name, kind,
                                 error));
            }
        }
        return IRM_OK;
    }
    IRM_TRY(cli_split(list, &names, &n, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        status = set_kind(context, columns, table, names[i], kind, error);
    }
    irm_free(names);
    return status;
}

static bool parse_rule(const char *text, irm_category_rule *rule) {
    static const char *const names[] = {"mixed", "majority", "absorbing"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *rule = (irm_category_rule)i;
            return true;
        }
    }
    return false;
}

static irm_status set_rule(cli_context *context, convert_columns *columns,
                           const irm_table *table, const char *word, irm_error *error) {
    const char *colon = strrchr(word, ':');
    irm_category_rule rule;
    if (!parse_rule(colon != NULL ? colon + 1 : word, &rule)) {
        return cli_usage_error(error, context->verb,
                               "--categories wants COLUMN:RULE, where RULE is majority, "
                               "absorbing or mixed, not '%s'",
                               word);
    }
    if (colon == NULL) {
        columns->rule = rule;
        return IRM_OK;
    }
    char *name = irm_strndup(word, (size_t)(colon - word));
    irm_convert_column *entry;
    irm_status status = name != NULL ? entry_for(columns, table, name, &entry, error)
                                     : irm_fail_memory(error);
    if (status == IRM_OK && irm_table_column(table, name)->type != IRM_COLUMN_CATEGORY) {
        status =
            cli_usage_error(error, context->verb, "column %s is not of categories", name);
    } else if (status == IRM_OK) {
        entry->rule = rule;
        entry->kind = IRM_KIND_CATEGORY;
    }
    irm_free(name);
    return status;
}

/* A rule without a column is for all others: it is read first. */
static irm_status set_rules(cli_context *context, convert_columns *columns,
                            const irm_table *table, bool general, irm_error *error) {
    const char *list = cli_get(context, "categories");
    const char **words = NULL;
    size_t n = 0;
    if (list == NULL) {
        return IRM_OK;
    }
    IRM_TRY(cli_split(list, &words, &n, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        if ((strchr(words[i], ':') == NULL) == general) {
            status = set_rule(context, columns, table, words[i], error);
        }
    }
    irm_free(words);
    return status;
}

/* "TAUX=100*A/B" */
static irm_status set_ratio(cli_context *context, convert_columns *columns,
                            const irm_table *table, const char *text, irm_error *error) {
    char *name = irm_strdup(text);
    if (name == NULL) {
        return irm_fail_memory(error);
    }
    char *equals = strchr(name, '=');
    char *slash = equals != NULL ? strchr(equals, '/') : NULL;
    char *star = equals != NULL ? strchr(equals, '*') : NULL, *end = NULL;
    double factor = star != NULL ? strtod(equals + 1, &end) : 1;
    bool good = slash != NULL && slash[1] != '\0' && (star == NULL || end == star);
    irm_status status = IRM_OK;
    if (!good) {
        status =
            cli_usage_error(error, context->verb,
                            "--ratio wants RATIO=NUMERATOR/DENOMINATOR, with a factor "
                            "(100*…) or none, not '%s'",
                            text);
    } else {
        *equals = *slash = '\0';
        irm_convert_column *entry;
        status = entry_for(columns, table, name, &entry, error);
        if (status == IRM_OK) {
            irm_free((char *)entry->numerator);
            irm_free((char *)entry->denominator);
            entry->kind = IRM_KIND_RATIO;
            entry->factor = factor;
            entry->numerator = irm_strdup(star != NULL ? star + 1 : equals + 1);
            entry->denominator = irm_strdup(slash + 1);
            status = entry->numerator != NULL && entry->denominator != NULL
                         ? IRM_OK
                         : irm_fail_memory(error);
        }
    }
    irm_free(name);
    return status;
}

irm_status convert_columns_read(cli_context *context, const irm_table *table,
                                convert_columns *columns, irm_error *error) {
    IRM_TRY(set_rules(context, columns, table, true, error));
    IRM_TRY(set_kinds(context, columns, table, "counts", IRM_KIND_COUNT, error));
    IRM_TRY(set_kinds(context, columns, table, "medians", IRM_KIND_MEDIAN, error));
    IRM_TRY(set_rules(context, columns, table, false, error));
    const char *ratio;
    for (size_t i = 0; (ratio = cli_get_nth(context, "ratio", i)) != NULL; i++) {
        IRM_TRY(set_ratio(context, columns, table, ratio, error));
    }
    return IRM_OK;
}

void convert_file_dataset(const char *path, char *name, size_t size) {
    size_t used = 0;
    for (const char *p = irm_path_base(path); *p != '\0' && *p != '.' && used + 4 < size;
         p++) {
        name[used++] =
            isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '-';
    }
    snprintf(name + used, size - used, "@%d", 2000);
}

irm_status convert_account_paths(const char *asked, const char *output, char **report,
                                 char **changes, irm_error *error) {
    const char *beside = asked != NULL ? asked : output;
    if (beside == NULL || strcmp(beside, "-") == 0) {
        *report = irm_strdup("-");
        return *report != NULL ? IRM_OK : irm_fail_memory(error);
    }
    size_t stem = strlen(beside) - strlen(irm_path_extension(beside));
    irm_buffer first = {0}, second = {0};
    if (asked != NULL) {
        irm_buffer_text(&first, asked);
    } else {
        irm_buffer_format(&first, "%.*s.report.csv", (int)stem, beside);
    }
    irm_buffer_format(&second, "%.*s.changes.csv", (int)stem, beside);
    *report = irm_buffer_take(&first);
    *changes = irm_buffer_take(&second);
    return *report != NULL && *changes != NULL ? IRM_OK : irm_fail_memory(error);
}
