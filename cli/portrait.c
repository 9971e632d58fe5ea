#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/portrait.h"
#include "irminon/portrait_page.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FOLDER", "where to write (required)"},
    {"compare", 0, "TERRITORY,...", "references (default: EPCI, département, région, France)"},
    {"level", 0, "LEVEL", "a portrait for each territory of this level, and an index"},
    {"within", 0, "TERRITORY", "with --level: only those within this territory"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {"no-png", 0, NULL, "leave out the .png twins of the figures"},
    {0},
};

typedef struct portrait_job {
    cli_context *context;
    cli_session *session;
    irm_portraitist *portraitist;
    irm_portrait_options options;
    irm_place *references;
    size_t n_references;
} portrait_job;

static irm_status parse_place(const cli_session *session, const char *text,
                              irm_place *place, irm_error *error) {
    IRM_TRY(cli_territory(session, text, &place->level, &place->index, error));
    place->code = place->level->items[place->index].code;
    place->name = place->level->items[place->index].name;
    return IRM_OK;
}

static irm_status parse_references(portrait_job *job, irm_error *error) {
    const char *list = cli_get(job->context, "compare");
    if (list == NULL) {
        return IRM_OK;
    }
    const char **items;
    IRM_TRY(cli_split(list, &items, &job->n_references, error));
    job->references = irm_calloc(job->n_references, sizeof *job->references);
    irm_status status = job->references == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < job->n_references; i++) {
        status = parse_place(job->session, items[i], &job->references[i], error);
    }
    irm_free(items);
    return status;
}

static irm_status write_one(portrait_job *job, irm_place place, const char *folder,
                            irm_error *error) {
    irm_portrait portrait;
    IRM_TRY(irm_portrait_compute(job->portraitist, place, job->references, job->n_references,
                                 &portrait, error));
    cli_folder made;
    irm_status status = cli_folder_begin(&made, folder, error);
    if (status == IRM_OK) {
        status = irm_portrait_write(&portrait, made.temporary, &job->options,
                                    &job->context->reporter, error);
    }
    status = cli_folder_end(&made, status, error);
    if (status == IRM_OK) {
        size_t size = strlen(folder);
        const char *slash = size > 0 && folder[size - 1] == '/' ? "" : "/";
        cli_note(job->context, "%s: %zu of %zu indicators, %s%sportrait.html", place.name,
                 portrait.n_available, irm_catalogue_count(job->session->catalogue), folder,
                 slash);
    }
    irm_portrait_clear(&portrait);
    return status;
}

/* The page that lists the portraits of a series. */
static irm_status write_index(portrait_job *job, const irm_level *level, const bool *mask,
                              const char *folder, irm_error *error) {
    bool french = strcmp(job->session->lang, "fr") == 0;
    irm_buffer page = {0};
    irm_buffer_format(&page,
                      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width\">\n"
                      "<title>%s</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;"
                      "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
                      "ul{columns:3 14rem;padding-left:1.2rem}a{color:#1f5a83}</style>\n"
                      "</head>\n<body>\n<h1>%s</h1>\n<ul>\n",
                      job->session->lang, french ? "Portraits de territoires" : "Portraits",
                      french ? "Portraits de territoires" : "Portraits of territories");
    for (size_t i = 0; i < level->count; i++) {
        if (mask[i]) {
            irm_buffer_format(&page, "<li><a href=\"%s/portrait.html\">",
                              level->items[i].code);
            irm_buffer_xml(&page, level->items[i].name);
            irm_buffer_text(&page, "</a></li>\n");
        }
    }
    irm_buffer_text(&page, "</ul>\n</body>\n</html>\n");
    char *path = irm_path_join(folder, "index.html");
    irm_status status = page.failed || path == NULL
                            ? irm_fail_memory(error)
                            : irm_write_file(path, page.data, page.size, error);
    irm_free(path);
    irm_buffer_clear(&page);
    return status;
}

static irm_status write_series(portrait_job *job, const char *folder, irm_error *error) {
    const irm_level *level;
    bool *mask = NULL;
    size_t count;
    const irm_geography *geography = job->session->geography;
    IRM_TRY(irm_geography_need_level(geography, cli_get(job->context, "level"), &level, error));
    IRM_TRY(cli_within(job->session, level, cli_get(job->context, "within"), &mask, &count,
                       error));
    irm_status status = count > 0 ? irm_make_directory(folder, error)
                                  : irm_fail(error, IRM_STATUS_NOT_FOUND,
                                             "no territory of level %s is there", level->id);
    for (size_t i = 0; status == IRM_OK && i < level->count; i++) {
        if (!mask[i]) {
            continue;
        }
        irm_place place = {level, (int32_t)i, level->items[i].code, level->items[i].name};
        char *own = irm_path_join(folder, place.code);
        status = own == NULL ? irm_fail_memory(error) : write_one(job, place, own, error);
        irm_free(own);
        if (status == IRM_OK) {
            status = irm_check_stop(&job->context->reporter, error);
        }
    }
    if (status == IRM_OK) {
        status = write_index(job, level, mask, folder, error);
    }
    irm_free(mask);
    return status;
}

static irm_status write_asked(portrait_job *job, const char *folder, irm_error *error) {
    IRM_TRY(irm_portraitist_new(job->session->evaluator, job->session->store,
                                job->session->geography, job->session->catalogue,
                                &job->context->reporter, &job->portraitist, error));
    IRM_TRY(parse_references(job, error));
    if (cli_has(job->context, "level")) {
        return write_series(job, folder, error);
    }
    irm_place place;
    IRM_TRY(parse_place(job->session, cli_word(job->context, 1), &place, error));
    return write_one(job, place, folder, error);
}

static irm_status run(cli_context *context, irm_error *error) {
    const char *folder = cli_get(context, "output");
    bool one = cli_word(context, 1) != NULL;
    if (folder == NULL) {
        return cli_usage_error(error, context->verb, "where to write? (-o FOLDER)");
    }
    if (one == cli_has(context, "level")) {
        return cli_usage_error(error, context->verb,
                               "name a TERRITORY, or a --level for a portrait of each");
    }
    cli_session session;
    portrait_job job = {.context = context, .session = &session};
    irm_status status = cli_session_open(context, CLI_WITH_EVALUATOR, &session, error);
    if (status == IRM_OK) {
        job.options = (irm_portrait_options){.lang = session.lang,
                                             .locale = cli_get(context, "locale"),
                                             .no_png = cli_has(context, "no-png")};
        status = write_asked(&job, folder, error);
    }
    irm_portraitist_free(job.portraitist);
    irm_free(job.references);
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_portrait = {
    .name = "portrait",
    .words = "STORE TERRITORY",
    .min_words = 1,
    .max_words = 2,
    .summary = "a portrait of a territory: page, data, spreadsheet, figures",
    .details =
        "Writes portrait.html (self-contained, prints on A4), portrait.json,\n"
        "portrait.xlsx, indicators.csv and figures/ into the folder.\n\n"
        "A TERRITORY is LEVEL:CODE (com:31395, epci:200068815, dep:43), 'fr', or a name\n"
        "that only one territory bears; 'irminon find' looks names up.\n\n"
        "Examples:\n"
        "  irminon portrait store epci:244301131 -o portrait/\n"
        "  irminon portrait store --level epci --within dep:43 -o portraits/",
    .options = options,
    .session = true,
    .run = run,
};
