/* What tables and layers have in common: what --dataset asks for, the vintage, the name,
 * and the lineage that their attributes keep. */
#ifndef IRMINON_INGEST_LINEAGE_H
#define IRMINON_INGEST_LINEAGE_H

#include <stddef.h>
#include <stdint.h>

#include "descriptors/model.h"
#include "irminon/attributes.h"
#include "irminon/descriptor.h"

/* "id", "id@vintage", "id.level@vintage"; "" and 0 for what was not asked. */
typedef struct asked_dataset {
    char id[96];
    char level[24];
    int vintage;
} asked_dataset;
/* `text` may be NULL: nothing is asked. USAGE where it is none of these. */
irm_status lineage_asked(const char *text, asked_dataset *asked, irm_error *error);

/* The year that a text starts with, as "2024-12", "2023" and "2011Q1" do: its first four
 * characters, 0 where they are not all digits. */
int lineage_year(const char *text);
/* The first of `told` that is known; `input` and its `base` name are told where none is.
 */
irm_status lineage_vintage(const int *told, size_t count, const char *input,
                           const char *base, const char *dataset, int *vintage,
                           irm_error *error);
/* "id.level@vintage", without what is "". */
void lineage_name(const char *dataset, const char *level, int vintage, char *name,
                  size_t size);

/* Sets an attribute, unless its value is NULL or empty. */
irm_status lineage_set(irm_attributes *to, const char *name, const char *value,
                       irm_error *error);
/* What the family says of its tables; `whole` may be NULL. */
irm_status lineage_family(const model *whole, int vintage, irm_attributes *to,
                          irm_error *error);
/* The file: its name without folder, what was read of it. */
irm_status lineage_file(const char *path, const char sha256[65], uint64_t size,
                        irm_attributes *to, irm_error *error);
/* What the person said of the file (`options` may be NULL), and who reads it. */
irm_status lineage_said(const irm_ingest_options *options, irm_attributes *to,
                        irm_error *error);

#endif
