/* Writes made-up inputs of national size in the published layouts, from a seed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cube.h"
#include "detail.h"

enum { CUBE = LOGEMT + 1 };

typedef struct request {
    const char *kind, *path;
    size_t rows, communes;
    uint64_t seed;
} request;

static int usage(void) {
    fputs(
        "Usage: bench_generate migcom|indcvi|logemt|cube [--rows N] [--communes N]\n"
        "                      [--seed N] [-o FILE]\n"
        "Detail files of N rows (default 1000000) or a cube of 306 lines a territory, "
        "of\n"
        "about N communes (default 34900). The same seed gives the same bytes.\n",
        stderr);
    return 2;
}

static bool read_number(const char *text, unsigned long long *number) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool read_request(int argc, char **argv, request *wanted) {
    *wanted = (request){.rows = 1000000, .communes = 34900, .seed = 829};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        unsigned long long number = 0;
        if (argv[i][0] != '-' && wanted->kind == NULL) {
            wanted->kind = argv[i];
            continue;
        }
        i++;
        if (strcmp(argv[i - 1], "-o") == 0 && *value != '\0') {
            wanted->path = value;
        } else if (!read_number(value, &number)) {
            return false;
        } else if (strcmp(argv[i - 1], "--rows") == 0) {
            wanted->rows = (size_t)number;
        } else if (strcmp(argv[i - 1], "--communes") == 0 && number <= 86400) {
            wanted->communes = (size_t)number;
        } else if (strcmp(argv[i - 1], "--seed") == 0) {
            wanted->seed = number;
        } else {
            return false;
        }
    }
    return wanted->kind != NULL;
}

/* The layouts of detail_layout, then CUBE. -1: none of these. */
static int kind_number(const char *kind) {
    static const char *const kinds[] = {"migcom", "indcvi", "logemt", "cube"};
    for (int i = 0; i <= CUBE; i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static bool generate(const request *wanted, const bench_country *country,
                     bench_output *output) {
    int kind = kind_number(wanted->kind);
    return kind == CUBE ? cube_write(country, wanted->seed, output)
                        : detail_write((detail_layout)kind, country, wanted->rows,
                                       wanted->seed, output);
}

int main(int argc, char **argv) {
    request wanted;
    if (!read_request(argc, argv, &wanted) || kind_number(wanted.kind) < 0) {
        return usage();
    }
    bench_country country;
    bench_output output;
    if (!output_open(&output, wanted.path) ||
        !country_make(&country, wanted.communes, wanted.seed)) {
        return 1;
    }
    bool ok = generate(&wanted, &country, &output);
    country_clear(&country);
    return output_close(&output) && ok ? 0 : 1;
}
