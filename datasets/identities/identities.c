#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/identity.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static const char *variable_of(const irm_column *column) {
    return column->type == IRM_COLUMN_NUMBER
               ? irm_attributes_get(&column->attributes, "variable")
               : NULL;
}

static int year_of(const irm_column *column) {
    return (int)irm_attributes_integer(&column->attributes, "year", 0);
}

/* The column of a variable at a year; n_columns when there is none. */
static size_t column_of(const irm_table *schema, const char *name, int year) {
    size_t i = 0;
    for (; i < schema->n_columns; i++) {
        const char *variable = variable_of(&schema->columns[i]);
        if (variable != NULL && strcmp(variable, name) == 0 &&
            year_of(&schema->columns[i]) == year) {
            break;
        }
    }
    return i;
}

static irm_status add_row_identity(const irm_table *schema, const irm_identity *identity,
                                   int year, irm_identities *to, size_t *capacity,
                                   irm_error *error) {
    size_t *columns = irm_calloc(identity->n_terms, sizeof *columns);
    if (columns == NULL) {
        return irm_fail_memory(error);
    }
    bool all = true;
    for (size_t i = 0; i < identity->n_terms; i++) {
        columns[i] = column_of(schema, identity->names[i], year);
        all = all && columns[i] < schema->n_columns;
    }
    irm_status status = IRM_OK;
    if (all) {
        status = irm_reserve((void **)&to->rows, capacity, to->n_rows + 1,
                             sizeof *to->rows, error);
    }
    if (!all || status != IRM_OK) {
        irm_free(columns);
        return status;
    }
    to->rows[to->n_rows++] = (irm_row_identity){identity, columns, year};
    return IRM_OK;
}

/* Once for each year of the first variable; what the others lack is found then. */
static irm_status resolve(const irm_table *schema, irm_identities *to, irm_error *error) {
    size_t capacity = 0;
    for (size_t d = 0; d < to->n_declared; d++) {
        const irm_identity *identity = &to->declared[d];
        for (size_t c = 0; c < schema->n_columns; c++) {
            const char *variable = variable_of(&schema->columns[c]);
            if (variable != NULL && strcmp(variable, identity->names[0]) == 0) {
                IRM_TRY(add_row_identity(schema, identity, year_of(&schema->columns[c]),
                                         to, &capacity, error));
            }
        }
    }
    return IRM_OK;
}

irm_status irm_identities_read(const irm_table *schema, irm_identities *identities,
                               irm_error *error) {
    const char *lines = irm_attributes_get(&schema->attributes, "identities");
    size_t capacity = 0;
    irm_status status = IRM_OK;
    *identities = (irm_identities){0};
    while (status == IRM_OK && lines != NULL && *lines != '\0') {
        size_t size = strcspn(lines, "\n");
        char *line = irm_strndup(lines, size);
        status = line == NULL ? irm_fail_memory(error)
                              : irm_reserve((void **)&identities->declared, &capacity,
                                            identities->n_declared + 1,
                                            sizeof *identities->declared, error);
        if (status == IRM_OK) {
            status = irm_identity_parse(
                line, &identities->declared[identities->n_declared], error);
            identities->n_declared += status == IRM_OK;
        }
        irm_free(line);
        lines += size + (lines[size] == '\n');
    }
    if (status == IRM_OK) {
        status = resolve(schema, identities, error);
    }
    if (status != IRM_OK) {
        irm_identities_clear(identities);
    }
    return status;
}

void irm_identities_clear(irm_identities *identities) {
    for (size_t i = 0; i < identities->n_rows; i++) {
        irm_free(identities->rows[i].columns);
    }
    for (size_t i = 0; i < identities->n_declared; i++) {
        irm_identity_clear(&identities->declared[i]);
    }
    irm_free(identities->rows);
    irm_free(identities->declared);
    *identities = (irm_identities){0};
}

static bool touches(const irm_row_identity *row, const uint8_t *members) {
    for (size_t i = 0; i < row->identity->n_terms; i++) {
        if (members[row->columns[i]]) {
            return true;
        }
    }
    return false;
}

bool irm_identities_members(const irm_identities *identities, size_t n_columns,
                            size_t column, uint8_t *members) {
    memset(members, 0, n_columns);
    members[column] = 1;
    size_t count = 1, before = 0;
    while (count != before) {
        before = count;
        for (size_t i = 0; i < identities->n_rows; i++) {
            const irm_row_identity *row = &identities->rows[i];
            for (size_t t = 0; touches(row, members) && t < row->identity->n_terms; t++) {
                count += members[row->columns[t]] == 0;
                members[row->columns[t]] = 1;
            }
        }
    }
    return count > 1;
}

void irm_narrowed_clear(irm_narrowed *narrowed) {
    irm_free(narrowed->rows);
    irm_free(narrowed->lower);
    irm_free(narrowed->upper);
    *narrowed = (irm_narrowed){0};
}
