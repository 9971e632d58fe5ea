/* Prefix codes of the least total length, as deflate writes them. Internal to the store.
 */
#ifndef IRMINON_STORE_HUFFMAN_H
#define IRMINON_STORE_HUFFMAN_H

#include <stddef.h>
#include <stdint.h>

enum { HUFFMAN_SYMBOLS = 288 }; /* most, in one alphabet */

/* Bits of each symbol's code, at most `longest` (15 or less), 0 where it never comes; one
 * symbol alone has a code of one bit. `n`: symbols, at most HUFFMAN_SYMBOLS; the counts
 * add up to less than 2^32.
 * Lengths are those of Huffman, computed in place (Moffat and Katajainen, "In-place
 * calculation of minimum-redundancy codes", 1995); codes that would be too long are
 * brought back to the limit, shorter ones paying for it, which is seldom and costs
 * little. */
void irm_huffman_lengths(const uint32_t *counts, size_t n, unsigned longest,
                         uint8_t *lengths);

/* The canonical codes of RFC 1951, 3.2.2, bits reversed: the first to be written is the
 * lowest. */
void irm_huffman_codes(const uint8_t *lengths, size_t n, uint16_t *codes);

#endif
