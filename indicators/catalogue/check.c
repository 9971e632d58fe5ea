#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalogue/loaded.h"
#include "formula/formula.h"
#include "irminon/memory.h"
#include "irminon/text.h"

/* A check under way: mistakes are told one by one and counted. */
typedef struct check {
    const irm_catalogue *catalogue;
    const irm_registry *registry;
    const irm_reporter *reporter;
    size_t indicator; /* the one being looked at */
    size_t mistakes;
} check;

/* Tells a mistake at `text` (part of the declaration; NULL: the declaration itself), `at`
 * characters further. */
static void mistake(check *c, const char *text, size_t at, const char *format, ...)
    IRM_PRINTF(4, 5);

static void mistake(check *c, const char *text, size_t at, const char *format, ...) {
    char words[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    size_t line = 0, column = 0;
    irm_catalogue_locate(c->catalogue, c->indicator, text, &line, &column);
    const irm_catalogue_file *file =
        &c->catalogue->files[c->catalogue->origins[c->indicator].file];
    irm_warn(c->reporter, "%s:%zu:%zu: %s: %s", file->path, line, column + at,
             c->catalogue->indicators[c->indicator].id, words);
    c->mistakes++;
}

/* ---- words ------------------------------------------------------------------------ */

static bool blank(const char *text) { return text == NULL || text[0] == '\0'; }

static void check_words(check *c, const irm_indicator *indicator) {
    const struct {
        const char *text, *what;
    } needed[] = {
        {indicator->label_fr, "a French label (label: {fr: …})"},
        {indicator->label_en, "an English label (label: {en: …})"},
        {indicator->unit_fr, "a unit in French (unit: {fr: …})"},
        {indicator->unit, "a unit in English (unit: {en: …})"},
        {indicator->champ_fr, "the population covered (champ: {fr: …})"},
        {indicator->champ_en, "the population covered in English (champ: {en: …})"},
        {indicator->reference, "the reference of its definition (reference:)"},
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        bool unit =
            needed[i].text == indicator->unit || needed[i].text == indicator->unit_fr;
        if (blank(needed[i].text) && !(unit && indicator->kind == IRM_KIND_INDEX)) {
            mistake(c, NULL, 0, "%s is missing", needed[i].what);
        }
    }
    if (indicator->decimals > 6) {
        mistake(c, "decimals", 0, "decimals must be 0 to 6");
    }
    if (indicator->n_sources == 0) {
        mistake(c, "sources", 0, "at least one source is expected");
    }
}

/* ---- types ------------------------------------------------------------------------ */

/* How a node may be combined: what adds up, what does not, plain numbers, and results of
 * products and quotients, of which nothing is known. */
typedef enum nature {
    NATURE_NUMBER,
    NATURE_ADDITIVE,
    NATURE_FIXED,
    NATURE_DERIVED
} nature;

typedef struct typed {
    nature nature;
    irm_kind kind;
    const char *name;
} typed;

static const irm_descriptor *family(const check *c, const irm_source *source,
                                    const irm_variable *variable) {
    return irm_registry_find(
        c->registry, variable->dataset != NULL ? variable->dataset : source->dataset);
}

static typed variable_type(const check *c, const irm_source *source,
                           const irm_variable *variable) {
    const irm_descriptor *descriptor = family(c, source, variable);
    irm_kind kind = descriptor != NULL
                        ? irm_descriptor_variable_kind(descriptor, variable->name)
                        : IRM_KIND_END;
    nature of = kind == IRM_KIND_END      ? NATURE_DERIVED
                : irm_kind_additive(kind) ? NATURE_ADDITIVE
                                          : NATURE_FIXED;
    return (typed){of, kind, variable->name};
}

static typed node_type(check *c, const irm_source *source, const irm_formula *formula,
                       size_t index) {
    const irm_node *node = &formula->nodes[index];
    const typed derived = {NATURE_DERIVED, IRM_KIND_RATIO, NULL};
    if (node->kind == IRM_NODE_NUMBER || node->kind == IRM_NODE_YEARS) {
        return (typed){NATURE_NUMBER, IRM_KIND_INDEX, NULL};
    }
    if (node->kind == IRM_NODE_VARIABLE) {
        return variable_type(c, source, &formula->variables[node->variable]);
    }
    if (node->kind == IRM_NODE_INDICATOR) {
        return derived;
    }
    if (node->kind >= IRM_NODE_REFERENCE) {
        for (size_t i = 0; i < node->n_operands; i++) {
            node_type(c, source, formula, formula->operands[node->first_operand + i]);
        }
        return derived;
    }
    typed left = node_type(c, source, formula, node->left);
    if (node->kind < IRM_NODE_ADD) {
        return node->kind == IRM_NODE_NEGATE ? left : derived;
    }
    typed right = node_type(c, source, formula, node->right);
    typed fixed = left.nature == NATURE_FIXED ? left : right;
    bool both = left.nature != NATURE_NUMBER && right.nature != NATURE_NUMBER &&
                left.nature != NATURE_DERIVED && right.nature != NATURE_DERIVED;
    if (node->kind == IRM_NODE_ADD && both && fixed.nature == NATURE_FIXED) {
        mistake(c, formula->text, node->at, "%s is a %s: it cannot be added", fixed.name,
                irm_kind_name(fixed.kind));
    }
    bool sum = node->kind == IRM_NODE_ADD || node->kind == IRM_NODE_SUBTRACT;
    if (sum && both) {
        return fixed.nature == NATURE_FIXED ? derived : left;
    }
    bool scaled = node->kind == IRM_NODE_MULTIPLY || node->kind == IRM_NODE_DIVIDE;
    return scaled && right.nature == NATURE_NUMBER ? left : derived;
}

/* ---- overlaps --------------------------------------------------------------------- */

static void check_codes(check *c, const irm_formula *formula, const irm_fixed *fixed) {
    for (size_t i = 0; i < fixed->n_codes; i++) {
        for (size_t j = 0; j < i; j++) {
            if (irm_codes_overlap(fixed->codes[i], fixed->codes[j])) {
                mistake(c, formula->text, fixed->at,
                        "%s=%s and %s overlap: they do not add up", fixed->dimension,
                        fixed->codes[j], fixed->codes[i]);
                return;
            }
        }
    }
}

static bool fixed_overlap(const irm_fixed *a, const irm_fixed *b) {
    for (size_t i = 0; i < a->n_codes; i++) {
        for (size_t j = 0; j < b->n_codes; j++) {
            if (irm_codes_overlap(a->codes[i], b->codes[j])) {
                return true;
            }
        }
    }
    return false;
}

/* Two cells overlap unless some dimension that both fix tells them apart. */
static bool cells_overlap(const irm_variable *a, const irm_variable *b) {
    for (size_t i = 0; i < a->n_fixed; i++) {
        for (size_t j = 0; j < b->n_fixed; j++) {
            if (strcmp(a->fixed[i].dimension, b->fixed[j].dimension) == 0 &&
                !fixed_overlap(&a->fixed[i], &b->fixed[j])) {
                return false;
            }
        }
    }
    return true;
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_measure(const irm_variable *a, const irm_variable *b) {
    return strcmp(a->name, b->name) == 0 && same_text(a->dataset, b->dataset) &&
           a->time == b->time && a->years == b->years;
}

/* Variables that a chain of + and − adds (those it subtracts are left out). */
static void added_variables(const irm_formula *formula, size_t index, bool plus,
                            const irm_variable **list, size_t *count) {
    const irm_node *node = &formula->nodes[index];
    if (node->kind == IRM_NODE_VARIABLE && plus) {
        list[(*count)++] = &formula->variables[node->variable];
    } else if (node->kind == IRM_NODE_ADD || node->kind == IRM_NODE_SUBTRACT) {
        added_variables(formula, node->left, plus, list, count);
        bool right = node->kind == IRM_NODE_ADD ? plus : !plus;
        added_variables(formula, node->right, right, list, count);
    } else if (node->kind == IRM_NODE_NEGATE) {
        added_variables(formula, node->left, !plus, list, count);
    }
}

/* Sums that count a cell twice: POP{AGE=Y0T4} + POP{AGE=Y_LT20}, P_POP + P_POP. */
static void check_sums(check *c, const irm_formula *formula) {
    const irm_variable **list = irm_calloc(formula->n_variables, sizeof *list);
    for (size_t n = 0; list != NULL && n < formula->n_nodes; n++) {
        size_t count = 0;
        if (formula->nodes[n].kind != IRM_NODE_ADD) {
            continue;
        }
        added_variables(formula, n, true, list, &count);
        const irm_variable *last = count > 0 ? list[count - 1] : NULL;
        for (size_t i = 0; i + 1 < count; i++) {
            if (same_measure(list[i], last) && cells_overlap(list[i], last)) {
                mistake(c, formula->text, last->at,
                        "this cell of %s is already in the sum", last->name);
                break;
            }
        }
    }
    irm_free(list);
}

/* ---- names ------------------------------------------------------------------------ */

static void unknown_family(check *c, const char *text, size_t at, const char *dataset) {
    size_t n = irm_registry_count(c->registry);
    const char **ids = irm_calloc(n, sizeof *ids);
    for (size_t i = 0; ids != NULL && i < n; i++) {
        ids[i] = irm_descriptor_id(irm_registry_get(c->registry, i));
    }
    const char *near = ids != NULL ? irm_text_suggest(dataset, ids, n) : NULL;
    irm_free(ids);
    mistake(c, text, at,
            near != NULL ? "no dataset is called \"%s\"; did you mean \"%s\"?"
                         : "no dataset is called \"%s\"%s",
            dataset, near != NULL ? near : "");
}

static void check_variable(check *c, const irm_source *source, const irm_formula *formula,
                           const irm_variable *variable) {
    const irm_descriptor *descriptor = family(c, source, variable);
    for (size_t i = 0; i < variable->n_fixed; i++) {
        check_codes(c, formula, &variable->fixed[i]);
    }
    if (descriptor == NULL) {
        if (variable->dataset != NULL) {
            unknown_family(c, formula->text, variable->at, variable->dataset);
        }
        return;
    }
    const char *id = irm_descriptor_id(descriptor);
    if (irm_descriptor_variable_kind(descriptor, variable->name) == IRM_KIND_END) {
        char near[128];
        bool suggested =
            irm_descriptor_suggest(descriptor, variable->name, near, sizeof near);
        mistake(c, formula->text, variable->at, "%s has no variable \"%s\"%s%s%s", id,
                variable->name, suggested ? "; did you mean \"" : "",
                suggested ? near : "", suggested ? "\"?" : "");
    }
    for (size_t i = 0; i < variable->n_fixed; i++) {
        if (!irm_descriptor_has_dimension(descriptor, variable->fixed[i].dimension)) {
            mistake(c, formula->text, variable->fixed[i].at, "%s has no dimension \"%s\"",
                    id, variable->fixed[i].dimension);
        }
    }
}

static void check_references(check *c, const irm_formula *formula) {
    for (size_t i = 0; i < formula->n_nodes; i++) {
        const irm_node *node = &formula->nodes[i];
        irm_error why = {0};
        size_t index = 0;
        if (node->kind == IRM_NODE_INDICATOR &&
            irm_catalogue_need(c->catalogue, node->indicator, &index, &why) != IRM_OK) {
            mistake(c, formula->text, node->at, "%s", why.message);
        }
    }
}

static void check_distributions(check *c, const irm_source *source,
                                const irm_formula *formula) {
    for (size_t i = 0; i < formula->n_nodes; i++) {
        const irm_node *node = &formula->nodes[i];
        if (node->kind < IRM_NODE_QUANTILE_BY) {
            continue;
        }
        const irm_node *of = &formula->nodes[formula->operands[node->first_operand]];
        const irm_descriptor *descriptor =
            family(c, source, &formula->variables[of->variable]);
        if (descriptor != NULL &&
            !irm_descriptor_has_dimension(descriptor, node->indicator)) {
            mistake(c, formula->text, node->at, "%s has no dimension \"%s\"",
                    irm_descriptor_id(descriptor), node->indicator);
        }
    }
}

/* ---- circles ---------------------------------------------------------------------- */

static const char *formula_at(const irm_source *source, size_t i) {
    const char *const all[] = {source->numerator, source->denominator, source->formula};
    return all[i];
}

/* True when `index` uses `target` through indicator(), in some source. `seen` marks those
 * already looked at. */
static bool reaches(const irm_catalogue *catalogue, size_t index, size_t target,
                    bool *seen) {
    if (seen[index]) {
        return false;
    }
    seen[index] = true;
    const irm_indicator *indicator = &catalogue->indicators[index];
    bool found = false;
    for (size_t s = 0; s < indicator->n_sources * 3 && !found; s++) {
        const char *text = formula_at(&indicator->sources[s / 3], s % 3);
        irm_formula *formula = NULL;
        if (text == NULL || strstr(text, "indicator") == NULL ||
            irm_formula_parse(text, &formula, NULL) != IRM_OK) {
            continue;
        }
        for (size_t n = 0; n < formula->n_nodes && !found; n++) {
            size_t next = 0;
            found = formula->nodes[n].kind == IRM_NODE_INDICATOR &&
                    irm_catalogue_need(catalogue, formula->nodes[n].indicator, &next,
                                       NULL) == IRM_OK &&
                    (next == target || reaches(catalogue, next, target, seen));
        }
        irm_formula_free(formula);
    }
    return found;
}

static irm_status check_circle(check *c, irm_error *error) {
    bool *seen = irm_calloc(c->catalogue->n_indicators, sizeof *seen);
    if (seen == NULL) {
        return irm_fail_memory(error);
    }
    if (reaches(c->catalogue, c->indicator, c->indicator, seen)) {
        mistake(c, "indicator(", 0,
                "its formula comes back to itself through indicator()");
    }
    irm_free(seen);
    return IRM_OK;
}

/* ---- sources ---------------------------------------------------------------------- */

static irm_status check_formula(check *c, const irm_indicator *indicator,
                                const irm_source *source, const char *text,
                                irm_error *error) {
    irm_error why = {0};
    irm_formula *formula = NULL;
    irm_status status = irm_formula_parse(text, &formula, &why);
    if (status == IRM_STATUS_SCHEMA) {
        mistake(c, text, why.column > 0 ? why.column - 1 : 0, "%s", why.message);
        return IRM_OK;
    }
    if (status != IRM_OK) {
        return irm_fail(error, status, "%s", why.message);
    }
    for (size_t i = 0; i < formula->n_variables; i++) {
        check_variable(c, source, formula, &formula->variables[i]);
    }
    check_references(c, formula);
    check_distributions(c, source, formula);
    check_sums(c, formula);
    typed root = node_type(c, source, formula, formula->root);
    if (irm_kind_additive(indicator->kind) && root.nature == NATURE_FIXED) {
        mistake(c, text, 0, "it is declared a %s, and %s is a %s",
                irm_kind_name(indicator->kind), root.name, irm_kind_name(root.kind));
    }
    irm_formula_free(formula);
    return IRM_OK;
}

static irm_status check_source(check *c, const irm_indicator *indicator,
                               const irm_source *source, irm_error *error) {
    if (irm_registry_find(c->registry, source->dataset) == NULL) {
        unknown_family(c, source->dataset, 0, source->dataset);
    }
    bool ratio = !blank(source->numerator), single = !blank(source->formula);
    if (ratio == single) {
        mistake(c, source->dataset, 0, "a source has either a numerator or a formula");
    }
    if (!blank(source->denominator) && !ratio) {
        mistake(c, source->denominator, 0, "a denominator without a numerator");
    }
    if (source->scale == 0) {
        mistake(c, "scale", 0, "a scale of 0");
    }
    if (irm_kind_additive(indicator->kind) && !blank(source->denominator)) {
        mistake(c, source->denominator, 0, "a %s has no denominator: is it a ratio?",
                irm_kind_name(indicator->kind));
    }
    for (size_t i = 0; i < 3; i++) {
        const char *text = formula_at(source, i);
        if (!blank(text)) {
            IRM_TRY(check_formula(c, indicator, source, text, error));
        }
    }
    return IRM_OK;
}

static void check_themes(check *c) {
    for (size_t t = 0; t < c->catalogue->n_themes; t++) {
        const irm_theme *theme = &c->catalogue->themes[t];
        if ((blank(theme->label_fr) || blank(theme->label_en)) && theme->count > 0) {
            c->indicator = theme->first;
            mistake(c, NULL, 0, "the theme \"%s\" lacks a label (label: {fr: …, en: …})",
                    theme->id);
        }
    }
}

irm_status irm_catalogue_check(const irm_catalogue *catalogue,
                               const irm_registry *registry, const irm_reporter *reporter,
                               irm_error *error) {
    check c = {catalogue, registry, reporter, 0, 0};
    check_themes(&c);
    for (size_t i = 0; i < catalogue->n_indicators; i++) {
        const irm_indicator *indicator = &catalogue->indicators[i];
        c.indicator = i;
        check_words(&c, indicator);
        for (size_t s = 0; s < indicator->n_sources; s++) {
            IRM_TRY(check_source(&c, indicator, &indicator->sources[s], error));
        }
        IRM_TRY(check_circle(&c, error));
    }
    if (c.mistakes > 0) {
        return irm_fail(error, IRM_STATUS_SCHEMA, "%zu mistake%s in the catalogue",
                        c.mistakes, c.mistakes > 1 ? "s" : "");
    }
    return IRM_OK;
}
