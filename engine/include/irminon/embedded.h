/* Data files compiled into the library (descriptors, catalogue). */
#ifndef IRMINON_EMBEDDED_H
#define IRMINON_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `path` is relative to the layer's folder; `data` is NUL-terminated after `size` bytes.
 * A list of them ends with a NULL path. */
typedef struct irm_embedded {
    const char *path;
    const unsigned char *data;
    size_t size;
} irm_embedded;

#ifdef __cplusplus
}
#endif
#endif
