/* The formats a table is written in. */
#ifndef IRMINON_WRITE_FORMAT_H
#define IRMINON_WRITE_FORMAT_H

#include "irminon/files.h"
#include "irminon/table.h"
#include "irminon/text.h"

/* How numbers and fields are separated. */
typedef struct write_locale {
    char delimiter;
    char decimal;
} write_locale;

irm_status write_locale_parse(const char *name, write_locale *locale, irm_error *error);
/* A number (nothing for NaN) with the locale's decimal mark. */
void write_number(irm_buffer *buffer, double value, write_locale locale);
/* One cell of a table as text, quoted where it must be. */
void write_cell(irm_buffer *buffer, const irm_column *column, size_t row,
                write_locale locale);

/* In up to `threads` threads (0: one a processor), to the same bytes. */
irm_status write_csv(const irm_table *table, const char *path, write_locale locale,
                     size_t threads, irm_error *error);
/* How rows of a table are written in CSV: its labels, quoted once. */
typedef struct csv_form csv_form;
/* `columns` tells of rows that may be in other tables; `n_rows`: how many there are, about.
 * The caller frees it, whatever the status. */
irm_status csv_form_new(const irm_table *columns, size_t n_rows, write_locale locale,
                        csv_form **form, irm_error *error);
void csv_form_free(csv_form *form);
void csv_form_add_header(const csv_form *form, const irm_table *table,
                         irm_buffer *buffer);
/* Rows first … last - 1. */
void csv_form_add(const csv_form *form, const irm_table *table, size_t first, size_t last,
                  irm_buffer *buffer);

/* One row, as an object. */
irm_status write_json_row(const irm_table *table, size_t row, irm_buffer *buffer,
                          irm_error *error);
irm_status write_json(const irm_table *table, const char *path, irm_error *error);
irm_status write_xlsx(const irm_table *table, const char *path, irm_error *error);

typedef enum write_kind {
    WRITE_UNKNOWN = 0,
    WRITE_CSV,
    WRITE_JSON,
    WRITE_XLSX,
    WRITE_HDF5
} write_kind;

/* By the extension; "-" is CSV. */
write_kind write_kind_of(const char *path);

/* Writes the buffer out and empties it once it is large, or when `all`. */
irm_status write_drain(irm_output *output, irm_buffer *buffer, bool all, irm_error *error);

#endif
