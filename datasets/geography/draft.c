#include "geography/draft.h"

#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

static irm_status new_level(const char *id, draft_level **level, irm_error *error) {
    draft_level *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->id = irm_strdup(id);
    irm_status status =
        made->id == NULL ? irm_fail_memory(error) : irm_dict_new(&made->codes, error);
    if (status != IRM_OK) {
        irm_free(made->id);
        irm_free(made);
        return status;
    }
    *level = made;
    return IRM_OK;
}

static void free_level(draft_level *level) {
    for (size_t i = 0; i < irm_dict_count(level->codes) && level->names != NULL; i++) {
        irm_free(level->names[i]);
    }
    irm_free(level->names);
    irm_free(level->of);
    irm_dict_free(level->codes);
    irm_free(level->id);
    irm_free(level);
}

irm_status draft_init(geography_draft *draft, irm_error *error) {
    *draft = (geography_draft){0};
    draft_level *communes;
    return draft_need(draft, "com", &communes, error);
}

void draft_clear(geography_draft *draft) {
    for (size_t i = 0; i < draft->n_levels; i++) {
        free_level(draft->levels[i]);
    }
    irm_free(draft->levels);
    *draft = (geography_draft){0};
}

draft_level *draft_find(const geography_draft *draft, const char *id) {
    for (size_t i = 0; i < draft->n_levels; i++) {
        if (strcmp(draft->levels[i]->id, id) == 0) {
            return draft->levels[i];
        }
    }
    return NULL;
}

irm_status draft_need(geography_draft *draft, const char *id, draft_level **level,
                      irm_error *error) {
    *level = draft_find(draft, id);
    if (*level != NULL) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&draft->levels, &draft->capacity, draft->n_levels + 1,
                        sizeof *draft->levels, error));
    IRM_TRY(new_level(id, level, error));
    draft->levels[draft->n_levels++] = *level;
    return IRM_OK;
}

irm_status draft_add(draft_level *level, const char *code, int32_t *number,
                     irm_error *error) {
    size_t known = irm_dict_count(level->codes);
    IRM_TRY(irm_reserve((void **)&level->names, &level->names_capacity, known + 1,
                        sizeof *level->names, error));
    IRM_TRY(irm_dict_add(level->codes, irm_view_of(code), number, error));
    if ((size_t)*number == known) {
        level->names[known] = NULL;
    }
    return IRM_OK;
}

irm_status draft_name(draft_level *level, int32_t number, const char *name,
                      irm_error *error) {
    if (level->names[number] != NULL || *name == '\0') {
        return IRM_OK;
    }
    level->names[number] = irm_strdup(name);
    return level->names[number] == NULL ? irm_fail_memory(error) : IRM_OK;
}

irm_status draft_member(draft_level *level, int32_t commune, int32_t number,
                        irm_error *error) {
    IRM_TRY(irm_reserve((void **)&level->of, &level->of_capacity, (size_t)commune + 1,
                        sizeof *level->of, error));
    while (level->n_of <= (size_t)commune) {
        level->of[level->n_of++] = -1;
    }
    if (level->of[commune] < 0) {
        level->of[commune] = number;
    }
    return IRM_OK;
}

static bool is_metropolitan(const char *code) {
    return strncmp(code, "97", 2) != 0 && strncmp(code, "98", 2) != 0;
}

static irm_status add_whole(geography_draft *draft, const char *id, const char *name,
                            bool metropolitan, irm_error *error) {
    draft_level *whole;
    int32_t number;
    const irm_dict *communes = draft->levels[0]->codes;
    IRM_TRY(draft_need(draft, id, &whole, error));
    IRM_TRY(draft_add(whole, id, &number, error));
    IRM_TRY(draft_name(whole, number, name, error));
    for (size_t c = 0; c < irm_dict_count(communes); c++) {
        if (!metropolitan || is_metropolitan(irm_dict_text(communes, (int32_t)c))) {
            IRM_TRY(draft_member(whole, (int32_t)c, number, error));
        }
    }
    return IRM_OK;
}

static irm_status add_departments(geography_draft *draft, irm_error *error) {
    draft_level *departments;
    const irm_dict *communes = draft->levels[0]->codes;
    IRM_TRY(draft_need(draft, "dep", &departments, error));
    for (size_t c = 0; c < irm_dict_count(communes); c++) {
        char code[4];
        int32_t number;
        irm_code_department(irm_dict_text(communes, (int32_t)c), code);
        IRM_TRY(draft_add(departments, code, &number, error));
        IRM_TRY(draft_member(departments, (int32_t)c, number, error));
    }
    return IRM_OK;
}

irm_status draft_complete(geography_draft *draft, irm_error *error) {
    if (draft_find(draft, "dep") == NULL) {
        IRM_TRY(add_departments(draft, error));
    }
    IRM_TRY(add_whole(draft, "fr", "France", false, error));
    return add_whole(draft, "frm", "France métropolitaine", true, error);
}

typedef struct ordered {
    const char *code;
    int32_t number;
} ordered;

static int by_code(const void *a, const void *b) {
    return strcmp(((const ordered *)a)->code, ((const ordered *)b)->code);
}

static int by_rank(const void *a, const void *b) {
    const draft_level *x = *(draft_level *const *)a, *y = *(draft_level *const *)b;
    int rank_x = level_rank(x->id), rank_y = level_rank(y->id);
    return rank_x != rank_y ? (rank_x > rank_y) - (rank_x < rank_y) : strcmp(x->id, y->id);
}

/* order[i] is the i-th code; place[number] the index it gets. */
static irm_status sort_codes(const draft_level *level, ordered **order, int32_t **place,
                             irm_error *error) {
    size_t n = irm_dict_count(level->codes);
    *order = irm_calloc(n, sizeof **order);
    *place = irm_calloc(n, sizeof **place);
    if (*order == NULL || *place == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        (*order)[i] = (ordered){irm_dict_text(level->codes, (int32_t)i), (int32_t)i};
    }
    qsort(*order, n, sizeof **order, by_code);
    for (size_t i = 0; i < n; i++) {
        (*place)[(*order)[i].number] = (int32_t)i;
    }
    return IRM_OK;
}

static irm_status fill_items(const draft_level *from, const ordered *order, irm_level *to,
                             irm_error *error) {
    for (size_t i = 0; i < to->count; i++) {
        const char *name = from->names[order[i].number];
        irm_territory *item = &to->items[i];
        item->code = irm_strdup(order[i].code);
        item->name = irm_strdup(name != NULL ? name : order[i].code);
        item->sort = item->name != NULL ? sort_key(item->name) : NULL;
        if (item->code == NULL || item->name == NULL || item->sort == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status fill_members(const draft_level *from, const int32_t *place,
                               const ordered *communes, size_t n_communes, irm_level *to,
                               irm_error *error) {
    bool itself = strcmp(from->id, "com") == 0;
    if (from->of == NULL && !itself) {
        return IRM_OK;
    }
    to->of_commune = irm_calloc(n_communes, sizeof *to->of_commune);
    if (to->of_commune == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < n_communes; c++) {
        size_t drafted = (size_t)communes[c].number;
        int32_t number = itself                  ? (int32_t)drafted
                         : drafted < from->n_of ? from->of[drafted]
                                                 : -1;
        to->of_commune[c] = number < 0 ? -1 : place[number];
    }
    return IRM_OK;
}

static irm_status finish_level(const draft_level *from, const ordered *communes,
                               size_t n_communes, irm_geography *geography,
                               irm_error *error) {
    irm_level *level;
    ordered *order = NULL;
    int32_t *place = NULL;
    irm_status status = sort_codes(from, &order, &place, error);
    if (status == IRM_OK) {
        status = geography_new_level(geography, from->id, irm_dict_count(from->codes),
                                     &level, error);
    }
    if (status == IRM_OK) {
        status = fill_items(from, order, level, error);
    }
    if (status == IRM_OK) {
        status = fill_members(from, place, communes, n_communes, level, error);
    }
    irm_free(order);
    irm_free(place);
    return status;
}

irm_status draft_finish(const geography_draft *draft, irm_geography *geography, irm_error *error) {
    ordered *communes = NULL;
    int32_t *place = NULL;
    draft_level **sorted = irm_calloc(draft->n_levels, sizeof *sorted);
    irm_status status = sorted == NULL
                            ? irm_fail_memory(error)
                            : sort_codes(draft->levels[0], &communes, &place, error);
    if (status == IRM_OK) {
        memcpy(sorted, draft->levels, draft->n_levels * sizeof *sorted);
        qsort(sorted, draft->n_levels, sizeof *sorted, by_rank);
    }
    size_t n_communes = irm_dict_count(draft->levels[0]->codes);
    for (size_t i = 0; i < draft->n_levels && status == IRM_OK; i++) {
        status = finish_level(sorted[i], communes, n_communes, geography, error);
    }
    irm_free(sorted);
    irm_free(communes);
    irm_free(place);
    return status;
}
