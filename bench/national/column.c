#include "column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bench_token token_make(const char *text) {
    bench_token token = {.text = {0}};
    size_t length = strlen(text);
    length = length > sizeof token.text - 1 ? sizeof token.text - 1 : length;
    memcpy(token.text, text, length);
    token.text[length] = ';';
    token.length = (uint8_t)(length + 1);
    return token;
}

static size_t read_codes(column_draw *draw, const char *codes, double *weights) {
    size_t count = 0;
    while (*codes != '\0' && count < MAX_CODES) {
        char code[24];
        int read = 0;
        if (sscanf(codes, " %22[^: ]:%lf%n", code, &weights[count], &read) != 2) {
            return 0;
        }
        draw->tokens[count++] = token_make(code);
        codes += read;
    }
    return *codes == '\0' ? count : 0;
}

bool column_draw_make(column_draw *draw, const char *codes) {
    double weights[MAX_CODES], total = 0, reached = 0;
    size_t count = read_codes(draw, codes, weights);
    for (size_t i = 0; i < count; i++) {
        total += weights[i];
    }
    if (count == 0 || !(total > 0)) {
        fprintf(stderr, "modalities '%s' are not code:frequency …\n", codes);
        return false;
    }
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        reached += weights[i];
        size_t until = (size_t)lround(reached / total * 1024);
        for (; from < until; from++) {
            draw->pick[from] = (uint8_t)i;
        }
    }
    return true;
}
