/* What the files that open a frame share. */
#ifndef IRMINON_EVALUATE_FRAME_INSIDE_H
#define IRMINON_EVALUATE_FRAME_INSIDE_H

#include "evaluate/frame.h"

/* Value of an attribute, "" when absent. Borrowed. */
const char *frame_attribute(const irm_attributes *attributes, const char *name);
bool frame_has_role(const irm_column *column, const char *role);
/* Column of the schema that plays a role, or n_columns. */
size_t frame_role_column(const irm_table *schema, const char *role);
/* Notes that a row's level has figures at its year; `sets` has one set a year. */
void frame_note_level(const irm_frame *frame, size_t row, uint64_t *sets);

/* Places the codes of the key, once levels are known. */
irm_status frame_open_places(irm_frame *frame, const irm_store *store,
                             const irm_geography *geography, irm_passages *passages,
                             const irm_reporter *reporter, irm_error *error);
/* Finds the dimensions and measures of a cube, once periods are known. */
irm_status frame_open_cube(irm_frame *frame, const irm_store *store, irm_error *error);
void frame_clear_cube(irm_frame *frame);
void frame_clear_narrowed(irm_frame *frame);

#endif
