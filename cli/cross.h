/* A tabulation in crossed form: the modalities of its last column as columns. */
#ifndef IRMINON_CLI_CROSS_H
#define IRMINON_CLI_CROSS_H

#include "irminon/table.h"

/* `from` has n_by columns of groups, the last of which becomes columns named `NAME=MODALITY`
 * (values; 0 where there is no row), then `rows` and `value`. Inits `to`. REFUSED where the
 * columns take over `memory` bytes. */
irm_status cli_cross(const irm_table *from, size_t n_by, size_t memory, irm_table *to,
                     irm_error *error);

#endif
