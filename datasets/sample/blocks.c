/* CAF beneficiaries by IRIS: rows under a threshold are blank, and so are small cells,
 * with others beside them so that totals do not give them away. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sample/country.h"
#include "sample/measure.h"

enum { ROW_THRESHOLD = 100, CELL_THRESHOLD = 5, HIDDEN_AT_LEAST = 9 };

/* Columns of the file of 2020; the four family types add up to A, the six ages to ENF. */
enum {
    A,
    PERCOU,
    AI,
    AM,
    ACSSENF,
    ACAVENF,
    AC3ENF,
    ENF,
    ENF_2,
    ENF_18_24 = 13,
    COLUMNS = 21
};
static const char *const who[COLUMNS] = {
    "dwellings CAF=1",
    "dwellings CAF=1 xSIZE",
    "dwellings CAF=1 HOUSEHOLD=1-3",
    "dwellings CAF=1 HOUSEHOLD=6",
    "dwellings CAF=1 HOUSEHOLD=4",
    "dwellings CAF=1 HOUSEHOLD=5",
    "dwellings CAF=1 HOUSEHOLD=5 CHILDREN_20=3-9",
    "persons CAF=1 LINK=3 AGE=0-24",
    "persons CAF=1 LINK=3 AGE=0-2",
    "persons CAF=1 LINK=3 AGE=3-5",
    "persons CAF=1 LINK=3 AGE=6-10",
    "persons CAF=1 LINK=3 AGE=11-14",
    "persons CAF=1 LINK=3 AGE=15-17",
    "persons CAF=1 LINK=3 AGE=18-24",
    "dwellings CAF=1 HEAD_ACTIVITY=22 HOUSEHOLD=1-2",
    "dwellings CAF=1 HEAD_AGE=0-24 HEAD_ACTIVITY=11-21",
    "dwellings CAF_HOUSING=1-3",
    "dwellings CAF_HOUSING=1",
    "dwellings CAF_AAH=1",
    "dwellings CAF_PPA=1",
    "dwellings CAF_RSA=1"};

static irm_status count_block(const sample_world *world, int commune, int block,
                              int64_t *cells, irm_error *error) {
    char words[112];
    int64_t sums[SAMPLE_COMMUNES];
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(words, sizeof words, "%s BLOCK=%d", who[i], block);
        IRM_TRY(sample_tally(world, words, sums, error));
        cells[i] = sample_whole(sums[commune]);
    }
    /* Totals are of the rounded parts, so that published rows add up. */
    cells[A] = cells[AI] + cells[AM] + cells[ACSSENF] + cells[ACAVENF];
    cells[ENF] = 0;
    for (int i = ENF_2; i <= ENF_18_24; i++) {
        cells[ENF] += cells[i];
    }
    return IRM_OK;
}

/* Hides the small cells of parts that add up to a published total, then the smallest
 * left, until what is hidden cannot be told from the total. */
static void hide_parts(const int64_t *cells, bool *hidden, int first, int last) {
    int64_t sum = 0;
    int count = 0;
    for (int i = first; i <= last; i++) {
        hidden[i] = cells[i] < CELL_THRESHOLD;
        sum += hidden[i] ? cells[i] : 0;
        count += hidden[i];
    }
    while (count > 0 && (count < 2 || sum < HIDDEN_AT_LEAST)) {
        int next = -1;
        for (int i = first; i <= last; i++) {
            if (!hidden[i] && (next < 0 || cells[i] < cells[next])) {
                next = i;
            }
        }
        if (next < 0) {
            return;
        }
        hidden[next] = true;
        sum += cells[next];
        count++;
    }
}

static void put_block(const char *code, const int64_t *cells, irm_buffer *out) {
    bool hidden[COLUMNS] = {false}, row = cells[A] < ROW_THRESHOLD;
    for (int i = 0; i < COLUMNS; i++) {
        hidden[i] = row || cells[i] < CELL_THRESHOLD;
    }
    if (!row) {
        hide_parts(cells, hidden, AI, ACAVENF);
        hide_parts(cells, hidden, ENF_2, ENF_18_24);
    }
    irm_buffer_format(out, "%s;%d", code, row ? 3 : 0);
    for (int i = 0; i < COLUMNS; i++) {
        irm_buffer_text(out, ";");
        if (!hidden[i]) {
            irm_buffer_format(out, "%" PRId64, cells[i]);
        }
    }
    irm_buffer_text(out, "\r\n");
}

irm_status sample_write_blocks(sample_country *country, int year, irm_error *error) {
    const sample_world *world;
    IRM_TRY(sample_country_year(country, year, &world, error));
    irm_buffer out = {0};
    irm_buffer_text(&out,
                    "CODGEO;NOTE;A;PERCOU;AI;AM;ACSSENF;ACAVENF;AC3ENF;ENF;ENF_2;ENF_3_5;"
                    "ENF_6_10;ENF_11_14;ENF_15_17;ENF_18_24;A_ETUD;A_NETUD_24;AAL;AAPL;"
                    "AAAH;APPA;ARSAS\r\n");
    irm_status status = IRM_OK;
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &country->geography.communes[c];
        for (int b = 1; b <= commune->iris && status == IRM_OK; b++) {
            int64_t cells[COLUMNS];
            char code[16];
            snprintf(code, sizeof code, "%s01%02d", commune->code, b % 100);
            status = count_block(world, c, b, cells, error);
            put_block(code, cells, &out);
        }
    }
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    char name[48];
    snprintf(name, sizeof name, "data_CAF_%d_IRIS.csv", year);
    return sample_write(country, name, &out, error);
}
