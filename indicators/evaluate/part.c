#include "evaluate/part.h"

#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

/* Each part keeps its own leaves: beyond so many, whole levels, kept too, cost less. A
 * part is worth it under one territory in FRACTION. */
enum { MOST_PARTS = 16, FRACTION = 4 };

void irm_part_free(irm_part *part) {
    if (part != NULL) {
        irm_free(part->level.items);
        irm_free(part->level.of_commune);
        irm_free(part->of);
        irm_free(part);
    }
}

const irm_part *irm_part_find(const irm_evaluator *evaluator, const irm_level *level) {
    for (size_t i = 0; i < evaluator->n_parts; i++) {
        if (&evaluator->parts[i]->level == level) {
            return evaluator->parts[i];
        }
    }
    return NULL;
}

/* Fills the part from marks of 0 and 1 by item of the whole, which become, of those
 * marked, their index in the part, and -1 of the others. */
static void fill(irm_part *part, const irm_level *whole, size_t n_communes,
                 int32_t *marks) {
    part->whole = whole;
    part->level.id = whole->id;
    part->level.label_fr = whole->label_fr;
    part->level.label_en = whole->label_en;
    for (size_t i = 0; i < whole->count; i++) {
        if (marks[i] != 0) {
            part->of[part->level.count] = (int32_t)i;
            part->level.items[part->level.count] = whole->items[i];
            marks[i] = (int32_t)part->level.count++;
        } else {
            marks[i] = -1;
        }
    }
    for (size_t c = 0; c < n_communes; c++) {
        int32_t item = leaf_item_of(whole, c);
        part->level.of_commune[c] = item >= 0 ? marks[item] : -1;
    }
}

static irm_status make(const irm_level *whole, size_t n_communes, int32_t *marks,
                       size_t count, irm_part **made, irm_error *error) {
    irm_part *part = irm_calloc(1, sizeof *part);
    *made = part;
    if (part == NULL) {
        return irm_fail_memory(error);
    }
    part->of = irm_calloc(count, sizeof *part->of);
    part->level.items = irm_calloc(count, sizeof *part->level.items);
    part->level.of_commune = irm_calloc(n_communes, sizeof *part->level.of_commune);
    if (part->of == NULL || part->level.items == NULL || part->level.of_commune == NULL) {
        return irm_fail_memory(error);
    }
    fill(part, whole, n_communes, marks);
    return IRM_OK;
}

/* The part of those marked, if it was made before. */
static const irm_part *known_part(const irm_evaluator *evaluator, const irm_level *whole,
                                  const int32_t *marks, size_t count) {
    for (size_t i = 0; i < evaluator->n_parts; i++) {
        const irm_part *part = evaluator->parts[i];
        bool same = part->whole == whole && part->level.count == count;
        for (size_t k = 0; same && k < count; k++) {
            same = marks[part->of[k]] != 0;
        }
        if (same) {
            return part;
        }
    }
    return NULL;
}

irm_status irm_evaluator_part(irm_evaluator *evaluator, const irm_level *whole,
                              const int32_t *indices, size_t count,
                              const irm_level **part, irm_error *error) {
    bool communes = leaf_is_commune_level(whole);
    *part = whole;
    if (count == 0 || count * FRACTION > whole->count ||
        (whole->of_commune == NULL && !communes) || whole->n_cuts > 0 ||
        irm_part_find(evaluator, whole) != NULL) {
        return IRM_OK;
    }
    int32_t *marks = irm_calloc(whole->count, sizeof *marks);
    if (marks == NULL) {
        return irm_fail_memory(error);
    }
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        distinct += marks[indices[i]] == 0;
        marks[indices[i]] = 1;
    }
    irm_status status = IRM_OK;
    const irm_part *known = known_part(evaluator, whole, marks, distinct);
    if (known != NULL) {
        *part = &known->level;
    } else if (evaluator->n_parts < MOST_PARTS) {
        irm_part *made;
        status = irm_reserve((void **)&evaluator->parts, &evaluator->part_capacity,
                             evaluator->n_parts + 1, sizeof *evaluator->parts, error);
        if (status == IRM_OK) {
            status =
                make(whole, evaluator->communes->count, marks, distinct, &made, error);
            if (status == IRM_OK) {
                evaluator->parts[evaluator->n_parts++] = made;
                *part = &made->level;
            } else {
                irm_part_free(made);
            }
        }
    }
    irm_free(marks);
    return status;
}

static irm_status project(const irm_part *part, irm_quantity **items, irm_error *error) {
    if (*items == NULL) {
        return IRM_OK;
    }
    irm_quantity *few = irm_calloc(part->level.count, sizeof *few);
    if (few == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < part->level.count; i++) {
        few[i] = (*items)[part->of[i]];
    }
    irm_free(*items);
    *items = few;
    return IRM_OK;
}

irm_status irm_part_project(const irm_part *part, irm_evaluation *evaluation,
                            irm_error *error) {
    evaluation->level = &part->level;
    evaluation->count = part->level.count;
    IRM_TRY(project(part, &evaluation->result, error));
    IRM_TRY(project(part, &evaluation->numerator, error));
    return project(part, &evaluation->denominator, error);
}
