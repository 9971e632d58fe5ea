/* Passages from several years to one. */
#ifndef IRMINON_CONVERSION_PASSAGE_H
#define IRMINON_CONVERSION_PASSAGE_H

#include "irminon/conversion.h"

/* As irm_passage_find, for a code taken as that of a commune of another year than the
 * passage's. */
irm_status passage_find_from(irm_passage *passage, int year, const char *code,
                             const irm_link **links, size_t *count,
                             irm_passage_kind *kind, irm_error *error);

#endif
