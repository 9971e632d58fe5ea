/* Unions: several territories taken as one. */
#include <stdio.h>
#include <string.h>

#include "geography/inside.h"
#include "irminon/memory.h"
#include "irminon/text.h"

/* The union while its parts are read. */
typedef struct joining {
    const irm_geography *geography;
    size_t n_communes;
    int32_t *of_commune; /* 0 for those in it, -1 for the others */
    irm_buffer code, name;
    char level[64]; /* of the last part, which the next may leave out */
    size_t count;
} joining;

static irm_status add_members(joining *j, const irm_level *level, int32_t index,
                              irm_error *error) {
    const irm_level *communes = irm_geography_level(j->geography, "com");
    if (level == communes) {
        j->of_commune[index] = 0;
        return IRM_OK;
    }
    if (level->of_commune == NULL) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%s:%s cuts communes: only whole ones can be joined", level->id,
                        level->items[index].code);
    }
    for (size_t i = 0; i < level->n_cuts; i++) {
        if (level->cuts[i].item == index) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "%s:%s cuts communes (%s): only whole ones can be joined",
                            level->id, level->items[index].code,
                            communes->items[level->cuts[i].commune].code);
        }
    }
    for (size_t c = 0; c < j->n_communes; c++) {
        j->of_commune[c] = level->of_commune[c] == index ? 0 : j->of_commune[c];
    }
    return IRM_OK;
}

static irm_status join(joining *j, const char *text, size_t size, irm_error *error) {
    irm_view part = irm_view_trim((irm_view){text, size});
    irm_buffer asked = {0};
    const irm_level *level;
    int32_t index;
    if (memchr(part.data, ':', part.size) == NULL && j->level[0] != '\0') {
        irm_buffer_format(&asked, "%s:", j->level);
    }
    irm_buffer_add(&asked, part.data, part.size);
    irm_status status = asked.failed ? irm_fail_memory(error)
                        : part.size == 0
                            ? irm_fail(error, IRM_STATUS_USAGE,
                                       "a '+' joins two territories, as in epci:A+epci:B")
                            : irm_geography_parse(j->geography, asked.data, &level, &index,
                                                  error);
    irm_buffer_clear(&asked);
    IRM_TRY(status);
    const irm_territory *item = &level->items[index];
    const char *plus = j->count++ > 0 ? "+" : "";
    irm_buffer_format(&j->code, "%s%s:%s", plus, level->id, item->code);
    irm_buffer_format(&j->name, "%s%s", *plus != '\0' ? " + " : "", item->name);
    snprintf(j->level, sizeof j->level, "%s", level->id);
    return add_members(j, level, index, error);
}

static irm_status join_all(joining *j, const char *text, irm_error *error) {
    for (const char *p = text;; p++) {
        size_t size = strcspn(p, "+");
        IRM_TRY(join(j, p, size, error));
        p += size;
        if (*p == '\0') {
            return j->code.failed || j->name.failed ? irm_fail_memory(error) : IRM_OK;
        }
    }
}

/* A union made before, so that it is one level however often it is named. */
static const irm_level *known_union(const irm_geography *geography, const char *code) {
    for (size_t i = 0; i < geography->n_levels; i++) {
        const irm_level *level = geography->levels[i];
        if (strncmp(level->id, "union", 5) == 0 && level->count == 1 &&
            strcmp(level->items[0].code, code) == 0) {
            return level;
        }
    }
    return NULL;
}

static irm_status make_level(irm_geography *geography, joining *j, irm_level **level,
                             irm_error *error) {
    char id[32] = "union";
    for (int n = 2; irm_geography_level(geography, id) != NULL; n++) {
        snprintf(id, sizeof id, "union%d", n);
    }
    size_t known = geography->n_levels;
    irm_status status = geography_new_level(geography, id, 1, level, error);
    if (status == IRM_OK) {
        irm_territory *item = &(*level)->items[0];
        item->sort = sort_key(j->name.data);
        item->code = irm_buffer_take(&j->code);
        item->name = irm_buffer_take(&j->name);
        (*level)->of_commune = j->of_commune;
        j->of_commune = NULL;
        bool whole = item->sort != NULL && item->code != NULL && item->name != NULL;
        status = whole ? IRM_OK : irm_fail_memory(error);
    }
    if (status != IRM_OK && geography->n_levels > known) {
        geography_drop_level(geography);
    }
    return status;
}

irm_status irm_geography_add_union(irm_geography *geography, const char *text,
                                   const irm_level **level, irm_error *error) {
    joining j = {.geography = geography};
    j.n_communes = irm_geography_level(geography, "com")->count;
    j.of_commune = irm_calloc(j.n_communes, sizeof *j.of_commune);
    irm_status status = j.of_commune != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        memset(j.of_commune, 0xff, j.n_communes * sizeof *j.of_commune);
        status = join_all(&j, text, error);
    }
    *level = status == IRM_OK ? known_union(geography, j.code.data) : NULL;
    if (status == IRM_OK && *level == NULL) {
        irm_level *made;
        status = make_level(geography, &j, &made, error);
        *level = made;
    }
    irm_free(j.of_commune);
    irm_buffer_clear(&j.code);
    irm_buffer_clear(&j.name);
    return status;
}
