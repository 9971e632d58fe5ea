#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "tabulate/where.h"

/* Bounds recursion, here and in evaluation, whatever is typed. */
enum { MOST_NODES = 500, DEEPEST = 100 };

typedef enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_OPERATOR, /* = != < <= > >= */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_RANGE
} token_kind;

typedef struct where_token {
    token_kind kind;
    size_t at, size; /* in the text, quotes included */
} where_token;

typedef struct where_parser {
    irm_where *where;
    where_token token; /* the one to be read next */
    size_t depth;
    irm_error *error;
} where_parser;

irm_status irm_where_fail(const irm_where *where, size_t at, irm_status code,
                          irm_error *error, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t character = 1;
    for (size_t i = 0; i < at; i++) {
        character += ((unsigned char)where->text[i] & 0xC0) != 0x80;
    }
    if (strlen(where->text) > 200) {
        return irm_fail(error, code, "in the expression, character %zu: %s", character,
                        message);
    }
    return irm_fail(error, code, "in the expression \"%s\", character %zu: %s",
                    where->text, character, message);
}

static bool in_word(const char *p) {
    return *p != '\0' && !isspace((unsigned char)*p) &&
           strchr("()=!<>,\"'", *p) == NULL && strncmp(p, "..", 2) != 0;
}

/* Length of the quoted text at `p`, quotes included; 0 when it is not closed. */
static size_t quoted_size(const char *p) {
    for (size_t i = 1; p[i] != '\0'; i++) {
        if (p[i] == *p) {
            if (p[i + 1] != *p) {
                return i + 1;
            }
            i++;
        }
    }
    return 0;
}

static size_t operator_size(const char *p) {
    static const char *const operators[] = {"!=", "<=", ">=", "<>", "==", "=", "<", ">"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strncmp(p, operators[i], strlen(operators[i])) == 0) {
            return strlen(operators[i]);
        }
    }
    return 0;
}

/* Moves to the next token. */
static irm_status advance(where_parser *parser) {
    const char *text = parser->where->text;
    where_token *token = &parser->token;
    token->at += token->size;
    while (isspace((unsigned char)text[token->at])) {
        token->at++;
    }
    const char *p = text + token->at;
    size_t word = 0;
    while (in_word(p + word)) {
        word++;
    }
    token->size = 1;
    if (*p == '\0') {
        token->kind = TOKEN_END;
        token->size = 0;
    } else if (*p == '"' || *p == '\'') {
        token->kind = TOKEN_QUOTED;
        token->size = quoted_size(p);
        if (token->size == 0) {
            return irm_where_fail(parser->where, token->at, IRM_STATUS_USAGE,
                                  parser->error, "the quote is never closed");
        }
    } else if (word > 0) {
        token->kind = TOKEN_WORD;
        token->size = word;
    } else if (operator_size(p) > 0) {
        token->kind = TOKEN_OPERATOR;
        token->size = operator_size(p);
    } else if (strncmp(p, "..", 2) == 0) {
        token->kind = TOKEN_RANGE;
        token->size = 2;
    } else if (*p == '(' || *p == ')' || *p == ',') {
        token->kind = *p == '(' ? TOKEN_OPEN : *p == ')' ? TOKEN_CLOSE : TOKEN_COMMA;
    } else {
        return irm_where_fail(parser->where, token->at, IRM_STATUS_USAGE, parser->error,
                              "unexpected '%c'", *p);
    }
    return IRM_OK;
}

static irm_status expected(const where_parser *parser, const char *what) {
    const where_token *token = &parser->token;
    if (token->kind == TOKEN_END) {
        return irm_where_fail(parser->where, token->at, IRM_STATUS_USAGE, parser->error,
                              "expected %s, found the end", what);
    }
    return irm_where_fail(parser->where, token->at, IRM_STATUS_USAGE, parser->error,
                          "expected %s, found '%.*s'", what,
                          (int)(token->size < 40 ? token->size : 40),
                          parser->where->text + token->at);
}

static bool is_keyword(const where_parser *parser, const char *keyword) {
    return parser->token.kind == TOKEN_WORD && parser->token.size == strlen(keyword) &&
           strncasecmp(parser->where->text + parser->token.at, keyword,
                       parser->token.size) == 0;
}

static bool is_name(const where_parser *parser) {
    static const char *const keywords[] = {"and", "or", "not", "in"};
    for (size_t i = 0; i < 4; i++) {
        if (is_keyword(parser, keywords[i])) {
            return false;
        }
    }
    return parser->token.kind == TOKEN_WORD || parser->token.kind == TOKEN_QUOTED;
}

/* Copies a word or a quoted text (without its quotes), and moves on. */
static irm_status take_text(where_parser *parser, const char *what, char **text) {
    if (!is_name(parser)) {
        return expected(parser, what);
    }
    const char *p = parser->where->text + parser->token.at;
    bool quoted = parser->token.kind == TOKEN_QUOTED;
    *text = irm_strndup(p + quoted, parser->token.size - 2u * quoted);
    if (*text == NULL) {
        return irm_fail_memory(parser->error);
    }
    if (quoted) {
        char *to = *text;
        for (const char *from = *text; *from != '\0'; from++) {
            *to++ = *from;
            from += *from == *p; /* the first of two */
        }
        *to = '\0';
    }
    return advance(parser);
}

static irm_status add_node(where_parser *parser, where_node node, size_t *index) {
    irm_where *where = parser->where;
    if (where->n_nodes == MOST_NODES) {
        return irm_where_fail(where, parser->token.at, IRM_STATUS_USAGE, parser->error,
                              "over %d tests and operators; `in (…)` takes any number of "
                              "values",
                              MOST_NODES);
    }
    IRM_TRY(irm_reserve((void **)&where->nodes, &where->nodes_capacity,
                        where->n_nodes + 1, sizeof *where->nodes, parser->error));
    where->nodes[where->n_nodes] = node;
    *index = where->n_nodes++;
    return IRM_OK;
}

/* value [".." value], added to the test. */
static irm_status parse_item(where_parser *parser, size_t test) {
    where_node *node = &parser->where->nodes[test];
    IRM_TRY(irm_reserve((void **)&node->items, &node->items_capacity, node->n_items + 1,
                        sizeof *node->items, parser->error));
    where_item *item = &node->items[node->n_items++];
    *item = (where_item){.at = parser->token.at};
    IRM_TRY(take_text(parser, "a value", &item->low));
    if (parser->token.kind != TOKEN_RANGE) {
        return IRM_OK;
    }
    if (node->comparison != COMPARE_ANY_OF) {
        return irm_where_fail(parser->where, parser->token.at, IRM_STATUS_USAGE,
                              parser->error, "a range goes with =, != or in");
    }
    IRM_TRY(advance(parser));
    return take_text(parser, "the end of the range", &item->high);
}

static irm_status parse_list(where_parser *parser, size_t test) {
    if (parser->token.kind != TOKEN_OPEN) {
        return parse_item(parser, test);
    }
    do {
        IRM_TRY(advance(parser));
        IRM_TRY(parse_item(parser, test));
    } while (parser->token.kind == TOKEN_COMMA);
    if (parser->token.kind != TOKEN_CLOSE) {
        return expected(parser, "',' or ')'");
    }
    return advance(parser);
}

/* The operator: fills the comparison; *negated for != and not in; *list for in. */
static irm_status parse_operator(where_parser *parser, where_node *node, bool *negated,
                                 bool *list) {
    *negated = is_keyword(parser, "not");
    if (*negated) {
        IRM_TRY(advance(parser));
    }
    *list = is_keyword(parser, "in");
    if (!*list && (*negated || parser->token.kind != TOKEN_OPERATOR)) {
        return expected(parser,
                        *negated ? "'in'" : "a comparison (=, !=, <, <=, >, >=, in)");
    }
    const char *p = parser->where->text + parser->token.at;
    bool equal = parser->token.size == 2 && p[1] == '=';
    if (!*list) {
        *negated = *p == '!' || strncmp(p, "<>", 2) == 0;
        if (!*negated && *p == '<') {
            node->comparison = equal ? COMPARE_AT_MOST : COMPARE_LESS;
        } else if (*p == '>') {
            node->comparison = equal ? COMPARE_AT_LEAST : COMPARE_MORE;
        }
    }
    return advance(parser);
}

static irm_status parse_test(where_parser *parser, size_t *index) {
    where_node node = {.kind = NODE_TEST, .at = parser->token.at};
    size_t test;
    IRM_TRY(add_node(parser, node, &test)); /* owned by the tree from here on */
    IRM_TRY(
        take_text(parser, "a column, 'not' or '('", &parser->where->nodes[test].column));
    bool negated, list;
    IRM_TRY(parse_operator(parser, &parser->where->nodes[test], &negated, &list));
    IRM_TRY(list ? parse_list(parser, test) : parse_item(parser, test));
    *index = test;
    return negated ? add_node(parser, (where_node){.kind = NODE_NOT, .left = test}, index)
                   : IRM_OK;
}

static irm_status parse_or(where_parser *parser, size_t *index);

static irm_status parse_not(where_parser *parser, size_t *index) {
    if (++parser->depth > DEEPEST) {
        return irm_where_fail(parser->where, parser->token.at, IRM_STATUS_USAGE,
                              parser->error, "nested over %d deep", DEEPEST);
    }
    if (is_keyword(parser, "not")) {
        size_t inner;
        IRM_TRY(advance(parser));
        IRM_TRY(parse_not(parser, &inner));
        IRM_TRY(add_node(parser, (where_node){.kind = NODE_NOT, .left = inner}, index));
    } else if (parser->token.kind == TOKEN_OPEN) {
        IRM_TRY(advance(parser));
        IRM_TRY(parse_or(parser, index));
        if (parser->token.kind != TOKEN_CLOSE) {
            return expected(parser, "'and', 'or' or ')'");
        }
        IRM_TRY(advance(parser));
    } else {
        IRM_TRY(parse_test(parser, index));
    }
    parser->depth--;
    return IRM_OK;
}

static irm_status parse_and(where_parser *parser, size_t *index) {
    IRM_TRY(parse_not(parser, index));
    while (is_keyword(parser, "and")) {
        where_node node = {.kind = NODE_AND, .left = *index};
        IRM_TRY(advance(parser));
        IRM_TRY(parse_not(parser, &node.right));
        IRM_TRY(add_node(parser, node, index));
    }
    return IRM_OK;
}

static irm_status parse_or(where_parser *parser, size_t *index) {
    IRM_TRY(parse_and(parser, index));
    while (is_keyword(parser, "or")) {
        where_node node = {.kind = NODE_OR, .left = *index};
        IRM_TRY(advance(parser));
        IRM_TRY(parse_and(parser, &node.right));
        IRM_TRY(add_node(parser, node, index));
    }
    return IRM_OK;
}

static irm_status list_columns(irm_where *where, irm_error *error) {
    where->columns = irm_calloc(where->n_nodes, sizeof *where->columns);
    if (where->columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < where->n_nodes; i++) {
        const char *name = where->nodes[i].column;
        bool known = name == NULL;
        for (size_t k = 0; k < where->n_columns && !known; k++) {
            known = strcmp(where->columns[k], name) == 0;
        }
        if (!known) {
            where->columns[where->n_columns++] = name;
        }
    }
    return IRM_OK;
}

static irm_status parse(irm_where *where, irm_error *error) {
    where_parser parser = {.where = where, .error = error};
    IRM_TRY(advance(&parser));
    if (parser.token.kind == TOKEN_END) {
        return irm_fail(error, IRM_STATUS_USAGE, "the expression is empty");
    }
    IRM_TRY(parse_or(&parser, &where->root));
    if (parser.token.kind != TOKEN_END) {
        return expected(&parser, "'and', 'or' or the end");
    }
    return list_columns(where, error);
}

irm_status irm_where_parse(const char *text, irm_where **where, irm_error *error) {
    irm_where *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->text = irm_strdup(text);
    irm_status status = made->text == NULL ? irm_fail_memory(error) : parse(made, error);
    if (status != IRM_OK) {
        irm_where_free(made);
        return status;
    }
    *where = made;
    return IRM_OK;
}

void irm_where_free(irm_where *where) {
    if (where == NULL) {
        return;
    }
    for (size_t i = 0; i < where->n_nodes; i++) {
        where_node *node = &where->nodes[i];
        for (size_t k = 0; k < node->n_items; k++) {
            irm_free(node->items[k].low);
            irm_free(node->items[k].high);
        }
        irm_free(node->items);
        irm_free(node->column);
    }
    irm_free(where->nodes);
    irm_free(where->columns);
    irm_free(where->text);
    irm_free(where);
}

const char *const *irm_where_columns(const irm_where *where, size_t *count) {
    *count = where->n_columns;
    return where->columns;
}
