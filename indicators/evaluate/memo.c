#include "evaluate/memo.h"

#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

void irm_variable_write(const irm_variable *variable, irm_buffer *text) {
    irm_buffer_text(text, variable->name);
    for (size_t i = 0; i < variable->n_fixed; i++) {
        irm_buffer_text(text, " ");
        irm_buffer_text(text, variable->fixed[i].dimension);
        irm_buffer_text(text, "=");
        for (size_t c = 0; c < variable->fixed[i].n_codes; c++) {
            irm_buffer_text(text, "+");
            irm_buffer_text(text, variable->fixed[i].codes[c]);
        }
    }
}

irm_status irm_memo_entry_of(irm_memo *memo, const char *dataset,
                             const irm_variable *variable, const irm_level *level,
                             int year, irm_memo_entry **entry, irm_error *error) {
    if (memo->keys == NULL) {
        IRM_TRY(irm_dict_new(&memo->keys, error));
    }
    irm_buffer text = {0};
    bool communes = leaf_is_commune_level(level) || level->of_commune != NULL;
    irm_buffer_format(&text, "%s %s%s %d ", dataset, level->id, communes ? "" : "!",
                      year);
    irm_variable_write(variable, &text);
    char *key = irm_buffer_take(&text);
    int32_t number = 0;
    irm_status status = key == NULL
                            ? irm_fail_memory(error)
                            : irm_dict_add(memo->keys, irm_view_of(key), &number, error);
    irm_free(key);
    size_t before = memo->capacity;
    if (status == IRM_OK) {
        status = irm_reserve((void **)&memo->entries, &memo->capacity, (size_t)number + 1,
                             sizeof *memo->entries, error);
    }
    for (size_t i = before; status == IRM_OK && i < memo->capacity; i++) {
        memo->entries[i] = (irm_memo_entry){0};
    }
    if (status == IRM_OK) {
        *entry = &memo->entries[number];
    }
    return status;
}

irm_status irm_memo_note(irm_memo_entry *entry, irm_status status, const irm_error *why,
                         irm_error *error) {
    if (status != IRM_OK && status != IRM_STATUS_NOT_FOUND &&
        status != IRM_STATUS_REFUSED) {
        return IRM_OK;
    }
    if (status != IRM_OK) {
        entry->message = irm_strdup(why->message);
        if (entry->message == NULL) {
            return irm_fail_memory(error);
        }
    }
    entry->status = status;
    entry->known = true;
    return IRM_OK;
}

void irm_memo_clear(irm_memo *memo) {
    for (size_t i = 0; i < memo->capacity; i++) {
        irm_free(memo->entries[i].message);
        irm_free(memo->entries[i].years);
    }
    irm_free(memo->entries);
    irm_dict_free(memo->keys);
    *memo = (irm_memo){0};
}
