#include "labels/dictionary.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "irminon/csv.h"
#include "irminon/dict.h"
#include "irminon/input.h"
#include "irminon/memory.h"

/* Between a column and its code in a key. */
static const char between = '\t';

struct irm_dictionary {
    irm_dict *keys;   /* "COLUMN" or "COLUMN\tCODE" */
    irm_dict *texts;  /* labels, each once */
    int32_t *text_of; /* of each key */
    size_t capacity, contradictions;
};

irm_status dictionary_new(irm_dictionary **made, irm_error *error) {
    irm_dictionary *of = irm_calloc(1, sizeof *of);
    if (of == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_dict_new(&of->keys, error);
    if (status == IRM_OK) {
        status = irm_dict_new(&of->texts, error);
    }
    if (status != IRM_OK) {
        irm_dictionary_free(of);
        return status;
    }
    *made = of;
    return IRM_OK;
}

void irm_dictionary_free(irm_dictionary *dictionary) {
    if (dictionary != NULL) {
        irm_dict_free(dictionary->keys);
        irm_dict_free(dictionary->texts);
        irm_free(dictionary->text_of);
        irm_free(dictionary);
    }
}

static irm_status add_key(irm_dictionary *to, const irm_buffer *key, irm_view label,
                          irm_error *error) {
    int32_t at, text;
    size_t before = irm_dict_count(to->keys);
    IRM_TRY(irm_reserve((void **)&to->text_of, &to->capacity, before + 1,
                        sizeof *to->text_of, error));
    IRM_TRY(irm_dict_add(to->texts, label, &text, error));
    IRM_TRY(irm_dict_add(to->keys, (irm_view){key->data, key->size}, &at, error));
    if ((size_t)at == before) {
        to->text_of[at] = text;
    } else {
        to->contradictions += to->text_of[at] != text;
    }
    return IRM_OK;
}

irm_status dictionary_add(irm_dictionary *to, irm_view column, irm_view code,
                          irm_view label, irm_error *error) {
    irm_buffer key = {0};
    if (column.size == 0 || label.size == 0) {
        return IRM_OK;
    }
    irm_buffer_add(&key, column.data, column.size);
    if (code.size > 0) {
        irm_buffer_add(&key, &between, 1);
        irm_buffer_add(&key, code.data, code.size);
    }
    irm_status status =
        key.failed ? irm_fail_memory(error) : add_key(to, &key, label, error);
    irm_buffer_clear(&key);
    return status;
}

size_t dictionary_count(const irm_dictionary *of) { return irm_dict_count(of->keys); }

size_t dictionary_contradictions(const irm_dictionary *of) { return of->contradictions; }

void dictionary_entry(const irm_dictionary *of, size_t index, char *column, size_t size,
                      const char **code, const char **label) {
    const char *key = irm_dict_text(of->keys, (int32_t)index);
    const char *cut = strchr(key, between);
    int length = (int)(cut != NULL ? (size_t)(cut - key) : strlen(key));
    snprintf(column, size, "%.*s", length, key);
    *code = cut != NULL ? cut + 1 : "";
    *label = irm_dict_text(of->texts, of->text_of[index]);
}

static const char *find(const irm_dictionary *of, const char *column, const char *code) {
    char key[320];
    int size = code != NULL ? snprintf(key, sizeof key, "%s%c%s", column, between, code)
                            : snprintf(key, sizeof key, "%s", column);
    if (size < 0 || (size_t)size >= sizeof key) {
        return NULL;
    }
    int32_t at = irm_dict_find(of->keys, (irm_view){key, (size_t)size});
    return at >= 0 ? irm_dict_text(of->texts, of->text_of[at]) : NULL;
}

const char *irm_dictionary_label(const irm_dictionary *dictionary, const char *column,
                                 const char *code) {
    const char *found = find(dictionary, column, code);
    long long number;
    if (found != NULL || code == NULL || !irm_text_integer(irm_view_of(code), &number) ||
        number < 0) {
        return found;
    }
    for (int width = 1; width <= 5 && found == NULL; width++) {
        char padded[32];
        snprintf(padded, sizeof padded, "%0*lld", width, number);
        found = find(dictionary, column, padded);
    }
    return found;
}

/* --- reading ------------------------------------------------------------------------ */

/* What the fields of a dictionary are called: two ways. */
enum { FIELD_COLUMN, FIELD_LABEL, FIELD_CODE, FIELD_MEANING, N_FIELDS };
static const char *const field_names[N_FIELDS][2] = {
    [FIELD_COLUMN] = {"COD_VAR", "VAR_CODE"},
    [FIELD_LABEL] = {"LIB_VAR", "VAR_LIB"},
    [FIELD_CODE] = {"COD_MOD", "MOD_CODE"},
    [FIELD_MEANING] = {"LIB_MOD", "MOD_LIB"},
};

/* Where they are, n_fields for those that are absent; false for no dictionary. */
static bool find_fields(const irm_csv_record *header, size_t at[N_FIELDS]) {
    for (size_t f = 0; f < N_FIELDS; f++) {
        at[f] = header->n_fields;
        for (size_t i = 0; i < header->n_fields; i++) {
            irm_view name = irm_view_trim(header->fields[i]);
            if (irm_view_equals(name, field_names[f][0]) ||
                irm_view_equals(name, field_names[f][1])) {
                at[f] = i;
            }
        }
    }
    return at[FIELD_COLUMN] < header->n_fields && at[FIELD_LABEL] < header->n_fields;
}

static irm_view field(const irm_csv_record *record, size_t at) {
    return at < record->n_fields ? irm_view_trim(record->fields[at]) : (irm_view){"", 0};
}

static irm_status read_records(irm_csv *csv, const char *name, irm_dictionary *to,
                               irm_error *error) {
    const irm_csv_record *record;
    size_t at[N_FIELDS];
    IRM_TRY(irm_csv_next(csv, &record, error));
    if (record == NULL || !find_fields(record, at)) {
        return irm_fail_at(error, IRM_STATUS_DATA, name, 1, 0, NULL,
                           "is no dictionary of labels; expected COD_VAR and LIB_VAR, or "
                           "VAR_CODE and VAR_LIB, in the header");
    }
    for (;;) {
        IRM_TRY(irm_csv_next(csv, &record, error));
        if (record == NULL) {
            return IRM_OK;
        }
        irm_view column = field(record, at[FIELD_COLUMN]), none = {"", 0};
        irm_view code = field(record, at[FIELD_CODE]);
        IRM_TRY(dictionary_add(to, column, none, field(record, at[FIELD_LABEL]), error));
        if (code.size > 0) {
            IRM_TRY(dictionary_add(to, column, code, field(record, at[FIELD_MEANING]),
                                   error));
        }
    }
}

irm_status irm_dictionary_read(const char *path, const char *member,
                               irm_dictionary **dictionary, irm_error *error) {
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    irm_dictionary *made = NULL;
    irm_status status = irm_input_open(path, member, &input, error);
    if (status == IRM_OK) {
        status = irm_csv_open(input, NULL, &csv, error);
    }
    if (status == IRM_OK) {
        status = dictionary_new(&made, error);
    }
    if (status == IRM_OK) {
        status = read_records(csv, irm_input_name(input), made, error);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    if (status != IRM_OK) {
        irm_dictionary_free(made);
        return status;
    }
    *dictionary = made;
    return IRM_OK;
}

bool irm_dictionary_recognised(const char *path) {
    struct stat info;
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    const irm_csv_record *header = NULL;
    irm_csv_options options = {.block_size = 65536};
    size_t at[N_FIELDS];
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return false; /* a pipe is read once */
    }
    bool known = irm_input_open(path, NULL, &input, NULL) == IRM_OK &&
                 irm_csv_open(input, &options, &csv, NULL) == IRM_OK &&
                 irm_csv_next(csv, &header, NULL) == IRM_OK && header != NULL &&
                 find_fields(header, at);
    irm_csv_free(csv);
    irm_input_free(input);
    return known;
}
