/* Whether bytes repeat patterns. Internal to the store. */
#ifndef IRMINON_STORE_REPEATS_H
#define IRMINON_STORE_REPEATS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether matches of what came before (LZ77) would clearly be shorter than the `written`
 * bytes that runs and codes of single bytes take, as some bytes from the middle tell. */
bool irm_repeats_pay(const unsigned char *bytes, size_t size, size_t written);

#endif
