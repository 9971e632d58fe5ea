#include "descriptors/level.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Forms: '9' a digit, 'c' a digit, A or B (Corsica), 'x' a digit or capital, 'N' P or N;
 * a space separates the forms allowed; "" allows anything. */
typedef struct level_row {
    const char *id;
    int pad;
    const char *forms;
    const char *words; /* producers' words, each followed by a year or nothing */
    const char *described;
} level_row;

static const level_row rows[] = {
    {"com", 5, "9c999", "COM COMMUNE", "5 characters such as 01004 or 2A004"},
    {"arm", 5, "99999", "ARM", "5 digits such as 75101"},
    {"epci", 9, "999999999", "EPCI", "9 digits such as 200068815"},
    {"dep", 2, "9c 979 989", "DEP DEPARTEMENT",
     "2 or 3 characters such as 01, 2A or 974"},
    {"reg", 2, "99", "REG REGION", "2 digits such as 76"},
    {"fr", 0, "", "FRANCE FR F", "a code"},
    {"frm", 0, "", "METROPOLE FRANCEMETRO FRMETRO METRO FM FRM", "a code"},
    {"can", 4, "9cxx 9cxxx", "CV CAN CANTON", "4 or 5 characters such as 0101"},
    {"arr", 3, "9c9 9999", "ARR", "3 or 4 characters such as 013"},
    {"bv", 5, "9c999", "BV", "5 characters such as 01004"},
    {"ze", 4, "9999 9cxx", "ZE", "4 digits such as 8405"},
    {"aav", 3, "xxx", "AAV", "3 characters such as 002"},
    {"au", 3, "xxx", "AU", "3 characters such as 002"},
    {"uu", 5, "9cxxx", "UU", "5 characters such as 01302"},
    {"iris", 9, "9c9999999 9c999", "IRIS", "9 characters such as 010040101"},
    {"qpv", 0, "QNxxxxxx QNxxxxx", "QPV QP", "QP or QN and 6 characters"},
    {"ctcd", 0, "", "CTCD", "a code"},
    {"mixed", 0, "", "", "a code"},
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static const level_row *row_of(const char *id) {
    for (size_t i = 0; id != NULL && i < N_ROWS; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool level_known(const char *id) { return row_of(id) != NULL; }

/* True where `word` is in a space-separated list, a year after it allowed. */
static bool in_words(const char *list, const char *word) {
    size_t length = strlen(word);
    while (length > 0 && isdigit((unsigned char)word[length - 1])) {
        length--;
    }
    for (const char *p = list; *p != '\0';) {
        size_t one = strcspn(p, " ");
        if (one == length && one > 0 && strncasecmp(p, word, one) == 0) {
            return true;
        }
        p += one;
        p += *p == ' ';
    }
    return false;
}

const char *level_of_word(const char *word) {
    for (size_t i = 0; i < N_ROWS; i++) {
        if (in_words(rows[i].words, word)) {
            return rows[i].id;
        }
    }
    return NULL;
}

int level_pad(const char *id) {
    const level_row *row = row_of(id);
    return row != NULL ? row->pad : 0;
}

static bool fits_letter(char form, char byte) {
    switch (form) {
        case '9':
            return isdigit((unsigned char)byte);
        case 'c':
            return isdigit((unsigned char)byte) || byte == 'A' || byte == 'B';
        case 'x':
            return isdigit((unsigned char)byte) || (byte >= 'A' && byte <= 'Z');
        case 'N':
            return byte == 'P' || byte == 'N';
        default:
            return form == byte;
    }
}

static bool fits_form(const char *form, size_t length, irm_view code) {
    if (code.size != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!fits_letter(form[i], code.data[i])) {
            return false;
        }
    }
    return true;
}

bool level_code_valid(const char *id, irm_view code) {
    const level_row *row = row_of(id);
    if (row == NULL || *row->forms == '\0') {
        return true;
    }
    for (const char *p = row->forms; *p != '\0';) {
        size_t one = strcspn(p, " ");
        if (fits_form(p, one, code)) {
            return true;
        }
        p += one;
        p += *p == ' ';
    }
    return false;
}

const char *level_code_form(const char *id) {
    const level_row *row = row_of(id);
    return row != NULL ? row->described : "a code";
}
