/* Communes restored on the first day of a year, which its tables may not know yet. */
#ifndef IRMINON_CONVERSION_LATE_H
#define IRMINON_CONVERSION_LATE_H

#include "conversion/history.h"

/* True when `code` was restored on the first day of `year`, has no row, and its figures
 * are in the row of the commune that it left (irm_history_is_late). */
bool history_in_late(const irm_history *history, int year, const irm_dict *codes,
                     const uint8_t *there, const char *code);

#endif
