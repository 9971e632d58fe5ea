/* The cells of a publication: every combination of groups and margins, and what is known
 * of each. Private to the room. */
#ifndef IRMINON_DISCLOSURE_CUBE_H
#define IRMINON_DISCLOSURE_CUBE_H

#include "irminon/publication.h"

enum { CUBE_DIMENSIONS = 4 };

/* Items of a dimension: its labels, the zones of each zoning (of the first), the total.
 */
typedef struct cube_dimension {
    const irm_column *column;
    size_t labels, items;
} cube_dimension;

typedef struct cube {
    const irm_publication *wanted;
    cube_dimension dimensions[CUBE_DIMENSIONS];
    size_t n_dimensions;
    size_t zone_start[64]; /* first item of each zoning */
    size_t n_cells;
    double *value, *contributors;
    unsigned char *seen; /* a cell with records */
    double *largest; /* IRM_DISCLOSURE_LARGEST a cell; NULL where no rule needs them */
} cube;

irm_status cube_open(cube *of, const irm_table *table, const irm_publication *wanted,
                     irm_error *error);
void cube_close(cube *of);
/* The items of a cell, one a dimension. */
void cube_items(const cube *of, size_t cell, size_t items[CUBE_DIMENSIONS]);
size_t cube_cell(const cube *of, const size_t items[CUBE_DIMENSIONS]);
/* "epci" of a zone, "total" of the total, the group's name of a label. */
const char *cube_level(const cube *of, size_t item);
const char *cube_label(const cube *of, size_t dimension, size_t item);

#endif
