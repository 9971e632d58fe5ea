#include <ctype.h>
#include <string.h>

#include "irminon/figure.h"

/* The no-break space that French typography puts before a sign, or NULL: narrow before ; !
 * ?, full before : % and the closing quotation mark (Lexique des règles typographiques en
 * usage à l'Imprimerie nationale). */
static const char *space_before(const char *sign) {
    if (strchr(";!?", *sign) != NULL && *sign != '\0') {
        return "\u202f";
    }
    bool quote = strncmp(sign, "»", strlen("»")) == 0;
    bool thousandth = strncmp(sign, "‰", strlen("‰")) == 0;
    return quote || thousandth || *sign == ':' || *sign == '%' ? "\u00a0" : NULL;
}

void irm_typography(irm_buffer *buffer, const char *text, const char *lang) {
    if (lang != NULL && strcmp(lang, "fr") != 0) {
        irm_buffer_text(buffer, text);
        return;
    }
    for (const char *p = text; *p != '\0'; p++) {
        bool apostrophe = *p == '\'' && p > text && !isspace((unsigned char)p[-1]) &&
                          !isdigit((unsigned char)p[-1]) && p[1] != '\0';
        const char *space = *p == ' ' ? space_before(p + 1) : NULL;
        if (apostrophe) {
            irm_buffer_text(buffer, "’");
        } else if (space != NULL) {
            irm_buffer_text(buffer, space);
        } else {
            irm_buffer_add(buffer, p, 1);
            if (strncmp(p, "«", strlen("«")) == 0 && p[strlen("«")] == ' ') {
                irm_buffer_add(buffer, p + 1, strlen("«") - 1);
                irm_buffer_text(buffer, "\u00a0");
                p += strlen("«");
            }
        }
    }
}
