#include <string.h>

#include "geography/inside.h"
#include "irminon/memory.h"

static const level_kind kinds[] = {
    {"com", "Commune", "Commune"},
    {"epci", "Intercommunalité", "Intercommunality"},
    {"dep", "Département", "Département"},
    {"reg", "Région", "Région"},
    {"fr", "France", "France"},
    {"frm", "France métropolitaine", "Metropolitan France"},
    {"arr", "Arrondissement", "Arrondissement"},
    {"can", "Canton", "Canton"},
    {"bv", "Bassin de vie", "Living area"},
    {"ze", "Zone d'emploi", "Employment zone"},
    {"aav", "Aire d'attraction des villes", "Functional urban area"},
    {"uu", "Unité urbaine", "Urban unit"},
    {"ctcd", "Collectivité à compétences départementales",
     "Authority with the powers of a département"},
    {"arm", "Arrondissement municipal", "Municipal arrondissement"},
    {"iris", "IRIS", "IRIS"},
    {"qpv", "Quartier prioritaire", "Priority neighbourhood"},
    {"union", "Regroupement de territoires", "Union of territories"},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

const level_kind *level_kind_of(const char *id) {
    int rank = level_rank(id);
    return rank < N_KINDS ? &kinds[rank] : NULL;
}

int level_rank(const char *id) {
    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].id, id) == 0) {
            return i;
        }
    }
    return N_KINDS;
}

irm_status geography_new_level(irm_geography *geography, const char *id, size_t count,
                               irm_level **level, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&geography->levels, &geography->levels_capacity,
                        geography->n_levels + 1, sizeof *geography->levels, error));
    irm_level *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    geography->levels[geography->n_levels++] = made;
    made->id = irm_strdup(id);
    made->items = irm_calloc(count, sizeof *made->items);
    if (made->id == NULL || made->items == NULL) {
        return irm_fail_memory(error);
    }
    made->count = count;
    const level_kind *kind = level_kind_of(id);
    made->label_fr = kind != NULL ? kind->label_fr : made->id;
    made->label_en = kind != NULL ? kind->label_en : made->id;
    *level = made;
    return IRM_OK;
}

static void free_level(irm_level *level) {
    for (size_t i = 0; i < level->count; i++) {
        irm_free(level->items[i].code);
        irm_free(level->items[i].name);
        irm_free(level->items[i].sort);
    }
    irm_free(level->items);
    irm_free(level->of_commune);
    irm_free(level->cuts);
    irm_free(level->id);
    irm_free(level);
}

void geography_drop_level(irm_geography *geography) {
    free_level(geography->levels[--geography->n_levels]);
}

void irm_geography_free(irm_geography *geography) {
    if (geography == NULL) {
        return;
    }
    for (size_t i = 0; i < geography->n_levels; i++) {
        free_level(geography->levels[i]);
    }
    irm_free(geography->levels);
    irm_dict_free(geography->codes);
    irm_free(geography->commune);
    irm_free(geography->how);
    irm_free(geography);
}

int irm_geography_year(const irm_geography *geography) { return geography->year; }

size_t irm_geography_level_count(const irm_geography *geography) {
    return geography->n_levels;
}

const irm_level *irm_geography_level_at(const irm_geography *geography, size_t i) {
    return geography->levels[i];
}

const irm_level *irm_geography_level(const irm_geography *geography, const char *id) {
    for (size_t i = 0; i < geography->n_levels; i++) {
        if (strcmp(geography->levels[i]->id, id) == 0) {
            return geography->levels[i];
        }
    }
    return NULL;
}

irm_status irm_geography_need_level(const irm_geography *geography, const char *id,
                                    const irm_level **level, irm_error *error) {
    *level = irm_geography_level(geography, id);
    if (*level != NULL) {
        return IRM_OK;
    }
    irm_buffer known = {0};
    for (size_t i = 0; i < geography->n_levels; i++) {
        irm_buffer_text(&known, i > 0 ? ", " : "");
        irm_buffer_text(&known, geography->levels[i]->id);
    }
    irm_fail(error, IRM_STATUS_NOT_FOUND, "no level '%s' in the geography of %d; it has %s",
             id, geography->year, known.data != NULL ? known.data : "none");
    irm_buffer_clear(&known);
    return IRM_STATUS_NOT_FOUND;
}

int32_t irm_level_find(const irm_level *level, const char *code) {
    size_t low = 0, high = level->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(level->items[middle].code, code);
        if (order == 0) {
            return (int32_t)middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return -1;
}

irm_status geography_set_place(irm_geography *geography, const char *code, int32_t commune,
                               irm_placement how, irm_error *error) {
    size_t known = irm_dict_count(geography->codes);
    int32_t number;
    IRM_TRY(irm_reserve((void **)&geography->commune, &geography->commune_capacity,
                        known + 1, sizeof *geography->commune, error));
    IRM_TRY(irm_reserve((void **)&geography->how, &geography->how_capacity, known + 1, 1,
                        error));
    IRM_TRY(irm_dict_add(geography->codes, irm_view_of(code), &number, error));
    if ((size_t)number == known) {
        geography->commune[number] = commune;
        geography->how[number] = (unsigned char)how;
    }
    return IRM_OK;
}

int32_t irm_geography_place(const irm_geography *geography, const char *code,
                            irm_placement *how) {
    int32_t number = irm_dict_find(geography->codes, irm_view_of(code));
    if (how != NULL) {
        *how = number < 0 ? IRM_PLACED_NOWHERE : (irm_placement)geography->how[number];
    }
    return number < 0 ? -1 : geography->commune[number];
}

char *sort_key(const char *name) {
    static const char *const articles[] = {"Le ", "La ", "Les ", "L'", "L’",
                                           "Las ", "Los ", "Aux "};
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        size_t size = strlen(articles[i]);
        if (strncmp(name, articles[i], size) == 0 && name[size] != '\0') {
            name += size;
            break;
        }
    }
    irm_buffer folded = {0};
    irm_text_fold(&folded, name, strlen(name));
    irm_buffer_add(&folded, "", 0);
    return irm_buffer_take(&folded);
}
