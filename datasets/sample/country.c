#include "sample/country.h"

#include <inttypes.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/sample.h"

irm_status sample_country_year(sample_country *country, int year,
                               const sample_world **world, irm_error *error) {
    if (year < FIRST_YEAR || year > LAST_YEAR) {
        return irm_fail(error, IRM_STATUS_INTERNAL, "sample: no world in %d", year);
    }
    sample_world *one = &country->years[year - FIRST_YEAR];
    if (one->year == 0) {
        IRM_TRY(sample_world_make(one, &country->geography, year, error));
    }
    *world = one;
    return IRM_OK;
}

int sample_level_size(sample_level level) {
    static const int sizes[LEVELS] = {SAMPLE_COMMUNES, SAMPLE_EPCIS, SAMPLE_DEPARTEMENTS,
                                      1, 1};
    return sizes[level];
}

const char *sample_level_code(const sample_geography *geography, sample_level level,
                              int i) {
    switch (level) {
        case LEVEL_COM:
            return geography->communes[i].code;
        case LEVEL_EPCI:
            return geography->epcis[i].code;
        case LEVEL_DEP:
            return sample_departements[i].code;
        case LEVEL_REG:
            return IRM_SAMPLE_REGION;
        default:
            return "F";
    }
}

const char *sample_level_name(const sample_geography *geography, sample_level level,
                              int i) {
    switch (level) {
        case LEVEL_COM:
            return geography->communes[i].name;
        case LEVEL_EPCI:
            return geography->epcis[i].name;
        case LEVEL_DEP:
            return sample_departements[i].name;
        case LEVEL_REG:
            return SAMPLE_REGION_NAME;
        default:
            return "France métropolitaine (fictive)";
    }
}

int sample_level_of(const sample_geography *geography, sample_level level, int commune) {
    switch (level) {
        case LEVEL_COM:
            return commune;
        case LEVEL_EPCI:
            return geography->communes[commune].epci;
        case LEVEL_DEP:
            return geography->communes[commune].departement;
        default:
            return 0;
    }
}

irm_status sample_write(const sample_country *country, const char *name,
                        irm_buffer *buffer, irm_error *error) {
    irm_status status = IRM_OK;
    char *path = irm_path_join(country->folder, name);
    if (path == NULL || buffer->failed) {
        status = irm_fail_memory(error);
    } else {
        status = irm_write_file(path, buffer->data, buffer->size, error);
    }
    irm_free(path);
    irm_buffer_clear(buffer);
    return status;
}

void sample_put_weight(irm_buffer *buffer, int64_t units) {
    if (units < 0) {
        irm_buffer_text(buffer, "-");
        units = -units;
    }
    irm_buffer_format(buffer, "%" PRId64, units / SAMPLE_UNIT);
    int64_t rest = units % SAMPLE_UNIT;
    if (rest == 0) {
        return;
    }
    int digits = 12;
    while (rest % 10 == 0) {
        rest /= 10;
        digits--;
    }
    irm_buffer_format(buffer, ".%0*" PRId64, digits, rest);
}

void sample_put_fixed(irm_buffer *buffer, int64_t value, int decimals, char mark) {
    int64_t scale = 1;
    for (int i = 0; i < decimals; i++) {
        scale *= 10;
    }
    irm_buffer_text(buffer, value < 0 ? "-" : "");
    value = value < 0 ? -value : value;
    irm_buffer_format(buffer, "%" PRId64, value / scale);
    if (decimals > 0) {
        irm_buffer_format(buffer, "%c%0*" PRId64, mark, decimals, value % scale);
    }
}

int64_t sample_whole(int64_t units) {
    return units < 0 ? -((-units + SAMPLE_UNIT / 2) / SAMPLE_UNIT)
                     : (units + SAMPLE_UNIT / 2) / SAMPLE_UNIT;
}

irm_status irm_sample_generate(const char *folder, uint64_t seed,
                               const irm_reporter *reporter, irm_error *error) {
    static irm_status (*const families[])(sample_country *, irm_error *) = {
        sample_write_code,   sample_write_polygons, sample_write_comparateur,
        sample_write_census, sample_write_series,   sample_write_cubes,
        sample_write_detail, sample_write_incomes,  sample_write_benefits,
        sample_write_life};
    enum { FAMILIES = sizeof families / sizeof *families };
    IRM_TRY(irm_make_directory(folder, error));
    sample_country *country = irm_calloc(1, sizeof *country);
    if (country == NULL) {
        return irm_fail_memory(error);
    }
    country->folder = folder;
    irm_status status = sample_geography_make(&country->geography, seed, error);
    for (int i = 0; i < FAMILIES && status == IRM_OK; i++) {
        irm_progress(reporter, "sample", (uint64_t)i, FAMILIES, 0);
        status = irm_check_stop(reporter, error);
        status = status == IRM_OK ? families[i](country, error) : status;
    }
    for (int i = 0; i < YEARS; i++) {
        sample_world_clear(&country->years[i]);
    }
    irm_free(country);
    return status;
}
