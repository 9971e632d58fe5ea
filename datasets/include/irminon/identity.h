/* Identities: linear relations that the rows of a producer's table satisfy, declared by
 * its descriptor ("A = AI + AM + ACSSENF + ACAVENF", "AC3ENF <= ACAVENF"), and what they
 * prove of hidden and rounded cells. */
#ifndef IRMINON_IDENTITY_H
#define IRMINON_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* low <= sum of coefficient × variable <= high. */
typedef struct irm_identity {
    char *text;
    char **names; /* stable ids of variables */
    double *coefficients;
    size_t n_terms;
    double low, high;
} irm_identity;

/* Reads "A = B + 2 C - 3", with = <= or >=. SCHEMA, with the column of the character at
 * fault. Clear when done. */
IRM_API irm_status irm_identity_parse(const char *text, irm_identity *identity,
                                      irm_error *error);
IRM_API void irm_identity_clear(irm_identity *identity);

/* One identity over the columns of a table, for one year of its variables. */
typedef struct irm_row_identity {
    const irm_identity *identity;
    size_t *columns; /* one a term */
    int year;        /* 0: of no year */
} irm_row_identity;

/* Those that a table declares (attribute `identities`, one a line) and whose variables
 * all are among its columns, once for each year that they have together. */
typedef struct irm_identities {
    irm_identity *declared;
    size_t n_declared;
    irm_row_identity *rows;
    size_t n_rows;
} irm_identities;
/* Clear when done (a zeroed structure may be cleared). */
IRM_API irm_status irm_identities_read(const irm_table *schema,
                                       irm_identities *identities, irm_error *error);
IRM_API void irm_identities_clear(irm_identities *identities);

/* The cells of a column whose interval the identities narrow. */
typedef struct irm_narrowed {
    uint32_t *rows; /* ascending */
    double *lower, *upper;
    size_t count, capacity;
} irm_narrowed;

/* Narrows the cells of the columns that identities join to `column` (one of them set in
 * `members`, by column of the table, as those it is joined to). `columns[c]` is needed
 * for each member, and `narrowed[c]` receives its cells. Rows that cannot satisfy the
 * identities are left as they are and counted in *refused. The same whatever the number
 * of threads. */
IRM_API irm_status irm_identities_narrow(const irm_identities *identities,
                                         const uint8_t *members,
                                         const irm_column *const *columns, size_t n_rows,
                                         size_t threads, irm_narrowed *narrowed,
                                         size_t *refused, irm_error *error);
/* Sets members[c] for the columns that identities join to `column`, itself included;
 * false when none does. */
IRM_API bool irm_identities_members(const irm_identities *identities, size_t n_columns,
                                    size_t column, uint8_t *members);
IRM_API void irm_narrowed_clear(irm_narrowed *narrowed);

/* Holds the identities of a loaded table against its rows: what no value of the hidden
 * and rounded cells satisfies is told through the reporter with its place (the first ones
 * of each identity) and counted in *violations; *held counts the rows that could be
 * judged. */
IRM_API irm_status irm_identities_check(const irm_table *table,
                                        const irm_reporter *reporter, size_t *held,
                                        size_t *violations, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
