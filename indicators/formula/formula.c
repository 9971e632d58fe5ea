#include "formula/formula.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"

static void variable_clear(irm_variable *variable) {
    for (size_t i = 0; i < variable->n_fixed; i++) {
        irm_fixed *fixed = &variable->fixed[i];
        for (size_t c = 0; c < fixed->n_codes; c++) {
            irm_free(fixed->codes[c]);
        }
        irm_free(fixed->codes);
        irm_free(fixed->dimension);
    }
    irm_free(variable->fixed);
    irm_free(variable->dataset);
    irm_free(variable->name);
}

void irm_formula_free(irm_formula *formula) {
    if (formula == NULL) {
        return;
    }
    for (size_t i = 0; i < formula->n_nodes; i++) {
        irm_free(formula->nodes[i].indicator);
    }
    for (size_t i = 0; i < formula->n_variables; i++) {
        variable_clear(&formula->variables[i]);
    }
    irm_free(formula->nodes);
    irm_free(formula->variables);
    irm_free(formula->operands);
    irm_free(formula->text);
    irm_free(formula);
}

/* Characters, not bytes, before `at`. */
static size_t characters(const char *text, size_t at) {
    size_t count = 0;
    for (size_t i = 0; i < at && text[i] != '\0'; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    return count;
}

irm_status irm_formula_fail(irm_error *error, const char *text, size_t at,
                            const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t column = characters(text, at) + 1;
    irm_status status =
        irm_fail(error, IRM_STATUS_SCHEMA, "formula \"%.300s\", character %zu: %s", text,
                 column, message);
    if (error != NULL) {
        error->column = column;
    }
    return status;
}
