/* What every test program shares. */
#ifndef IRMINON_TEST_SUPPORT_H
#define IRMINON_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "irminon/files.h"
#include "irminon/status.h"
#include "irminon/text.h"

/* Fails the test with the error's own words. */
#define assert_ok(call)                                                     \
    do {                                                                    \
        if ((call) != IRM_OK) {                                             \
            char assert_text_[2048];                                        \
            irm_error_format(&test_error, assert_text_, sizeof assert_text_); \
            fail_msg("%s: %s", #call, assert_text_);                        \
        }                                                                   \
    } while (0)

/* The error that assert_ok reads; pass its address to what is called. */
extern irm_error test_error;

/* A fresh folder that test_folder_remove deletes with all it holds. Allocated. */
char *test_folder(void);
void test_folder_remove(char *path);
/* Path in the source tree; allocated. */
char *test_source_path(const char *name);
/* Path of a real published file under $IRMINON_REAL_DATA (default: shared/data beside the
 * source tree), or NULL when it is absent: the test then calls skip(). Allocated. */
char *test_real_data(const char *name);
/* Runs a command line under sh, with standard output and error into `out` and `err` (may be
 * NULL); returns its exit status. */
int test_run(irm_buffer *out, irm_buffer *err, const char *format, ...) IRM_PRINTF(3, 4);

#endif
