/* A small country that changes, for the tests of conversion: its movements and communes
 * as INSEE writes them, read through the ingest.
 *
 *   2010-01-01  B merges into A                       (00B and 00A are 01002 and 01001)
 *   2012-06-15  C splits: D is restored               (01003, 01004)
 *   2014-01-01  E changes département and code, and merges the same day into F
 *               (44060 to 49382, then 49160)
 *   2016-01-01  A, with B, merges into G              (01007)
 *   2018-01-01  H is shared between I and J           (01008 to 01009 and 01010) */
#ifndef IRMINON_TEST_CONVERSION_SMALL_H
#define IRMINON_TEST_CONVERSION_SMALL_H

#include <math.h>
#include <string.h>

#include "irminon/conversion.h"
#include "irminon/memory.h"
#include "support.h"

typedef struct small {
    char *folder;
    irm_store *store;
    irm_registry *registry;
    irm_history *history;
    irm_populations *populations;
} small;

static const char *const small_movements =
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_"
    "AP,"
    "TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n"
    "31,2010-01-01,COM,01001,0,A,A,A,COM,01001,0,A,A,A\n"
    "31,2010-01-01,COM,01002,0,B,B,B,COM,01001,0,A,A,A\n"
    "21,2012-06-15,COM,01003,0,C,C,C,COM,01003,0,C,C,C\n"
    "21,2012-06-15,COM,01003,0,C,C,C,COM,01004,0,D,D,D\n"
    "41,2014-01-01,COM,44060,0,E,E,E,COM,49382,0,E,E,E\n"
    "32,2014-01-01,COM,49382,0,E,E,E,COM,49160,0,F,F,F\n"
    "32,2014-01-01,COM,49160,0,F,F,F,COM,49160,0,F,F,F\n"
    "32,2014-01-01,COM,49160,0,F,F,F,COMD,49160,0,F,F,F\n"
    "32,2016-01-01,COM,01001,0,A,A,A,COM,01007,0,G,G,G\n"
    "32,2016-01-01,COM,01001,0,A,A,A,COMD,01001,0,A,A,A\n"
    "32,2016-01-01,COM,01007,0,G,G,G,COM,01007,0,G,G,G\n"
    "30,2018-01-01,COM,01008,0,H,H,H,COM,01009,0,I,I,I\n"
    "30,2018-01-01,COM,01008,0,H,H,H,COM,01010,0,J,J,J\n";

static const char *const small_lives =
    "COM,TNCC,NCC,NCCENR,LIBELLE,DATE_DEBUT,DATE_FIN\n"
    "01001,0,A,A,Aville,1943-01-01,2016-01-01\n"
    "01002,0,B,B,Bville,1943-01-01,2010-01-01\n"
    "01003,0,C,C,Cville,1943-01-01,\n"
    "01004,0,D,D,Dville,2012-06-15,\n"
    "44060,0,E,E,Eville,1943-01-01,2014-01-01\n"
    "49160,0,F,F,Fville,1943-01-01,\n"
    "01007,0,G,G,Gville,1943-01-01,\n"
    "01008,0,H,H,Hville,1943-01-01,2018-01-01\n"
    "01009,0,I,I,Iville,1943-01-01,\n"
    "01010,0,J,J,Jville,1943-01-01,\n"
    "01011,0,K,K,Kville,1943-01-01,\n"
    "75056,0,PARIS,Paris,Paris,1943-01-01,\n";

static inline void small_table(const small *s, const char *name, const char *text,
                               const char *dataset, int geography, irm_table *table) {
    char *path = irm_path_join(s->folder, name);
    irm_ingest_options options = {.dataset = dataset, .geography = geography};
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    assert_ok(irm_ingest_file(s->registry, path, &options, NULL, table, &test_error));
    irm_free(path);
}

static inline void small_put(const small *s, const char *name, const char *text,
                             const char *dataset) {
    irm_table table;
    small_table(s, name, text, dataset, 0, &table);
    assert_ok(irm_store_put(s->store, &table, false, &test_error));
    irm_table_clear(&table);
}

static inline void small_open(small *s, bool lists) {
    *s = (small){.folder = test_folder()};
    char *path = irm_path_join(s->folder, "store");
    assert_ok(irm_store_open(path, true, &s->store, &test_error));
    irm_free(path);
    assert_ok(irm_registry_new(&s->registry, &test_error));
    small_put(s, "v_mvtcommune_2020.csv", small_movements, NULL);
    if (lists) {
        small_put(s, "v_commune_depuis_1943.csv", small_lives,
                  "cog-communes-history@2020");
    }
    assert_ok(irm_history_load(s->store, &s->history, &test_error));
    assert_ok(irm_populations_new(&s->populations, &test_error));
}

static inline void small_close(small *s) {
    irm_populations_free(s->populations);
    irm_history_free(s->history);
    irm_registry_free(s->registry);
    irm_store_free(s->store);
    test_folder_remove(s->folder);
}

/* A population of two communes. */
static inline void small_people(const small *s, int geography, const char *first,
                                double a, const char *second, double b) {
    assert_ok(irm_populations_begin(s->populations, "census", geography, &test_error));
    assert_ok(irm_populations_add(s->populations, first, a, &test_error));
    assert_ok(irm_populations_add(s->populations, second, b, &test_error));
}

#endif
