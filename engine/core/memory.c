#include "irminon/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The only mutable state outside handles: counters of the test hook. Atomic, so that
 * worker threads may allocate. */
static atomic_size_t allocations;
static atomic_size_t fail_at;

static int must_fail(void) {
    size_t number = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    return number == atomic_load_explicit(&fail_at, memory_order_relaxed);
}

size_t irm_memory_fail_after(size_t n) {
    atomic_store(&fail_at, n);
    return atomic_exchange(&allocations, 0);
}

/* Large blocks are asked for in large pages, where the system has them: an ordinary page
 * fault every 4 KiB costs more than much of what is done with the memory. */
static void *in_large_pages(void *block, size_t bytes) {
#ifdef MADV_HUGEPAGE
    enum { LARGE = 2 << 20, PAGE = 4096 };
    if (block != NULL && bytes >= LARGE) {
        uintptr_t start = ((uintptr_t)block + PAGE - 1) / PAGE * PAGE;
        uintptr_t end = ((uintptr_t)block + bytes) / PAGE * PAGE;
        (void)madvise((void *)start, end - start,
                      MADV_HUGEPAGE); /* a wish: may be refused */
    }
#else
    (void)bytes;
#endif
    return block;
}

void *irm_calloc(size_t count, size_t size) {
    if (must_fail()) {
        return NULL;
    }
    count = count > 0 ? count : 1;
    size = size > 0 ? size : 1;
    return in_large_pages(calloc(count, size), count * size);
}

void *irm_realloc(void *block, size_t count, size_t size) {
    if (must_fail() || (size > 0 && count > SIZE_MAX / size)) {
        return NULL;
    }
    size_t bytes = count * size;
    return in_large_pages(realloc(block, bytes > 0 ? bytes : 1), bytes);
}

void irm_free(void *block) { free(block); }

char *irm_strndup(const char *text, size_t size) {
    if (text == NULL) {
        return NULL;
    }
    char *copy = irm_calloc(size + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}

char *irm_strdup(const char *text) {
    return text == NULL ? NULL : irm_strndup(text, strlen(text));
}

irm_status irm_reserve(void **items, size_t *capacity, size_t needed, size_t size,
                       irm_error *error) {
    if (needed <= *capacity) {
        return IRM_OK;
    }
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < needed) {
        wanted = wanted > SIZE_MAX / 2 ? needed : wanted * 2;
    }
    void *grown = irm_realloc(*items, wanted, size);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    *items = grown;
    *capacity = wanted;
    return IRM_OK;
}
