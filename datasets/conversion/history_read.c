/* The lists of the official geographic code: movements, their older form, communes since
 * 1943. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversion/history.h"
#include "geography/movement.h"
#include "geography/source.h"
#include "irminon/memory.h"

static bool has_columns(const irm_table *schema, const char *const *ids, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (source_variable(schema, ids[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Reads columns by their ids; columns[i] is lent by the table. */
static irm_status read_columns(const irm_store *store, const irm_table *schema,
                               const char *const *ids, size_t count, irm_table *table,
                               const irm_column **columns, irm_error *error) {
    const char *names[8];
    for (size_t i = 0; i < count; i++) {
        names[i] = source_variable(schema, ids[i])->name;
    }
    IRM_TRY(irm_store_read(store, schema->name, names, count, table, error));
    for (size_t i = 0; i < count; i++) {
        columns[i] = irm_table_column(table, names[i]);
        if (columns[i] == NULL) {
            irm_table_clear(table);
            return irm_fail(error, IRM_STATUS_INTERNAL, "table %s lost its columns",
                            schema->name);
        }
    }
    return IRM_OK;
}

/* The list published for 1 January of a year has all that took effect until then. */
static void cover(irm_history *history, const irm_table *schema, int first, int newest) {
    int vintage = (int)irm_attributes_integer(&schema->attributes, "vintage", 0);
    int year = newest / 10000 - (newest % 10000 < 101);
    history->first = first;
    history->last = vintage > 1943 && vintage < 2200 ? vintage : year;
}

/* ---- v_mvtcommune ----------------------------------------------------------------- */

bool history_is_movements(const irm_table *schema) {
    return movements_in(schema) && source_variable(schema, "TYPECOM_AV") != NULL &&
           source_variable(schema, "MOD") != NULL;
}

/* From commune to commune in full. Delegated and associated communes are parts of theirs:
 * what makes or ends one moves nobody. A list may end with a date to come. */
static irm_status take_movement(irm_history *history, const irm_column **c, size_t row,
                                int *newest, irm_error *error) {
    history_event event = {.forward = NAN, .backward = NAN};
    bool whole = strcmp(irm_column_label(c[3], row), "COM") == 0 &&
                 strcmp(irm_column_label(c[4], row), "COM") == 0;
    const char *before = irm_column_label(c[1], row),
               *after = irm_column_label(c[2], row);
    event.date = history_date(irm_column_label(c[0], row));
    if (!whole || *before == '\0' || *after == '\0' || event.date == 0) {
        return IRM_OK;
    }
    event.absorbs = irm_column_label(c[5], row)[0] == '3';
    *newest = event.date > *newest ? event.date : *newest;
    IRM_TRY(history_code(history, before, &event.before, error));
    IRM_TRY(history_code(history, after, &event.after, error));
    return history_add(history, event, error);
}

irm_status history_read_movements(irm_history *history, const irm_store *store,
                                  const irm_table *schema, irm_error *error) {
    static const char *const ids[] = {"DATE_EFF",   "COM_AV",     "COM_AP",
                                      "TYPECOM_AV", "TYPECOM_AP", "MOD"};
    irm_table table = {0};
    const irm_column *columns[6];
    IRM_TRY(read_columns(store, schema, ids, 6, &table, columns, error));
    irm_status status = IRM_OK;
    int newest = 0;
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        status = take_movement(history, columns, row, &newest, error);
    }
    cover(history, schema, 1943, newest);
    irm_table_clear(&table);
    return status;
}

/* ---- historiq --------------------------------------------------------------------- */

/* What a line of historiq says, of its own commune and of others. */
typedef struct old_line {
    int modality;
    char own[8];
    const char *opposite, *former; /* the commune opposite; the code before 41x */
    const char *chief, *past;      /* codes of the chief town after and before 500 */
} old_line;

/* Each event has a line on each side; one of them is read:
 *   200–220 restored or created, from the commune opposite, which keeps its code;
 *   300 suppressed, shared among those opposite;
 *   310–333 merged into the commune opposite (itself, for the one that gives its code);
 *   410, 411 another département, hence another code;
 *   500 another chief town, hence another code (a line for each part of the commune). */
static bool old_pair(const old_line *line, const char **before, const char **after) {
    int m = line->modality;
    bool split = m == 210 || m == 220, chief = m == 500;
    bool merged = m == 300 || (m >= 310 && m <= 312) || (m >= 330 && m <= 333);
    bool moved = (m == 410 || m == 411) && strlen(line->former) == 5;
    *before = split   ? line->opposite
              : moved ? line->former
              : chief ? line->past
                      : line->own;
    *after = merged ? line->opposite : chief ? line->chief : line->own;
    return (split || merged || moved || chief) && **before != '\0' && **after != '\0';
}

static irm_status add_old(irm_history *history, const char *before, const char *after,
                          history_event event, irm_error *error) {
    IRM_TRY(history_code(history, before, &event.before, error));
    IRM_TRY(history_code(history, after, &event.after, error));
    return history_add(history, event, error);
}

static irm_status take_old(irm_history *history, const irm_column **c, size_t row,
                           int *newest, irm_error *error) {
    const char *before, *after;
    history_event event = {.forward = NAN, .backward = NAN};
    old_line line = {.modality = atoi(irm_column_label(c[3], row)),
                     .opposite = irm_column_label(c[4], row),
                     .former = irm_column_label(c[5], row),
                     .chief = irm_column_label(c[6], row),
                     .past = irm_column_label(c[7], row)};
    snprintf(line.own, sizeof line.own, "%.3s%.3s", irm_column_label(c[0], row),
             irm_column_label(c[1], row));
    event.date = history_date(irm_column_label(c[2], row));
    if (event.date == 0 || !old_pair(&line, &before, &after)) {
        return IRM_OK;
    }
    *newest = event.date > *newest ? event.date : *newest;
    event.absorbs = line.modality >= 300 && line.modality < 400;
    IRM_TRY(add_old(history, before, after, event, error));
    if (line.modality < 300) { /* the parent keeps the rest */
        return add_old(history, before, before, event, error);
    }
    return event.absorbs ? add_old(history, after, after, event, error) : IRM_OK;
}

static const char *const old_columns[] = {"DEP",    "COM",    "EFF",    "MOD",
                                          "COMECH", "DEPANC", "C_LOFF", "C_LANC"};
enum { OLD_COLUMNS = sizeof old_columns / sizeof *old_columns };

bool history_is_old(const irm_table *schema) {
    return has_columns(schema, old_columns, OLD_COLUMNS);
}

irm_status history_read_old(irm_history *history, const irm_store *store,
                            const irm_table *schema, irm_error *error) {
    irm_table table = {0};
    const irm_column *columns[OLD_COLUMNS];
    IRM_TRY(
        read_columns(store, schema, old_columns, OLD_COLUMNS, &table, columns, error));
    irm_status status = IRM_OK;
    int newest = 0;
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        status = take_old(history, columns, row, &newest, error);
    }
    cover(history, schema, 1943, newest);
    irm_table_clear(&table);
    return status;
}

/* ---- v_commune_depuis_1943 -------------------------------------------------------- */

bool history_is_lives(const irm_table *schema) {
    static const char *const ids[] = {"COM", "LIBELLE", "DATE_DEBUT", "DATE_FIN"};
    return has_columns(schema, ids, 4);
}

irm_status history_read_lives(irm_history *history, const irm_store *store,
                              const irm_table *schema, irm_error *error) {
    static const char *const ids[] = {"COM", "LIBELLE", "DATE_DEBUT", "DATE_FIN"};
    const irm_column *c[4];
    IRM_TRY(read_columns(store, schema, ids, 4, &history->names, c, error));
    size_t n = history->names.n_rows;
    IRM_TRY(irm_reserve((void **)&history->lives, &history->lives_capacity, n,
                        sizeof *history->lives, error));
    for (size_t row = 0; row < n; row++) {
        history_life life = {.name = irm_column_label(c[1], row)};
        life.from = history_date(irm_column_label(c[2], row));
        life.until = history_date(irm_column_label(c[3], row));
        life.until = life.until == 0 ? 99990101 : life.until;
        IRM_TRY(history_code(history, irm_column_label(c[0], row), &life.code, error));
        history->lives[history->n_lives++] = life;
    }
    return history_index_lives(history, error);
}
