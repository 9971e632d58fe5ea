/* The parts of an open table file, as read.c and cursor.c open them. Internal to the
 * store.
 */
#ifndef IRMINON_STORE_PART_H
#define IRMINON_STORE_PART_H

#include "array.h"
#include "irminon/table.h"

/* Opens a table file and checks its format. */
irm_status irm_part_open_file(const char *path, hid_t *file, irm_error *error);
/* Puts the file's name and what to do into a DATA error met inside it. */
irm_status irm_part_at_file(irm_status status, const char *path, irm_error *error);
/* Opens columns/NAME/PART (PART may be NULL) or marks/NAME (GROUP "marks"), of `expected`
 * elements (SIZE_MAX: any). */
irm_status irm_part_open(hid_t file, const char *group, const char *column,
                         const char *part, irm_memory_kind kind, size_t size,
                         size_t expected, irm_array *array, irm_error *error);
/* Whether the file has what irm_part_open would open. */
irm_status irm_part_exists(hid_t file, const char *group, const char *column,
                           const char *part, bool *exists, irm_error *error);
/* Reads the labels of a category column into its dictionary, which is empty. */
irm_status irm_part_read_labels(hid_t file, irm_column *column, irm_error *error);

#endif
