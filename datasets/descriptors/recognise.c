#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "descriptors/level.h"
#include "descriptors/model.h"
#include "descriptors/pattern.h"
#include "irminon/text.h"

/* A file to recognise. */
typedef struct sighting {
    const char *file;
    const char *const *headers;
    size_t count;
} sighting;

/* The newest year that a pattern bears among the headers it fits; -1 when it fits none, 0
 * when it has no year. */
static int fits_header(const sighting *seen, const char *pattern) {
    int newest = -1;
    for (size_t i = 0; i < seen->count; i++) {
        pattern_match match;
        if (pattern_fits(pattern, seen->headers[i], &match)) {
            newest = match.year > newest ? match.year : newest;
        }
    }
    return newest;
}

static bool is_present(const sighting *seen, const char *pattern) {
    if (strpbrk(pattern, "{*") != NULL) {
        return fits_header(seen, pattern) >= 0;
    }
    for (size_t i = 0; i < seen->count; i++) {
        if (strncasecmp(seen->headers[i], pattern, strlen(pattern)) == 0) {
            return true;
        }
    }
    return false;
}

static size_t headers_found(const sighting *seen, const model_recognise *form) {
    size_t found = 0;
    for (unsigned i = 0; i < form->headers_count; i++) {
        found += fits_header(seen, form->headers[i]) >= 0;
    }
    return found;
}

static bool any_absent_present(const sighting *seen, const model_recognise *form) {
    for (unsigned i = 0; i < form->absent_count; i++) {
        if (is_present(seen, form->absent[i])) {
            return true;
        }
    }
    return false;
}

/* True where a whole form fits; `with_file` asks for its file pattern too. */
static bool form_fits(const sighting *seen, const model_recognise *form, bool with_file) {
    pattern_match match;
    if (headers_found(seen, form) < form->headers_count ||
        any_absent_present(seen, form)) {
        return false;
    }
    if (form->headers_count == 0 && !with_file) {
        return false;
    }
    return form->file == NULL || !with_file ||
           pattern_fits_file(form->file, seen->file, &match);
}

/* Forms are tried in order: the first that fits is taken. */
static const model_recognise *family_form(const sighting *seen, const model *head) {
    for (unsigned i = 0; i < head->recognise_count; i++) {
        if (form_fits(seen, &head->recognise[i], true)) {
            return &head->recognise[i];
        }
    }
    return NULL;
}

/* For a family that was asked for: a form whose file pattern does not fit will do. */
static const model_recognise *asked_form(const sighting *seen, const model *head) {
    const model_recognise *form = family_form(seen, head);
    for (unsigned i = 0; form == NULL && i < head->recognise_count; i++) {
        if (form_fits(seen, &head->recognise[i], false)) {
            form = &head->recognise[i];
        }
    }
    return form;
}

/* The year of the first header pattern that has one: P18_POP before NAISD20. */
static int header_year(const sighting *seen, const model_recognise *form) {
    for (unsigned i = 0; i < form->headers_count; i++) {
        if (pattern_has_year(form->headers[i])) {
            return fits_header(seen, form->headers[i]);
        }
    }
    return 0;
}

static void take_level(irm_recognition *found, const char *level) {
    snprintf(found->level, sizeof found->level, "%s", level);
}

/* What a form says of a file: level and years. `form` NULL: nothing. */
static void read_form(const sighting *seen, const model_recognise *form,
                      irm_recognition *found) {
    pattern_match match = {0};
    if (form == NULL) {
        return;
    }
    found->declared_vintage = form->vintage;
    found->header_vintage = header_year(seen, form);
    if (form->file != NULL && pattern_fits_file(form->file, seen->file, &match)) {
        found->file_vintage = match.year;
    }
    if (form->level != NULL) {
        take_level(found, form->level);
    } else if (match.level[0] != '\0') {
        const char *level = level_of_word(match.level);
        if (level != NULL) {
            take_level(found, level);
        } else {
            for (size_t i = 0; match.level[i] != '\0' && i + 1 < sizeof found->level;
                 i++) {
                char c = match.level[i];
                found->level[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
                found->level[i + 1] = '\0';
            }
        }
    }
}

/* True where a family is published as one file a level. */
static bool several_levels(const model *head) {
    const char *first = NULL;
    for (unsigned i = 0; i < head->recognise_count; i++) {
        const model_recognise *form = &head->recognise[i];
        if (form->file != NULL && strstr(form->file, "{LEVEL}") != NULL) {
            return true;
        }
        if (form->level != NULL && first != NULL && strcmp(first, form->level) != 0) {
            return true;
        }
        first = form->level != NULL ? form->level : first;
    }
    return false;
}

/* The newest year of the variable that gives the vintage. */
static int variable_year(const sighting *seen, const model *whole) {
    int newest = 0;
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char id[128];
        model_column_id(&whole->columns[i], id, sizeof id);
        if (strcmp(id, whole->vintage_of) == 0) {
            int year = fits_header(seen, whole->columns[i].name);
            newest = year > newest ? year : newest;
        }
    }
    return newest;
}

static irm_status conclude(const sighting *seen, const irm_descriptor *descriptor,
                           const model_recognise *form, irm_recognition *found,
                           irm_error *error) {
    *found = (irm_recognition){.descriptor = descriptor,
                               .one_file_a_level = several_levels(descriptor->head)};
    read_form(seen, form, found);
    if (descriptor->head->vintage_of != NULL) {
        const model *whole;
        IRM_TRY(descriptor_whole(descriptor, &whole, error));
        found->header_vintage = variable_year(seen, whole);
    }
    return IRM_OK;
}

/* Layers of polygons and tables do not stand for each other, whatever their columns. */
static bool is_layer(const char *file) {
    static const char *const extensions[] = {".geojson", ".json", ".gpkg", ".shp",
                                             ".dbf"};
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot != NULL && i < sizeof extensions / sizeof extensions[0]; i++) {
        if (strcasecmp(dot, extensions[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool may_be(const model *head, const sighting *seen) {
    return (head->shape == IRM_TABLE_GEOMETRY) == is_layer(seen->file);
}

/* The form of a family that a header has most of, and what part of it. */
static const model_recognise *nearest_form(const sighting *seen, const model *head,
                                           double *part) {
    const model_recognise *best = NULL;
    *part = 0;
    for (unsigned k = 0; k < head->recognise_count && may_be(head, seen); k++) {
        const model_recognise *form = &head->recognise[k];
        size_t found = headers_found(seen, form);
        double own = found > 1 ? (double)found / (double)form->headers_count : 0;
        if (own > *part) {
            best = form;
            *part = own;
        }
    }
    return best;
}

static void list_lacks(const sighting *seen, const model_recognise *form,
                       irm_buffer *text) {
    const char *lead = " (without";
    for (unsigned k = 0; k < form->headers_count; k++) {
        if (fits_header(seen, form->headers[k]) < 0) {
            irm_buffer_format(text, "%s %s", lead, form->headers[k]);
            lead = ",";
        }
    }
    bool complete = *lead != ',';
    irm_buffer_text(text, !complete ? ")"
                          : any_absent_present(seen, form)
                              ? " (but for columns it never has)"
                              : " (told by its file's name)");
}

/* The three families that a file has most of: what to say when none fits whole. */
static void list_nearest(const irm_registry *registry, const sighting *seen,
                         irm_buffer *text) {
    double last = 2;
    size_t told = 0;
    while (told < 3) {
        double best = 0;
        for (size_t i = 0; i < irm_registry_count(registry); i++) {
            double part;
            nearest_form(seen, irm_registry_get(registry, i)->head, &part);
            best = part < last && part > best ? part : best;
        }
        if (best < 0.5) {
            return;
        }
        for (size_t i = 0; i < irm_registry_count(registry) && told < 3; i++) {
            const model *head = irm_registry_get(registry, i)->head;
            double part;
            const model_recognise *form = nearest_form(seen, head, &part);
            if (form != NULL && part >= best && part < last) {
                irm_buffer_format(text, "%s %s",
                                  told++ == 0 ? "; nearest families:" : ",", head->id);
                list_lacks(seen, form, text);
            }
        }
        last = best;
    }
}

/* INSEE publishes beside its bases the list of their variables and modalities; those that
 * can be read as such (labels/) do not come here. */
static bool is_dictionary(const sighting *seen) {
    return (is_present(seen, "COD_MOD") && is_present(seen, "LIB_MOD")) ||
           (is_present(seen, "MOD_CODE") && is_present(seen, "MOD_LIB"));
}

static irm_status not_recognised(const irm_registry *registry, const sighting *seen,
                                 irm_error *error) {
    irm_buffer near = {0};
    if (is_dictionary(seen)) {
        return irm_fail_at(
            error, IRM_STATUS_NOT_FOUND, seen->file, 1, 0, NULL,
            "this is a dictionary of modalities, not data; one is read from "
            "a file, and names the variable of each (COD_VAR)");
    }
    list_nearest(registry, seen, &near);
    irm_status status =
        near.failed
            ? irm_fail_memory(error)
            : irm_fail_at(
                  error, IRM_STATUS_NOT_FOUND, seen->file, 1, 0, NULL,
                  "no known dataset has this header%s; name it with --dataset "
                  "ID@VINTAGE, or --dataset NAME@VINTAGE to ingest it by inference",
                  near.data != NULL ? near.data : "");
    irm_buffer_clear(&near);
    return status;
}

static irm_status take_asked(const irm_registry *registry, const sighting *seen,
                             const char *id, irm_recognition *found, irm_error *error) {
    const irm_descriptor *descriptor = irm_registry_find(registry, id);
    if (descriptor == NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "no dataset family is named '%s'",
                        id);
    }
    return conclude(seen, descriptor, asked_form(seen, descriptor->head), found, error);
}

irm_status irm_registry_recognise(const irm_registry *registry, const char *file,
                                  const char *const *headers, size_t count,
                                  const char *id, irm_recognition *found,
                                  irm_error *error) {
    sighting seen = {.file = file, .headers = headers, .count = count};
    if (id != NULL) {
        return take_asked(registry, &seen, id, found, error);
    }
    const irm_descriptor *best = NULL, *rival = NULL;
    const model_recognise *best_form = NULL;
    size_t best_score = 0;
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        const irm_descriptor *descriptor = irm_registry_get(registry, i);
        const model_recognise *form = family_form(&seen, descriptor->head);
        if (form == NULL || !may_be(descriptor->head, &seen)) {
            continue;
        }
        size_t score = (form->file != NULL ? 1000u : 0u) + form->headers_count + 1;
        if (score > best_score) {
            best = descriptor;
            best_form = form;
            best_score = score;
            rival = NULL;
        } else if (score == best_score) {
            rival = descriptor;
        }
    }
    if (best == NULL) {
        return not_recognised(registry, &seen, error);
    }
    if (rival != NULL) {
        return irm_fail_at(error, IRM_STATUS_USAGE, file, 1, 0, NULL,
                           "this header fits %s and %s alike; choose with --dataset",
                           best->head->id, rival->head->id);
    }
    return conclude(&seen, best, best_form, found, error);
}
