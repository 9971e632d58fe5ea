#include "explain/worked.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

typedef struct worked {
    irm_run *run;
    const irm_formula *formula;
    const irm_term *terms;
    int32_t index;
    irm_buffer text;
} worked;

static void write_quantity(irm_buffer *text, irm_quantity q) {
    if (isfinite(q.value)) {
        irm_buffer_number(text, q.value);
    } else if (isfinite(q.lower) && isfinite(q.upper)) {
        irm_buffer_text(text, "[");
        irm_buffer_number(text, q.lower);
        irm_buffer_text(text, "; ");
        irm_buffer_number(text, q.upper);
        irm_buffer_text(text, "]");
    } else {
        irm_buffer_text(text, irm_state_name(q.state));
    }
}

/* The figure of a node that is not opened: a call, years(), another indicator. */
static irm_status write_result(worked *w, size_t node, irm_error *error) {
    irm_quantity *items = irm_calloc(w->run->level->count, sizeof *items);
    if (items == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_run_node(w->run, w->formula, node, items, error);
    if (status == IRM_OK) {
        write_quantity(&w->text, items[w->index]);
    }
    irm_free(items);
    return status;
}

static int precedence(irm_node_kind kind) {
    switch (kind) {
        case IRM_NODE_ADD:
        case IRM_NODE_SUBTRACT:
            return 1;
        case IRM_NODE_MULTIPLY:
        case IRM_NODE_DIVIDE:
            return 2;
        case IRM_NODE_NEGATE:
            return 3;
        case IRM_NODE_POWER:
            return 4;
        default:
            return 5;
    }
}

static irm_status write_node(worked *w, size_t index, int around, irm_error *error);

static irm_status write_pair(worked *w, const irm_node *node, const char *sign, int own,
                             bool right_binds, irm_error *error) {
    IRM_TRY(write_node(w, node->left, own, error));
    irm_buffer_text(&w->text, sign);
    return write_node(w, node->right, right_binds ? own + 1 : own, error);
}

static irm_status write_call(worked *w, const irm_node *node, const char *name, bool two,
                             irm_error *error) {
    irm_buffer_format(&w->text, "%s(", name);
    IRM_TRY(write_node(w, node->left, 0, error));
    if (two) {
        irm_buffer_text(&w->text, ", ");
        IRM_TRY(write_node(w, node->right, 0, error));
    }
    irm_buffer_text(&w->text, ")");
    return IRM_OK;
}

static irm_status write_operation(worked *w, size_t index, int own, irm_error *error) {
    const irm_node *node = &w->formula->nodes[index];
    switch (node->kind) {
        case IRM_NODE_NUMBER:
            irm_buffer_number(&w->text, node->number);
            return IRM_OK;
        case IRM_NODE_VARIABLE:
            write_quantity(&w->text, w->terms[node->variable].quantity);
            return IRM_OK;
        case IRM_NODE_NEGATE:
            irm_buffer_text(&w->text, "-");
            return write_node(w, node->left, own, error);
        case IRM_NODE_ABSOLUTE:
            return write_call(w, node, "abs", false, error);
        case IRM_NODE_SQUARE_ROOT:
            return write_call(w, node, "sqrt", false, error);
        case IRM_NODE_LOGARITHM:
            return write_call(w, node, "log", false, error);
        case IRM_NODE_EXPONENTIAL:
            return write_call(w, node, "exp", false, error);
        case IRM_NODE_MINIMUM:
            return write_call(w, node, "min", true, error);
        case IRM_NODE_MAXIMUM:
            return write_call(w, node, "max", true, error);
        case IRM_NODE_ANNUAL:
            return write_call(w, node, "annual", true, error);
        case IRM_NODE_ADD:
            return write_pair(w, node, " + ", own, false, error);
        case IRM_NODE_SUBTRACT:
            return write_pair(w, node, " - ", own, true, error);
        case IRM_NODE_MULTIPLY:
            return write_pair(w, node, " * ", own, false, error);
        case IRM_NODE_DIVIDE:
            return write_pair(w, node, " / ", own, true, error);
        case IRM_NODE_POWER:
            return write_pair(w, node, " ^ ", own, false, error);
        default:
            return write_result(w, index, error);
    }
}

/* In brackets where what is around binds tighter. */
static irm_status write_node(worked *w, size_t index, int around, irm_error *error) {
    int own = precedence(w->formula->nodes[index].kind);
    bool brackets = own < around;
    irm_buffer_text(&w->text, brackets ? "(" : "");
    IRM_TRY(write_operation(w, index, own, error));
    irm_buffer_text(&w->text, brackets ? ")" : "");
    return IRM_OK;
}

irm_status worked_formula(irm_run *run, const irm_formula *formula, const irm_term *terms,
                          int32_t index, char **text, irm_error *error) {
    worked w = {.run = run, .formula = formula, .terms = terms, .index = index};
    irm_status status = write_node(&w, formula->root, 0, error);
    if (status != IRM_OK) {
        irm_buffer_clear(&w.text);
        return status;
    }
    *text = irm_buffer_take(&w.text);
    return *text != NULL ? IRM_OK : irm_fail_memory(error);
}
