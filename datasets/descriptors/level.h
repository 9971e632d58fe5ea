/* Levels of territories: their ids, the words producers use for them, and the form of
 * their codes. */
#ifndef IRMINON_DESCRIPTORS_LEVEL_H
#define IRMINON_DESCRIPTORS_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/text.h"

/* Longest code of a level, with its NUL. */
enum { LEVEL_CODE_SIZE = 16 };

bool level_known(const char *id);
/* The id for a producer's word ("FRANCE", "ZE2020"), or NULL. */
const char *level_of_word(const char *word);
/* Width to which lost leading zeros are restored, 0 for none. */
int level_pad(const char *id);
/* True where a code has the form of its level; unknown levels take anything. */
bool level_code_valid(const char *id, irm_view code);
/* That form in words ("5 digits, or 2A or 2B and 3 digits"), or "a code". */
const char *level_code_form(const char *id);

#endif
