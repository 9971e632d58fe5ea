#include <stdio.h>
#include <string.h>

#include "evaluate/frame_inside.h"
#include "irminon/memory.h"

static bool declared_unplaced(const char *list, const char *code) {
    if (code[0] == '\0') {
        return true;
    }
    size_t size = strlen(code);
    for (const char *p = strstr(list, code); p != NULL; p = strstr(p + 1, code)) {
        bool start = p == list || p[-1] == ' ';
        if (start && (p[size] == ' ' || p[size] == '\0')) {
            return true;
        }
    }
    return false;
}

static void warn_nowhere(const irm_frame *frame, const irm_geography *geography,
                         const irm_reporter *reporter, size_t count, const char *first) {
    if (count > 0) {
        irm_warn(reporter,
                 "%s: %zu code%s of no commune in the geography of %d (%s): in no sum "
                 "below the "
                 "département",
                 frame->schema->name, count, count > 1 ? "s" : "",
                 irm_geography_year(geography), first);
    }
}

/* Communes without a row of their own, of the départements that have some. */
typedef struct absentees {
    size_t present, count;
    char first[8];
} absentees;

static irm_status find_absentees(const irm_frame *frame, const irm_level *communes,
                                 absentees *found, irm_error *error) {
    size_t n = irm_dict_count(frame->key->categories);
    uint8_t *seen = irm_calloc(communes->count, 1);
    if (seen == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        bool own = frame->placed[i].commune >= 0 && frame->placed[i].how == IRM_PLACED_SAME;
        if (own) {
            seen[frame->placed[i].commune] = 1;
        }
    }
    for (size_t from = 0, to; from < communes->count; from = to) {
        char department[4], next[4];
        irm_code_department(communes->items[from].code, department);
        size_t present = 0, first = SIZE_MAX;
        for (to = from; to < communes->count; to++) {
            irm_code_department(communes->items[to].code, next);
            if (strcmp(department, next) != 0) {
                break;
            }
            present += seen[to];
            first = !seen[to] && first == SIZE_MAX ? to : first;
        }
        if (present == 0 || present == to - from) {
            found->present += present;
            continue;
        }
        if (found->count == 0) {
            snprintf(found->first, sizeof found->first, "%s", communes->items[first].code);
        }
        found->present += present;
        found->count += to - from - present;
    }
    irm_free(seen);
    return IRM_OK;
}

/* A table later than the geography: a commune that lost its row has merged into another,
 * whose figures hold its own, and no movement at hand may tell which. An extract (many
 * communes without a row) tells nothing of mergers. */
static irm_status warn_later(const irm_frame *frame, const irm_geography *geography,
                             const irm_reporter *reporter, irm_error *error) {
    enum { EXTRACT = 20 }; /* one commune in so many */
    int year = irm_geography_year(geography);
    const irm_level *communes = irm_geography_level(geography, "com");
    absentees found = {0};
    bool whole = irm_frame_level(frame, "com") >= 0 && communes != NULL;
    if (!whole || frame->geography <= year || year == 0) {
        return IRM_OK;
    }
    IRM_TRY(find_absentees(frame, communes, &found, error));
    if (found.count > 0 && found.count * EXTRACT < found.present) {
        irm_warn(reporter,
                 "%s is in the geography of %d, later than %d: %zu commune%s without a row "
                 "(%s%s) must have merged into others, whose figures hold theirs; ingest "
                 "the official code of %d",
                 frame->schema->name, frame->geography, year, found.count,
                 found.count > 1 ? "s" : "", found.first, found.count > 1 ? "…" : "",
                 frame->geography);
    }
    return IRM_OK;
}

/* IRIS codes start with that of their commune. */
static const char *commune_part(const char *code, bool iris, char part[8]) {
    if (!iris || strlen(code) != 9) {
        return code;
    }
    snprintf(part, 8, "%.5s", code);
    return part;
}

irm_status frame_open_places(irm_frame *frame, const irm_geography *geography,
                             const irm_reporter *reporter, irm_error *error) {
    const irm_column *key = frame->key;
    size_t n = irm_dict_count(key->categories), nowhere = 0;
    uint8_t *local = irm_calloc(n, 1);
    frame->placed = irm_calloc(n, sizeof *frame->placed);
    if (frame->placed == NULL || local == NULL) {
        irm_free(local);
        return irm_fail_memory(error);
    }
    int com = irm_frame_level(frame, "com"), arm = irm_frame_level(frame, "arm");
    int iris = irm_frame_level(frame, "iris");
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        int level = frame->row_level != NULL ? frame->row_level[r] : 0;
        if (key->codes[r] >= 0 && (level == com || level == arm || level == iris)) {
            local[key->codes[r]] = level == iris ? 2 : 1;
        }
    }
    char first[96] = "";
    const char *unplaced = frame_attribute(&key->attributes, "unplaced");
    for (size_t i = 0; i < n; i++) {
        frame->placed[i] = (irm_placed){-1, IRM_PLACED_NOWHERE};
        const char *code = irm_dict_text(key->categories, (int32_t)i);
        if (local[i] == 0 || declared_unplaced(unplaced, code)) {
            frame->placed[i].commune = local[i] == 0 ? -1 : IRM_OF_NO_PLACE;
            continue;
        }
        char part[8];
        irm_placed *place = &frame->placed[i];
        place->commune = irm_geography_place(
            geography, commune_part(code, local[i] == 2, part), &place->how);
        if (place->commune < 0) {
            size_t used = strlen(first);
            const char *format = nowhere == 0 ? "%s" : nowhere < 5 ? ", %s" : "";
            if (nowhere < 5) {
                snprintf(first + used, sizeof first - used, format, code);
            }
            nowhere++;
        }
    }
    irm_free(local);
    warn_nowhere(frame, geography, reporter, nowhere, first);
    return warn_later(frame, geography, reporter, error);
}
