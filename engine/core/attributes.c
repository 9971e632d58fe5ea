#include "irminon/attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

static irm_attribute *find(const irm_attributes *attributes, const char *name) {
    for (size_t i = 0; i < attributes->count; i++) {
        if (strcmp(attributes->items[i].name, name) == 0) {
            return &attributes->items[i];
        }
    }
    return NULL;
}

static void drop(irm_attributes *attributes, irm_attribute *item) {
    irm_free(item->name);
    irm_free(item->value);
    size_t after = (size_t)(attributes->items + attributes->count - (item + 1));
    memmove(item, item + 1, after * sizeof *item);
    attributes->count--;
}

void irm_attributes_clear(irm_attributes *attributes) {
    for (size_t i = 0; i < attributes->count; i++) {
        irm_free(attributes->items[i].name);
        irm_free(attributes->items[i].value);
    }
    irm_free(attributes->items);
    *attributes = (irm_attributes){0};
}

irm_status irm_attributes_set(irm_attributes *attributes, const char *name,
                              const char *value, irm_error *error) {
    irm_attribute *item = find(attributes, name);
    if (value == NULL) {
        if (item != NULL) {
            drop(attributes, item);
        }
        return IRM_OK;
    }
    char *copy = irm_strdup(value);
    if (copy == NULL) {
        return irm_fail_memory(error);
    }
    if (item != NULL) {
        irm_free(item->value);
        item->value = copy;
        return IRM_OK;
    }
    char *key = irm_strdup(name);
    if (key == NULL || irm_reserve((void **)&attributes->items, &attributes->capacity,
                                   attributes->count + 1, sizeof *attributes->items,
                                   error) != IRM_OK) {
        irm_free(key);
        irm_free(copy);
        return irm_fail_memory(error);
    }
    attributes->items[attributes->count++] = (irm_attribute){key, copy};
    return IRM_OK;
}

irm_status irm_attributes_set_integer(irm_attributes *attributes, const char *name,
                                      long long value, irm_error *error) {
    char text[32];
    snprintf(text, sizeof text, "%lld", value);
    return irm_attributes_set(attributes, name, text, error);
}

const char *irm_attributes_get(const irm_attributes *attributes, const char *name) {
    const irm_attribute *item = find(attributes, name);
    return item != NULL ? item->value : NULL;
}

long long irm_attributes_integer(const irm_attributes *attributes, const char *name,
                                 long long otherwise) {
    const char *value = irm_attributes_get(attributes, name);
    if (value == NULL || *value == '\0') {
        return otherwise;
    }
    char *end;
    long long number = strtoll(value, &end, 10);
    return *end == '\0' ? number : otherwise;
}

irm_status irm_attributes_copy(const irm_attributes *from, irm_attributes *to,
                               irm_error *error) {
    for (size_t i = 0; i < from->count; i++) {
        IRM_TRY(irm_attributes_set(to, from->items[i].name, from->items[i].value, error));
    }
    return IRM_OK;
}
