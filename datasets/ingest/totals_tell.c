#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ingest/totals.h"
#include "irminon/memory.h"

/* What was found of one territory. */
typedef struct finding {
    size_t compared, apart, below;
    double published, summed;
} finding;

/* Rounding errors of n figures to a unit u have a standard deviation of u·√(n/12): four
 * of them, and half a unit for the published one. */
static double tolerance(const totals *of, const figure *one) {
    double published = fabs(one->published);
    if (of->decimals == MOST_DECIMALS) {
        return 1e-6 + 1e-9 * published;
    }
    double unit = pow(10, -of->decimals);
    return unit * (4 * sqrt((one->communes + 1) / 12.0) + 0.5);
}

static void tell_absent(const totals *of, const finding *findings, const char *source,
                        const irm_reporter *reporter) {
    for (size_t i = 0; i < irm_dict_count(of->territories); i++) {
        const finding *found = &findings[i];
        const char *code = irm_dict_text(of->territories, (int32_t)i);
        bool region = *code == 'R';
        if (found->apart == 0) {
            continue;
        }
        irm_warn(
            reporter,
            "%s: the communes of %s%s add up to %.1f %% of its published figures (%zu "
            "cells): some are absent from the file",
            source,
            *code == '\0' ? "France"
            : region      ? "région "
                          : "département ",
            code + region, 100 * found->summed / found->published, found->compared);
    }
}

/* All cells of a territory fall short: communes are absent rather than figures wrong. */
static bool communes_absent(const finding *found) {
    return found->below == found->apart && found->below * 10 >= found->compared * 9 &&
           found->summed < found->published;
}

static const char *label(const irm_column *column, int32_t code) {
    return code >= 0 ? irm_dict_text(column->categories, code) : "";
}

static void tell_worst(const totals *of, const figure *worst, size_t compared,
                       size_t apart, const char *source, const irm_reporter *reporter) {
    char cell[512];
    const int32_t *codes = of->fixed_codes + (size_t)(worst - of->figures) * of->n_fixed;
    int used = snprintf(cell, sizeof cell, "%s %s", label(of->level, worst->level),
                        label(of->key, worst->key));
    for (size_t i = 0; i < of->n_fixed && used > 0 && used < 400; i++) {
        used += snprintf(cell + used, sizeof cell - (size_t)used, ", %.30s %.40s",
                         of->fixed[i]->name, label(of->fixed[i], codes[i]));
    }
    irm_warn(
        reporter,
        "%s: %zu of %zu published totals differ from what their communes add up to; the "
        "worst: %s is published as %.10g, its %u communes give %.10g",
        source, apart, compared, cell, worst->published, worst->communes, worst->sum);
}

/* First pass: what each territory shows as a whole. */
static void examine(const totals *of, finding *findings) {
    for (size_t i = 0; i < of->n_figures; i++) {
        const figure *one = &of->figures[i];
        finding *found = &findings[one->territory];
        double published = one->published;
        if (one->communes == 0 || one->hidden) {
            continue;
        }
        bool apart = fabs(published - one->sum) > tolerance(of, one);
        found->compared++;
        found->apart += apart;
        found->below += apart && one->sum < published;
        found->published += published;
        found->summed += one->sum;
    }
}

static void tell(const totals *of, finding *findings, const irm_reporter *reporter) {
    const char *source = of->table->name;
    const figure *worst = NULL;
    double gap = 0;
    size_t compared = 0, apart = 0;
    examine(of, findings);
    for (size_t i = 0; i < of->n_figures; i++) {
        const figure *one = &of->figures[i];
        const finding *found = &findings[one->territory];
        if (one->communes == 0 || one->hidden ||
            (found->apart > 0 && communes_absent(found))) {
            continue;
        }
        double difference = fabs(one->published - one->sum);
        compared++;
        if (difference > tolerance(of, one)) {
            apart++;
            worst = worst == NULL || difference > gap ? one : worst;
            gap = fmax(gap, difference);
        }
    }
    for (size_t i = 0; i < irm_dict_count(of->territories); i++) {
        findings[i].apart = communes_absent(&findings[i]) ? findings[i].apart : 0;
    }
    tell_absent(of, findings, source, reporter);
    if (apart > 0) {
        tell_worst(of, worst, compared, apart, source, reporter);
    } else if (compared > 0) {
        irm_warn(reporter,
                 "%s: %zu published totals compared with their communes: all agree",
                 source, compared);
    }
}

irm_status totals_tell(const totals *of, const irm_reporter *reporter, irm_error *error) {
    finding *findings = irm_calloc(irm_dict_count(of->territories), sizeof *findings);
    if (findings == NULL) {
        return irm_fail_memory(error);
    }
    tell(of, findings, reporter);
    irm_free(findings);
    return IRM_OK;
}
