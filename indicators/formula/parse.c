#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formula/parser.h"
#include "irminon/memory.h"
#include "irminon/text.h"

enum { MAX_RUN = 1000 };

void parser_skip_spaces(parser *p) {
    while (isspace((unsigned char)p->text[p->at])) {
        p->at++;
    }
}

char parser_peek(parser *p) {
    parser_skip_spaces(p);
    return p->text[p->at];
}

static bool accept(parser *p, char c) {
    if (parser_peek(p) != c) {
        return false;
    }
    p->at++;
    return true;
}

/* What stands at `at`, quoted, for messages. */
static void seen(const parser *p, char text[32]) {
    unsigned char c = (unsigned char)p->text[p->at];
    if (c == '\0') {
        snprintf(text, 32, "the end");
        return;
    }
    int size = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    snprintf(text, 32, "\"%.*s\"", size, p->text + p->at);
}

irm_status parser_expected(parser *p, const char *what) {
    char found[32];
    parser_skip_spaces(p);
    seen(p, found);
    return irm_formula_fail(p->error, p->text, p->at, "expected %s, found %s", what,
                            found);
}

irm_status parser_need(parser *p, char c, const char *what) {
    if (parser_peek(p) != c) {
        return parser_expected(p, what);
    }
    p->at++;
    return IRM_OK;
}

irm_status parser_node(parser *p, irm_node node, size_t *index) {
    irm_formula *f = p->formula;
    irm_status status = irm_reserve((void **)&f->nodes, &f->node_capacity, f->n_nodes + 1,
                                    sizeof *f->nodes, p->error);
    if (status != IRM_OK) {
        irm_free(node.indicator);
        return status;
    }
    *index = f->n_nodes;
    f->nodes[f->n_nodes++] = node;
    return IRM_OK;
}

bool parser_name_start(char c) { return isalpha((unsigned char)c) || c == '_'; }
static bool name_part(char c) { return isalnum((unsigned char)c) || c == '_'; }

size_t parser_name_size(const char *text) {
    size_t size = 0;
    if (parser_name_start(text[0])) {
        while (name_part(text[size])) {
            size++;
        }
    }
    return size;
}

/* Length of a family's id before ':', or 0. Ids have dashes, so that "a-b:c" is a
 * variable of the family a-b; a difference is written with spaces. */
static size_t dataset_size(const char *text) {
    size_t size = 0;
    if (!parser_name_start(text[0])) {
        return 0;
    }
    while (name_part(text[size]) || text[size] == '-') {
        size++;
    }
    return text[size] == ':' ? size : 0;
}

/* ---- dimensions ------------------------------------------------------------------- */

static irm_status code_add(parser *p, irm_fixed *fixed, const char *code, size_t size) {
    char **codes = irm_realloc(fixed->codes, fixed->n_codes + 1, sizeof *codes);
    if (codes == NULL) {
        return irm_fail_memory(p->error);
    }
    fixed->codes = codes;
    codes[fixed->n_codes] = irm_strndup(code, size);
    if (codes[fixed->n_codes] == NULL) {
        return irm_fail_memory(p->error);
    }
    fixed->n_codes++;
    return IRM_OK;
}

/* Splits "Y12" into the length of "Y" and 12. */
static bool numbered(irm_view code, size_t *prefix, long *number) {
    size_t start = code.size;
    while (start > 0 && isdigit((unsigned char)code.data[start - 1])) {
        start--;
    }
    if (start == code.size || code.size - start > 6) {
        return false;
    }
    *prefix = start;
    *number = strtol(code.data + start, NULL, 10);
    return true;
}

static irm_status run_add(parser *p, irm_fixed *fixed, irm_view from, irm_view to,
                          size_t at) {
    size_t prefix = 0, prefix_to = 0;
    long first = 0, last = 0;
    bool run = numbered(from, &prefix, &first) && numbered(to, &prefix_to, &last) &&
               prefix == prefix_to && memcmp(from.data, to.data, prefix) == 0;
    if (!run || last < first || last - first >= MAX_RUN) {
        return irm_formula_fail(p->error, p->text, at,
                                "\"%.*s..%.*s\" is not a run of codes (such as Y0..Y2)",
                                (int)from.size, from.data, (int)to.size, to.data);
    }
    int width = from.data[prefix] == '0' ? (int)(from.size - prefix) : 1;
    for (long i = first; i <= last; i++) {
        char code[128];
        int size =
            snprintf(code, sizeof code, "%.*s%0*ld", (int)prefix, from.data, width, i);
        if (size < 0 || (size_t)size >= sizeof code) {
            return irm_formula_fail(p->error, p->text, at, "this code is too long");
        }
        IRM_TRY(code_add(p, fixed, code, (size_t)size));
    }
    return IRM_OK;
}

static irm_status code_token(parser *p, irm_view *code) {
    parser_skip_spaces(p);
    size_t start = p->at;
    while (name_part(p->text[p->at]) || p->text[p->at] == '-') {
        p->at++;
    }
    *code = (irm_view){p->text + start, p->at - start};
    return code->size > 0 ? IRM_OK : parser_expected(p, "a code of the dimension");
}

static irm_status codes(parser *p, irm_fixed *fixed) {
    do {
        irm_view code, to;
        IRM_TRY(code_token(p, &code));
        size_t at = (size_t)(code.data - p->text);
        if (strncmp(p->text + p->at, "..", 2) == 0) {
            p->at += 2;
            IRM_TRY(code_token(p, &to));
            IRM_TRY(run_add(p, fixed, code, to, at));
        } else {
            IRM_TRY(code_add(p, fixed, code.data, code.size));
        }
    } while (accept(p, '+'));
    return IRM_OK;
}

static irm_status fixed_add(parser *p, irm_variable *variable, irm_fixed **fixed) {
    irm_fixed *grown = irm_realloc(variable->fixed, variable->n_fixed + 1, sizeof *grown);
    if (grown == NULL) {
        return irm_fail_memory(p->error);
    }
    variable->fixed = grown;
    *fixed = &grown[variable->n_fixed++];
    memset(*fixed, 0, sizeof **fixed);
    return IRM_OK;
}

static irm_status dimension(parser *p, size_t variable) {
    parser_skip_spaces(p);
    size_t size = parser_name_size(p->text + p->at);
    if (size == 0) {
        return parser_expected(p, "the name of a dimension");
    }
    irm_variable *v = &p->formula->variables[variable];
    irm_view name = {p->text + p->at, size};
    for (size_t i = 0; i < v->n_fixed; i++) {
        if (irm_view_equals(name, v->fixed[i].dimension)) {
            return irm_formula_fail(p->error, p->text, p->at, "\"%.*s\" is fixed twice",
                                    (int)size, name.data);
        }
    }
    char *copy = irm_strndup(name.data, name.size);
    irm_fixed *fixed = NULL;
    if (copy == NULL || fixed_add(p, v, &fixed) != IRM_OK) {
        irm_free(copy);
        return irm_fail_memory(p->error);
    }
    fixed->dimension = copy;
    fixed->at = p->at;
    p->at += size;
    IRM_TRY(parser_need(p, '=', "\"=\" after the name of a dimension"));
    return codes(p, fixed);
}

static irm_status dimensions(parser *p, size_t variable) {
    p->at++;
    IRM_TRY(dimension(p, variable));
    while (parser_peek(p) == ',') {
        p->at++;
        IRM_TRY(dimension(p, variable));
    }
    return parser_need(p, '}', "\",\" or \"}\"");
}

/* ---- times ------------------------------------------------------------------------ */

static irm_status time_of(parser *p, irm_variable *variable) {
    p->at++;
    parser_skip_spaces(p);
    const char *text = p->text + p->at;
    size_t size = parser_name_size(text);
    if (size == 8 && memcmp(text, "previous", 8) == 0) {
        variable->time = IRM_TIME_PREVIOUS;
        p->at += size;
    } else if (size == 5 && memcmp(text, "first", 5) == 0) {
        variable->time = IRM_TIME_FIRST;
        p->at += size;
    } else {
        variable->time = text[0] == '-' ? IRM_TIME_BEFORE : IRM_TIME_YEAR;
        p->at += text[0] == '-';
        size_t start = p->at;
        for (; isdigit((unsigned char)p->text[p->at]) && p->at - start < 4; p->at++) {
            variable->years = variable->years * 10 + (p->text[p->at] - '0');
        }
        bool year = p->at > start && (text[0] == '-' || variable->years >= 1000);
        if (!year) {
            p->at = start;
            return parser_expected(p, "previous, first, a year such as 2013, or -5");
        }
    }
    return parser_need(p, ']', "\"]\"");
}

/* ---- variables -------------------------------------------------------------------- */

static irm_status variable_add(parser *p, size_t *index) {
    irm_formula *f = p->formula;
    IRM_TRY(irm_reserve((void **)&f->variables, &f->variable_capacity, f->n_variables + 1,
                        sizeof *f->variables, p->error));
    *index = f->n_variables;
    memset(&f->variables[f->n_variables++], 0, sizeof *f->variables);
    f->variables[*index].at = p->at;
    f->variables[*index].where = p->where;
    return IRM_OK;
}

irm_status parser_variable(parser *p, size_t *node) {
    size_t index = 0;
    IRM_TRY(variable_add(p, &index));
    irm_variable *v = &p->formula->variables[index];
    size_t at = p->at, family = dataset_size(p->text + p->at);
    if (family > 0) {
        v->dataset = irm_strndup(p->text + p->at, family);
        if (v->dataset == NULL) {
            return irm_fail_memory(p->error);
        }
        p->at += family + 1;
    }
    size_t size = parser_name_size(p->text + p->at);
    if (size == 0) {
        return parser_expected(p, "the name of a variable");
    }
    v->name = irm_strndup(p->text + p->at, size);
    if (v->name == NULL) {
        return irm_fail_memory(p->error);
    }
    p->at += size;
    if (parser_peek(p) == '{') {
        IRM_TRY(dimensions(p, index));
    }
    if (parser_peek(p) == '[') {
        IRM_TRY(time_of(p, &p->formula->variables[index]));
    }
    return parser_node(
        p, (irm_node){.kind = IRM_NODE_VARIABLE, .at = at, .variable = index}, node);
}

/* ---- the whole -------------------------------------------------------------------- */

irm_status irm_formula_parse(const char *text, irm_formula **formula, irm_error *error) {
    *formula = NULL;
    irm_formula *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->text = irm_strdup(text);
    if (made->text == NULL) {
        irm_formula_free(made);
        return irm_fail_memory(error);
    }
    parser p = {.formula = made, .text = made->text, .error = error};
    irm_status status = parser_expression(&p, &made->root);
    if (status == IRM_OK && parser_peek(&p) != '\0') {
        status = parser_expected(&p, "an operator or the end");
    }
    if (status != IRM_OK) {
        irm_formula_free(made);
        return status;
    }
    *formula = made;
    return IRM_OK;
}
