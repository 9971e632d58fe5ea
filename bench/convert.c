/* Times the conversion of a wide table of communes from one year to another.
 *   bench_convert STORE [COLUMNS] [RUNS]
 * STORE holds the movements and the communes since 1943. The table has a row for each
 * commune of 2014 and COLUMNS (500) counts; it goes to 2023. Prints, in milliseconds,
 * medians over RUNS, as CSV. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <irminon.h>

enum { FROM = 2014, TO = 2023, MOST_RUNS = 101 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Codes of the communes of 2014, from the list of those since 1943. */
static irm_status read_codes(const irm_store *store, const irm_history *history,
                             irm_dict *codes, irm_error *error) {
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        const char *dataset = irm_attributes_get(&schema->attributes, "dataset");
        const char *column = "COM";
        irm_table table = {0};
        if (dataset == NULL || strcmp(dataset, "cog-communes-history") != 0) {
            continue;
        }
        IRM_TRY(irm_store_read(store, schema->name, &column, 1, &table, error));
        irm_status status = IRM_OK;
        for (size_t r = 0; r < table.n_rows && status == IRM_OK; r++) {
            const char *code = irm_column_label(&table.columns[0], r);
            int32_t number;
            if (irm_history_has(history, code, FROM)) {
                status = irm_dict_add(codes, irm_view_of(code), &number, error);
            }
        }
        irm_table_clear(&table);
        return status;
    }
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "ingest v_commune_depuis_1943.csv");
}

static irm_status make_table(const irm_dict *codes, size_t columns, irm_table *table,
                             irm_error *error) {
    irm_column *column;
    size_t n = irm_dict_count(codes);
    IRM_TRY(irm_table_init(table, "bench@2014", n, error));
    IRM_TRY(irm_table_add(table, "CODGEO", IRM_COLUMN_CATEGORY, &column, error));
    IRM_TRY(irm_attributes_set(&column->attributes, "role", "key", error));
    for (size_t r = 0; r < n; r++) {
        IRM_TRY(irm_dict_add(column->categories,
                             irm_view_of(irm_dict_text(codes, (int32_t)r)),
                             &column->codes[r], error));
    }
    for (size_t c = 0; c < columns; c++) {
        char name[16];
        snprintf(name, sizeof name, "N%zu", c);
        IRM_TRY(irm_table_add(table, name, IRM_COLUMN_NUMBER, &column, error));
        IRM_TRY(irm_attributes_set(&column->attributes, "kind", "count", error));
        for (size_t r = 0; r < n; r++) {
            column->values[r] = (double)((r * 2654435761u + c * 40503u) % 10000);
        }
    }
    return IRM_OK;
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static irm_status time_runs(const irm_table *table, const irm_history *history, size_t runs,
                            irm_error *error) {
    double times[MOST_RUNS];
    irm_convert_options options = {.from = FROM, .to = TO, .unknown = IRM_SHARE_EQUAL};
    size_t rows = 0;
    for (size_t i = 0; i < runs; i++) {
        irm_conversion conversion;
        double start = now();
        irm_status status = irm_convert_table(table, history, NULL, &options, NULL,
                                              &conversion, error);
        times[i] = now() - start;
        rows = conversion.table.n_rows;
        irm_conversion_clear(&conversion);
        IRM_TRY(status);
    }
    qsort(times, runs, sizeof *times, by_time);
    printf("rows_before,rows_after,columns,milliseconds,least\n%zu,%zu,%zu,%.1f,%.1f\n",
           table->n_rows, rows, table->n_columns, times[runs / 2], times[0]);
    return IRM_OK;
}

int main(int argc, char **argv) {
    irm_error error = {0};
    irm_store *store = NULL;
    irm_history *history = NULL;
    irm_dict *codes = NULL;
    irm_table table = {0};
    size_t columns = argc > 2 ? (size_t)atoi(argv[2]) : 500;
    size_t runs = argc > 3 ? (size_t)atoi(argv[3]) : 9;
    if (argc < 2 || runs == 0 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: bench_convert STORE [COLUMNS] [RUNS]\n");
        return 2;
    }
    irm_status status = irm_store_open(argv[1], false, &store, &error);
    status = status == IRM_OK ? irm_history_load(store, &history, &error) : status;
    status = status == IRM_OK ? irm_dict_new(&codes, &error) : status;
    status = status == IRM_OK ? read_codes(store, history, codes, &error) : status;
    status = status == IRM_OK ? make_table(codes, columns, &table, &error) : status;
    status = status == IRM_OK ? time_runs(&table, history, runs, &error) : status;
    if (status != IRM_OK) {
        fprintf(stderr, "bench_convert: %s\n", error.message);
    }
    irm_table_clear(&table);
    irm_dict_free(codes);
    irm_history_free(history);
    irm_store_free(store);
    return status == IRM_OK ? 0 : 1;
}
