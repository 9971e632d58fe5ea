#include "irminon/yaml.h"

#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

enum { DEEPEST = 16 };

/* What libcyaml logs of one failed load: a message, then the place, innermost first. */
typedef struct journal {
    char message[256];
    size_t line, column;
    char fields[DEEPEST][64]; /* innermost first; "" where a mapping has no field yet */
    size_t depth;
} journal;

static void *allocate(void *context, void *block, size_t size) {
    (void)context;
    if (size == 0) {
        irm_free(block);
        return NULL;
    }
    return irm_realloc(block, size, 1);
}

static void note_place(journal *notes, const char *text) {
    const char *line = strstr(text, "(line: "), *column = strstr(text, "column: ");
    if (line != NULL && column != NULL && notes->line == 0) {
        notes->line = strtoul(line + 7, NULL, 10);
        notes->column = strtoul(column + 8, NULL, 10);
    }
    if (strncmp(text, "  in mapping", 12) != 0 || notes->depth == DEEPEST) {
        return;
    }
    char *field = notes->fields[notes->depth++];
    const char *start = strchr(text, '\''),
               *end = start != NULL ? strchr(start + 1, '\'') : NULL;
    if (end != NULL && line != NULL && end < line) {
        snprintf(field, sizeof notes->fields[0], "%.*s", (int)(end - start - 1),
                 start + 1);
    }
}

static void take_note(cyaml_log_t level, void *context, const char *format,
                      va_list arguments) {
    (void)level;
    journal *notes = context;
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    if (strncmp(text, "  in ", 5) == 0) {
        note_place(notes, text);
    } else if (notes->message[0] == '\0' && strncmp(text, "Load: ", 6) == 0) {
        snprintf(notes->message, sizeof notes->message, "%s", text + 6);
    }
}

/* The part of a schema that the noted place is in. */
static const cyaml_schema_value_t *schema_at(const cyaml_schema_value_t *schema,
                                             const journal *notes) {
    for (size_t i = notes->depth; i-- > 0 && schema != NULL;) {
        while (schema->type == CYAML_SEQUENCE) {
            schema = schema->sequence.entry;
        }
        if (notes->fields[i][0] == '\0' || schema->type != CYAML_MAPPING) {
            return schema;
        }
        const cyaml_schema_field_t *field = schema->mapping.fields;
        while (field->key != NULL && strcmp(field->key, notes->fields[i]) != 0) {
            field++;
        }
        schema = field->key != NULL ? &field->value : NULL;
    }
    while (schema != NULL && schema->type == CYAML_SEQUENCE) {
        schema = schema->sequence.entry;
    }
    return schema;
}

/* Names allowed at a place: keys of a mapping, words of an enumeration. */
static size_t allowed(const cyaml_schema_value_t *schema, const char **names,
                      size_t room) {
    size_t count = 0;
    if (schema != NULL && schema->type == CYAML_MAPPING) {
        const cyaml_schema_field_t *field = schema->mapping.fields;
        for (; field->key != NULL && count < room; field++) {
            names[count++] = field->key;
        }
    } else if (schema != NULL && schema->type == CYAML_ENUM) {
        for (; count < schema->enumeration.count && count < room; count++) {
            names[count] = schema->enumeration.strings[count].str;
        }
    }
    return count;
}

static void list_names(irm_buffer *buffer, const char *wanted, const char *const *names,
                       size_t count) {
    const char *near = irm_text_suggest(wanted, names, count);
    if (near != NULL) {
        irm_buffer_format(buffer, "; did you mean '%s'?", near);
    }
    for (size_t i = 0; i < count; i++) {
        irm_buffer_format(buffer, "%s%s", i == 0 ? " (expected one of: " : ", ",
                          names[i]);
    }
    irm_buffer_text(buffer, count > 0 ? ")" : "");
}

/* Where `key` is written at or after a line: libcyaml tells the place of the value before
 * an unknown or repeated key. */
static void place_key(journal *notes, const char *text, size_t size, const char *key,
                      bool skip_first) {
    size_t line = 1, length = strlen(key);
    const char *start = text;
    for (const char *p = text; p + length < text + size; p++) {
        if (line >= notes->line && strncmp(p, key, length) == 0 && p[length] == ':' &&
            (p == text || strchr(" \n{,", p[-1]) != NULL)) {
            if (!skip_first) {
                notes->line = line;
                notes->column = (size_t)(p - start) + 1;
                return;
            }
            skip_first = false;
        }
        if (*p == '\n') {
            line++;
            start = p + 1;
        }
    }
}

static void explain(journal *notes, const char *text, size_t size, cyaml_err_t code,
                    const cyaml_schema_value_t *schema, irm_buffer *buffer) {
    const char *names[64];
    char *colon = strrchr(notes->message, ':');
    char *found = colon != NULL && colon[1] == ' '
                      ? colon + 2
                      : notes->message + strlen(notes->message);
    size_t length = strlen(found);
    if (length >= 2 && found[0] == '\'' && found[length - 1] == '\'') {
        found[length - 1] = '\0';
        found++;
    }
    if (strncmp(notes->message, "Unexpected key", 14) == 0) {
        const cyaml_schema_value_t *place = schema_at(schema, notes);
        place_key(notes, text, size, found, false);
        irm_buffer_format(buffer, "unknown key '%s'", found);
        list_names(buffer, found, names, allowed(place, names, 64));
    } else if (strncmp(notes->message, "Mapping field already seen", 26) == 0) {
        place_key(notes, text, size, found, true);
        irm_buffer_format(buffer, "key '%s' is given twice in one mapping", found);
    } else if (strncmp(notes->message, "Missing required", 16) == 0) {
        irm_buffer_format(buffer, "key '%s' is missing here; it is required", found);
    } else if (strncmp(notes->message, "Invalid ", 8) == 0) {
        const cyaml_schema_value_t *place = schema_at(schema, notes);
        const char *kind = place != NULL && place->type == CYAML_FLOAT  ? "a number"
                           : place != NULL && place->type == CYAML_BOOL ? "true or false"
                           : place != NULL && place->type == CYAML_ENUM
                               ? "one of those listed"
                               : "an integer";
        irm_buffer_format(buffer, "'%s' is not %s", found, kind);
        list_names(buffer, found, names, allowed(place, names, 64));
    } else {
        const char *message =
            notes->message[0] != '\0' ? notes->message : cyaml_strerror(code);
        const char *prefix = "libyaml: ";
        size_t skip = strncmp(message, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
        irm_buffer_format(buffer, "not as YAML should be here: %s", message + skip);
    }
}

static irm_status mistake(const char *name, const char *text, size_t size, journal *notes,
                          cyaml_err_t code, const cyaml_schema_value_t *schema,
                          irm_error *error) {
    irm_buffer buffer = {0};
    explain(notes, text, size, code, schema, &buffer);
    irm_status status = buffer.failed
                            ? irm_fail_memory(error)
                            : irm_fail_at(error, IRM_STATUS_SCHEMA, name, notes->line,
                                          notes->column, NULL, "%s", buffer.data);
    irm_buffer_clear(&buffer);
    return status;
}

irm_status irm_yaml_load(const char *name, const char *text, size_t size,
                         const struct cyaml_schema_value *schema, void **data,
                         unsigned *count, irm_error *error) {
    journal notes = {0};
    cyaml_config_t config = {.log_fn = take_note,
                             .log_ctx = &notes,
                             .log_level = CYAML_LOG_ERROR,
                             .mem_fn = allocate,
                             .flags = CYAML_CFG_NO_ALIAS};
    cyaml_data_t *loaded = NULL;
    *data = NULL;
    cyaml_err_t code =
        cyaml_load_data((const uint8_t *)text, size, &config, schema, &loaded, count);
    if (code == CYAML_ERR_OOM) {
        return irm_fail_memory(error);
    }
    if (code != CYAML_OK) {
        return mistake(name, text, size, &notes, code, schema, error);
    }
    if (loaded == NULL) {
        return irm_fail_at(error, IRM_STATUS_SCHEMA, name, 1, 1, NULL,
                           "nothing is in here");
    }
    *data = loaded;
    return IRM_OK;
}

void irm_yaml_free(const struct cyaml_schema_value *schema, void *data, unsigned count) {
    cyaml_config_t config = {.mem_fn = allocate};
    if (data != NULL) {
        cyaml_free(&config, schema, data, count);
    }
}

/* True where `text` goes on with `value`, bare or quoted, as a whole word. */
static bool has_value(const char *text, const char *end, const char *value) {
    while (text < end && (*text == ' ' || *text == '"' || *text == '\'')) {
        text++;
    }
    size_t length = strlen(value);
    return (size_t)(end - text) >= length && strncmp(text, value, length) == 0 &&
           (text + length == end || strchr(" ,}\"'\r\n", text[length]) != NULL);
}

size_t irm_yaml_line(const char *text, size_t size, const char *key, const char *value) {
    size_t line = 1, length = strlen(key);
    const char *end = text + size;
    for (const char *p = text; p + length < end; p++) {
        bool starts = p == text || strchr(" \n{,", p[-1]) != NULL;
        if (starts && strncmp(p, key, length) == 0 && p[length] == ':' &&
            has_value(p + length + 1, end, value)) {
            return line;
        }
        line += *p == '\n';
    }
    return 0;
}
