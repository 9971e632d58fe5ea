#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "disclosure/inside.h"
#include "irminon/memory.h"

/* Cells of the widest sum that the first neighbourhood of a cell goes through. */
enum { FIRST_REACH = 30, REACH_GROWS = 8 };

/* Cells times audits, beyond which nothing is shown again. */
enum { MOST_TRIMMED = 400000 };

/* ---- one sensitive cell after the other ------------------------------------------- */

typedef struct asked {
    size_t cell;
    double need;
} asked;

/* Those that need most first: what protects them often protects the others. */
static int compare_needs(const void *a, const void *b) {
    const asked *x = a, *y = b;
    if (x->need != y->need) {
        return x->need > y->need ? -1 : 1;
    }
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static irm_status sensitive_cells(const irm_release *release, asked **list, size_t *count,
                                  irm_error *error) {
    *list = irm_calloc(release->n_cells, sizeof **list);
    *count = 0;
    if (*list == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        const release_cell *cell = &release->cells[c];
        if (cell->hiding == IRM_HIDDEN_SENSITIVE) {
            (*list)[(*count)++] = (asked){c, fmax(cell->below, cell->above)};
        }
    }
    qsort(*list, *count, sizeof **list, compare_needs);
    return IRM_OK;
}

/* Both sides of one cell, over a neighbourhood that grows until something is found, from
 * what is hidden already. */
static irm_status protect_cell(irm_release *release, release_field *field, size_t cell,
                               bool *found, irm_error *error) {
    const release_cell one = release->cells[cell];
    double fall = fmin(one.below, one.value - one.floor);
    const double sides[] = {one.above, fall > 0 ? -fall : 0};
    *found = false;
    for (size_t reach = 0; !*found;
         reach = reach == 0 ? FIRST_REACH : reach * REACH_GROWS) {
        release_field_around(field, release, cell, reach);
        *found = true;
        for (size_t side = 0; *found && side < 2; side++) {
            IRM_TRY(release_route(release, field, cell, sides[side], found, error));
        }
        if (reach >= release->n_cells) {
            break;
        }
    }
    return IRM_OK;
}

static irm_status protect_each(irm_release *release, irm_protection *protection,
                               irm_error *error) {
    asked *list = NULL;
    size_t count = 0;
    release_field field = {0};
    IRM_TRY(release_field_init(&field, release, error));
    irm_status status = sensitive_cells(release, &list, &count, error);
    for (size_t i = 0; status == IRM_OK && protection->possible && i < count; i++) {
        status =
            protect_cell(release, &field, list[i].cell, &protection->possible, error);
        protection->cell = list[i].cell;
    }
    irm_free(list);
    release_field_clear(&field);
    return status;
}

/* ---- what was hidden for nothing -------------------------------------------------- */

typedef struct intervals {
    double *lower, *upper;
} intervals;

static irm_status all_protected(const irm_release *release, const intervals *of,
                                bool *yes, size_t *first, irm_error *error) {
    IRM_TRY(irm_release_audit(release, 1, of->lower, of->upper, error));
    *yes = true;
    for (size_t c = 0; *yes && c < release->n_cells; c++) {
        *yes = release->cells[c].hiding != IRM_HIDDEN_SENSITIVE ||
               irm_release_protected(release, c, of->lower[c], of->upper[c]);
        *first = *yes ? *first : c;
    }
    return IRM_OK;
}

/* Shows again, the dearest first, each cell without which all is still protected. */
static irm_status trim(irm_release *release, const intervals *of, irm_error *error) {
    asked *list = irm_calloc(release->n_cells, sizeof *list);
    size_t count = 0, first = 0;
    if (list == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        if (release->cells[c].hiding == IRM_HIDDEN_BESIDE) {
            list[count++] = (asked){c, release->cells[c].cost};
        }
    }
    qsort(list, count, sizeof *list, compare_needs);
    irm_status status = IRM_OK;
    for (size_t i = 0;
         status == IRM_OK && i < count && count * release->n_cells <= MOST_TRIMMED; i++) {
        bool still;
        release->cells[list[i].cell].hiding = IRM_SHOWN;
        status = all_protected(release, of, &still, &first, error);
        if (status == IRM_OK && !still) {
            release->cells[list[i].cell].hiding = IRM_HIDDEN_BESIDE;
        }
    }
    irm_free(list);
    return status;
}

static double cost_of(const irm_release *release) {
    double cost = 0;
    for (size_t c = 0; c < release->n_cells; c++) {
        cost +=
            release->cells[c].hiding == IRM_HIDDEN_BESIDE ? release->cells[c].cost : 0;
    }
    return cost;
}

/* The exact program is kept where it is solved, costs no more and passes the audit. */
static irm_status try_exactly(irm_release *release, const intervals *of,
                              irm_protection *protection, irm_error *error) {
    irm_hiding *before = irm_calloc(release->n_cells, sizeof *before);
    bool safe = false;
    size_t first = 0;
    if (before == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        before[c] = release->cells[c].hiding;
    }
    double cost = cost_of(release);
    irm_status status = release_solve_exactly(release, &protection->exact, error);
    if (status == IRM_OK && protection->exact) {
        status = all_protected(release, of, &safe, &first, error);
    }
    protection->exact =
        protection->exact && safe && cost_of(release) <= cost * (1 + 1e-9);
    for (size_t c = 0; !protection->exact && c < release->n_cells; c++) {
        release->cells[c].hiding = before[c];
    }
    irm_free(before);
    return status;
}

static irm_status impossible(const irm_release *release, size_t cell, irm_error *error) {
    bool kept = release->cells[cell].kept;
    return irm_fail(
        error, IRM_STATUS_REFUSED,
        kept ? "a sensitive cell is asked to be shown"
             : "a sensitive cell cannot be protected: all that shares a sum with "
               "it is a zero, or is asked to be shown");
}

static irm_status protect(irm_release *release, const intervals *of,
                          irm_protection *protection, irm_error *error) {
    for (size_t c = 0; c < release->n_cells; c++) {
        if (release->cells[c].kept && release->cells[c].hiding == IRM_HIDDEN_SENSITIVE) {
            protection->possible = false;
            protection->cell = c;
            return impossible(release, c, error);
        }
    }
    IRM_TRY(protect_each(release, protection, error));
    if (!protection->possible) {
        return impossible(release, protection->cell, error);
    }
    IRM_TRY(trim(release, of, error));
    IRM_TRY(try_exactly(release, of, protection, error));
    return all_protected(release, of, &protection->possible, &protection->cell, error);
}

irm_status irm_release_protect(irm_release *release, irm_protection *protection,
                               irm_error *error) {
    *protection = (irm_protection){.possible = true};
    IRM_TRY(release_index(release, error));
    intervals of = {irm_calloc(release->n_cells, sizeof(double)),
                    irm_calloc(release->n_cells, sizeof(double))};
    irm_status status =
        of.lower != NULL && of.upper != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = protect(release, &of, protection, error);
    }
    if (status == IRM_OK && !protection->possible) {
        status = irm_fail(error, IRM_STATUS_REFUSED,
                          "over whole numbers, the interval of a sensitive cell does not "
                          "reach as far as its rule asks");
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        protection->sensitive += release->cells[c].hiding == IRM_HIDDEN_SENSITIVE;
        protection->beside += release->cells[c].hiding == IRM_HIDDEN_BESIDE;
    }
    irm_free(of.lower);
    irm_free(of.upper);
    return status;
}
