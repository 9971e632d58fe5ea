#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "formula/formula.h"

/* A modality read as a run of integers between a prefix and a suffix: "Y0T4" is [0, 4]
 * after "Y", "350T351_RP" is [350, 351] before "_RP". */
typedef struct run {
    const char *prefix;
    size_t prefix_size;
    long first, last;
    const char *suffix;
} run;

static const char *digits(const char *p, long *number) {
    long value = 0;
    const char *start = p;
    while (isdigit((unsigned char)*p) && p - start < 9) {
        value = value * 10 + (*p++ - '0');
    }
    *number = value;
    return p;
}

static bool word(const char **p, const char *text) {
    size_t size = strlen(text);
    if (strncmp(*p, text, size) != 0 || !isdigit((unsigned char)(*p)[size])) {
        return false;
    }
    *p += size;
    return true;
}

static bool run_of(const char *code, run *out) {
    const char *p = code;
    while (isalpha((unsigned char)*p)) {
        p++;
    }
    out->prefix = code;
    out->prefix_size = (size_t)(p - code);
    out->first = LONG_MIN;
    out->last = LONG_MAX;
    if (word(&p, "_LT")) {
        p = digits(p, &out->last);
        out->last--;
    } else if (word(&p, "_LE")) {
        p = digits(p, &out->last);
    } else if (word(&p, "_GE")) {
        p = digits(p, &out->first);
    } else if (word(&p, "_GT")) {
        p = digits(p, &out->first);
        out->first++;
    } else if (isdigit((unsigned char)*p)) {
        p = digits(p, &out->first);
        out->last = out->first;
        if (*p == 'T' && isdigit((unsigned char)p[1])) {
            p = digits(p + 1, &out->last);
        }
    } else {
        return false;
    }
    out->suffix = p;
    return true;
}

bool irm_codes_overlap(const char *a, const char *b) {
    if (strcmp(a, b) == 0 || strcmp(a, "_T") == 0 || strcmp(b, "_T") == 0) {
        return true;
    }
    run left, right;
    if (!run_of(a, &left) || !run_of(b, &right)) {
        return false;
    }
    bool comparable = left.prefix_size == right.prefix_size &&
                      memcmp(left.prefix, right.prefix, left.prefix_size) == 0 &&
                      strcmp(left.suffix, right.suffix) == 0;
    return comparable && left.first <= right.last && right.first <= left.last;
}

bool irm_code_numbers(const char *code, long *first, long *last) {
    run whole;
    bool plain = run_of(code, &whole) && whole.suffix[0] == '\0' &&
                 (whole.prefix_size == 0 ||
                  (whole.prefix_size == 1 && whole.prefix[0] == 'Y'));
    if (plain) {
        *first = whole.first;
        *last = whole.last;
    }
    return plain;
}
