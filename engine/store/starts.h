/* Where runs of equal bytes start. Internal to the store. */
#ifndef IRMINON_STORE_STARTS_H
#define IRMINON_STORE_STARTS_H

#include <stddef.h>
#include <stdint.h>

/* Sets bit i of `starts`, an array of (size + 63) / 64 words, where byte i differs from
 * the one before it; bit 0 is set, those past the last byte are not. By the vector
 * instructions that every processor of the kind has. */
void irm_starts(const unsigned char *bytes, size_t size, uint64_t *starts);

#endif
