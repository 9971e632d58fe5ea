#include "codec.h"

#include <libdeflate.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "repeats.h"
#include "runs.h"

enum {
    LEVEL = 3,      /* of repeats in bytes and pairs, where runs do worse */
    WIDE_LEVEL = 1, /* in larger elements, where more takes twice the time for 1 % less */
    WIDE = 4,       /* bytes */
    SAMPLED = 2048  /* elements that tell whether to shuffle */
};

/* What one worker works with. */
struct irm_coder {
    size_t longest; /* bytes of the longest chunk before compression */
    size_t bound;   /* what it may take compressed */
    unsigned char *raw, *turned, *packed;
    struct libdeflate_compressor *compressor, *wide_compressor;
    struct libdeflate_decompressor *decompressor;
    irm_runs *runs;
};

void irm_coder_free(irm_coder *coder) {
    if (coder == NULL) {
        return;
    }
    irm_free(coder->raw);
    irm_free(coder->turned);
    irm_free(coder->packed);
    libdeflate_free_compressor(coder->compressor);
    libdeflate_free_compressor(coder->wide_compressor);
    libdeflate_free_decompressor(coder->decompressor);
    irm_runs_free(coder->runs);
    irm_free(coder);
}

irm_status irm_coder_new(size_t longest, irm_coder **coder, irm_error *error) {
    irm_coder *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->longest = longest;
    made->bound = libdeflate_zlib_compress_bound(NULL, longest);
    made->raw = irm_calloc(longest, 1);
    made->turned = irm_calloc(longest, 1);
    if (made->raw == NULL || made->turned == NULL) {
        irm_coder_free(made);
        return irm_fail_memory(error);
    }
    *coder = made;
    return IRM_OK;
}

static irm_status ready_to_compress(irm_coder *coder, irm_error *error) {
    if (coder->packed == NULL) {
        coder->packed = irm_calloc(coder->bound, 1);
    }
    if (coder->compressor == NULL) {
        coder->compressor = libdeflate_alloc_compressor(LEVEL);
    }
    if (coder->wide_compressor == NULL) {
        coder->wide_compressor = libdeflate_alloc_compressor(WIDE_LEVEL);
    }
    if (coder->packed == NULL || coder->compressor == NULL ||
        coder->wide_compressor == NULL) {
        return irm_fail_memory(error);
    }
    return coder->runs != NULL ? IRM_OK : irm_runs_new(&coder->runs, error);
}

static bool can_decompress(irm_coder *coder) {
    if (coder->decompressor == NULL) {
        coder->decompressor = libdeflate_alloc_decompressor();
    }
    return coder->decompressor != NULL;
}

typedef struct workshop {
    irm_chunk *chunks;
    irm_coder **coders;
    size_t n_coders;
} workshop;

static void close_workshop(workshop *shop) {
    for (size_t i = 0; shop->coders != NULL && i < shop->n_coders; i++) {
        irm_coder_free(shop->coders[i]);
    }
    irm_free(shop->coders);
}

/* Under a few hundred kilobytes, starting a thread costs more than it brings. */
static size_t useful_threads(const irm_chunk *chunks, size_t count, size_t threads) {
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += irm_cells_chunk_bytes(&chunks[i].cells);
    }
    return bytes < 262144 ? 1 : irm_parallel_workers(count, 1, threads);
}

static irm_status open_workshop(workshop *shop, irm_chunk *chunks, size_t count,
                                size_t threads, irm_error *error) {
    size_t longest = 0;
    *shop =
        (workshop){.chunks = chunks, .n_coders = useful_threads(chunks, count, threads)};
    for (size_t i = 0; i < count; i++) {
        size_t bytes = irm_cells_chunk_bytes(&chunks[i].cells);
        longest = bytes > longest ? bytes : longest;
    }
    shop->coders = irm_calloc(shop->n_coders, sizeof *shop->coders);
    irm_status status = shop->coders == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < shop->n_coders; i++) {
        status = irm_coder_new(longest, &shop->coders[i], error);
    }
    if (status != IRM_OK) {
        close_workshop(shop);
    }
    return status;
}

static size_t by_repeats(irm_coder *at, size_t element, const unsigned char *bytes,
                         size_t size) {
    return libdeflate_zlib_compress(element < WIDE ? at->compressor : at->wide_compressor,
                                    bytes, size, at->packed, at->bound);
}

/* How the elements of a chunk are best written. */
typedef struct manner {
    bool shuffled, runs;
} manner;

/* Counts gain from the shuffle, repeated weights lose: tried on some elements from the
 * middle. */
static irm_status choose_manner(irm_coder *at, const irm_cells *cells, manner *best,
                                irm_error *error) {
    size_t n = cells->chunk < SAMPLED ? cells->chunk : SAMPLED;
    const unsigned char *some = at->raw + (cells->chunk - n) / 2 * cells->size;
    size_t bytes = n * cells->size, by_runs = 0;
    size_t plain = by_repeats(at, cells->size, some, bytes);
    irm_shuffle(some, n, cells->size, at->turned);
    size_t shuffled = by_repeats(at, cells->size, at->turned, bytes);
    size_t least = shuffled < plain ? shuffled : plain;
    IRM_TRY(irm_runs_deflate(at->runs, at->turned, bytes, n, at->packed, at->bound,
                             &by_runs, error));
    bool runs = by_runs > 0 && by_runs <= least;
    *best = (manner){runs || shuffled < plain, runs};
    return IRM_OK;
}

/* The chunk's bytes, packed and padded, into at->packed; *size: theirs. */
static irm_status deflate_elements(irm_coder *at, const irm_cells *cells, bool *shuffled,
                                   size_t *size, irm_error *error) {
    size_t bytes = irm_cells_chunk_bytes(cells);
    manner best = {false, false};
    if (cells->chunk > 1) {
        IRM_TRY(choose_manner(at, cells, &best, error));
    }
    *shuffled = best.shuffled;
    *size = 0;
    if (best.shuffled) {
        irm_shuffle(at->raw, cells->chunk, cells->size, at->turned);
    }
    const unsigned char *from = best.shuffled ? at->turned : at->raw;
    if (best.runs) {
        IRM_TRY(irm_runs_deflate(at->runs, from, bytes, cells->chunk, at->packed,
                                 at->bound, size, error));
    }
    if (*size == 0) {
        *size = by_repeats(at, cells->size, from, bytes);
    }
    return IRM_OK;
}

/* Cells of one byte are runs, where they do not repeat a pattern. */
static irm_status deflate_bytes(irm_coder *at, size_t n, size_t *size, irm_error *error) {
    *size = 0;
    if (n > 0) {
        IRM_TRY(irm_runs_deflate(at->runs, at->raw, n, n, at->packed, at->bound, size,
                                 error));
    }
    if (*size == 0 || irm_repeats_pay(at->raw, n, *size)) {
        *size = by_repeats(at, 1, at->raw, n);
    }
    return IRM_OK;
}

irm_status irm_chunk_pack(irm_chunk *chunk, irm_coder *at, const unsigned char **packed,
                          irm_error *error) {
    const irm_cells *cells = &chunk->cells;
    size_t bytes = irm_cells_chunk_bytes(cells);
    size_t left = cells->count - chunk->first;
    size_t n = left < cells->chunk ? left : cells->chunk;
    IRM_TRY(ready_to_compress(at, error));
    irm_cells_pack(cells, chunk->first, n, at->raw);
    memset(at->raw + n * cells->size, 0, bytes - n * cells->size);
    chunk->shuffled = false;
    chunk->deflated = true;
    *packed = at->packed;
    return cells->size == 1
               ? deflate_bytes(at, bytes, &chunk->size, error)
               : deflate_elements(at, cells, &chunk->shuffled, &chunk->size, error);
}

irm_status irm_chunk_compress(irm_chunk *chunk, irm_coder *at, irm_error *error) {
    const unsigned char *packed = NULL;
    IRM_TRY(irm_chunk_pack(chunk, at, &packed, error));
    chunk->bytes = irm_calloc(chunk->size, 1);
    if (chunk->bytes == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(chunk->bytes, packed, chunk->size);
    return IRM_OK;
}

static irm_status compress_some(void *context, size_t first, size_t last, size_t worker,
                                irm_error *error) {
    workshop *shop = context;
    for (size_t i = first; i < last; i++) {
        if (shop->chunks[i].bytes == NULL) {
            IRM_TRY(irm_chunk_compress(&shop->chunks[i], shop->coders[worker], error));
        }
    }
    return IRM_OK;
}

/* The elements `begin` … `end` - 1 of the array that lie in this chunk, to their place.
 */
static void unpack(const irm_chunk *chunk, const unsigned char *raw) {
    const irm_cells *cells = &chunk->cells;
    size_t last = chunk->first + cells->chunk;
    size_t from = chunk->begin > chunk->first ? chunk->begin : chunk->first;
    size_t to = chunk->end < last ? chunk->end : last;
    irm_cells_unpack(
        cells, raw + (from - chunk->first) * cells->size, to - from,
        (char *)cells->data + (from - chunk->begin) * irm_cells_stride(cells));
}

irm_status irm_chunk_decompress(const irm_chunk *chunk, irm_coder *at, irm_error *error) {
    const irm_cells *cells = &chunk->cells;
    size_t bytes = irm_cells_chunk_bytes(cells);
    const unsigned char *raw = chunk->bytes;
    if (!can_decompress(at)) {
        return irm_fail_memory(error);
    }
    if (chunk->deflated) {
        if (libdeflate_zlib_decompress(at->decompressor, chunk->bytes, chunk->size,
                                       at->raw, bytes, NULL) != LIBDEFLATE_SUCCESS) {
            return irm_fail(
                error, IRM_STATUS_DATA,
                "corrupt: a block of data does not decompress, or its checksum "
                "is wrong");
        }
        raw = at->raw;
    } else if (chunk->size != bytes) {
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: a block of data is cut short");
    }
    if (chunk->shuffled && cells->size > 1) {
        irm_unshuffle(raw, cells->chunk, cells->size, at->turned);
        raw = at->turned;
    }
    unpack(chunk, raw);
    return IRM_OK;
}

static irm_status decompress_some(void *context, size_t first, size_t last, size_t worker,
                                  irm_error *error) {
    workshop *shop = context;
    for (size_t i = first; i < last; i++) {
        IRM_TRY(irm_chunk_decompress(&shop->chunks[i], shop->coders[worker], error));
    }
    return IRM_OK;
}

static irm_status work_on(irm_chunk *chunks, size_t count, size_t threads, bool compress,
                          irm_error *error) {
    if (count == 0) {
        return IRM_OK;
    }
    workshop shop;
    IRM_TRY(open_workshop(&shop, chunks, count, threads, error));
    irm_status status =
        irm_parallel_for(count, 1, shop.n_coders,
                         compress ? compress_some : decompress_some, &shop, error);
    close_workshop(&shop);
    return status;
}

irm_status irm_chunks_compress(irm_chunk *chunks, size_t count, size_t threads,
                               irm_error *error) {
    return work_on(chunks, count, threads, true, error);
}

irm_status irm_chunks_decompress(irm_chunk *chunks, size_t count, size_t threads,
                                 irm_error *error) {
    return work_on(chunks, count, threads, false, error);
}
