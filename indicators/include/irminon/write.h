/* Tables and results out: CSV, JSON, XLSX, HDF5, by the file's extension.
 *
 * Outputs appear whole or not at all and hold no clock. "-" is CSV on standard output. */
#ifndef IRMINON_WRITE_H
#define IRMINON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/evaluate.h"
#include "irminon/status.h"
#include "irminon/table.h"
#include "irminon/tabulate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes a table. CSV is RFC 4180, UTF-8, comma and dot; `locale` "fr" gives the semicolon
 * and decimal comma of French spreadsheets (NULL or "": plain). A cell that bears a marker
 * is written as the text that was published. USAGE for an extension that is none of .csv,
 * .json, .xlsx, .h5, or an unknown locale; REFUSED beyond a spreadsheet's 1,048,576 rows. */
IRM_API irm_status irm_table_write(const irm_table *table, const char *path,
                                   const char *locale, irm_error *error);
/* The same in up to `threads` threads (0, as above: one a processor), to the same bytes. */
IRM_API irm_status irm_table_write_in(const irm_table *table, const char *path,
                                      const char *locale, size_t threads,
                                      irm_error *error);

/* Writes the rows of a tabulation as they are made (irm_tabulate_rows), to the bytes that
 * irm_table_write would give: CSV or JSON. What goes to standard output or to a device waits
 * in a temporary file until it is whole. */
typedef struct irm_row_writer irm_row_writer;
IRM_API bool irm_row_writer_can(const char *path);
IRM_API irm_status irm_row_writer_open(const char *path, const char *locale,
                                       irm_row_writer **writer, irm_error *error);
IRM_API irm_row_sink irm_row_writer_sink(irm_row_writer *writer);
/* Where `status` is OK, puts the output in place; else leaves nothing. Frees the writer (NULL:
 * nothing). Returns `status`, or why it failed. */
IRM_API irm_status irm_row_writer_close(irm_row_writer *writer, irm_status status,
                                        irm_error *error);

/* USAGE where irm_table_write would refuse the extension or the locale: to be asked before
 * long work. */
IRM_API irm_status irm_write_check(const char *path, const char *locale, irm_error *error);

/* One figure of an output: an item of an evaluation. */
typedef struct irm_result {
    const irm_indicator *indicator;
    const irm_evaluation *evaluation;
    int32_t index; /* in the evaluation's level */
} irm_result;

/* Writes results under the contract `indicators`: level, territory, name, indicator, year,
 * value, lower, upper, state, flags, numerator, denominator, unit, ci_lower, ci_upper,
 * ci_level, source, geography. `value` is empty where the state hides it; `lower` and
 * `upper` are empty where the value is exact. */
IRM_API irm_status irm_results_write(const irm_result *results, size_t count,
                                     const char *path, const char *locale, irm_error *error);

/* The same, one line a territory: level, territory, name, then a column an indicator (named
 * `id`, or `id@year` where several years of it are asked). A hidden value is left empty and
 * its state told in a column `id.state`, added only where some value is hidden. `results` go
 * evaluation by evaluation, each over the same territories. */
IRM_API irm_status irm_results_write_wide(const irm_result *results, size_t count,
                                          const char *path, const char *locale,
                                          irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
