/* The tables that a typology is written as. */
#ifndef IRMINON_TYPOLOGY_TABLES_H
#define IRMINON_TYPOLOGY_TABLES_H

#include "irminon/typology.h"

enum { TABLES_MOST = 16 };

/* Tables being filled; clear when done. */
typedef struct table_list {
    irm_table *items[TABLES_MOST];
    size_t count;
} table_list;
void table_list_clear(table_list *list);
/* A new table, lent; its columns are added in the order of `names`, which ends with NULL:
 * a name that starts with '#' is of numbers. */
irm_status table_list_add(table_list *list, const char *name, size_t n_rows,
                          const char *const *names, irm_table **table, irm_error *error);
/* A column of numbers, whose name is formatted. */
irm_status table_add_number(irm_table *table, const char *name, irm_column **column,
                            irm_error *error);
/* Text into a cell of a category; NULL leaves it empty. */
irm_status table_put_text(irm_table *table, size_t column, size_t row, const char *text,
                          irm_error *error);
void table_put_number(irm_table *table, size_t column, size_t row, double value);

/* Writes each as NAME.csv, and all of them as typology.h5. */
irm_status table_list_write(const table_list *list, const char *folder,
                            const char *locale, irm_error *error);

/* Every table of a typology. */
irm_status typology_tables(const irm_typology *t, table_list *list, irm_error *error);
/* Units left out, and why; adds nothing where none was. */
irm_status typology_excluded_table(const irm_typology_units *units, table_list *list,
                                   irm_error *error);

#endif
