#include "portrait/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/page.h"
#include "portrait/words.h"

static const struct {
    const char *level, *fr, *en;
} level_names[] = {
    {"com", "Commune", "Commune"},
    {"epci", "Intercommunalité (EPCI)", "Intercommunality (EPCI)"},
    {"dep", "Département", "Département"},
    {"reg", "Région", "Région"},
    {"fr", "Pays", "Country"},
    {"frm", "Pays", "Country"},
};

static const char *level_name(const portrait_words *w, const irm_level *level) {
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(level_names[i].level, level->id) == 0) {
            return w->french ? level_names[i].fr : level_names[i].en;
        }
    }
    const char *label = w->french ? level->label_fr : level->label_en;
    return label != NULL ? label : level->id;
}

static void subtitle_of(const portrait_words *w, char *text, size_t size) {
    const irm_portrait *portrait = w->portrait;
    int used = snprintf(text, size, "%s %s", level_name(w, portrait->place.level),
                        portrait->place.code);
    for (size_t i = 0; i < portrait->n_references && used > 0 && (size_t)used < size; i++) {
        const irm_place *reference = &portrait->references[i];
        bool near = strcmp(reference->level->id, "dep") == 0 ||
                    strcmp(reference->level->id, "epci") == 0 ||
                    strcmp(reference->level->id, "reg") == 0;
        if (near) {
            used += snprintf(text + used, size - (size_t)used, " · %s", reference->name);
        }
    }
}

static void perimeter(irm_page *page, const portrait_words *w) {
    const irm_portrait *portrait = w->portrait;
    const char *lang = w->french ? "fr" : "en";
    char text[4 * WORDS], number[48], part[WORDS];
    text[0] = '\0';
    if (portrait->n_communes > 1) {
        irm_number_text((double)portrait->n_communes, 0, lang, number, sizeof number);
        snprintf(text, sizeof text, words_pick(w, "%s communes", "%s communes"), number);
    }
    if (isfinite(portrait->population)) {
        irm_number_text(portrait->population, 0, lang, number, sizeof number);
        snprintf(part, sizeof part, words_pick(w, "%s%s habitants en %d", "%s%s inhabitants in %d"),
                 text[0] != '\0' ? ", " : "", number, portrait->population_year);
        strncat(text, part, sizeof text - strlen(text) - 1);
    }
    if (isfinite(portrait->area)) {
        irm_number_text(portrait->area, 1, lang, number, sizeof number);
        snprintf(part, sizeof part, ", %s\u00a0km²", number);
        strncat(text, part, sizeof text - strlen(text) - 1);
    }
    snprintf(part, sizeof part,
             words_pick(w,
                        "%sGéographie au 1er janvier %d. Rangs parmi les %s, ou parmi ceux du "
                        "département nommé quand la source ne couvre pas le pays.",
                        "%sGeography of 1 January %d. Ranks among %s, or among those of the "
                        "département named where the source does not cover the country."),
             text[0] != '\0' ? ". " : "", portrait->geography_year,
             w->french ? portrait->peer_group_fr : portrait->peer_group_en);
    strncat(text, part, sizeof text - strlen(text) - 1);
    irm_page_paragraph(page, NULL, text);
}

static void key_card(irm_page *page, const portrait_words *w, const irm_portrait_row *row) {
    char value[WORDS], compared[WORDS] = "", label[WORDS], other[WORDS];
    const char *css_class;
    words_quantity(w, &row->values[0], row->indicator->decimals, value, sizeof value,
                   &css_class);
    snprintf(label, sizeof label, "%s (%d)", words_label(w, row->indicator), row->year);
    size_t used = 0;
    for (size_t i = 0; i < w->portrait->n_references && i < 2; i++) {
        bool comparable = !irm_kind_additive(row->indicator->kind) &&
                          isfinite(row->values[i + 1].value);
        if (comparable && used < sizeof compared) {
            words_quantity(w, &row->values[i + 1], row->indicator->decimals, other,
                           sizeof other, &css_class);
            int wrote = snprintf(compared + used, sizeof compared - used,
                                 w->french ? "%s%s : %s" : "%s%s: %s", used > 0 ? " ; " : "",
                                 w->portrait->references[i].name, other);
            used += wrote > 0 ? (size_t)wrote : 0;
        }
    }
    irm_page_card(page, value, words_unit(w, row->indicator), label, compared);
}

static void key_figures(irm_page *page, const portrait_words *w) {
    irm_page_begin_cards(page);
    for (size_t t = 0; t < w->portrait->n_themes; t++) {
        for (size_t i = 0; i < w->portrait->themes[t].n_rows; i++) {
            const irm_portrait_row *row = &w->portrait->themes[t].rows[i];
            if (row->indicator->key && row->unavailable == NULL) {
                key_card(page, w, row);
            }
        }
    }
    irm_page_end_cards(page);
}

enum { MOST_SECTIONS = 32 };

static void contents(irm_page *page, const portrait_words *w) {
    const char *ids[MOST_SECTIONS], *titles[MOST_SECTIONS];
    size_t n = 0;
    for (size_t t = 0; t < w->portrait->n_themes && n < MOST_SECTIONS - 5; t++) {
        const irm_theme *theme = w->portrait->themes[t].theme;
        ids[n] = theme->id;
        titles[n++] = w->french ? theme->label_fr : theme->label_en;
    }
    if (w->portrait->n_parts > 1) {
        ids[n] = "communes";
        titles[n++] = words_pick(w, "Le tableau des communes", "The table of communes");
    }
    ids[n] = "sources";
    titles[n++] = "Sources";
    ids[n] = "methodes";
    titles[n++] = words_pick(w, "Définitions et calculs", "Definitions and formulas");
    ids[n] = "glossaire";
    titles[n++] = words_pick(w, "Glossaire", "Glossary");
    irm_page_contents(page, words_pick(w, "Sommaire", "Contents"), ids, titles, n);
}

static void identity(irm_page *page, const portrait_words *w) {
    const irm_portrait *portrait = w->portrait;
    irm_page_section(page, "identite",
                     words_pick(w, "Le territoire en bref", "The territory in brief"));
    perimeter(page, w);
    key_figures(page, w);
    irm_page_list(page, "warnings",
                  (const char *const *)(w->french ? portrait->warnings_fr
                                                  : portrait->warnings_en),
                  portrait->n_warnings);
    irm_page_end_section(page);
}

/* The figures of a theme that take a line each, or those that share theirs. */
static irm_status theme_figures(irm_page *page, const portrait_words *w,
                                const figure_list *figures, size_t theme, bool wide,
                                const char *folder, irm_error *error) {
    irm_status status = IRM_OK;
    bool open = false;
    for (size_t i = 0; status == IRM_OK && i < figures->count; i++) {
        const drawn_figure *figure = &figures->items[i];
        if (figure->theme != theme || figure->wide != wide) {
            continue;
        }
        if (!open && !wide) {
            irm_page_begin_figures(page);
            open = true;
        }
        irm_caption caption = {.title = figure->title,
                               .lecture = figure->lecture,
                               .champ = figure->champ,
                               .note = figure->note,
                               .source = figure->source,
                               .lang = w->french ? "fr" : "en"};
        irm_buffer path = {0};
        irm_buffer_format(&path, "%s/%s.svg", folder, figure->stem);
        status = path.failed ? irm_fail_memory(error)
                             : irm_page_figure(page, path.data, &caption, error);
        irm_buffer_clear(&path);
    }
    if (open) {
        irm_page_end_figures(page);
    }
    return status;
}

static size_t n_shown(const portrait_words *w, const irm_portrait_theme *theme) {
    size_t n = 0;
    for (size_t i = 0; i < theme->n_rows; i++) {
        n += words_shown(w, &theme->rows[i]);
    }
    return n;
}

/* Labels of what a theme cannot give, in one line. */
static void absent_line(irm_page *page, const portrait_words *w,
                        const irm_portrait_theme *theme) {
    size_t shown = n_shown(w, theme);
    if (shown == theme->n_rows) {
        return;
    }
    irm_buffer line = {0};
    irm_buffer_text(&line, shown == 0
                               ? words_pick(w, "Aucune donnée de l’entrepôt ne renseigne ce "
                                               "thème. Manquent\u00a0: ",
                                            "No data of the store tells of this theme. Missing: ")
                               : words_pick(w, "Non disponibles dans l’entrepôt\u00a0: ",
                                            "Not available in the store: "));
    bool first = true;
    for (size_t i = 0; i < theme->n_rows; i++) {
        if (!words_shown(w, &theme->rows[i])) {
            irm_buffer_text(&line, first ? "" : " ; ");
            irm_buffer_text(&line, words_label(w, theme->rows[i].indicator));
            first = false;
        }
    }
    irm_buffer_text(&line, ".");
    page->html.failed = page->html.failed || line.failed;
    irm_page_paragraph(page, "absent", line.data);
    irm_buffer_clear(&line);
}

static irm_status theme_section(irm_page *page, const portrait_words *w, size_t t,
                                const figure_list *figures, const char *folder,
                                irm_error *error) {
    const irm_portrait_theme *theme = &w->portrait->themes[t];
    const irm_theme *about = theme->theme;
    irm_page_section(page, about->id, w->french ? about->label_fr : about->label_en);
    if (n_shown(w, theme) > 0) {
        const char *intro = w->french ? about->intro_fr : about->intro_en;
        if (intro != NULL) {
            irm_page_paragraph(page, "intro", intro);
        }
        portrait_theme_table(page, w, theme);
        IRM_TRY(theme_figures(page, w, figures, t, false, folder, error));
        IRM_TRY(theme_figures(page, w, figures, t, true, folder, error));
    }
    absent_line(page, w, theme);
    irm_page_end_section(page);
    return IRM_OK;
}

static irm_status write_sections(irm_page *page, const portrait_words *w,
                                 const figure_list *figures, const char *folder,
                                 irm_error *error) {
    identity(page, w);
    contents(page, w);
    for (size_t t = 0; t < w->portrait->n_themes; t++) {
        IRM_TRY(theme_section(page, w, t, figures, folder, error));
    }
    if (w->portrait->n_parts > 1) {
        char title[WORDS];
        snprintf(title, sizeof title, words_pick(w, "Les communes : %s", "The communes: %s"),
                 w->portrait->whole.name);
        irm_page_section(page, "communes", title);
        portrait_parts_table(page, w);
        irm_page_end_section(page);
    }
    return portrait_annexes(page, w, error);
}

irm_status portrait_page_write(const irm_portrait *portrait, const figure_list *figures,
                               const char *folder, bool french, irm_error *error) {
    portrait_words w = {.portrait = portrait, .french = french};
    char subtitle[WORDS];
    subtitle_of(&w, subtitle, sizeof subtitle);
    irm_page page;
    irm_page_begin(&page, portrait->place.name, subtitle, french ? "fr" : "en",
                   portrait->fictional
                       ? words_pick(&w, "Territoire et données fictifs : exemple fourni avec "
                                        "Irminon, à ne pas citer.",
                                    "Fictional territory and data: Irminon's sample, not to be "
                                    "quoted.")
                       : NULL);
    irm_status status = write_sections(&page, &w, figures, folder, error);
    char *path = irm_path_join(folder, "portrait.html");
    if (status == IRM_OK && path == NULL) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        status = irm_page_finish(&page, path, error);
    }
    irm_page_clear(&page);
    irm_free(path);
    return status;
}
