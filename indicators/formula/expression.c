#include <ctype.h>
#include <string.h>

#include "formula/parser.h"
#include "irminon/memory.h"
#include "irminon/text.h"

enum { MAX_DEPTH = 100, MAX_OPERANDS = 64 };

/* ---- calls ------------------------------------------------------------------------ */

/* How many arguments: so many, the id of an indicator, a list of at least two, or of
 * pairs; or a variable and a dimension, then perhaps the order of a quantile; or two and
 * a level. */
enum { AN_INDICATOR = -1, A_LIST = -2, PAIRS = -3, BY = -4, BY_ORDER = -5, GROUPED = -6 };

static const struct function {
    const char *name;
    irm_node_kind kind;
    int arguments;
    irm_whereabouts where;
} functions[] = {
    {"min", IRM_NODE_MINIMUM, 2, IRM_WHERE_LEVEL},
    {"max", IRM_NODE_MAXIMUM, 2, IRM_WHERE_LEVEL},
    {"abs", IRM_NODE_ABSOLUTE, 1, IRM_WHERE_LEVEL},
    {"sqrt", IRM_NODE_SQUARE_ROOT, 1, IRM_WHERE_LEVEL},
    {"log", IRM_NODE_LOGARITHM, 1, IRM_WHERE_LEVEL},
    {"exp", IRM_NODE_EXPONENTIAL, 1, IRM_WHERE_LEVEL},
    {"annual", IRM_NODE_ANNUAL, 2, IRM_WHERE_LEVEL},
    {"years", IRM_NODE_YEARS, 0, IRM_WHERE_LEVEL},
    {"indicator", IRM_NODE_INDICATOR, AN_INDICATOR, IRM_WHERE_LEVEL},
    {"reference", IRM_NODE_REFERENCE, 1, IRM_WHERE_REFERENCE},
    {"gini", IRM_NODE_GINI, 2, IRM_WHERE_COMMUNES},
    {"theil", IRM_NODE_THEIL, 2, IRM_WHERE_COMMUNES},
    {"theil_within", IRM_NODE_THEIL_WITHIN, GROUPED, IRM_WHERE_COMMUNES},
    {"theil_between", IRM_NODE_THEIL_BETWEEN, GROUPED, IRM_WHERE_COMMUNES},
    {"dissimilarity", IRM_NODE_DISSIMILARITY, 2, IRM_WHERE_COMMUNES},
    {"isolation", IRM_NODE_ISOLATION, 2, IRM_WHERE_COMMUNES},
    {"entropy", IRM_NODE_ENTROPY, A_LIST, IRM_WHERE_LEVEL},
    {"standardised", IRM_NODE_STANDARDISED, PAIRS, IRM_WHERE_LEVEL},
    {"expected", IRM_NODE_EXPECTED, PAIRS, IRM_WHERE_LEVEL},
    {"median_by", IRM_NODE_QUANTILE_BY, BY, IRM_WHERE_LEVEL},
    {"quantile_by", IRM_NODE_QUANTILE_BY, BY_ORDER, IRM_WHERE_LEVEL},
    {"mean_by", IRM_NODE_MEAN_BY, BY, IRM_WHERE_LEVEL},
    {"sum_by", IRM_NODE_SUM_BY, BY, IRM_WHERE_LEVEL},
};
enum { N_FUNCTIONS = sizeof functions / sizeof *functions };

static irm_status indicator_name(parser *p, irm_node *node) {
    parser_skip_spaces(p);
    size_t size = parser_name_size(p->text + p->at);
    if (size == 0) {
        bool grouped =
            node->kind == IRM_NODE_THEIL_WITHIN || node->kind == IRM_NODE_THEIL_BETWEEN;
        return parser_expected(p, node->kind == IRM_NODE_INDICATOR
                                      ? "the id of an indicator"
                                  : grouped ? "the name of a level, such as epci"
                                            : "the name of a dimension");
    }
    node->indicator = irm_strndup(p->text + p->at, size);
    if (node->indicator == NULL) {
        return irm_fail_memory(p->error);
    }
    p->at += size;
    return IRM_OK;
}

static irm_status fixed_arguments(parser *p, int count, irm_node *made) {
    if (count > 0) {
        IRM_TRY(parser_expression(p, &made->left));
    }
    if (count > 1) {
        IRM_TRY(parser_need(p, ',', "\",\" and a second argument"));
        IRM_TRY(parser_expression(p, &made->right));
    }
    return IRM_OK;
}

static irm_status keep_operands(parser *p, const size_t *operands, irm_node *made) {
    irm_formula *f = p->formula;
    IRM_TRY(irm_reserve((void **)&f->operands, &f->operand_capacity,
                        f->n_operands + made->n_operands, sizeof *f->operands, p->error));
    made->first_operand = f->n_operands;
    for (size_t i = 0; i < made->n_operands; i++) {
        f->operands[f->n_operands++] = operands[i];
    }
    return IRM_OK;
}

/* `exactly` arguments; 0: two or more, or pairs. */
static irm_status operands(parser *p, size_t exactly, bool pairs, irm_node *made) {
    size_t list[MAX_OPERANDS];
    do {
        if (made->n_operands == MAX_OPERANDS) {
            return irm_formula_fail(p->error, p->text, p->at, "more than %d arguments",
                                    MAX_OPERANDS);
        }
        IRM_TRY(parser_expression(p, &list[made->n_operands]));
        made->n_operands++;
        if (parser_peek(p) != ',') {
            break;
        }
        p->at++;
    } while (true);
    bool enough = exactly > 0 ? made->n_operands == exactly : made->n_operands >= 2;
    if (!enough || (pairs && made->n_operands % 2 != 0)) {
        return irm_formula_fail(p->error, p->text, made->at,
                                exactly == 1   ? "one argument is expected"
                                : exactly == 2 ? "two arguments are expected"
                                : pairs
                                    ? "pairs are expected: events, inhabitants, by age"
                                    : "two arguments or more are expected");
    }
    return keep_operands(p, list, made);
}

static irm_status number(parser *p, size_t *node);

static irm_status order_of(parser *p, irm_node *made) {
    size_t node = 0;
    IRM_TRY(parser_need(p, ',', "\",\" and the order of the quantile"));
    parser_skip_spaces(p);
    size_t at = p->at;
    IRM_TRY(number(p, &node));
    made->number = p->formula->nodes[node].number;
    return made->number > 0 && made->number < 1
               ? IRM_OK
               : irm_formula_fail(p->error, p->text, at,
                                  "the order of a quantile is between 0 and 1");
}

/* A variable, and the dimension whose modalities are numbers. */
static irm_status distribution(parser *p, bool order, irm_node *made) {
    size_t operand = 0;
    parser_skip_spaces(p);
    size_t at = p->at;
    IRM_TRY(parser_expression(p, &operand));
    const irm_node *of = &p->formula->nodes[operand];
    if (of->kind != IRM_NODE_VARIABLE) {
        return irm_formula_fail(p->error, p->text, at, "a variable alone is expected");
    }
    IRM_TRY(parser_need(p, ',', "\",\" and the name of a dimension"));
    IRM_TRY(indicator_name(p, made));
    const irm_variable *variable = &p->formula->variables[of->variable];
    for (size_t i = 0; i < variable->n_fixed; i++) {
        if (strcmp(variable->fixed[i].dimension, made->indicator) == 0) {
            return irm_formula_fail(p->error, p->text, variable->fixed[i].at,
                                    "\"%s\" is fixed, and what it is to go over",
                                    made->indicator);
        }
    }
    made->number = 0.5;
    IRM_TRY(order ? order_of(p, made) : IRM_OK);
    made->n_operands = 1;
    return keep_operands(p, &operand, made);
}

/* A value, its weight, and the level whose territories group the communes. */
static irm_status grouped(parser *p, irm_node *made) {
    size_t list[2];
    IRM_TRY(parser_expression(p, &list[0]));
    IRM_TRY(parser_need(p, ',', "\",\" and a weight"));
    IRM_TRY(parser_expression(p, &list[1]));
    IRM_TRY(parser_need(p, ',', "\",\" and the level of the groups, such as epci"));
    IRM_TRY(indicator_name(p, made));
    made->n_operands = 2;
    return keep_operands(p, list, made);
}

/* The arguments of a function that reads elsewhere are read there; one place at a time.
 */
static irm_status arguments(parser *p, const struct function *function, irm_node *made) {
    irm_whereabouts outside = p->where;
    if (function->where != IRM_WHERE_LEVEL && outside != IRM_WHERE_LEVEL) {
        return irm_formula_fail(p->error, p->text, made->at,
                                "%s() cannot stand inside reference() or an index of "
                                "communes",
                                function->name);
    }
    if (function->kind < IRM_NODE_REFERENCE) {
        return function->arguments == AN_INDICATOR
                   ? indicator_name(p, made)
                   : fixed_arguments(p, function->arguments, made);
    }
    if (function->arguments == BY || function->arguments == BY_ORDER) {
        return distribution(p, function->arguments == BY_ORDER, made);
    }
    p->where = function->where != IRM_WHERE_LEVEL ? function->where : outside;
    size_t exactly = function->arguments > 0 ? (size_t)function->arguments : 0;
    irm_status status = function->arguments == GROUPED
                            ? grouped(p, made)
                            : operands(p, exactly, function->arguments == PAIRS, made);
    p->where = outside;
    return status;
}

static irm_status call(parser *p, const struct function *function, size_t at,
                       size_t *node) {
    irm_node made = {.kind = function->kind, .at = at};
    irm_status status = parser_need(p, '(', "\"(\"");
    if (status == IRM_OK) {
        status = arguments(p, function, &made);
    }
    if (status == IRM_OK) {
        status = parser_need(p, ')', "\")\"");
    }
    if (status != IRM_OK) {
        irm_free(made.indicator);
        return status;
    }
    return parser_node(p, made, node);
}

static irm_status no_function(parser *p, size_t at, irm_view name) {
    irm_buffer known = {0};
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        irm_buffer_format(&known, "%s%s", i > 0 ? ", " : "", functions[i].name);
    }
    irm_status status =
        irm_formula_fail(p->error, p->text, at, "no function is called \"%.*s\" (%s)",
                         (int)name.size, name.data, known.data != NULL ? known.data : "");
    irm_buffer_clear(&known);
    return status;
}

static irm_status named(parser *p, size_t *node) {
    size_t at = p->at, size = parser_name_size(p->text + at);
    size_t after = at + size;
    while (isspace((unsigned char)p->text[after])) {
        after++;
    }
    if (p->text[after] != '(') {
        return parser_variable(p, node);
    }
    irm_view name = {p->text + at, size};
    for (size_t i = 0; i < N_FUNCTIONS; i++) {
        if (irm_view_equals(name, functions[i].name)) {
            p->at = after;
            return call(p, &functions[i], at, node);
        }
    }
    return no_function(p, at, name);
}

/* ---- expressions ------------------------------------------------------------------ */

static irm_status number(parser *p, size_t *node) {
    size_t start = p->at;
    while (isdigit((unsigned char)p->text[p->at]) || p->text[p->at] == '.') {
        p->at++;
    }
    double value = 0;
    irm_view text = {p->text + start, p->at - start};
    if (!irm_text_number(text, '.', &value, NULL)) {
        return irm_formula_fail(p->error, p->text, start, "\"%.*s\" is not a number",
                                (int)(text.size > 100 ? 100 : text.size), text.data);
    }
    return parser_node(
        p, (irm_node){.kind = IRM_NODE_NUMBER, .at = start, .number = value}, node);
}

static irm_status primary(parser *p, size_t *node) {
    char c = parser_peek(p);
    if (c == '(') {
        p->at++;
        IRM_TRY(parser_expression(p, node));
        return parser_need(p, ')', "\")\" or an operator");
    }
    if (isdigit((unsigned char)c) || c == '.') {
        return number(p, node);
    }
    if (parser_name_start(c)) {
        return named(p, node);
    }
    return parser_expected(p, "a number, a variable, a function or \"(\"");
}

static irm_status factor(parser *p, size_t *node) {
    if (++p->depth > MAX_DEPTH) {
        return irm_formula_fail(p->error, p->text, p->at, "nested too deeply");
    }
    char c = parser_peek(p);
    size_t at = p->at, operand = 0, exponent = 0;
    if (c == '-') {
        p->at++;
        IRM_TRY(factor(p, &operand));
        p->depth--;
        return parser_node(
            p, (irm_node){.kind = IRM_NODE_NEGATE, .at = at, .left = operand}, node);
    }
    IRM_TRY(primary(p, node));
    if (parser_peek(p) == '^') {
        at = p->at++;
        operand = *node;
        IRM_TRY(factor(p, &exponent));
        IRM_TRY(parser_node(
            p,
            (irm_node){
                .kind = IRM_NODE_POWER, .at = at, .left = operand, .right = exponent},
            node));
    }
    p->depth--;
    return IRM_OK;
}

static irm_status term(parser *p, size_t *node) {
    IRM_TRY(factor(p, node));
    for (char c = parser_peek(p); c == '*' || c == '/'; c = parser_peek(p)) {
        irm_node made = {.kind = c == '*' ? IRM_NODE_MULTIPLY : IRM_NODE_DIVIDE,
                         .at = p->at++,
                         .left = *node};
        IRM_TRY(factor(p, &made.right));
        IRM_TRY(parser_node(p, made, node));
    }
    return IRM_OK;
}

irm_status parser_expression(parser *p, size_t *node) {
    IRM_TRY(term(p, node));
    for (char c = parser_peek(p); c == '+' || c == '-'; c = parser_peek(p)) {
        irm_node made = {.kind = c == '+' ? IRM_NODE_ADD : IRM_NODE_SUBTRACT,
                         .at = p->at++,
                         .left = *node};
        IRM_TRY(term(p, &made.right));
        IRM_TRY(parser_node(p, made, node));
    }
    return IRM_OK;
}
