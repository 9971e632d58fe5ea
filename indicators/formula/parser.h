/* The parser of formulas: a cursor over the text, and the formula it builds. Private to
 * this folder. */
#ifndef IRMINON_FORMULA_PARSER_H
#define IRMINON_FORMULA_PARSER_H

#include "formula/formula.h"

typedef struct parser {
    irm_formula *formula;
    const char *text;
    size_t at;
    int depth;
    irm_whereabouts where; /* variables are read there */
    irm_error *error;
} parser;

void parser_skip_spaces(parser *p);
/* The next character that is no space, left where it is. */
char parser_peek(parser *p);
/* Fails: `what` was expected where the cursor stands. */
irm_status parser_expected(parser *p, const char *what);
irm_status parser_need(parser *p, char c, const char *what);
/* Adds a node, whose strings it takes even when it fails. */
irm_status parser_node(parser *p, irm_node node, size_t *index);
bool parser_name_start(char c);
/* Bytes of the name that `text` begins with; 0 for none. */
size_t parser_name_size(const char *text);
irm_status parser_variable(parser *p, size_t *node);
irm_status parser_expression(parser *p, size_t *node);

#endif
