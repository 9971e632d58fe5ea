/* Attributes: a short ordered list of names and text values, attached to tables and
 * columns (labels, unit, kind, producer, vintage…). The engine keeps them; the layers above
 * know what they mean. */
#ifndef IRMINON_ATTRIBUTES_H
#define IRMINON_ATTRIBUTES_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_attribute {
    char *name;
    char *value;
} irm_attribute;

/* Zero-initialise; clear when done. Order is that of first setting. */
typedef struct irm_attributes {
    irm_attribute *items;
    size_t count;
    size_t capacity;
} irm_attributes;

IRM_API void irm_attributes_clear(irm_attributes *attributes);
/* Sets or replaces; a NULL value removes. Both strings are copied. */
IRM_API irm_status irm_attributes_set(irm_attributes *attributes, const char *name,
                                      const char *value, irm_error *error);
IRM_API irm_status irm_attributes_set_integer(irm_attributes *attributes, const char *name,
                                              long long value, irm_error *error);
/* Borrowed value, or NULL. */
IRM_API const char *irm_attributes_get(const irm_attributes *attributes, const char *name);
IRM_API long long irm_attributes_integer(const irm_attributes *attributes, const char *name,
                                         long long otherwise);
IRM_API irm_status irm_attributes_copy(const irm_attributes *from, irm_attributes *to,
                                       irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
