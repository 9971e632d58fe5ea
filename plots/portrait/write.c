#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/portrait_page.h"
#include "portrait/figures.h"
#include "portrait/page.h"

/* Shapes of the portrait's parts. A store without geometry is no error: the page has no
 * map, and the reporter says why. */
static irm_status open_layer(const irm_portrait *portrait, const irm_reporter *reporter,
                             irm_map_layer **layer, irm_error *error) {
    *layer = NULL;
    if (portrait->n_parts < 2) {
        return IRM_OK;
    }
    irm_status status =
        irm_map_layer_new(portrait->store, portrait->geography, portrait->part_level,
                          portrait->parts, portrait->n_parts, reporter, layer, error);
    if (status == IRM_STATUS_NOT_FOUND) {
        irm_warn(reporter, "no map: %s", error != NULL ? error->message : "no geometry");
        return IRM_OK;
    }
    return status;
}

static irm_status write_data(const irm_portrait *portrait, const char *folder,
                             const irm_portrait_options *options, const char *lang,
                             irm_error *error) {
    char *json = irm_path_join(folder, "portrait.json");
    char *xlsx = irm_path_join(folder, "portrait.xlsx");
    char *csv = irm_path_join(folder, "indicators.csv");
    irm_status status = json == NULL || xlsx == NULL || csv == NULL ? irm_fail_memory(error)
                                                                    : IRM_OK;
    if (status == IRM_OK) {
        status = irm_portrait_write_json(portrait, json, lang, error);
    }
    if (status == IRM_OK) {
        status = irm_portrait_write_xlsx(portrait, xlsx, lang, error);
    }
    if (status == IRM_OK) {
        status = irm_portrait_write_csv(portrait, csv, options->locale, error);
    }
    irm_free(json);
    irm_free(xlsx);
    irm_free(csv);
    return status;
}

static irm_status make_folders(const char *folder, irm_error *error) {
    char *figures = irm_path_join(folder, "figures");
    irm_status status =
        figures == NULL ? irm_fail_memory(error) : irm_make_directory(figures, error);
    irm_free(figures);
    return status;
}

irm_status irm_portrait_write(const irm_portrait *portrait, const char *folder,
                              const irm_portrait_options *options,
                              const irm_reporter *reporter, irm_error *error) {
    static const irm_portrait_options plain = {0};
    options = options != NULL ? options : &plain;
    const char *lang = options->lang != NULL ? options->lang : "fr";
    bool french = strcmp(lang, "en") != 0;
    IRM_TRY(make_folders(folder, error));
    IRM_TRY(write_data(portrait, folder, options, lang, error));
    irm_map_layer *layer = NULL;
    figure_list list = {0};
    irm_error unseen = {0};
    irm_status status =
        open_layer(portrait, reporter, &layer, error != NULL ? error : &unseen);
    if (status == IRM_OK) {
        figure_job job = {.portrait = portrait,
                          .options = options,
                          .folder = folder,
                          .french = french,
                          .layer = layer,
                          .list = &list};
        status = figures_draw(&job, error);
    }
    if (status == IRM_OK) {
        status = portrait_page_write(portrait, &list, folder, french, error);
    }
    figure_list_clear(&list);
    irm_map_layer_free(layer);
    return status;
}
