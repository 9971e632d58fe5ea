#include "descriptors/pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef enum token { TOKEN_NONE, TOKEN_YY, TOKEN_YYYY, TOKEN_YY0, TOKEN_LEVEL } token;

static const struct {
    const char *text;
    token token;
} tokens[] = {{"{yyyy}", TOKEN_YYYY},
              {"{yy0}", TOKEN_YY0},
              {"{yy}", TOKEN_YY},
              {"{LEVEL}", TOKEN_LEVEL}};
enum { N_TOKENS = sizeof tokens / sizeof tokens[0] };

static token token_at(const char *pattern, size_t *length) {
    for (size_t i = 0; i < N_TOKENS; i++) {
        *length = strlen(tokens[i].text);
        if (strncmp(pattern, tokens[i].text, *length) == 0) {
            return tokens[i].token;
        }
    }
    return TOKEN_NONE;
}

static bool digits(const char *text, size_t count, int *value) {
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return false;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

/* Two digits: 60 to 99 are of the 1900s (the first census in these series is of 1962). */
static int century(int two) { return two >= 60 ? 1900 + two : 2000 + two; }

typedef struct walk {
    bool prefix; /* the name may go on after the pattern */
    int steps;   /* bound on backtracking: hostile patterns end too */
} walk;

static bool fits(const char *pattern, const char *name, pattern_match *match,
                 walk *state);

static bool fits_star(const char *pattern, const char *name, pattern_match *match,
                      walk *state) {
    for (;; name++) {
        if (fits(pattern, name, match, state)) {
            return true;
        }
        if (*name == '\0') {
            return false;
        }
    }
}

static bool fits_level(const char *pattern, const char *name, pattern_match *match,
                       walk *state) {
    size_t length = 0;
    while (isalnum((unsigned char)name[length])) {
        length++;
    }
    for (; length > 0; length--) {
        if (length < sizeof match->level && fits(pattern, name + length, match, state)) {
            snprintf(match->level, sizeof match->level, "%.*s", (int)length, name);
            return true;
        }
    }
    return false;
}

static bool fits_year(token kind, const char *pattern, const char *name,
                      pattern_match *match, walk *state) {
    int year;
    size_t width = kind == TOKEN_YYYY ? 4 : 2;
    if (!digits(name, width, &year) || (width == 4 && (year < 1800 || year > 2199)) ||
        (state->prefix && isdigit((unsigned char)name[width]))) {
        return false;
    }
    if (!fits(pattern, name + width, match, state)) {
        return false;
    }
    year = width == 2 ? century(year) : year;
    *(kind == TOKEN_YY0 ? &match->first_year : &match->year) = year;
    return true;
}

static bool fits(const char *pattern, const char *name, pattern_match *match,
                 walk *state) {
    for (;;) {
        if (++state->steps > 100000) {
            return false;
        }
        size_t length;
        token kind = token_at(pattern, &length);
        if (kind == TOKEN_LEVEL) {
            return fits_level(pattern + length, name, match, state);
        }
        if (kind != TOKEN_NONE) {
            return fits_year(kind, pattern + length, name, match, state);
        }
        if (*pattern == '*') {
            return fits_star(pattern + 1, name, match, state);
        }
        if (*pattern == '\0') {
            return *name == '\0' || state->prefix;
        }
        if (tolower((unsigned char)*pattern) != tolower((unsigned char)*name)) {
            return false;
        }
        pattern++;
        name++;
    }
}

bool pattern_fits(const char *pattern, const char *name, pattern_match *match) {
    *match = (pattern_match){0};
    return fits(pattern, name, match, &(walk){0});
}

bool pattern_fits_file(const char *pattern, const char *name, pattern_match *match) {
    *match = (pattern_match){0};
    return fits(pattern, name, match, &(walk){.prefix = true});
}

const char *pattern_mistake(const char *pattern) {
    for (const char *p = pattern; *p != '\0'; p++) {
        size_t length;
        if (*p == '{') {
            if (token_at(p, &length) == TOKEN_NONE) {
                return "braces hold something else than yy, yyyy, yy0 or LEVEL";
            }
            p += length - 1;
        } else if (*p == '}') {
            return "a brace closes that was not open";
        }
    }
    return *pattern == '\0' ? "it is empty" : NULL;
}

bool pattern_has_year(const char *pattern) {
    return strstr(pattern, "{yy}") != NULL || strstr(pattern, "{yyyy}") != NULL;
}

void pattern_strip(const char *pattern, char *id, size_t size) {
    size_t used = 0;
    for (const char *p = pattern; *p != '\0' && used + 1 < size;) {
        size_t length;
        if (token_at(p, &length) != TOKEN_NONE) {
            p += length;
        } else if (*p == '*') {
            p++;
        } else {
            id[used++] = *p++;
        }
    }
    id[used] = '\0';
}

void pattern_expand(const char *text, int year, int first_year, char *out, size_t size) {
    size_t used = 0;
    for (const char *p = text; *p != '\0' && used + 5 < size;) {
        size_t length;
        token kind = token_at(p, &length);
        if (kind == TOKEN_NONE || kind == TOKEN_LEVEL || year <= 0) {
            out[used++] = *p++;
            continue;
        }
        int shown = kind == TOKEN_YY0 ? first_year : year;
        const char *format = kind == TOKEN_YY ? "%02d" : "%04d";
        used += (size_t)snprintf(out + used, size - used, format,
                                 kind == TOKEN_YY ? shown % 100 : shown);
        p += length;
    }
    out[used] = '\0';
}
