#include <ctype.h>
#include <math.h>
#include <string.h>

#include "irminon/identity.h"
#include "irminon/memory.h"
#include "irminon/text.h"

typedef struct reader {
    const char *text, *at;
    irm_identity *into;
    double constant; /* of the terms without a variable, on the left */
    size_t capacity_names, capacity_coefficients;
    irm_error *error;
} reader;

static irm_status wrong(const reader *in, const char *expected) {
    return irm_fail_at(in->error, IRM_STATUS_SCHEMA, "", 0,
                       (size_t)(in->at - in->text) + 1, NULL,
                       "identity '%s', at character %zu: expected %s", in->text,
                       (size_t)(in->at - in->text) + 1, expected);
}

static void skip_spaces(reader *in) { in->at += strspn(in->at, " \t"); }

static bool starts_name(char c) { return isalpha((unsigned char)c) || c == '_'; }

static irm_status add_term(reader *in, const char *name, size_t size,
                           double coefficient) {
    irm_identity *to = in->into;
    for (size_t i = 0; i < to->n_terms; i++) {
        if (strlen(to->names[i]) == size && memcmp(to->names[i], name, size) == 0) {
            to->coefficients[i] += coefficient;
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&to->names, &in->capacity_names, to->n_terms + 1,
                        sizeof *to->names, in->error));
    IRM_TRY(irm_reserve((void **)&to->coefficients, &in->capacity_coefficients,
                        to->n_terms + 1, sizeof *to->coefficients, in->error));
    to->names[to->n_terms] = irm_strndup(name, size);
    if (to->names[to->n_terms] == NULL) {
        return irm_fail_memory(in->error);
    }
    to->coefficients[to->n_terms++] = coefficient;
    return IRM_OK;
}

/* [number [*]] name, or a number alone. */
static irm_status read_term(reader *in, double sign) {
    double coefficient = 1;
    bool number = false;
    skip_spaces(in);
    size_t digits = strspn(in->at, "0123456789.");
    if (digits > 0) {
        number = irm_text_number((irm_view){in->at, digits}, '.', &coefficient, NULL);
        if (!number) {
            return wrong(in, "a number");
        }
        in->at += digits;
        skip_spaces(in);
        bool times = *in->at == '*';
        in->at += times;
        skip_spaces(in);
        if (times && !starts_name(*in->at)) {
            return wrong(in, "the id of a variable");
        }
    }
    if (!starts_name(*in->at)) {
        in->constant += sign * coefficient;
        return number ? IRM_OK : wrong(in, "the id of a variable or a number");
    }
    const char *name = in->at;
    while (isalnum((unsigned char)*in->at) || *in->at == '_') {
        in->at++;
    }
    return add_term(in, name, (size_t)(in->at - name), sign * coefficient);
}

static irm_status read_side(reader *in, double side) {
    double sign = side;
    skip_spaces(in);
    if (*in->at == '-') {
        sign = -side;
        in->at++;
    }
    for (;;) {
        IRM_TRY(read_term(in, sign));
        skip_spaces(in);
        if (*in->at != '+' && *in->at != '-') {
            return IRM_OK;
        }
        sign = *in->at == '+' ? side : -side;
        in->at++;
    }
}

/* "=", "<=" or ">=": which ends of the relation are closed. */
static irm_status read_sign(reader *in) {
    bool less = *in->at == '<', more = *in->at == '>';
    in->at += less || more;
    if (*in->at != '=') {
        return wrong(in, "=, <= or >=");
    }
    in->at++;
    in->into->low = less ? -INFINITY : 0;
    in->into->high = more ? INFINITY : 0;
    return IRM_OK;
}

irm_status irm_identity_parse(const char *text, irm_identity *identity,
                              irm_error *error) {
    reader in = {.text = text, .at = text, .into = identity, .error = error};
    *identity = (irm_identity){.text = irm_strdup(text)};
    irm_status status =
        identity->text != NULL ? read_side(&in, 1) : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = read_sign(&in);
    }
    if (status == IRM_OK) {
        status = read_side(&in, -1);
    }
    if (status == IRM_OK && *in.at != '\0') {
        status = wrong(&in, "+, - or the end");
    }
    if (status == IRM_OK && identity->n_terms < 2) {
        in.at = text;
        status = wrong(&in, "a relation between two variables at least");
    }
    identity->low -= in.constant;
    identity->high -= in.constant;
    if (status != IRM_OK) {
        irm_identity_clear(identity);
    }
    return status;
}

void irm_identity_clear(irm_identity *identity) {
    for (size_t i = 0; i < identity->n_terms; i++) {
        irm_free(identity->names[i]);
    }
    irm_free(identity->names);
    irm_free(identity->coefficients);
    irm_free(identity->text);
    *identity = (irm_identity){0};
}
