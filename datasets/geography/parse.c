#include <stdio.h>
#include <string.h>

#include "geography/inside.h"
#include "irminon/memory.h"

/* A territory that what was typed may mean. */
typedef struct candidate {
    const irm_level *level;
    int32_t index;
} candidate;

typedef struct candidates {
    candidate items[6];
    size_t count; /* may pass the room there is: the first ones are kept */
} candidates;

static void add(candidates *found, const irm_level *level, int32_t index) {
    size_t room = sizeof found->items / sizeof *found->items;
    if (found->count < room) {
        found->items[found->count] = (candidate){level, index};
    }
    found->count++;
}

static char *fold(const char *text) {
    irm_buffer folded = {0};
    irm_text_fold(&folded, text, strlen(text));
    irm_buffer_add(&folded, "", 0);
    return irm_buffer_take(&folded);
}

/* Names are compared folded, with their article or without it. */
static void match_names(const irm_level *level, const char *folded, candidates *found) {
    for (size_t i = 0; i < level->count; i++) {
        const char *sort = level->items[i].sort;
        size_t size = strlen(sort), wanted = strlen(folded);
        if (wanted < size || strcmp(folded + wanted - size, sort) != 0) {
            continue; /* the sort key is the folded name less its article */
        }
        char *whole = wanted > size ? fold(level->items[i].name) : NULL;
        if (wanted == size || (whole != NULL && strcmp(whole, folded) == 0)) {
            add(found, level, (int32_t)i);
        }
        irm_free(whole);
    }
}

static void match(const irm_level *level, const char *text, const char *folded,
                  candidates *found) {
    int32_t index = irm_level_find(level, text);
    if (index >= 0) {
        add(found, level, index);
    } else if (*folded != '\0') {
        match_names(level, folded, found);
    }
}

static irm_status fail_ambiguous(const candidates *found, const char *text,
                                 irm_error *error) {
    irm_buffer list = {0};
    size_t room = sizeof found->items / sizeof *found->items;
    size_t shown = found->count < room ? found->count : room;
    for (size_t i = 0; i < shown; i++) {
        const candidate *one = &found->items[i];
        const irm_territory *item = &one->level->items[one->index];
        irm_buffer_format(&list, "%s%s:%s (%s)", i > 0 ? ", " : "", one->level->id,
                          item->code, item->name);
    }
    if (found->count > shown) {
        irm_buffer_format(&list, " and %zu others", found->count - shown);
    }
    irm_fail(error, IRM_STATUS_NOT_FOUND, "'%.80s' is the name of %zu territories: %s", text,
             found->count, list.data != NULL ? list.data : "");
    irm_buffer_clear(&list);
    return IRM_STATUS_NOT_FOUND;
}

/* Levels of study share codes and names with those of every day, which come first. */
static bool is_everyday(const irm_level *level) {
    static const char *const ids[] = {"com", "epci", "dep", "reg", "fr", "frm"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(level->id, ids[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool looks_like_code(const char *text) {
    return *text != '\0' && strcspn(text, "0123456789") < strlen(text) &&
           strlen(text) <= 12 && strchr(text, ' ') == NULL;
}

static void list_one(irm_buffer *list, const irm_level *level, size_t index) {
    const irm_territory *item = &level->items[index];
    irm_buffer_format(list, "%s%s:%s (%s)", list->size > 0 ? ", " : "", level->id,
                      item->code, item->name);
}

/* Codes at one edit of a mistyped one, three at most. */
static void suggest_codes(const irm_geography *geography, const irm_level *only,
                          const char *text, irm_buffer *list) {
    size_t size = strlen(text), shown = 0;
    for (size_t l = 0; l < geography->n_levels; l++) {
        const irm_level *level = geography->levels[l];
        if (only != NULL ? level != only : !is_everyday(level)) {
            continue;
        }
        for (size_t i = 0; i < level->count && shown < 3; i++) {
            const char *code = level->items[i].code;
            size_t length = strlen(code);
            if (length + 1 >= size && length <= size + 1 &&
                irm_text_distance(code, text) == 1) {
                list_one(list, level, i);
                shown++;
            }
        }
    }
}

/* The names nearest to a mistyped one, as "com:31395 (Muret), …". */
static void suggest(const irm_geography *geography, const irm_level *level,
                    const char *text, irm_buffer *list) {
    irm_match *matches = NULL;
    size_t count = 0, shown = 0;
    if (irm_geography_search(geography, text, &matches, &count, NULL) != IRM_OK) {
        return;
    }
    for (size_t i = 0; i < count && shown < 3; i++) {
        if (level == NULL || matches[i].level == level) {
            list_one(list, matches[i].level, (size_t)matches[i].index);
            shown++;
        }
    }
    irm_free(matches);
}

static irm_status fail_unknown(const irm_geography *geography, const irm_level *level,
                               const char *text, irm_error *error) {
    irm_placement how;
    int32_t now = irm_geography_place(geography, text, &how);
    const irm_level *communes = irm_geography_level(geography, "com");
    if (now >= 0 && how == IRM_PLACED_FOLDED) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "%s is a municipal arrondissement of com:%s (%s), which is counted "
                        "whole", text, communes->items[now].code, communes->items[now].name);
    }
    if (now >= 0) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "%s is not a commune in the geography of %d: it is in com:%s (%s)",
                        text, geography->year, communes->items[now].code,
                        communes->items[now].name);
    }
    irm_buffer near = {0};
    suggest(geography, level, text, &near);
    if (near.size == 0 && looks_like_code(text)) {
        suggest_codes(geography, level, text, &near);
    }
    irm_fail(error, IRM_STATUS_NOT_FOUND,
             "no %s is named or coded '%.80s' in the geography of %d%s%s%s",
             level != NULL ? level->id : "territory", text, geography->year,
             near.size > 0 ? "; did you mean " : "", near.size > 0 ? near.data : "",
             near.size > 0 ? "?" : "");
    irm_buffer_clear(&near);
    return IRM_STATUS_NOT_FOUND;
}

static irm_status resolve(const irm_geography *geography, const irm_level *only,
                          const char *text, const char *folded, candidates *found,
                          irm_error *error) {
    for (int everyday = 1; everyday >= 0 && found->count == 0; everyday--) {
        for (size_t i = 0; i < geography->n_levels; i++) {
            const irm_level *one = geography->levels[i];
            if (only == NULL ? is_everyday(one) == everyday : one == only && everyday) {
                match(one, text, folded, found);
            }
        }
    }
    if (found->count == 0) {
        return fail_unknown(geography, only, text, error);
    }
    return found->count == 1 ? IRM_OK : fail_ambiguous(found, text, error);
}

irm_status irm_geography_parse(const irm_geography *geography, const char *text,
                               const irm_level **level, int32_t *index,
                               irm_error *error) {
    const irm_level *only = irm_geography_level(geography, text);
    if (only != NULL && only->count == 1) { /* "fr", "frm" */
        *level = only;
        *index = 0;
        return IRM_OK;
    }
    only = NULL;
    const char *colon = strchr(text, ':');
    if (colon != NULL) {
        char id[64];
        snprintf(id, sizeof id, "%.*s", (int)(colon - text), text);
        IRM_TRY(irm_geography_need_level(geography, id, &only, error));
        text = colon + 1;
    }
    char *folded = fold(text);
    if (folded == NULL) {
        return irm_fail_memory(error);
    }
    candidates found = {0};
    irm_status status = resolve(geography, only, text, folded, &found, error);
    irm_free(folded);
    if (status == IRM_OK) {
        *level = found.items[0].level;
        *index = found.items[0].index;
    }
    return status;
}
