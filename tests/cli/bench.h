/* What the tests of the program share: a folder with the sample's files and a store. */
#ifndef IRMINON_TEST_CLI_H
#define IRMINON_TEST_CLI_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

static char *bench;

static inline int bench_begin(void **state) {
    (void)state;
    bench = test_folder();
    irm_buffer err = {0};
    int status = test_run(NULL, &err,
                          "cd '%s' && '%s' sample files -q && '%s' ingest store -q "
                          "files/v_* files/EPCI_* files/base_cc_comparateur.CSV",
                          bench, IRMINON_PROGRAM, IRMINON_PROGRAM);
    if (status != 0) {
        print_error("%s", err.data);
    }
    irm_buffer_clear(&err);
    return status;
}

static inline int bench_end(void **state) {
    (void)state;
    test_folder_remove(bench);
    return 0;
}

/* Runs a command line in the folder, where $I is the program. */
#define bench_run(out, err, command)                                       \
    test_run(out, err, "cd '%s'; export LC_ALL=C.UTF-8 I='%s'\n%s", bench, \
             IRMINON_PROGRAM, command)

/* Digests of the store's files; free. */
static inline char *bench_digest(void) {
    irm_buffer out = {0};
    assert_int_equal(
        bench_run(&out, NULL,
                  "find store -type f ! -name '.lock' | LC_ALL=C sort | xargs sha256sum"),
        0);
    return irm_buffer_take(&out);
}

/* Nothing is left of what was being written. */
static inline void bench_is_clean(const char *what) {
    irm_buffer out = {0};
    assert_int_equal(bench_run(&out, NULL, "find . -name '*.tmp*'"), 0);
    if (out.size > 0) {
        fail_msg("%s: left behind: %s", what, out.data);
    }
    irm_buffer_clear(&out);
}

#endif
