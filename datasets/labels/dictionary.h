/* Dictionaries, inside. */
#ifndef IRMINON_LABELS_DICTIONARY_H
#define IRMINON_LABELS_DICTIONARY_H

#include "irminon/labels.h"
#include "irminon/text.h"

irm_status dictionary_new(irm_dictionary **made, irm_error *error);
/* Adds the label of a column, or of a code (not empty) of it; the first one holds. */
irm_status dictionary_add(irm_dictionary *to, irm_view column, irm_view code,
                          irm_view label, irm_error *error);
/* Entries in the order in which they came: the column, and the code ("" for the column's
 * own label). Borrowed, but for the column, which is written into `column`. */
size_t dictionary_count(const irm_dictionary *of);
void dictionary_entry(const irm_dictionary *of, size_t index, char *column, size_t size,
                      const char **code, const char **label);
/* Labels that contradict those that were there, and were left out. */
size_t dictionary_contradictions(const irm_dictionary *of);

/* The label of `code` in a list of "CODE=text" lines; false without it. */
bool labels_listed(const char *list, const char *code, char *text, size_t size);

/* A dictionary as a table of labels, for what `options` and its name say that it is of.
 */
irm_status dictionary_table(const irm_registry *registry, const char *path,
                            const irm_ingest_options *options,
                            const irm_reporter *reporter, irm_table *table,
                            irm_error *error);

#endif
