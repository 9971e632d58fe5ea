/* Where the fields of CSV bytes end: a bit a byte, sixty-four bytes at a time.
 *
 * The widest instructions that the processor has are chosen when the program runs; all ways
 * give the same bits. Quotes are taken for well placed: who reads the fields checks. */
#ifndef IRMINON_SCAN_H
#define IRMINON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum irm_scan_way {
    IRM_SCAN_BEST = 0,
    IRM_SCAN_PLAIN, /* bytes one by one: runs anywhere */
    IRM_SCAN_VECTOR, /* what every processor of the family has: SSE2, NEON */
    IRM_SCAN_AVX2,
    IRM_SCAN_END
} irm_scan_way;

/* What was met among the bytes. */
typedef struct irm_scan {
    bool quotes, returns, accents; /* '"', CR, bytes over 127 */
    size_t lines, inner_lines;     /* line feeds outside quotes, and inside */
} irm_scan;

/* Whether this processor can. */
IRM_API bool irm_scan_can(irm_scan_way way);
/* Bit i of stops[w] is set where byte 64 w + i is the delimiter or LF outside quotes, that
 * of quotes[w] where it is a quote; (size + 63) / 64 words of each. 63 bytes after the last
 * may be read, whatever they are. The first byte is outside quotes. */
IRM_API irm_scan irm_scan_bytes(irm_scan_way way, const char *bytes, size_t size,
                                char delimiter, uint64_t *stops, uint64_t *quotes);

#ifdef __cplusplus
}
#endif
#endif
