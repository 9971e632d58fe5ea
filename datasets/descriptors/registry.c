#include <stdint.h>
#include <string.h>

#include "descriptors/model.h"
#include "irminon/embedded.h"
#include "irminon/files.h"
#include "irminon/memory.h"

extern const irm_embedded irm_datasets_files[];

struct irm_registry {
    irm_descriptor **items; /* those of the user first */
    size_t count, capacity;
    size_t n_user;
};

static void descriptor_free(irm_descriptor *descriptor) {
    if (descriptor == NULL) {
        return;
    }
    model_free(descriptor->head);
    model_free(descriptor->whole);
    irm_free(descriptor->path);
    irm_free(descriptor->owned);
    irm_free(descriptor);
}

/* Bytes before the first of the long parts: what recognition and lists need. All of the
 * file when a key of the head comes after them. */
static size_t head_size(const char *text, size_t size) {
    static const char *const parts[] = {"\ncolumns:", "\nmeasures:", "\nmarkers:"};
    static const char *const heads[] = {
        "\nid:", "\nrecognise:", "\nshape:", "\ntitle:", "\nfetch:"};
    size_t head = size;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *at = strstr(text, parts[i]);
        if (at != NULL && (size_t)(at - text) + 1 < head) {
            head = (size_t)(at - text) + 1;
        }
    }
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (head < size && strstr(text + head, heads[i]) != NULL) {
            return size;
        }
    }
    return head;
}

static irm_status descriptor_new(const char *path, const char *text, size_t size,
                                 char *owned, irm_descriptor **made, irm_error *error) {
    irm_descriptor *descriptor = irm_calloc(1, sizeof *descriptor);
    char *name = irm_strdup(path);
    if (descriptor == NULL || name == NULL) {
        irm_free(descriptor);
        irm_free(name);
        irm_free(owned);
        return irm_fail_memory(error);
    }
    *descriptor =
        (irm_descriptor){.path = name, .owned = owned, .text = text, .size = size};
    irm_status status =
        model_load(path, text, head_size(text, size), &descriptor->head, error);
    if (status != IRM_OK) {
        descriptor_free(descriptor);
        return status;
    }
    *made = descriptor;
    return IRM_OK;
}

irm_status descriptor_whole(const irm_descriptor *descriptor, const model **whole,
                            irm_error *error) {
    /* The handle is const to callers: reading the rest late changes nothing they see. */
    irm_descriptor *own = (irm_descriptor *)(uintptr_t)descriptor;
    if (own->whole == NULL) {
        IRM_TRY(model_load(own->path, own->text, own->size, &own->whole, error));
    }
    *whole = own->whole;
    return IRM_OK;
}

static irm_status insert(irm_registry *registry, irm_descriptor *descriptor, size_t at,
                         irm_error *error) {
    irm_status status = irm_reserve((void **)&registry->items, &registry->capacity,
                                    registry->count + 1, sizeof(irm_descriptor *), error);
    if (status != IRM_OK) {
        descriptor_free(descriptor);
        return status;
    }
    memmove(registry->items + at + 1, registry->items + at,
            (registry->count - at) * sizeof *registry->items);
    registry->items[at] = descriptor;
    registry->count++;
    return IRM_OK;
}

static bool is_descriptor(const char *path) {
    return strncmp(path, "descriptors/", strlen("descriptors/")) == 0;
}

irm_status irm_registry_new(irm_registry **registry, irm_error *error) {
    irm_registry *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (const irm_embedded *file = irm_datasets_files; file->path != NULL; file++) {
        irm_descriptor *descriptor = NULL;
        if (!is_descriptor(file->path)) {
            continue;
        }
        status = descriptor_new(file->path, (const char *)file->data, file->size, NULL,
                                &descriptor, error);
        if (status == IRM_OK) {
            status = insert(made, descriptor, made->count, error);
        }
        if (status != IRM_OK) {
            irm_registry_free(made);
            return status;
        }
    }
    *registry = made;
    return IRM_OK;
}

void irm_registry_free(irm_registry *registry) {
    if (registry == NULL) {
        return;
    }
    for (size_t i = 0; i < registry->count; i++) {
        descriptor_free(registry->items[i]);
    }
    irm_free(registry->items);
    irm_free(registry);
}

irm_status irm_registry_add_file(irm_registry *registry, const char *path,
                                 irm_error *error) {
    irm_buffer buffer = {0};
    irm_status status = irm_read_file(path, &buffer, error);
    if (status != IRM_OK) {
        irm_buffer_clear(&buffer);
        return status;
    }
    size_t size = buffer.size;
    if (size == 0 || memchr(buffer.data, '\0', size) != NULL) {
        irm_buffer_clear(&buffer);
        return irm_fail_at(error, IRM_STATUS_SCHEMA, path, 0, 0, NULL,
                           "this is not a descriptor: %s",
                           size == 0 ? "the file is empty" : "it holds NUL bytes");
    }
    char *text = irm_buffer_take(&buffer);
    irm_descriptor *descriptor = NULL;
    IRM_TRY(text == NULL ? irm_fail_memory(error)
                         : descriptor_new(path, text, size, text, &descriptor, error));
    status = irm_descriptor_check(descriptor, error);
    if (status == IRM_OK && irm_registry_find(registry, descriptor->head->id) != NULL &&
        registry->n_user > 0) {
        for (size_t i = 0; i < registry->n_user && status == IRM_OK; i++) {
            if (strcmp(registry->items[i]->head->id, descriptor->head->id) == 0) {
                status = irm_fail_at(error, IRM_STATUS_SCHEMA, path, 1, 0, NULL,
                                     "%s already gives the id '%s'",
                                     registry->items[i]->path, descriptor->head->id);
            }
        }
    }
    if (status != IRM_OK) {
        descriptor_free(descriptor);
        return status;
    }
    IRM_TRY(insert(registry, descriptor, registry->n_user, error));
    registry->n_user++;
    return IRM_OK;
}

size_t irm_registry_count(const irm_registry *registry) { return registry->count; }

const irm_descriptor *irm_registry_get(const irm_registry *registry, size_t index) {
    return index < registry->count ? registry->items[index] : NULL;
}

const irm_descriptor *irm_registry_find(const irm_registry *registry, const char *id) {
    for (size_t i = 0; i < registry->count; i++) {
        if (strcmp(registry->items[i]->head->id, id) == 0) {
            return registry->items[i];
        }
    }
    return NULL;
}

static const char *or_empty(const char *text) { return text != NULL ? text : ""; }

const char *irm_descriptor_id(const irm_descriptor *descriptor) {
    return descriptor->head->id;
}

const char *irm_descriptor_title(const irm_descriptor *descriptor, const char *lang) {
    const model_text *title = &descriptor->head->title;
    bool english = lang != NULL && strcmp(lang, "en") == 0;
    const char *first = english ? title->en : title->fr;
    const char *second = english ? title->fr : title->en;
    return first != NULL ? first : second != NULL ? second : descriptor->head->id;
}

const char *irm_descriptor_producer(const irm_descriptor *descriptor) {
    return or_empty(descriptor->head->producer);
}

const char *irm_descriptor_url(const irm_descriptor *descriptor) {
    return or_empty(descriptor->head->url);
}

irm_shape_kind irm_descriptor_shape(const irm_descriptor *descriptor) {
    return descriptor->head->shape;
}

bool irm_descriptor_has_variable(const irm_descriptor *descriptor, const char *id) {
    const model *whole;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return false;
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[128];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (strcmp(own, id) == 0) {
            return true;
        }
    }
    for (unsigned i = 0; i < whole->measures_count; i++) {
        if (strcmp(whole->measures[i].name, id) == 0) {
            return true;
        }
    }
    return false;
}
