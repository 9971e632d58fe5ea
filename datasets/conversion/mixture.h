/* What a table has beside the communes of one year. Private to the layer. */
#ifndef IRMINON_CONVERSION_MIXTURE_H
#define IRMINON_CONVERSION_MIXTURE_H

#include "irminon/conversion.h"
#include "irminon/text.h"

typedef struct mixture {
    size_t others;      /* codes that are communes of other years */
    size_t doubled;     /* those whose place has another row, by the communes of the year */
    size_t unknown;     /* codes of no year */
    int other_year;     /* when most of the others are communes, the nearest such year */
    size_t of_other;    /* how many of them are then */
    irm_buffer doubles; /* "01002 (line 3), a commune in 2009, is in 01001 (line 2); …" */
    irm_buffer listed;  /* "01002 (line 3), a commune in 2009; …" */
    irm_buffer strays;  /* "99999 (line 7)", … */
} mixture;

/* Init by this; clear when done, even after a failure. */
irm_status mixture_find(const irm_history *history, const irm_table *table,
                        const irm_column *column, int year, mixture *found,
                        irm_error *error);
void mixture_clear(mixture *found);

#endif
