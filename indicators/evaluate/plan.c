#include <stdio.h>
#include <string.h>

#include "evaluate/detail.h"
#include "evaluate/leaf_inside.h"
#include "evaluate/memo.h"

bool leaf_is_commune_level(const irm_level *level) {
    const char *id = level->id;
    return id[0] == 'c' && id[1] == 'o' && id[2] == 'm' && id[3] == '\0';
}

bool leaf_perimeter_changes(const irm_level *level) {
    static const char *const stable[] = {"dep", "reg", "fr", "frm", "fr-covered"};
    for (size_t i = 0; i < sizeof stable / sizeof *stable; i++) {
        if (strcmp(level->id, stable[i]) == 0) {
            return false;
        }
    }
    return true;
}

static const char *parts_of(const irm_frame *frame, const char *name, int year) {
    static const char *const parts[] = {"com", "arm", "iris"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (irm_frame_has_level(frame, name, parts[i], year)) {
            return parts[i];
        }
    }
    return NULL;
}

static void plan_frame(irm_plan *plan, irm_frame *frame, const irm_rows *rows,
                       const char *name, const irm_level *level, int year) {
    plan->kind = rows->kind;
    plan->estimated = rows->estimated;
    plan->timeless = rows->timeless;
    if (plan->direct == NULL && irm_frame_has_level(frame, name, level->id, year)) {
        plan->direct = frame;
    }
    const char *parts = parts_of(frame, name, year);
    bool made_of_communes = leaf_is_commune_level(level) || level->of_commune != NULL;
    if (frame->detail != NULL && frame->detail->some_communes) {
        made_of_communes = leaf_is_commune_level(level);
    }
    if (plan->summed == NULL && parts != NULL && made_of_communes) {
        plan->summed = frame;
        plan->parts = parts;
    }
}

/* "com, dep" of the frames that hold the variable at that year. */
static void levels_text(const struct irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, int year, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        irm_frame *frame = &evaluator->frames[f];
        irm_rows rows;
        if (strcmp(frame->dataset, dataset) != 0 || !frame->opened ||
            irm_rows_select(frame, evaluator->store, variable, year, -1, &rows, NULL) !=
                IRM_OK) {
            continue;
        }
        for (size_t i = 0; i < frame->n_levels && used + 40 < size; i++) {
            if (irm_frame_has_level(frame, variable->name, frame->levels[i], year)) {
                used += (size_t)snprintf(text + used, size - used, "%s%s",
                                         used > 0 ? ", " : "", frame->levels[i]);
            }
        }
    }
}

static const char *with_article(irm_kind kind) {
    switch (kind) {
        case IRM_KIND_MEDIAN:
            return "a median";
        case IRM_KIND_MEAN:
            return "a mean";
        case IRM_KIND_INDEX:
            return "an index";
        default:
            return "a ratio";
    }
}

static irm_status plan_settle(const struct irm_evaluator *evaluator, const char *dataset,
                              const irm_variable *variable, const irm_level *level,
                              int year, irm_plan *plan, irm_error *error) {
    char text[256];
    if (!irm_kind_additive(plan->kind)) {
        plan->summed = NULL;
        if (plan->direct == NULL) {
            levels_text(evaluator, dataset, variable, year, text, sizeof text);
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s: %s cannot be added: %s publishes it for %s in %d",
                            variable->name, with_article(plan->kind), dataset, text,
                            year);
        }
        return IRM_OK;
    }
    int now = irm_geography_year(evaluator->geography);
    bool other = plan->direct != NULL && plan->direct->geography != 0 &&
                 plan->direct->geography != now && leaf_perimeter_changes(level);
    if (plan->summed != NULL && (other || leaf_is_commune_level(level))) {
        plan->direct = NULL; /* communes are summed too: mergers */
    }
    if (plan->direct == NULL && plan->summed == NULL) {
        levels_text(evaluator, dataset, variable, year, text, sizeof text);
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "%s: %s has it for %s in %d, of which no %s is made",
                        variable->name, dataset, text, year, level->id);
    }
    return IRM_OK;
}

static irm_status make_plan(struct irm_evaluator *evaluator, const char *dataset,
                            const irm_variable *variable, const irm_level *level, int year,
                            irm_plan *plan, irm_error *error) {
    memset(plan, 0, sizeof *plan);
    bool family = false, found = false;
    irm_error why = {0};
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        irm_frame *frame = &evaluator->frames[f];
        irm_rows rows;
        if (strcmp(frame->dataset, dataset) != 0) {
            continue;
        }
        family = true;
        IRM_TRY(irm_frame_open(frame, evaluator->store, evaluator->geography,
                               &evaluator->passages, evaluator->reporter, error));
        irm_error reason = {0};
        irm_status status =
            irm_rows_select(frame, evaluator->store, variable, year, -1, &rows, &reason);
        if (status == IRM_OK) {
            plan_frame(plan, frame, &rows, variable->name, level, year);
            found = true;
        } else if (status != IRM_STATUS_NOT_FOUND && status != IRM_STATUS_REFUSED) {
            return irm_fail(error, status, "%s", reason.message);
        } else if (why.status == IRM_OK) {
            why = reason;
        }
    }
    if (!family) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "the store has no table of %s",
                        dataset);
    }
    if (!found) {
        return irm_fail(error, why.status, "%s", why.message);
    }
    return plan_settle(evaluator, dataset, variable, level, year, plan, error);
}

irm_status irm_leaf_plan(struct irm_evaluator *evaluator, const char *dataset,
                         const irm_variable *variable, const irm_level *level, int year,
                         irm_plan *plan, irm_error *error) {
    irm_memo_entry *entry;
    IRM_TRY(irm_memo_entry_of(evaluator->memo, dataset, variable, level, year, &entry, error));
    if (!entry->known) {
        irm_error why = {0};
        irm_status status =
            make_plan(evaluator, dataset, variable, level, year, &entry->plan, &why);
        IRM_TRY(irm_memo_note(entry, status, &why, error));
        if (!entry->known) {
            return irm_fail(error, status, "%s", why.message);
        }
    }
    *plan = entry->plan;
    return entry->status == IRM_OK ? IRM_OK
                                   : irm_fail(error, entry->status, "%s", entry->message);
}
