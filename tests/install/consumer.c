/* A program of someone else's: names the tables of a store. Compiled as C and as C++. */
#include <irminon.h>
#include <stdio.h>

int main(int argc, char **argv) {
    irm_store *store = NULL;
    irm_error error;
    if (argc != 2 || irm_store_open(argv[1], false, &store, &error) != IRM_OK) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: consumer STORE");
        return 1;
    }
    for (size_t i = 0; i < irm_store_count(store); i++) {
        printf("%s\n", irm_store_schema(store, i)->name);
    }
    irm_store_free(store);
    return 0;
}
