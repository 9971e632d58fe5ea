/* Every published file at hand is either read, or refused with the reason: the tables
 * below say which. Skipped where the files are absent. */
#include "irminon/descriptor.h"
#include "real.h"

/* Recognised from the header and the name alone. */
static const struct {
    const char *file, *table;
    size_t rows;
} recognised[] = {
    {"1-rp-communes/base-cc-logement-2021.CSV.gz", "rp-logement@2021", 34963},
    {"1-rp-communes/base_cc_comparateur.CSV.gz", "rp-comparateur@2018", 35010},
    {"2-microdata/DC19.csv.xz", "detail-deaths@2019", 613243},
    {"2-microdata/FD_LOGEMTZA_2015_small.csv", "detail-logemt@2015", 104},
    {"2-microdata/FD_NAIS_2021BDR.csv.gz", "detail-births@2021", 25584},
    {"3-caf/DEMO_2018.csv", "caf-qpv@2018", 1346},
    {"3-caf/DEMO_2022.csv", "caf-qpv@2022", 1400},
    {"3-caf/REVN_2022.csv.gz", "qpv-income@2022", 1352},
    {"3-caf/data_CAF_2016_IRIS.csv.gz", "caf-iris@2016", 13148},
    {"3-caf/data_CAF_2017_IRIS.csv.gz", "caf-iris@2017", 13279},
    {"3-caf/data_CAF_2018_IRIS.csv.gz", "caf-iris@2018", 13349},
    {"3-caf/data_CAF_2019_IRIS.csv.gz", "caf-iris@2019", 13424},
    {"3-caf/data_CAF_2020_IRIS.csv.gz", "caf-iris@2020", 13444},
    {"3-caf/data_DEMO_2021_V1_QP.csv", "caf-qpv@2021", 1400},
    {"3-caf/s_ben_com_f_extract.csv", "caf-communal.com@2024", 1530},
    {"3-caf/txcouv_pe_com_EAJE_assmat.csv", "childcare-coverage@2021", 5022},
    {"4-cog/COGugaison_tables_passage.csv.gz", "passage-communes@2024", 23146},
    {"4-cog/EPCI_2020.csv.gz", "epci-composition@2020", 34968},
    {"4-cog/cog_com_2019.csv.gz", "cog-communes@2019", 37930},
    {"4-cog/commune_2021.csv.gz", "cog-communes@2021", 37742},
    {"4-cog/departement2021.csv", "cog-departements@2021", 101},
    {"4-cog/historiq2017.txt.gz", "cog-historiq@2017", 15673},
    {"4-cog/iris_2021.csv.gz", "iris@2021", 49406},
    {"4-cog/region2021.csv", "cog-regions@2021", 18},
    {"4-cog/table-appartenance-geo-communes-2009.csv.gz", "membership.com@2009", 36682},
    {"4-cog/table-appartenance-geo-communes-2014.csv.gz", "membership.com@2014", 36681},
    {"4-cog/table-appartenance-geo-communes-2015.csv.gz", "membership.com@2015", 36658},
    {"4-cog/table-appartenance-geo-communes-2017.csv.gz", "membership.com@2017", 35416},
    {"4-cog/table-appartenance-geo-communes-22_ARM.csv", "membership.arm@2022", 45},
    {"4-cog/table-appartenance-geo-communes-22_COM.csv.gz", "membership.com@2022", 34955},
    {"4-cog/v_arrondissement_2023.csv", "cog-arrondissements@2023", 333},
    {"4-cog/v_canton_2023.csv", "cog-cantons@2023", 2290},
    {"4-cog/v_commune_2023.csv.gz", "cog-communes@2023", 37563},
    {"4-cog/v_commune_comer_2023.csv", "cog-comer@2023", 94},
    {"4-cog/v_ctcd_2023.csv", "cog-ctcd@2023", 100},
    {"4-cog/v_departement_2023.csv", "cog-departements@2023", 101},
    {"4-cog/v_mvtcommune_2023.csv.gz", "cog-movements@2023", 13834},
    {"5-filosofi-bpe/FILO2014_DISP_COM.csv.gz", "filosofi-disp.com@2014", 32974},
    {"5-filosofi-bpe/FILO2015_DISP_COM.csv.gz", "filosofi-disp.com@2015", 32252},
    {"5-filosofi-bpe/FILO2016_DISP_COM.csv.gz", "filosofi-disp.com@2016", 31789},
    {"5-filosofi-bpe/FILO2018_DISP_COM.csv.gz", "filosofi-disp.com@2018", 31330},
    {"5-filosofi-bpe/FILO2018_DISP_DEP.csv", "filosofi-disp.dep@2018", 98},
    {"5-filosofi-bpe/FILO2018_DISP_EPCI.csv", "filosofi-disp.epci@2018", 1244},
    {"5-filosofi-bpe/FILO2018_DISP_METROPOLE.csv", "filosofi-disp.frm@2018", 1},
    {"5-filosofi-bpe/FILO2018_DISP_REG.csv", "filosofi-disp.reg@2018", 15},
    {"5-filosofi-bpe/FILO2019_DISP_COM.csv.gz", "filosofi-disp.com@2019", 31361},
    {"5-filosofi-bpe/FILO2019_DISP_DEP.csv", "filosofi-disp.dep@2019", 98},
    {"5-filosofi-bpe/FILO2019_DISP_EPCI.csv", "filosofi-disp.epci@2019", 1240},
    {"5-filosofi-bpe/FILO2019_DISP_METROPOLE.csv", "filosofi-disp.frm@2019", 1},
    {"5-filosofi-bpe/FILO2019_DISP_REG.csv", "filosofi-disp.reg@2019", 15},
    {"5-filosofi-bpe/bpe2019_94.csv.gz", "bpe-detail@2019", 47171},
    {"5-filosofi-bpe/bpe_ens_2018.csv.xz", "bpe@2018", 1035564},
    {"5-filosofi-bpe/cc_filosofi_2021_COM.csv.gz", "filosofi-cc.com@2021", 34909},
    {"5-filosofi-bpe/filosofi_com_2016.csv.gz", "filosofi-cc.com@2016", 34932},
    {"6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz", "communes-cartelette@2024",
     34935},
    {"6-geometries/departements-version-simplifiee.geojson", "departements-geojson@2018",
     96},
    {"6-geometries/epci2018_WGS84.json.gz", "epci-geometry@2018", 1259},
    {"6-geometries/mtq.gpkg", "communes-martinique.dep972@2016", 34},
    {"6-geometries/regions-version-simplifiee.geojson", "regions-geojson@2018", 13},
    {"6-geometries/shapefile-paca-2018/commune_reg_93_2018.shp",
     "communes-insee-regions@2018", 947},
    {"7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv",
     "ds-rp-td-population-agesex-princ@2023", 12320},
    {"6-geometries/communes-par-departement/communes-43-haute-loire.geojson.gz",
     "communes-geojson.dep43@2018", 257},
    {"6-geometries/communes-par-departement/communes-31-haute-garonne.geojson.gz",
     "communes-geojson.dep31@2018", 587},
};

/* Recognised, but neither the file nor its name tells the year: refused until it is
 * given. */
static const struct {
    const char *file, *table;
    size_t rows;
} without_year[] = {
    {"2-microdata/melun_2010.csv.gz", "detail-logemt@2010", 7759},
    {"2-microdata/melun_2011.csv.gz", "detail-logemt@2011", 7780},
    {"2-microdata/melun_2012.csv.gz", "detail-logemt@2012", 7822},
    {"2-microdata/melun_2013.csv.gz", "detail-logemt@2013", 7719},
    {"2-microdata/melun_2014.csv.gz", "detail-logemt@2014", 7829},
    {"2-microdata/melun_2015.csv.gz", "detail-logemt@2015", 7887},
    {"2-microdata/melun_2016.csv.gz", "detail-logemt@2016", 7911},
    {"2-microdata/melun_2017.csv.gz", "detail-logemt@2017", 7955},
    {"2-microdata/melun_2018.csv.gz", "detail-logemt@2018", 7822},
    {"2-microdata/melun_2019.csv.gz", "detail-logemt@2019", 7822},
    {"2-microdata/melun_2020.csv.gz", "detail-logemt@2020", 7951},
    {"2-microdata/melun_2021.csv.gz", "detail-logemt@2021", 8034},
    {"2-microdata/exemple_flux.csv.gz", "detail-mobpro@2012", 29445},
    {"8-verite-terrain/exemple_flux_sansPLM.csv.gz", "detail-mobpro@2012", 29445},
    {"4-cog/EPCI_zeros_perdus.csv.gz", "epci-composition@2021", 34965},
    {"4-cog/v_commune_depuis_1943.csv.gz", "cog-communes-history@2023", 42198},
};

/* Lists of variables and codes: not data, but what these are called. Rows: variables, and
 * distinct pairs of a variable and a code, that have a label, as counted by Python's csv.
 */
static const struct {
    const char *file, *table;
    size_t rows;
} dictionaries[] = {
    {"1-rp-communes/meta_base-cc-logement-2021.CSV.gz", "rp-logement.labels@2021", 35203},
    {"1-rp-communes/meta_base-cc-serie-historique-2020-COM.CSV",
     "rp-serie-historique.labels@2020", 68},
    {"1-rp-communes/meta_base-cc-serie-historique-2020.CSV.gz",
     "rp-serie-historique.labels@2020", 35037},
    {"1-rp-communes/meta_base_cc_comparateur.CSV.gz", "rp-comparateur.labels@2018",
     35043},
    {"1-rp-communes/meta_dossier_complet.csv.gz", "rp-dossier-complet.labels@2021",
     36889},
    {"2-microdata/Varmod_INDREG_2019.csv", "detail-indreg.labels@2019", 2912},
    {"2-microdata/varmod_INDCVI_2017.csv.gz", "detail-indcvi.labels@2017", 22754},
};

/* No producer's layout: refused, and read by inference when a name is given. */
static const struct {
    const char *file, *why;
} foreign[] = {
    {"1-rp-communes/base_communale_2018_popleg2016.csv.gz", "compiled by an R package"},
    {"1-rp-communes/datasfun_communes.csv.gz", "compiled by a third party"},
    {"1-rp-communes/rp2012.csv.gz", "ratios of an R package"},
    {"1-rp-communes/rp2018.csv.gz", "ratios of an R package"},
    {"2-microdata/rp19_ind.csv.xz", "census of New Caledonia, labels without codes"},
    {"2-microdata/rp19_log.csv.xz", "census of New Caledonia, labels without codes"},
    {"8-verite-terrain/comepci2018simple.csv", "list of a mapping kit"},
    {"8-verite-terrain/datacom.csv.gz", "ID_1…ID_9 of a mapping kit"},
    {"8-verite-terrain/dataepci.csv", "ID_1…ID_9 of a mapping kit"},
    {"8-verite-terrain/estuary_D.geo.csv.gz", "example of an R package"},
    {"8-verite-terrain/estuary_dat.csv", "example of an R package"},
    {"8-verite-terrain/estuary_map.geojson", "example of an R package"},
    {"8-verite-terrain/exemple_popcom.csv.gz", "example of an R package"},
    {"8-verite-terrain/exemple_popcom_COG2017_EPCI.csv", "example of an R package"},
    {"8-verite-terrain/exemple_popcom_COG2017_num.csv.gz", "example of an R package"},
    {"8-verite-terrain/gironde_employment.csv", "example of an R package"},
    {"8-verite-terrain/gironde_environment.csv", "example of an R package"},
    {"8-verite-terrain/gironde_housing.csv", "example of an R package"},
    {"8-verite-terrain/gironde_services.csv", "example of an R package"},
    {"8-verite-terrain/icf_bouches_du_rhone.csv", "results of a thesis"},
    {"8-verite-terrain/insee_pages_data_famille.csv", "copied from web pages"},
    {"8-verite-terrain/insee_pages_data_menage_composition.csv", "copied from web pages"},
    {"8-verite-terrain/insee_pages_data_naissance_deces.csv", "copied from web pages"},
    {"8-verite-terrain/insee_pages_data_statut_conj.csv", "copied from web pages"},
    {"8-verite-terrain/insee_rp_evol_1968_departement_2018.csv",
     "ratio of the Observatoire des territoires"},
    {"8-verite-terrain/insee_rp_evol_1968_epci_2018.csv",
     "ratio of the Observatoire des territoires"},
    {"8-verite-terrain/insee_rp_evol_1968_region_2018.csv",
     "ratio of the Observatoire des territoires"},
    {"8-verite-terrain/kitscarto_meta.csv", "legend of a mapping kit"},
    {"8-verite-terrain/lot_com.csv", "example of an R package"},
    {"8-verite-terrain/metroparis.gpkg", "example of an R package"},
    {"8-verite-terrain/neet_communes_2018.csv.gz",
     "ratio of the Observatoire des territoires"},
    {"8-verite-terrain/sofie_comepci.csv", "results of the Observatoire des territoires"},
    {"8-verite-terrain/sofie_data_gr1.csv.gz",
     "results of the Observatoire des territoires"},
    {"8-verite-terrain/sofie_data_gr2.csv.gz",
     "results of the Observatoire des territoires"},
    {"8-verite-terrain/sofie_typo.csv", "results of the Observatoire des territoires"},
    {"8-verite-terrain/tableau_portrait_201913.csv",
     "published portraits, ratios of several levels in one row"},
    {"8-verite-terrain/tableau_portrait_201913_meta.csv",
     "published portraits, ratios of several levels in one row"},
};

static irm_registry *registry;

/* Status of reading a file; skips the test where it is absent. */
static irm_status take(const char *file, const char *dataset, irm_table *table) {
    char *path = test_real_data(file);
    irm_ingest_options options = {.dataset = dataset};
    if (path == NULL) {
        skip();
    }
    if (registry == NULL) {
        assert_ok(irm_registry_new(&registry, &test_error));
    }
    irm_status status =
        irm_ingest_file(registry, path, &options, NULL, table, &test_error);
    irm_free(path);
    return status;
}

static void gives(const char *file, const char *dataset, const char *name, size_t rows) {
    irm_table table;
    if (take(file, dataset, &table) != IRM_OK) {
        fail_msg("%s: %s", file, test_error.message);
    }
    if ((name != NULL && strcmp(table.name, name) != 0) ||
        (rows > 0 && table.n_rows != rows)) {
        fail_msg("%s: %s, %zu rows", file, table.name, table.n_rows);
    }
    irm_table_clear(&table);
}

static void refuses(const char *file, irm_status status, const char *words) {
    irm_table table;
    irm_status got = take(file, NULL, &table);
    if (got != status || strstr(test_error.message, words) == NULL) {
        fail_msg("%s: %s", file, got == IRM_OK ? table.name : test_error.message);
    }
    irm_table_clear(&table);
}

static void known_files_are_recognised(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(recognised); i++) {
        gives(recognised[i].file, NULL, recognised[i].table, recognised[i].rows);
    }
}

static void a_year_that_nothing_tells_is_asked_for(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(without_year); i++) {
        refuses(without_year[i].file, IRM_STATUS_USAGE, "which year; give it");
        gives(without_year[i].file, without_year[i].table, without_year[i].table,
              without_year[i].rows);
    }
}

static void dictionaries_are_told_from_data(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(dictionaries); i++) {
        gives(dictionaries[i].file, NULL, dictionaries[i].table, dictionaries[i].rows);
    }
    /* One without a variable, and one whose line 325 breaks the rules of CSV. */
    refuses("5-filosofi-bpe/bpe2019_meta.csv", IRM_STATUS_NOT_FOUND,
            "a dictionary of modalities");
    refuses("2-microdata/MOD_LOGEMT_2015.txt", IRM_STATUS_DATA,
            "text after the closing quote");
}

static void other_files_are_read_by_inference_when_named(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++) {
        bool census = strstr(foreign[i].file, "rp19_") != NULL; /* 380,000 rows */
        refuses(foreign[i].file, IRM_STATUS_NOT_FOUND,
                "no known dataset has this header");
        if (!census) {
            gives(foreign[i].file, "foreign@2018", NULL, 0);
        }
    }
}

static int drop_registry(void **state) {
    (void)state;
    irm_registry_free(registry);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_files_are_recognised),
        cmocka_unit_test(a_year_that_nothing_tells_is_asked_for),
        cmocka_unit_test(dictionaries_are_told_from_data),
        cmocka_unit_test(other_files_are_read_by_inference_when_named),
    };
    return cmocka_run_group_tests(tests, NULL, drop_registry);
}
