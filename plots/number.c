#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/figure.h"

static const char MINUS[] = "\xE2\x88\x92";        /* U+2212 */
static const char NARROW_SPACE[] = "\xE2\x80\xAF"; /* U+202F */

static void append(char *text, size_t size, const char *more) {
    size_t used = strlen(text), length = strlen(more);
    if (used + length < size) { /* whole pieces only: never half a character */
        memcpy(text + used, more, length + 1);
    }
}

/* The digits of |value|, the decimal point made '.' whatever the process's locale, and
 * whether anything but zeros is left after rounding. */
static bool write_digits(double value, int decimals, char *digits, size_t size) {
    bool some = false;
    snprintf(digits, size, "%.*f", decimals, fabs(value));
    for (char *p = digits; *p != '\0'; p++) {
        some = some || (*p >= '1' && *p <= '9');
        if (*p < '0' || *p > '9') {
            *p = '.';
        }
    }
    return some;
}

void irm_number_text(double value, int decimals, const char *lang, char *text,
                     size_t size) {
    enum { DIGITS = 340 };
    char digits[DIGITS];
    bool english = lang != NULL && strcmp(lang, "en") == 0;
    if (size == 0) {
        return;
    }
    text[0] = '\0';
    if (isnan(value)) {
        append(text, size, english ? "n/a" : "nd");
        return;
    }
    if (isinf(value)) {
        append(text, size, value < 0 ? MINUS : "");
        append(text, size, "∞");
        return;
    }
    decimals = decimals < 0 ? 0 : decimals > 15 ? 15 : decimals;
    bool some = write_digits(value, decimals, digits, sizeof digits);
    append(text, size, value < 0 && some ? MINUS : "");
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        const char one[] = {digits[i], '\0'};
        append(text, size, one);
        if ((whole - i - 1) % 3 == 0 && i + 1 < whole) {
            append(text, size, english ? "," : NARROW_SPACE);
        }
    }
    if (digits[whole] == '.') {
        append(text, size, english ? "." : ",");
        append(text, size, digits + whole + 1);
    }
}
