#include "catalogue/yaml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

/* What libcyaml says as it fails: a message, then a backtrace, innermost place first. */
typedef struct log {
    char message[512];
    size_t line, column;
} log;

static void record(cyaml_log_t level, void *context, const char *format, va_list arguments)
    IRM_PRINTF(3, 0);

static void record(cyaml_log_t level, void *context, const char *format,
                   va_list arguments) {
    log *kept = context;
    char text[512];
    (void)level;
    vsnprintf(text, sizeof text, format, arguments);
    size_t size = strcspn(text, "\n");
    text[size] = '\0';
    const char *place = strstr(text, "(line: ");
    if (place == NULL) {
        place = strstr(text, "line ");
    }
    size_t line = 0, column = 0;
    if (place != NULL && kept->line == 0 &&
        (sscanf(place, "(line: %zu, column: %zu)", &line, &column) == 2 ||
         sscanf(place, "line %zu, column %zu", &line, &column) == 2)) {
        kept->line = line;
        kept->column = column;
    }
    const char *words = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
    if (kept->message[0] == '\0' && strstr(words, "Backtrace") == NULL) {
        snprintf(kept->message, sizeof kept->message, "%.500s", words);
    }
}

static void *allocate(void *context, void *block, size_t size) {
    (void)context;
    if (size == 0) {
        irm_free(block);
        return NULL;
    }
    return irm_realloc(block, size, 1);
}

static cyaml_config_t configuration(log *kept) {
    return (cyaml_config_t){
        .log_fn = record,
        .log_ctx = kept,
        .mem_fn = allocate,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

/* libcyaml places an unexpected key where the mapping was last understood: the key itself
 * stands at or after that line. */
static void place_key(log *kept, const char *data, size_t size) {
    static const char unexpected[] = "Unexpected key: ";
    if (strncmp(kept->message, unexpected, sizeof unexpected - 1) != 0) {
        return;
    }
    const char *key = kept->message + sizeof unexpected - 1, *end = data + size;
    size_t length = strlen(key), line = 1;
    for (const char *start = data; start < end && length > 0; line++) {
        const char *stop = memchr(start, '\n', (size_t)(end - start));
        stop = stop != NULL ? stop : end;
        for (const char *p = start; line >= kept->line && p + length < stop; p++) {
            bool whole = (p == start || strchr(" {,", p[-1]) != NULL) && p[length] == ':';
            if (whole && memcmp(p, key, length) == 0) {
                kept->line = line;
                kept->column = (size_t)(p - start) + 1;
                return;
            }
        }
        start = stop + 1;
    }
}

irm_status irm_catalogue_yaml_load(const char *name, const char *data, size_t size,
                         const cyaml_schema_value_t *schema, void **loaded,
                         irm_error *error) {
    *loaded = NULL;
    log kept = {0};
    cyaml_config_t config = configuration(&kept);
    if (!irm_utf8_valid(data, size)) {
        return irm_fail_at(error, IRM_STATUS_SCHEMA, name, 0, 0, NULL,
                           "this is not UTF-8 text: a YAML file was expected");
    }
    cyaml_err_t result = cyaml_load_data((const uint8_t *)data, size, &config, schema,
                                         (cyaml_data_t **)loaded, NULL);
    if (result == CYAML_ERR_OOM) {
        return irm_fail_memory(error);
    }
    if (result != CYAML_OK) {
        place_key(&kept, data, size);
        kept.line = kept.line > 0 ? kept.line : 1; /* the document as a whole */
        const char *words = kept.message[0] != '\0' ? kept.message : cyaml_strerror(result);
        return irm_fail_at(error, IRM_STATUS_SCHEMA, name, kept.line, kept.column, NULL,
                           "%s", words);
    }
    if (*loaded == NULL) {
        return irm_fail_at(error, IRM_STATUS_SCHEMA, name, 1, 1, NULL,
                           "nothing is declared here");
    }
    return IRM_OK;
}

void irm_catalogue_yaml_free(const cyaml_schema_value_t *schema, void *loaded) {
    log kept = {0};
    cyaml_config_t config = configuration(&kept);
    cyaml_free(&config, schema, loaded, 0);
}
