/* The lists of the official geographic code: movements, their older form, communes since
 * 1943. */
#include <math.h>
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

bool history_is_old(const irm_table *schema) {
    static const char *const ids[] = {"DEP", "COM", "EFF", "MOD", "COMECH", "DEPANC"};
    return has_columns(schema, ids, 6);
}

/* Each event has a line on each side; one of them is read:
 *   200–220 restored or created, from the commune opposite, which keeps its code;
 *   300 suppressed, shared among those opposite;
 *   310–333 merged into the commune opposite (itself, for the one that gives its code);
 *   410, 411 another département, hence another code. */
static bool old_pair(int modality, const char *own, const char *opposite,
                     const char *former, const char **before, const char **after) {
    bool split = modality == 210 || modality == 220;
    bool merged = modality == 300 || (modality >= 310 && modality <= 312) ||
                  (modality >= 330 && modality <= 333);
    bool moved = (modality == 410 || modality == 411) && strlen(former) == 5;
    *before = split ? opposite : moved ? former : own;
    *after = merged ? opposite : own;
    return (split || merged || moved) && **before != '\0' && **after != '\0';
}

static irm_status take_old(irm_history *history, const irm_column **c, size_t row,
                           int *newest, irm_error *error) {
    irm_buffer own = {0};
    irm_buffer_format(&own, "%s%s", irm_column_label(c[0], row),
                      irm_column_label(c[1], row));
    const char *before = "", *after = "";
    int modality = atoi(irm_column_label(c[3], row));
    history_event event = {.forward = NAN, .backward = NAN};
    event.date = history_date(irm_column_label(c[2], row));
    irm_status status = own.failed ? irm_fail_memory(error) : IRM_OK;
    bool one = status == IRM_OK && event.date != 0 &&
               old_pair(modality, own.data, irm_column_label(c[4], row),
                        irm_column_label(c[5], row), &before, &after);
    if (one) {
        event.absorbs = modality >= 300 && modality < 400;
        *newest = event.date > *newest ? event.date : *newest;
        status = history_code(history, before, &event.before, error);
    }
    if (one && status == IRM_OK) {
        status = history_code(history, after, &event.after, error);
    }
    if (one && status == IRM_OK) {
        status = history_add(history, event, error);
    }
    if (one && status == IRM_OK && modality < 300) { /* the parent keeps the rest */
        event.after = event.before;
        status = history_add(history, event, error);
    }
    irm_buffer_clear(&own);
    return status;
}

irm_status history_read_old(irm_history *history, const irm_store *store,
                            const irm_table *schema, irm_error *error) {
    static const char *const ids[] = {"DEP", "COM", "EFF", "MOD", "COMECH", "DEPANC"};
    irm_table table = {0};
    const irm_column *columns[6];
    IRM_TRY(read_columns(store, schema, ids, 6, &table, columns, error));
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
