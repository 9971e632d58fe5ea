/* libFuzzer entry over the CSV reader: no input may crash it, and the outcome may not
 * depend on the size of the blocks. Not built by default:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Iengine/include -Iengine
 *       -D_DEFAULT_SOURCE tests/fuzz/fuzz_csv.c engine/csv/X.c engine/core/X.c (X: each
 * file) -lcsv -larchive -lz -lnettle -lm -o fuzz_csv
 *   ./fuzz_csv tests/fuzz/corpus/csv
 */
#include <stdint.h>
#include <stdlib.h>

#include "irminon/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads everything; a hash of what was read, faults included. */
static uint64_t read_all(const uint8_t *data, size_t size, size_t block_size) {
    uint64_t hash = 14695981039346656037u;
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    irm_csv_options options = {.delimiter = ';', .block_size = block_size};
    irm_status status = irm_input_open_memory(data, size, "fuzz", NULL, &input, NULL);
    if (status == IRM_OK) {
        status = irm_csv_open(input, &options, &csv, NULL);
    }
    const irm_csv_record *record = NULL;
    while (status == IRM_OK && (status = irm_csv_next(csv, &record, NULL)) == IRM_OK &&
           record != NULL) {
        hash = (hash ^ record->line) * 1099511628211u;
        for (size_t i = 0; i < record->n_fields; i++) {
            for (size_t k = 0; k < record->fields[i].size; k++) {
                hash = (hash ^ (uint8_t)record->fields[i].data[k]) * 1099511628211u;
            }
            hash = (hash ^ (record->quoted[i] ? 257u : 256u)) * 1099511628211u;
        }
    }
    irm_csv_free(csv);
    irm_input_free(input);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* What is no text at all is told on the first block, whose size matters then. */
    for (size_t i = 0; i < size; i++) {
        if (data[i] < 32 && data[i] != '\n' && data[i] != '\r') {
            read_all(data, size, 0);
            return 0;
        }
    }
    bool page = size > 0 && (data[0] == '<' || data[0] == '%' || data[0] >= 0xFE);
    if (read_all(data, size, 0) != read_all(data, size, 3) && !page) {
        abort();
    }
    return 0;
}
