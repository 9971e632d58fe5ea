#include <stdlib.h>
#include <string.h>

#include "geography/inside.h"
#include "irminon/memory.h"

enum {
    SCORE_CODE = 1000,
    SCORE_NAME = 900,
    SCORE_PREFIX = 700,
    SCORE_WORDS = 500,
    SCORE_INSIDE = 300,
    SCORE_NEAR = 200 /* less 20 for each edit */
};

typedef struct search {
    const char *text;   /* as typed, for codes */
    const char *folded;
    size_t size;
    irm_match *matches;
    size_t count, capacity;
    irm_error *error;
} search;

/* True when each word typed starts a word of the name, in whatever order. */
static bool words_match(const char *words, const char *name) {
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        const char *at = name;
        while (at != NULL && strncmp(at, words, size) != 0) {
            at = strchr(at, ' ');
            at = at != NULL ? at + 1 : NULL;
        }
        if (at == NULL) {
            return false;
        }
        words += size;
        words += *words == ' ';
    }
    return true;
}

/* `name` is folded, with its article; `sort` is the same without it. */
static int score_of(const search *s, const char *name, const char *sort) {
    if (strcmp(name, s->folded) == 0 || strcmp(sort, s->folded) == 0) {
        return SCORE_NAME;
    }
    if (strncmp(name, s->folded, s->size) == 0 || strncmp(sort, s->folded, s->size) == 0) {
        return SCORE_PREFIX;
    }
    if (words_match(s->folded, name)) {
        return SCORE_WORDS;
    }
    return strstr(name, s->folded) != NULL ? SCORE_INSIDE : 0;
}

static int score_near(const search *s, const char *sort) {
    size_t allowed = 1 + s->size / 5, size = strlen(sort);
    size_t longer = size > s->size ? size - s->size : s->size - size;
    if (longer > allowed) {
        return 0;
    }
    size_t edits = irm_text_distance(s->folded, sort);
    return edits <= allowed ? SCORE_NEAR - 20 * (int)edits : 0;
}

static irm_status add(search *s, const irm_level *level, size_t index, int score) {
    IRM_TRY(irm_reserve((void **)&s->matches, &s->capacity, s->count + 1,
                        sizeof *s->matches, s->error));
    s->matches[s->count++] = (irm_match){level, (int32_t)index, score};
    return IRM_OK;
}

static irm_status search_level(search *s, const irm_level *level, bool near) {
    irm_buffer name = {0};
    irm_status status = IRM_OK;
    for (size_t i = 0; i < level->count && status == IRM_OK; i++) {
        const irm_territory *item = &level->items[i];
        int score = 0;
        if (near) {
            score = score_near(s, item->sort);
        } else {
            name.size = 0;
            irm_text_fold(&name, item->name, strlen(item->name));
            irm_buffer_add(&name, "", 0);
            if (name.failed) {
                status = irm_fail_memory(s->error);
                break;
            }
            score = strcmp(item->code, s->text) == 0 ? SCORE_CODE
                                                     : score_of(s, name.data, item->sort);
        }
        if (score > 0) {
            status = add(s, level, i, score);
        }
    }
    irm_buffer_clear(&name);
    return status;
}

/* Best score, then the usual order of levels, then the shorter name, then the code. */
static int by_score(const void *a, const void *b) {
    const irm_match *x = a, *y = b;
    if (x->score != y->score) {
        return (y->score > x->score) - (y->score < x->score);
    }
    if (x->level != y->level) {
        int rank_x = level_rank(x->level->id), rank_y = level_rank(y->level->id);
        return rank_x != rank_y ? (rank_x > rank_y) - (rank_x < rank_y)
                                : strcmp(x->level->id, y->level->id);
    }
    const irm_territory *one = &x->level->items[x->index], *two = &y->level->items[y->index];
    size_t size_one = strlen(one->name), size_two = strlen(two->name);
    return size_one != size_two ? (size_one > size_two) - (size_one < size_two)
                                : strcmp(one->code, two->code);
}

irm_status irm_geography_search(const irm_geography *geography, const char *text,
                                irm_match **matches, size_t *count, irm_error *error) {
    irm_buffer folded = {0};
    irm_text_fold(&folded, text, strlen(text));
    irm_buffer_add(&folded, "", 0);
    *matches = NULL;
    *count = 0;
    if (folded.failed) {
        irm_buffer_clear(&folded);
        return irm_fail_memory(error);
    }
    search s = {.text = text, .folded = folded.data, .size = folded.size, .error = error};
    irm_status status = IRM_OK;
    /* Mistyped names are looked for only where nothing else is found. */
    for (int near = 0; near <= 1 && s.count == 0 && s.size > 0; near++) {
        for (size_t i = 0; i < geography->n_levels && status == IRM_OK; i++) {
            status = search_level(&s, geography->levels[i], near == 1);
        }
    }
    irm_buffer_clear(&folded);
    if (status != IRM_OK) {
        irm_free(s.matches);
        return status;
    }
    if (s.count > 0) {
        qsort(s.matches, s.count, sizeof *s.matches, by_score);
    }
    *matches = s.matches;
    *count = s.count;
    return IRM_OK;
}
