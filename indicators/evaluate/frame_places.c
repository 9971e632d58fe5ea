#include <math.h>
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
        bool own =
            frame->placed[i].commune >= 0 && frame->placed[i].how == IRM_PLACED_SAME;
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
            snprintf(found->first, sizeof found->first, "%s",
                     communes->items[first].code);
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
        irm_warn(
            reporter,
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

/* What placing the codes of a frame needs and finds. */
typedef struct placing {
    irm_frame *frame;
    const irm_geography *geography;
    const irm_level *communes;
    irm_passage *passage; /* NULL: codes are placed as the geography knows them */
    const irm_history *history;
    const uint8_t *local; /* by code: that of a commune (1), or part of one (2) */
    char late[96];
    size_t nowhere;
    char first[96];
    size_t unshared;
    irm_error *error;
} placing;

static void list_code(char list[96], const char *code) {
    size_t used = strlen(list);
    snprintf(list + used, 96 - used, used == 0 ? "%s" : ", %s", code);
}

static void note_nowhere(placing *p, const char *code) {
    if (p->nowhere < 5) {
        list_code(p->first, code);
    }
    p->nowhere++;
}

/* The pieces of a split code, those that are communes of the geography. */
static irm_status place_pieces(placing *p, const char *code, const irm_link *links,
                               size_t count, irm_placed *place) {
    irm_frame *frame = p->frame;
    IRM_TRY(irm_reserve((void **)&frame->pieces, &frame->pieces_capacity,
                        frame->n_pieces + count, sizeof *frame->pieces, p->error));
    *place = (irm_placed){-1, IRM_PLACED_MERGED, (uint32_t)frame->n_pieces, 0};
    for (size_t i = 0; i < count; i++) {
        int32_t commune = irm_level_find(p->communes, links[i].to);
        if (commune < 0) {
            continue;
        }
        bool keeps = strcmp(links[i].to, code) == 0;
        place->commune = place->commune < 0 || keeps ? commune : place->commune;
        frame->pieces[frame->n_pieces++] = (irm_piece){commune, links[i].share};
        place->n_pieces++;
        p->unshared += isnan(links[i].share) && i == 0;
    }
    return IRM_OK;
}

/* Index of a commune of the geography, by its code: hashed, where a level is searched by
 * halves. */
static int32_t find_commune(const placing *p, const char *code) {
    irm_placement how;
    int32_t commune = irm_geography_place(p->geography, code, &how);
    return how == IRM_PLACED_SAME ? commune : irm_level_find(p->communes, code);
}

/* Placed by what happened between the table's geography and the one asked. */
static irm_status place_by_passage(placing *p, const char *code, irm_placed *place) {
    const irm_link *links;
    size_t n;
    irm_passage_kind kind;
    int year = p->frame->geography;
    if (irm_history_is_late(p->history, year, p->frame->key->categories, p->local, code)) {
        list_code(p->late, code);
        IRM_TRY(irm_passage_find_from(p->passage, year - 1, code, &links, &n, &kind,
                                      p->error));
    } else {
        IRM_TRY(irm_passage_find(p->passage, code, &links, &n, &kind, p->error));
    }
    if (n == 1 && kind != IRM_PASSAGE_FOLDED) {
        bool same = kind == IRM_PASSAGE_CODE || strcmp(links[0].to, code) == 0;
        place->commune = find_commune(p, links[0].to);
        place->how = same ? IRM_PLACED_SAME : IRM_PLACED_MERGED;
    } else if (n > 1) {
        return place_pieces(p, code, links, n, place);
    }
    return IRM_OK;
}

static irm_status place_code(placing *p, const char *code, irm_placed *place) {
    *place = (irm_placed){-1, IRM_PLACED_NOWHERE, 0, 0};
    if (p->passage != NULL) {
        IRM_TRY(place_by_passage(p, code, place));
    }
    if (place->commune < 0) {
        place->n_pieces = 0;
        place->commune = irm_geography_place(p->geography, code, &place->how);
    }
    if (place->commune < 0) {
        note_nowhere(p, code);
    }
    return IRM_OK;
}

/* Which codes are of communes (1) or parts of them (2). */
static void find_local(const irm_frame *frame, uint8_t *local) {
    int com = irm_frame_level(frame, "com"), arm = irm_frame_level(frame, "arm");
    int iris = irm_frame_level(frame, "iris");
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        int level = frame->row_level != NULL ? frame->row_level[r] : 0;
        int32_t code = frame->key->codes[r];
        if (code >= 0 && (level == com || level == arm || level == iris)) {
            local[code] = level == iris ? 2 : 1;
        }
    }
}

static irm_status place_all(placing *p) {
    irm_frame *frame = p->frame;
    const uint8_t *local = p->local;
    const char *unplaced = frame_attribute(&frame->key->attributes, "unplaced");
    for (size_t i = 0; i < irm_dict_count(frame->key->categories); i++) {
        const char *code = irm_dict_text(frame->key->categories, (int32_t)i);
        char part[8];
        frame->placed[i] = (irm_placed){-1, IRM_PLACED_NOWHERE, 0, 0};
        if (local[i] != 0 && declared_unplaced(unplaced, code)) {
            frame->placed[i].commune = IRM_OF_NO_PLACE;
        } else if (local[i] != 0) {
            IRM_TRY(place_code(p, commune_part(code, local[i] == 2, part),
                               &frame->placed[i]));
        }
    }
    return IRM_OK;
}

static void warn_unshared(const placing *p, const irm_reporter *reporter) {
    if (p->unshared > 0) {
        irm_warn(
            reporter,
            "%s: %zu commune%s split between %d and %d, and no population tells how to "
            "share %s: their pieces are told within bounds",
            p->frame->schema->name, p->unshared, p->unshared > 1 ? "s are" : " is",
            p->frame->geography, irm_geography_year(p->geography),
            p->unshared > 1 ? "them" : "it");
    }
}

static void warn_late(const placing *p, const irm_reporter *reporter) {
    if (p->late[0] != '\0') {
        irm_warn(reporter,
                 "%s does not know the communes restored on 1 January %d: the rows of %s "
                 "are taken as of before",
                 p->frame->schema->name, p->frame->geography, p->late);
    }
}

irm_status frame_open_places(irm_frame *frame, const irm_store *store,
                             const irm_geography *geography, irm_passages *passages,
                             const irm_reporter *reporter, irm_error *error) {
    size_t n = irm_dict_count(frame->key->categories);
    placing p = {.frame = frame,
                 .geography = geography,
                 .error = error,
                 .communes = irm_geography_level(geography, "com")};
    int year = irm_geography_year(geography);
    bool moved = frame->geography != 0 && year != 0 && frame->geography != year;
    uint8_t *local = irm_calloc(n, 1);
    frame->placed = irm_calloc(n, sizeof *frame->placed);
    irm_status status =
        local != NULL && frame->placed != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        find_local(frame, local);
        moved = moved && (memchr(local, 1, n) != NULL || memchr(local, 2, n) != NULL);
    }
    if (status == IRM_OK && moved) {
        status = irm_passages_get(passages, store, frame->geography, &p.passage, error);
        p.history = passages->history;
    }
    if (status == IRM_OK) {
        p.local = local;
        status = place_all(&p);
    }
    irm_free(local);
    IRM_TRY(status);
    warn_nowhere(frame, geography, reporter, p.nowhere, p.first);
    warn_unshared(&p, reporter);
    warn_late(&p, reporter);
    return p.passage == NULL ? warn_later(frame, geography, reporter, error) : IRM_OK;
}
