/* The addresses that descriptors hold. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "descriptors/model.h"
#include "descriptors/pattern.h"
#include "irminon/download.h"
#include "irminon/files.h"
#include "irminon/memory.h"

static void clear_source(irm_official *source) {
    irm_free(source->dataset);
    irm_free(source->url);
    irm_free(source->file);
    irm_free(source->producer);
    irm_free(source->licence);
}

void irm_official_list_clear(irm_official_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        clear_source(&list->items[i]);
    }
    irm_free(list->items);
    *list = (irm_official_list){0};
}

/* The last part of an address, without what follows a question mark. */
static void name_of(const char *url, char *name, size_t size) {
    snprintf(name, size, "%s", irm_path_base(url));
    name[strcspn(name, "?#")] = '\0';
}

static irm_status add(irm_official_list *list, const model *family,
                      const model_fetch *entry, int vintage, irm_error *error) {
    char url[1024], file[256];
    IRM_TRY(irm_reserve((void **)&list->items, &list->capacity, list->count + 1,
                        sizeof *list->items, error));
    pattern_expand(entry->url, vintage, 0, url, sizeof url);
    if (entry->file != NULL) {
        pattern_expand(entry->file, vintage, 0, file, sizeof file);
    } else {
        name_of(url, file, sizeof file);
    }
    irm_official made = {
        .dataset = irm_strdup(family->id),
        .vintage = vintage,
        .url = irm_strdup(url),
        .file = irm_strdup(file),
        .producer = irm_strdup(family->producer != NULL ? family->producer : ""),
        .licence = irm_strdup(family->licence != NULL ? family->licence : "")};
    if (made.dataset == NULL || made.url == NULL || made.file == NULL ||
        made.producer == NULL || made.licence == NULL) {
        clear_source(&made);
        return irm_fail_memory(error);
    }
    list->items[list->count++] = made;
    return IRM_OK;
}

static bool next_vintage(const char **cursor, int *vintage) {
    irm_view word;
    long long year = 0;
    bool more = *cursor != NULL && model_next_word(cursor, &word);
    *vintage = more && irm_text_integer(word, &year) ? (int)year : 0;
    return more;
}

/* Every vintage of an entry; of an undated one, what there is today. */
static irm_status add_entry(irm_official_list *list, const model *family,
                            const model_fetch *entry, irm_error *error) {
    const char *cursor = entry->vintages;
    int vintage;
    if (cursor == NULL) {
        return add(list, family, entry, 0, error);
    }
    while (next_vintage(&cursor, &vintage)) {
        IRM_TRY(add(list, family, entry, vintage, error));
    }
    return IRM_OK;
}

irm_status irm_official_known(const irm_registry *registry, const char *pattern,
                              irm_official_list *list, irm_error *error) {
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        const model *family = irm_registry_get(registry, i)->head;
        if (pattern != NULL && fnmatch(pattern, family->id, 0) != 0) {
            continue;
        }
        for (unsigned k = 0; k < family->fetch_count; k++) {
            IRM_TRY(add_entry(list, family, &family->fetch[k], error));
        }
    }
    return IRM_OK;
}

/* The entry for a vintage, 0: for the newest that is known, told in *vintage. */
static const model_fetch *choose(const model *family, int asked, int *vintage) {
    const model_fetch *found = NULL;
    *vintage = asked;
    for (unsigned i = 0; i < family->fetch_count; i++) {
        const model_fetch *entry = &family->fetch[i];
        const char *cursor = entry->vintages;
        int year = 0;
        if (cursor == NULL && (asked == 0 || family->fetch_count == 1)) {
            *vintage = 0;
            return asked == 0 ? entry : NULL;
        }
        while (next_vintage(&cursor, &year)) {
            if (asked != 0 ? year == asked : year > *vintage) {
                *vintage = year;
                found = entry;
            }
        }
    }
    bool one = family->fetch_count == 1 && family->fetch[0].vintages != NULL &&
               pattern_has_year(family->fetch[0].url);
    return found == NULL && one ? &family->fetch[0] : found;
}

static void known_vintages(const model *family, char *text, size_t size) {
    size_t used = 0;
    *text = '\0';
    for (unsigned i = 0; i < family->fetch_count; i++) {
        const char *years = family->fetch[i].vintages;
        int wrote = snprintf(text + used, size - used, "%s%s", i > 0 ? " " : "",
                             years != NULL ? years : "undated");
        used = wrote > 0 && used + (size_t)wrote < size ? used + (size_t)wrote : used;
    }
}

static irm_status fail_vintage(const model *family, int asked, irm_error *error) {
    char known[400];
    if (family->fetch_count == 0) {
        return irm_fail(
            error, IRM_STATUS_NOT_FOUND,
            "no address is known of the files of %s; look at %s, or give one by "
            "a descriptor of yours (fetch:, in docs/descriptors.md)",
            family->id, family->url != NULL ? family->url : "its producer's");
    }
    known_vintages(family, known, sizeof known);
    return irm_fail(error, IRM_STATUS_NOT_FOUND,
                    "no address is known of %s@%d; known: %s", family->id, asked, known);
}

static irm_status fail_family(const irm_registry *registry, const char *id,
                              irm_error *error) {
    size_t count = irm_registry_count(registry);
    const char **names = irm_calloc(count, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = irm_descriptor_id(irm_registry_get(registry, i));
    }
    const char *near = irm_text_suggest(id, names, count);
    irm_fail(
        error, IRM_STATUS_NOT_FOUND, "no dataset family is named '%s'%s%s%s", id,
        near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
        near != NULL ? "'?" : "; irminon fetch --list names those that can be fetched");
    irm_free(names);
    return IRM_STATUS_NOT_FOUND;
}

/* "ID@2023" into its parts. */
static irm_status split(const char *asked, char *id, size_t size, int *vintage,
                        irm_error *error) {
    size_t length = strcspn(asked, "@");
    long long year = 0;
    bool valid = length > 0 && length < size;
    if (asked[length] == '@') {
        valid = valid && irm_text_integer(irm_view_of(asked + length + 1), &year) &&
                year >= 1800 && year <= 2199;
    }
    if (!valid) {
        return irm_fail(error, IRM_STATUS_USAGE, "'%s': expected ID or ID@YEAR", asked);
    }
    snprintf(id, size, "%.*s", (int)length, asked);
    *vintage = (int)year;
    return IRM_OK;
}

irm_status irm_official_find(const irm_registry *registry, const char *asked,
                             irm_official_list *list, irm_error *error) {
    char id[96];
    int wanted, vintage;
    IRM_TRY(split(asked, id, sizeof id, &wanted, error));
    bool pattern = strpbrk(id, "*?[") != NULL;
    size_t before = list->count;
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        const model *family = irm_registry_get(registry, i)->head;
        if (fnmatch(id, family->id, 0) != 0) {
            continue;
        }
        const model_fetch *entry = choose(family, wanted, &vintage);
        if (entry == NULL && !pattern) {
            return fail_vintage(family, wanted, error);
        }
        if (entry != NULL) {
            IRM_TRY(add(list, family, entry, vintage, error));
        }
    }
    return list->count > before ? IRM_OK : fail_family(registry, id, error);
}
