/* Allocation: sizes are checked before they are multiplied, and every allocation can be
 * made to fail in turn by a test. */
#ifndef IRMINON_MEMORY_H
#define IRMINON_MEMORY_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `count` zeroed items of `size` bytes, or NULL; never NULL for a count of 0. */
IRM_API void *irm_calloc(size_t count, size_t size);
/* As realloc, with the product checked; the old block stays valid on failure. */
IRM_API void *irm_realloc(void *block, size_t count, size_t size);
IRM_API void irm_free(void *block);
/* Copies of text; NULL gives NULL. */
IRM_API char *irm_strdup(const char *text);
IRM_API char *irm_strndup(const char *text, size_t size);

/* Makes room for `needed` items of `size` bytes in *items (capacity in items), growing by
 * doubling. On failure nothing changes. */
IRM_API irm_status irm_reserve(void **items, size_t *capacity, size_t needed, size_t size,
                               irm_error *error);

/* Test hook: the n-th allocation from now fails (1 is the next), 0 for none. Not for
 * concurrent use. Returns the number of allocations made since the last call. */
IRM_API size_t irm_memory_fail_after(size_t n);

#ifdef __cplusplus
}
#endif
#endif
