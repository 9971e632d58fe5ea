#include <string.h>

#include "disclosure/inside.h"
#include "irminon/memory.h"

irm_status release_field_init(release_field *field, const irm_release *release,
                              irm_error *error) {
    *field = (release_field){.cells = irm_calloc(release->n_cells, sizeof *field->cells),
                             .sums = irm_calloc(release->n_sums, sizeof *field->sums),
                             .place = irm_calloc(release->n_cells, sizeof *field->place),
                             .row = irm_calloc(release->n_sums, sizeof *field->row)};
    if (field->cells == NULL || field->sums == NULL || field->place == NULL ||
        field->row == NULL) {
        release_field_clear(field);
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

void release_field_clear(release_field *field) {
    irm_free(field->cells);
    irm_free(field->sums);
    irm_free(field->place);
    irm_free(field->row);
    *field = (release_field){0};
}

static void take(release_field *field, size_t cell) {
    if (field->place[cell] == 0) {
        field->cells[field->n_cells++] = cell;
        field->place[cell] = (uint32_t)field->n_cells;
    }
}

/* Sums of more cells than this are not gone through for the sake of those hidden already.
 */
enum { MOST_LOOKED_THROUGH = 4000 };

/* Of a sum that is too wide, what is hidden already, which may move at no cost. */
static void take_sums(release_field *field, const irm_release *release, size_t cell,
                      size_t widest, size_t most) {
    for (size_t i = release->of_start[cell]; i < release->of_start[cell + 1]; i++) {
        const release_sum *sum = &release->sums[release->of[i]];
        bool all = sum->count <= widest;
        if (sum->count > MOST_LOOKED_THROUGH && !all) {
            continue;
        }
        for (size_t p = 0; p <= sum->count && field->n_cells < most; p++) {
            size_t one = p == 0 ? sum->total : release->parts[sum->first + p - 1];
            if (all || release->cells[one].hiding != IRM_SHOWN) {
                take(field, one);
            }
        }
    }
}

bool release_field_around(release_field *field, const irm_release *release, size_t cell,
                          size_t widest) {
    enum { STEPS = 2, MOST_HIDDEN = 300 };
    bool whole = widest >= release->n_cells;
    size_t most = widest == 0 ? MOST_HIDDEN : MOST_FIELD;
    for (size_t i = 0; i < field->n_cells; i++) {
        field->place[field->cells[i]] = 0;
    }
    for (size_t i = 0; i < field->n_sums; i++) {
        field->row[field->sums[i]] = 0;
    }
    field->n_cells = field->n_sums = 0;
    take(field, cell);
    size_t done = 0;
    for (int step = 0; step < STEPS || whole || widest == 0; step++) {
        size_t reached = field->n_cells;
        for (; done < reached; done++) {
            take_sums(field, release, field->cells[done], widest, most);
        }
        if (field->n_cells == reached) {
            break;
        }
    }
    for (size_t i = 0; i < field->n_cells; i++) {
        size_t c = field->cells[i];
        for (size_t k = release->of_start[c]; k < release->of_start[c + 1]; k++) {
            size_t sum = release->of[k];
            if (field->row[sum] == 0) {
                field->sums[field->n_sums++] = sum;
                field->row[sum] = (uint32_t)field->n_sums;
            }
        }
    }
    return whole && field->n_cells < most;
}
