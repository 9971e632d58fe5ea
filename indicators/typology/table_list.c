#include <math.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "irminon/write.h"
#include "typology/tables.h"

void table_list_clear(table_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        irm_table_clear(list->items[i]);
        irm_free(list->items[i]);
    }
    *list = (table_list){0};
}

irm_status table_add_number(irm_table *table, const char *name, irm_column **column,
                            irm_error *error) {
    return irm_table_add(table, name, IRM_COLUMN_NUMBER, column, error);
}

irm_status table_list_add(table_list *list, const char *name, size_t n_rows,
                          const char *const *names, irm_table **table, irm_error *error) {
    if (list->count == TABLES_MOST) {
        return irm_fail(error, IRM_STATUS_INTERNAL, "more than %d tables", TABLES_MOST);
    }
    irm_table *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_table_init(made, name, n_rows, error);
    if (status != IRM_OK) {
        irm_table_clear(made);
        irm_free(made);
        return status;
    }
    list->items[list->count++] = made;
    for (size_t i = 0; names[i] != NULL; i++) {
        bool number = names[i][0] == '#';
        irm_column *column;
        IRM_TRY(irm_table_add(made, names[i] + number,
                              number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                              error));
    }
    *table = made;
    return IRM_OK;
}

irm_status table_put_text(irm_table *table, size_t column, size_t row, const char *text,
                          irm_error *error) {
    irm_column *at = &table->columns[column];
    return text == NULL
               ? IRM_OK
               : irm_dict_add(at->categories, irm_view_of(text), &at->codes[row], error);
}

void table_put_number(irm_table *table, size_t column, size_t row, double value) {
    table->columns[column].values[row] = isfinite(value) ? value : NAN;
}

static irm_status write_one(const irm_table *table, const char *folder,
                            const char *locale, irm_error *error) {
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/%s.csv", folder, table->name);
    irm_status status = path.failed ? irm_fail_memory(error)
                                    : irm_table_write(table, path.data, locale, error);
    irm_buffer_clear(&path);
    return status;
}

irm_status table_list_write(const table_list *list, const char *folder,
                            const char *locale, irm_error *error) {
    for (size_t i = 0; i < list->count; i++) {
        IRM_TRY(write_one(list->items[i], folder, locale, error));
    }
    char *path = irm_path_join(folder, "typology.h5");
    irm_status status = path == NULL
                            ? irm_fail_memory(error)
                            : irm_tables_write_hdf5((const irm_table *const *)list->items,
                                                    list->count, path, error);
    irm_free(path);
    return status;
}
