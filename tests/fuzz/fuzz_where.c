/* libFuzzer entry over where-expressions: none may crash the parser, or the evaluation
 * over a small table. Not built by default:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Iengine/include -Iengine
 *       -D_DEFAULT_SOURCE tests/fuzz/fuzz_where.c engine/tabulate/X.c engine/table/X.c
 *       engine/core/X.c engine/stats/sum.c (X: each file) -lm -o fuzz_where
 */
#include <math.h>
#include <stdlib.h>

#include "irminon/memory.h"
#include "irminon/tabulate.h"
#include "irminon/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void select_rows(const irm_where *where) {
    enum { N = 3 };
    irm_table table;
    irm_column *column;
    uint8_t selected[N];
    if (irm_table_init(&table, "t", N, NULL) != IRM_OK) {
        return;
    }
    if (irm_table_add(&table, "n", IRM_COLUMN_NUMBER, &column, NULL) == IRM_OK) {
        column->values[0] = 1;
        column->values[1] = -2.5;
    }
    if (irm_table_add(&table, "c", IRM_COLUMN_CATEGORY, &column, NULL) == IRM_OK) {
        irm_dict_add(column->categories, irm_view_of("a"), &column->codes[0], NULL);
        irm_dict_add(column->categories, irm_view_of("12"), &column->codes[2], NULL);
    }
    if (irm_where_select(where, &table, selected, NULL) == IRM_OK && selected[0] > 1) {
        abort();
    }
    irm_table_clear(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = irm_strndup((const char *)data, size);
    irm_where *where = NULL;
    if (text != NULL && irm_where_parse(text, &where, NULL) == IRM_OK) {
        select_rows(where);
    }
    irm_where_free(where);
    irm_free(text);
    return 0;
}
