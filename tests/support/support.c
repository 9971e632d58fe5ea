#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/memory.h"

irm_error test_error;

char *test_folder(void) {
    char *path = irm_strdup("/tmp/irminon-test-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

void test_folder_remove(char *path) {
    char command[1024];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
    irm_free(path);
}

char *test_source_path(const char *name) { return irm_path_join(IRMINON_SOURCE_DIR, name); }

char *test_real_data(const char *name) {
    const char *folder = getenv("IRMINON_REAL_DATA");
    char *beside = test_source_path("../shared/data");
    char *path = irm_path_join(folder != NULL ? folder : beside, name);
    irm_free(beside);
    if (!irm_path_exists(path)) {
        irm_free(path);
        return NULL;
    }
    return path;
}

int test_run(irm_buffer *out, irm_buffer *err, const char *format, ...) {
    char command[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    char *folder = test_folder();
    char whole[10240];
    snprintf(whole, sizeof whole, "{ %s\n} >%s/out 2>%s/err", command, folder, folder);
    int status = system(whole);
    irm_buffer *sinks[] = {out, err};
    const char *names[] = {"out", "err"};
    for (int i = 0; i < 2; i++) {
        char *path = irm_path_join(folder, names[i]);
        if (sinks[i] != NULL) {
            irm_buffer_clear(sinks[i]);
            assert_ok(irm_read_file(path, sinks[i], &test_error));
            irm_buffer_add(sinks[i], "", 0);
        }
        irm_free(path);
    }
    test_folder_remove(folder);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
