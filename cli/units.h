/* Units of a typology or of a search for similar territories, from a command line. */
#ifndef IRMINON_CLI_UNITS_H
#define IRMINON_CLI_UNITS_H

#include "cli.h"
#include "irminon/map_layer.h"
#include "irminon/typology.h"

/* Where units came from, and what was read for them. Zero-initialise; clear when done. */
typedef struct cli_units {
    cli_session session; /* open where they come from a store */
    bool from_store;
    irm_typology_units units;
    const irm_level *level;
    irm_map_layer *layer;    /* NULL: no geometry */
    irm_map_layer *outlines; /* départements over communes; NULL */
    char source[1024];       /* sentence of the sources */
    char title[512];
    bool fictional;
} cli_units;
void cli_units_clear(cli_units *of);

/* True where the first word names a file to read as a table, and not a store. */
bool cli_units_is_file(const cli_context *context);
/* From the store: --level, --within, --indicators or --theme, --supplementary, --year,
 * --weight. `frozen` (may be NULL) imposes the indicators. */
irm_status cli_units_from_store(cli_context *context, const irm_typology_model *frozen,
                                cli_units *of, irm_error *error);
/* The same, for a level named by its id; `item` of it is taken even where --within would
 * leave it out (-1: none). */
irm_status cli_units_from_store_level(cli_context *context, const char *level,
                                      int32_t item, cli_units *of, irm_error *error);
/* From a CSV: --id, --name, --variables, --categories, --supplementary, --weight. */
irm_status cli_units_from_file(cli_context *context, const irm_typology_model *frozen,
                               cli_units *of, irm_error *error);
/* The shapes of the units, where the store has some; not an error where it has none
 * unless `needed`. */
irm_status cli_units_shapes(cli_context *context, bool needed, cli_units *of,
                            irm_error *error);
/* Marks the territories of level `zone` that touch the index-th, and itself. */
irm_status cli_zones_around(const cli_context *context, const cli_session *session,
                            const irm_level *zone, int32_t index, bool *around,
                            irm_error *error);

#endif
