#include "irminon/catalogue.h"

#include <string.h>

#include "catalogue/loaded.h"
#include "catalogue/schema.h"
#include "irminon/embedded.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "irminon/yaml.h"

extern const irm_embedded irm_indicators_files[];

static void file_clear(irm_catalogue_file *file) {
    if (file->theme != NULL) {
        irm_yaml_free(&irm_catalogue_schema, file->theme, 0);
    }
    irm_free(file->path);
    irm_free(file->text);
}

static void flat_clear(irm_catalogue *catalogue) {
    irm_free(catalogue->themes);
    irm_free(catalogue->indicators);
    irm_free(catalogue->origins);
    irm_free(catalogue->sources);
    catalogue->themes = NULL;
    catalogue->indicators = NULL;
    catalogue->origins = NULL;
    catalogue->sources = NULL;
    catalogue->n_themes = catalogue->n_indicators = 0;
}

void irm_catalogue_free(irm_catalogue *catalogue) {
    if (catalogue == NULL) {
        return;
    }
    flat_clear(catalogue);
    for (size_t i = 0; i < catalogue->n_files; i++) {
        file_clear(&catalogue->files[i]);
    }
    irm_free(catalogue->files);
    irm_free(catalogue);
}

/* ---- flattening ------------------------------------------------------------------- */

static irm_theme *theme_of(irm_catalogue *catalogue, const irm_yaml_theme *raw) {
    for (size_t i = 0; i < catalogue->n_themes; i++) {
        if (strcmp(catalogue->themes[i].id, raw->theme) == 0) {
            return &catalogue->themes[i];
        }
    }
    irm_theme *theme = &catalogue->themes[catalogue->n_themes++];
    memset(theme, 0, sizeof *theme);
    theme->id = raw->theme;
    return theme;
}

static const char *latest(const char *given, const char *before) {
    return given != NULL ? given : before;
}

static void theme_words(irm_theme *theme, const irm_yaml_theme *raw) {
    theme->label_fr = latest(raw->label.fr, theme->label_fr);
    theme->label_en = latest(raw->label.en, theme->label_en);
    theme->intro_fr = latest(raw->intro.fr, theme->intro_fr);
    theme->intro_en = latest(raw->intro.en, theme->intro_en);
}

/* True when a later file declares the same indicator: that one is used. */
static bool replaced(const irm_catalogue *catalogue, size_t file, const char *id) {
    for (size_t f = file + 1; f < catalogue->n_files; f++) {
        const irm_yaml_theme *theme = catalogue->files[f].theme;
        for (unsigned i = 0; i < theme->n_indicators; i++) {
            if (strcmp(theme->indicators[i].id, id) == 0) {
                return true;
            }
        }
    }
    return false;
}

static irm_indicator flat_indicator(const irm_yaml_indicator *raw, const char *theme,
                                    const irm_source *sources) {
    return (irm_indicator){
        .id = raw->id,
        .theme = theme,
        .label_fr = raw->label.fr,
        .label_en = raw->label.en,
        .unit = raw->unit.en != NULL ? raw->unit.en : "",
        .unit_fr = raw->unit.fr != NULL ? raw->unit.fr : "",
        .kind = raw->kind,
        .decimals = raw->decimals > 15 ? 15 : (int)raw->decimals,
        .champ_fr = raw->champ.fr,
        .champ_en = raw->champ.en,
        .sense = raw->sense,
        .complementary = raw->precision == 1,
        .reference = raw->reference,
        .note_fr = raw->note.fr,
        .note_en = raw->note.en,
        .key = raw->key,
        .map = raw->map,
        .sources = sources,
        .n_sources = raw->n_sources,
    };
}

static irm_source *flat_sources(const irm_yaml_indicator *raw, irm_source *next) {
    for (unsigned i = 0; i < raw->n_sources; i++) {
        const irm_yaml_source *source = &raw->sources[i];
        *next++ =
            (irm_source){source->dataset, source->numerator, source->denominator,
                         source->formula, source->scale != NULL ? *source->scale : 1};
    }
    return next;
}

static irm_status flat_allocate(irm_catalogue *catalogue, irm_error *error) {
    size_t indicators = 0, sources = 0;
    for (size_t f = 0; f < catalogue->n_files; f++) {
        const irm_yaml_theme *theme = catalogue->files[f].theme;
        indicators += theme->n_indicators;
        for (unsigned i = 0; i < theme->n_indicators; i++) {
            sources += theme->indicators[i].n_sources;
        }
    }
    catalogue->themes = irm_calloc(catalogue->n_files, sizeof *catalogue->themes);
    catalogue->indicators = irm_calloc(indicators, sizeof *catalogue->indicators);
    catalogue->origins = irm_calloc(indicators, sizeof *catalogue->origins);
    catalogue->sources = irm_calloc(sources, sizeof *catalogue->sources);
    if (catalogue->themes == NULL || catalogue->indicators == NULL ||
        catalogue->origins == NULL || catalogue->sources == NULL) {
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

/* Indicators of one theme, in the order of the files, follow one another. */
static void flatten_theme(irm_catalogue *catalogue, irm_theme *theme, irm_source **next) {
    theme->first = catalogue->n_indicators;
    for (size_t f = 0; f < catalogue->n_files; f++) {
        const irm_yaml_theme *raw = catalogue->files[f].theme;
        for (unsigned i = 0; strcmp(raw->theme, theme->id) == 0 && i < raw->n_indicators;
             i++) {
            const irm_yaml_indicator *from = &raw->indicators[i];
            if (replaced(catalogue, f, from->id)) {
                continue;
            }
            size_t n = catalogue->n_indicators++;
            catalogue->indicators[n] = flat_indicator(from, theme->id, *next);
            catalogue->origins[n] = (irm_origin){f, from};
            *next = flat_sources(from, *next);
        }
    }
    theme->count = catalogue->n_indicators - theme->first;
}

static irm_status flatten(irm_catalogue *catalogue, irm_error *error) {
    flat_clear(catalogue);
    IRM_TRY(flat_allocate(catalogue, error));
    for (size_t f = 0; f < catalogue->n_files; f++) {
        theme_words(theme_of(catalogue, catalogue->files[f].theme),
                    catalogue->files[f].theme);
    }
    irm_source *next = catalogue->sources;
    for (size_t t = 0; t < catalogue->n_themes; t++) {
        flatten_theme(catalogue, &catalogue->themes[t], &next);
    }
    return IRM_OK;
}

/* ---- loading ---------------------------------------------------------------------- */

static bool id_well_formed(const char *id) {
    bool good = id[0] >= 'a' && id[0] <= 'z';
    for (const char *p = id; good && *p != '\0'; p++) {
        good = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_';
    }
    return good;
}

static size_t line_of(const char *text, const char *at) {
    size_t line = 1;
    for (const char *p = text; p < at; p++) {
        line += *p == '\n';
    }
    return line;
}

static bool word_ends(char c) { return strchr(" \t\r\n,}\"'#", c) != NULL; }

/* The n-th (from 0) `id: <id>` of a file's text; its start when there is none. */
static const char *declaration(const char *text, const char *id, size_t nth) {
    for (const char *p = strstr(text, "id:"); p != NULL; p = strstr(p + 1, "id:")) {
        const char *value = p + 3 + strspn(p + 3, " \t\"'");
        size_t size = strlen(id);
        bool whole = p == text || strchr(" \t\n{,-", p[-1]) != NULL;
        if (whole && strncmp(value, id, size) == 0 && word_ends(value[size]) &&
            nth-- == 0) {
            return value;
        }
    }
    return text;
}

static irm_status fail_at_id(const irm_catalogue_file *file, const char *id, size_t nth,
                             irm_error *error, const char *message) {
    const char *at = declaration(file->text, id, nth);
    const char *start = at;
    while (start > file->text && start[-1] != '\n') {
        start--;
    }
    return irm_fail_at(error, IRM_STATUS_SCHEMA, file->path, line_of(file->text, at),
                       (size_t)(at - start) + 1, NULL, message, id);
}

static irm_status ids_check(const irm_catalogue_file *file, irm_error *error) {
    const irm_yaml_theme *theme = file->theme;
    for (unsigned i = 0; i < theme->n_indicators; i++) {
        const char *id = theme->indicators[i].id;
        if (!id_well_formed(id)) {
            return fail_at_id(file, id, 0, error,
                              "the id \"%s\" must be lower-case letters, digits and _");
        }
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(theme->indicators[j].id, id) == 0) {
                return fail_at_id(file, id, 1, error,
                                  "the indicator \"%s\" is declared twice");
            }
        }
    }
    return IRM_OK;
}

irm_status irm_catalogue_add_text(irm_catalogue *catalogue, const char *path,
                                  const char *data, size_t size, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&catalogue->files, &catalogue->file_capacity,
                        catalogue->n_files + 1, sizeof *catalogue->files, error));
    irm_catalogue_file file = {irm_strdup(path), irm_strndup(data, size), NULL};
    irm_status status = IRM_OK;
    if (file.path == NULL || file.text == NULL) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        status = irm_yaml_load(path, data, size, &irm_catalogue_schema,
                               (void **)&file.theme, NULL, error);
    }
    if (status == IRM_OK) {
        status = ids_check(&file, error);
    }
    if (status != IRM_OK) {
        file_clear(&file);
        return status;
    }
    catalogue->files[catalogue->n_files++] = file;
    return flatten(catalogue, error);
}

irm_status irm_catalogue_new_empty(irm_catalogue **catalogue, irm_error *error) {
    *catalogue = irm_calloc(1, sizeof **catalogue);
    return *catalogue != NULL ? IRM_OK : irm_fail_memory(error);
}

irm_status irm_catalogue_new(irm_catalogue **catalogue, irm_error *error) {
    IRM_TRY(irm_catalogue_new_empty(catalogue, error));
    for (const irm_embedded *file = irm_indicators_files; file->path != NULL; file++) {
        irm_status status = irm_catalogue_add_text(
            *catalogue, file->path, (const char *)file->data, file->size, error);
        if (status != IRM_OK) {
            irm_catalogue_free(*catalogue);
            *catalogue = NULL;
            return status;
        }
    }
    return IRM_OK;
}

irm_status irm_catalogue_add_file(irm_catalogue *catalogue, const char *path,
                                  irm_error *error) {
    irm_buffer text = {0};
    irm_status status = irm_read_file(path, &text, error);
    if (status == IRM_OK) {
        const char *data = text.data != NULL ? text.data : "";
        status = irm_catalogue_add_text(catalogue, path, data, text.size, error);
    }
    irm_buffer_clear(&text);
    return status;
}

/* ---- looking up ------------------------------------------------------------------- */

size_t irm_catalogue_theme_count(const irm_catalogue *catalogue) {
    return catalogue->n_themes;
}

const irm_theme *irm_catalogue_theme(const irm_catalogue *catalogue, size_t i) {
    return i < catalogue->n_themes ? &catalogue->themes[i] : NULL;
}

size_t irm_catalogue_count(const irm_catalogue *catalogue) {
    return catalogue->n_indicators;
}

const irm_indicator *irm_catalogue_get(const irm_catalogue *catalogue, size_t i) {
    return i < catalogue->n_indicators ? &catalogue->indicators[i] : NULL;
}

static irm_status unknown(const irm_catalogue *catalogue, const char *id,
                          irm_error *error) {
    const char **names = irm_calloc(catalogue->n_indicators, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < catalogue->n_indicators; i++) {
        names[i] = catalogue->indicators[i].id;
    }
    const char *near = irm_text_suggest(id, names, catalogue->n_indicators);
    irm_free(names);
    if (near != NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "no indicator is called \"%s\"; did you mean \"%s\"?", id, near);
    }
    return irm_fail(error, IRM_STATUS_NOT_FOUND,
                    "no indicator is called \"%s\" (irminon catalogue lists them)", id);
}

irm_status irm_catalogue_need(const irm_catalogue *catalogue, const char *id,
                              size_t *index, irm_error *error) {
    for (size_t i = 0; i < catalogue->n_indicators; i++) {
        if (strcmp(catalogue->indicators[i].id, id) == 0) {
            *index = i;
            return IRM_OK;
        }
    }
    return unknown(catalogue, id, error);
}

void irm_catalogue_locate(const irm_catalogue *catalogue, size_t indicator,
                          const char *text, size_t *line, size_t *column) {
    const irm_origin *origin = &catalogue->origins[indicator];
    const char *whole = catalogue->files[origin->file].text;
    const char *at = declaration(whole, origin->raw->id, 0);
    const char *found = text != NULL ? strstr(at, text) : NULL;
    at = found != NULL ? found : at;
    const char *start = at;
    while (start > whole && start[-1] != '\n') {
        start--;
    }
    *line = line_of(whole, at);
    *column = (size_t)(at - start) + 1;
}
