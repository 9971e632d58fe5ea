/* The official geographic code, memberships and outlines. */
#include <stdio.h>
#include <string.h>

#include "irminon/sample.h"
#include "sample/country.h"

static void put_communes(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(
        out, "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        const char *dep = sample_departements[commune->departement].code;
        irm_buffer_format(out, "COM,%s,%s,%s,%sD,%s%d,%d,%s,%s,%s,%s%02d,\n",
                          commune->code, IRM_SAMPLE_REGION, dep, dep, dep,
                          commune->arrondissement, commune->article, commune->capital,
                          commune->bare, commune->name, dep, commune->canton);
    }
}

/* The seat of the largest group of a département is its chef-lieu. */
static const char *seat_of(const sample_geography *g, int departement) {
    const sample_commune *best = NULL;
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        if (commune->departement == departement &&
            (best == NULL || commune->population > best->population)) {
            best = commune;
        }
    }
    return best->code;
}

static void put_departements(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out, "DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n");
    for (int d = 0; d < SAMPLE_DEPARTEMENTS; d++) {
        const sample_departement *one = &sample_departements[d];
        irm_buffer_format(out, "%s,%s,%s,%d,%s,%s,%s\n", one->code, IRM_SAMPLE_REGION,
                          seat_of(g, d), d == 0 ? 3 : 5, one->capital, one->name,
                          one->name);
    }
}

static void put_regions(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out, "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n");
    irm_buffer_format(out, "%s,%s,2,VAL IMAGINAIRE REGION FICTIVE,%s,%s\n",
                      IRM_SAMPLE_REGION, seat_of(g, 0), SAMPLE_REGION_NAME,
                      SAMPLE_REGION_NAME);
}

static void put_arrondissements(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out, "ARR,DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n");
    for (int d = 0; d < SAMPLE_DEPARTEMENTS; d++) {
        for (int a = 1; a <= (d == 0 ? 2 : 1); a++) {
            const sample_commune *best = NULL;
            for (int c = 0; c < SAMPLE_COMMUNES; c++) {
                const sample_commune *commune = &g->communes[c];
                if (commune->departement == d && commune->arrondissement == a &&
                    (best == NULL || commune->population > best->population)) {
                    best = commune;
                }
            }
            irm_buffer_format(out, "%s%d,%s,%s,%s,%d,%s,%s,%s\n",
                              sample_departements[d].code, a, sample_departements[d].code,
                              IRM_SAMPLE_REGION, best->code, best->article, best->capital,
                              best->bare, best->name);
        }
    }
}

static void put_cantons(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out,
                    "CAN,DEP,REG,COMPCT,BURCENTRAL,TNCC,NCC,NCCENR,LIBELLE,TYPECT\n");
    for (int canton = 1; canton <= 2 * SAMPLE_EPCIS; canton++) {
        const sample_commune *best = NULL;
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            const sample_commune *commune = &g->communes[c];
            if (commune->canton == canton &&
                (best == NULL || commune->population > best->population)) {
                best = commune;
            }
        }
        if (best != NULL) {
            const char *dep = sample_departements[best->departement].code;
            irm_buffer_format(out, "%s%02d,%s,%s,1,%s,%d,%s,%s,%s,C\n", dep, canton, dep,
                              IRM_SAMPLE_REGION, best->code, best->article, best->capital,
                              best->bare, best->name);
        }
    }
}

static void put_membership(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out,
                    "CODGEO;LIBGEO;DEP;REG;EPCI;NATURE_EPCI;ARR;CV;ZE2020;UU2020;TUU2017;"
                    "TDUU2017;AAV2020;TAAV2017;TDAAV2017;CATEAAV2020;BV2012\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        const sample_epci *epci = &g->epcis[commune->epci];
        const char *dep = sample_departements[commune->departement].code;
        const sample_commune *seat = &g->communes[epci->seat];
        bool town = commune->kind == KIND_TOWN;
        /* Urban unit: the towns; attraction area: of the group's seat, but for the
         * remote. */
        irm_buffer_format(out, "%s;%s;%s;%s;%s;%s;%s%d;%s%02d;%s%02d;", commune->code,
                          commune->name, dep, IRM_SAMPLE_REGION, epci->code, epci->nature,
                          dep, commune->arrondissement, dep, commune->canton,
                          IRM_SAMPLE_REGION, commune->departement + 1);
        int size = !town ? 0 : commune->population > 10000 ? 3 : 2;
        irm_buffer_format(out, "%s%03d;%d;%d%d;", dep, town ? 100 + commune->epci : 0,
                          size, size, size > 0);
        bool attracted = commune->kind != KIND_REMOTE;
        irm_buffer_format(out, "%03d;%d;%s;%d;%s\n", attracted ? 901 + commune->epci : 0,
                          attracted, attracted ? "11" : "00",
                          c == epci->seat ? 11
                          : attracted     ? 20
                                          : 30,
                          seat->code);
    }
}

static void put_composition(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out,
                    "\xEF\xBB\xBF"
                    "CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\r\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        const sample_epci *epci = &g->epcis[commune->epci];
        irm_buffer_format(out, "%s;%s;%s;%s;%s;%s\r\n", commune->code, commune->name,
                          epci->code, epci->name,
                          sample_departements[commune->departement].code,
                          IRM_SAMPLE_REGION);
    }
}

static void put_iris(const sample_geography *g, irm_buffer *out) {
    irm_buffer_text(out,
                    "\xEF\xBB\xBF"
                    "CODE_IRIS;LIB_IRIS;TYP_IRIS;GRD_QUART;DEPCOM;LIBCOM;"
                    "UU2020;REG;DEP\r\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        const char *dep = sample_departements[commune->departement].code;
        for (int i = commune->iris > 0; i <= commune->iris; i++) {
            irm_buffer_format(out, "%s%s%02d;", commune->code, i > 0 ? "01" : "00", i);
            if (i > 0) {
                irm_buffer_format(out, "Quartier %d de %s;H", i, commune->name);
            } else {
                irm_buffer_format(out, "%s (commune non irisée);Z", commune->name);
            }
            irm_buffer_format(out, ";%s%s;%s;%s;%s%03d;%s;%s\r\n", commune->code,
                              i > 0 ? "01" : "00", commune->code, commune->name, dep,
                              commune->kind == KIND_TOWN ? 100 + commune->epci : 0,
                              IRM_SAMPLE_REGION, dep);
        }
    }
}

irm_status sample_write_code(sample_country *country, irm_error *error) {
    static const struct {
        const char *name;
        void (*put)(const sample_geography *, irm_buffer *);
    } files[] = {{"v_commune_2023.csv", put_communes},
                 {"v_departement_2023.csv", put_departements},
                 {"v_region_2023.csv", put_regions},
                 {"v_arrondissement_2023.csv", put_arrondissements},
                 {"v_canton_2023.csv", put_cantons},
                 {"table-appartenance-geo-communes-22_COM.csv", put_membership},
                 {"EPCI_2023.csv", put_composition},
                 {"iris_2023.csv", put_iris}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        irm_buffer out = {0};
        files[i].put(&country->geography, &out);
        IRM_TRY(sample_write(country, files[i].name, &out, error));
    }
    return IRM_OK;
}

irm_status sample_write_polygons(sample_country *country, irm_error *error) {
    const sample_geography *g = &country->geography;
    irm_buffer out = {0};
    irm_buffer_text(&out,
                    "{\n\"type\": \"FeatureCollection\",\n"
                    "\"name\": \"COMMUNES_CARTElette_COG2023\",\n"
                    "\"crs\": { \"type\": \"name\", \"properties\": { \"name\": "
                    "\"urn:ogc:def:crs:OGC:1.3:CRS84\" } },\n\"features\": [\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        const char *dep = sample_departements[commune->departement].code;
        irm_buffer_format(
            &out,
            "{ \"type\": \"Feature\", \"properties\": { \"ID\": "
            "\"COMMUNE_FICTIVE_%08d\", \"NOM\": \"%s\", \"NOM_M\": \"%s\", "
            "\"STATUT\": \"Commune simple\", \"INSEE_COM\": \"%s\", "
            "\"INSEE_ARR\": \"%d\", \"INSEE_REG\": \"%s\", \"POPULATION\": %d, "
            "\"INSEE_CAN\": \"%02d\", \"INSEE_DEP\": \"%s\", "
            "\"SIREN_EPCI\": \"%s\" }, \"geometry\": ",
            c + 1, commune->name, commune->capital, commune->code,
            commune->arrondissement, IRM_SAMPLE_REGION, sample_population(commune, 2020),
            commune->canton, dep, g->epcis[commune->epci].code);
        sample_polygon_write(g, c, &out);
        irm_buffer_text(&out, c + 1 < SAMPLE_COMMUNES ? " },\n" : " }\n");
    }
    irm_buffer_text(&out, "]\n}\n");
    return sample_write(country, "COMMUNES_CARTElette_COG2023.geojson", &out, error);
}
