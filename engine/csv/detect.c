#include <string.h>
#include <strings.h>

#include "csv/records.h"

/* Counts `delimiter` outside quotes on each of the first lines. Returns the number of
 * lines with as many as the first, and that number in *count. */
static size_t agreeing_lines(const char *data, size_t size, char delimiter,
                             size_t *count) {
    enum { LINES = 50 };
    size_t here = 0, lines = 0, agree = 0, width = 0;
    bool quoted = false;
    for (size_t i = 0; i <= size && lines < LINES; i++) {
        /* A last line cut by the block's end counts only when it is the only one. */
        bool ends =
            i == size ? lines == 0 : !quoted && (data[i] == '\n' || data[i] == '\r');
        if (ends) {
            if (width > 0) {
                *count = lines == 0 ? here : *count;
                agree += here == *count;
                lines++;
            }
            here = width = 0;
        } else if (i < size) {
            quoted ^= data[i] == '"';
            here += !quoted && data[i] == delimiter;
            width++;
        }
    }
    return agree;
}

char irm_csv_detect_delimiter(const char *data, size_t size) {
    static const char candidates[] = {';', ',', '\t', '|'};
    char best = ';'; /* of a file of one column, anything will do */
    size_t best_agree = 0, best_count = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t count = 0;
        size_t agree = agreeing_lines(data, size, candidates[i], &count);
        if (count > 0 &&
            (agree > best_agree || (agree == best_agree && count > best_count))) {
            best = candidates[i];
            best_agree = agree;
            best_count = count;
        }
    }
    return best;
}

static bool starts(const char *data, size_t size, const char *text) {
    size_t length = strlen(text);
    return size >= length && strncasecmp(data, text, length) == 0;
}

const char *irm_csv_detect_not_text(const char *data, size_t size) {
    if (size >= 2 &&
        (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0)) {
        return "is UTF-16 text; expected UTF-8 or Windows-1252: save it as UTF-8";
    }
    if (starts(data, size, "<!doctype") || starts(data, size, "<html")) {
        return "is a web page, not CSV: the download may have failed";
    }
    if (starts(data, size, "%PDF-")) {
        return "not a text file: a PDF; expected CSV";
    }
    size_t controls = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        controls += byte > 0 && byte < 32 && byte != '\t' && byte != '\n' &&
                    byte != '\r' && byte != '\f';
    }
    return controls > size / 64 ? "not a text file: many control bytes; expected CSV"
                                : NULL;
}
