/* Labels: what codes and columns are called, in the producer's words.
 *
 * Producers publish dictionaries beside their data: the `_metadata.csv` member of a
 * Melodi zip, `meta_*.CSV` of communal bases, `Varmod_*.csv` of detail files
 * (COD_VAR;LIB_VAR;…;COD_MOD; LIB_MOD, or VAR_CODE;VAR_LIB;MOD_CODE;MOD_LIB). That of a
 * zip is read with its data; the others are ingested as tables of their own,
 * `<dataset>.labels@<vintage>`, whatever comes first. What a descriptor says comes before
 * them. */
#ifndef IRMINON_LABELS_H
#define IRMINON_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/descriptor.h"
#include "irminon/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A dictionary, in memory. */
typedef struct irm_dictionary irm_dictionary;
/* Whether the file at `path` (regular; "-" never is) starts as a dictionary does. */
IRM_API bool irm_dictionary_recognised(const char *path);
/* Reads one; `member` as for irm_input_open. DATA where it is none. */
IRM_API irm_status irm_dictionary_read(const char *path, const char *member,
                                       irm_dictionary **dictionary, irm_error *error);
IRM_API void irm_dictionary_free(irm_dictionary *dictionary);
/* The label of a column, or of one of its codes (`code` not NULL); NULL where it has
 * none. A whole number is looked for with and without the zeros that a spreadsheet drops.
 * Borrowed. */
IRM_API const char *irm_dictionary_label(const irm_dictionary *dictionary,
                                         const char *column, const char *code);

/* What is known of the labels of one table of a store. */
typedef struct irm_labels irm_labels;
/* `schema` is borrowed, and must outlive it. */
IRM_API irm_status irm_labels_open(const irm_store *store, const irm_table *schema,
                                   irm_labels **labels, irm_error *error);
IRM_API void irm_labels_free(irm_labels *labels);
/* The label of a column of the table, in French; NULL where none is known. Borrowed. */
IRM_API const char *irm_labels_column(const irm_labels *labels, const char *column);
/* The label of a code of a column into `text`; false where none is known. */
IRM_API bool irm_labels_code(const irm_labels *labels, const char *column,
                             const char *code, char *text, size_t size);
/* Adds, right after each of the named columns of `result` (NULL: all of its columns) that
 * has codes with labels, a column "NAME_label". */
IRM_API irm_status irm_labels_add(const irm_labels *labels, irm_table *result,
                                  const char *const *names, size_t n, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
