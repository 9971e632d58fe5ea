/* What bringing tables to the geography asked did, in words. */
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/evaluate.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static bool is_in(const bool *in, int32_t commune) {
    return commune >= 0 && (in == NULL || in[commune]);
}

static bool any_piece_in(const irm_frame *frame, const irm_placed *placed,
                         const bool *in) {
    for (uint32_t k = 0; k < placed->n_pieces; k++) {
        if (is_in(in, frame->pieces[placed->first_piece + k].commune)) {
            return true;
        }
    }
    return false;
}

static void count_moved(const irm_frame *frame, const bool *in, size_t *merged,
                        size_t *split) {
    *merged = *split = 0;
    for (size_t i = 0; i < irm_dict_count(frame->key->categories); i++) {
        const irm_placed *placed = &frame->placed[i];
        if (placed->how != IRM_PLACED_MERGED) {
            continue;
        }
        *split += any_piece_in(frame, placed, in);
        *merged += placed->n_pieces == 0 && is_in(in, placed->commune);
    }
}

/* Some of its figures were read, and not its codes alone. */
static bool was_read(const irm_frame *frame) {
    for (size_t i = 0; i < frame->schema->n_columns && frame->columns != NULL; i++) {
        if (frame->schema->columns[i].type == IRM_COLUMN_NUMBER &&
            frame->columns[i].n_rows > 0) {
            return true;
        }
    }
    return false;
}

static void add_words(irm_buffer *text, bool french, const irm_frame *frame,
                      size_t merged, size_t split) {
    irm_buffer_format(text, "%s%s (%s %d%s",
                      text->size == 0 ? ""
                      : french        ? " ; "
                                      : "; ",
                      frame->schema->name, french ? "communes de" : "communes of",
                      frame->geography, french ? " : " : ": ");
    if (merged > 0) {
        irm_buffer_format(text, french ? "%zu rattachée%s à une autre" : "%zu%s merged",
                          merged, french && merged > 1 ? "s" : "");
    }
    if (split > 0) {
        irm_buffer_format(
            text,
            french ? "%s%zu partagée%s entre plusieurs selon leur population, estimée%s"
                   : "%s%zu shared among several by population%s, estimated%s",
            merged > 0 ? ", " : "", split, french && split > 1 ? "s" : "",
            french && split > 1 ? "s" : "");
    }
    irm_buffer_text(text, ")");
}

static char *sentence(int year, const irm_buffer *list, bool french) {
    irm_buffer text = {0};
    irm_buffer_format(&text,
                      french
                          ? "Des tables d’autres années ont été ramenées aux communes "
                            "de %d : %s."
                          : "Tables of other years were brought to the communes of %d: "
                            "%s.",
                      year, list->data);
    return irm_buffer_take(&text);
}

irm_status irm_evaluator_moved(const irm_evaluator *evaluator, const bool *in, char **fr,
                               char **en, irm_error *error) {
    irm_buffer french = {0}, english = {0};
    int year = irm_geography_year(evaluator->geography);
    *fr = *en = NULL;
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        const irm_frame *frame = &evaluator->frames[f];
        size_t merged = 0, split = 0;
        if (!frame->opened || frame->placed == NULL || frame->geography == 0 ||
            frame->geography == year || !was_read(frame)) {
            continue;
        }
        count_moved(frame, in, &merged, &split);
        if (merged + split > 0) {
            add_words(&french, true, frame, merged, split);
            add_words(&english, false, frame, merged, split);
        }
    }
    bool any = french.size > 0, failed = french.failed || english.failed;
    if (any && !failed) {
        *fr = sentence(year, &french, true);
        *en = sentence(year, &english, false);
        failed = *fr == NULL || *en == NULL;
    }
    irm_buffer_clear(&french);
    irm_buffer_clear(&english);
    if (failed) {
        irm_free(*fr);
        irm_free(*en);
        *fr = *en = NULL;
        return irm_fail_memory(error);
    }
    return IRM_OK;
}
