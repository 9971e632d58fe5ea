/* Undoing one chunk at a time, in the type it is stored in: what a cursor reads with.
 * Internal to the store. */
#ifndef IRMINON_STORE_DECODE_H
#define IRMINON_STORE_DECODE_H

#include "codec.h"

/* What one thread works with. Room grows to the longest chunk met. */
typedef struct irm_decoder irm_decoder;

irm_status irm_decoder_new(irm_decoder **decoder, irm_error *error);
void irm_decoder_free(irm_decoder *decoder);
/* Room for the compressed bytes of a chunk, lent until the next call. NULL: no memory. */
unsigned char *irm_decoder_room(irm_decoder *decoder, size_t size);
/* Writes the `bytes` bytes of a chunk, elements of `size` bytes as they are stored, to
 * `to`. DATA where it does not decompress to exactly that, without a file name. */
irm_status irm_decode(irm_decoder *decoder, const irm_chunk *chunk, size_t bytes,
                      size_t size, void *to, irm_error *error);

#endif
