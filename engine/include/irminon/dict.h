/* A dictionary: distinct strings numbered 0, 1, 2… in order of first appearance. */
#ifndef IRMINON_DICT_H
#define IRMINON_DICT_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_dict irm_dict;

IRM_API irm_status irm_dict_new(irm_dict **dict, irm_error *error);
IRM_API void irm_dict_free(irm_dict *dict);
/* The number of `text`, which is added (copied) when new. */
IRM_API irm_status irm_dict_add(irm_dict *dict, irm_view text, int32_t *code,
                                irm_error *error);
/* The number of `text`, or -1. */
IRM_API int32_t irm_dict_find(const irm_dict *dict, irm_view text);
IRM_API size_t irm_dict_count(const irm_dict *dict);
/* Borrowed, NUL-terminated; valid until the dictionary is freed. */
IRM_API const char *irm_dict_text(const irm_dict *dict, int32_t code);
/* Forgets the texts numbered `count` and above, the last that were added. */
IRM_API void irm_dict_cut(irm_dict *dict, size_t count);
/* A copy with the same numbers. */
IRM_API irm_status irm_dict_copy(const irm_dict *from, irm_dict **to, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
