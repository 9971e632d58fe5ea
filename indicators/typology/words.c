#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "typology/inside.h"

enum { LABEL = 256, NAME = 512, TRAITS = 3 };
/* Two variables that say the same make one trait of a name. */
static const double SAME_THING = 0.6;
static const double SIGNIFICANT = 1.96;

/* ---- grammar of labels ---- */

typedef enum gender { MASCULINE = 0, FEMININE, PLURAL, PLURAL_FEMININE } gender;

/* From the first word of a label: "Part de…", "Taux de…", "Logements". */
static gender gender_of(const char *label) {
    static const char *const feminine[] = {
        "Part",       "Médiane", "Variation",  "Densité",    "Couverture", "Taille",
        "Population", "Surface", "Superficie", "Proportion", "Distance",   "Durée",
        "Fécondité",  "Moyenne", "Personne",   "Évolution"};
    static const char *const feminine_plural[] = {"Naissances", "Personnes", "Familles",
                                                  "Crèches", "Résidences"};
    size_t size = strcspn(label, " ");
    for (size_t i = 0; i < sizeof feminine / sizeof *feminine; i++) {
        if (strlen(feminine[i]) == size && strncmp(feminine[i], label, size) == 0) {
            return FEMININE;
        }
    }
    for (size_t i = 0; i < sizeof feminine_plural / sizeof *feminine_plural; i++) {
        if (strlen(feminine_plural[i]) == size &&
            strncmp(feminine_plural[i], label, size) == 0) {
            return PLURAL_FEMININE;
        }
    }
    bool plural = size > 3 && label[size - 1] == 's' && label[size] == ' ';
    return plural || (size > 4 && label[size - 1] == 's' && label[size] == '\0')
               ? PLURAL
               : MASCULINE;
}

/* A column of a CSV has a name, not a label: its last letter says nothing. */
static gender gender_of_variable(const irm_typology_variable *variable) {
    bool named = strcmp(variable->label_fr, variable->id) == 0;
    return named ? MASCULINE : gender_of(variable->label_fr);
}

/* The label without what is in brackets. */
static void short_label(const char *label, char *text) {
    size_t used = 0;
    for (const char *p = label; *p != '\0' && used + 1 < LABEL; p++) {
        if (*p == '(') {
            const char *close = strchr(p, ')');
            if (close != NULL) {
                p = close;
                continue;
            }
        }
        text[used++] = *p;
    }
    while (used > 0 && text[used - 1] == ' ') {
        used--;
    }
    text[used] = '\0';
}

/* Lowers the first letter, of a word that is not an acronym. */
static void lower_first(char *text) {
    bool acronym = text[0] != '\0' && text[1] >= 'A' && text[1] <= 'Z';
    if (text[0] >= 'A' && text[0] <= 'Z' && !acronym) {
        text[0] = (char)(text[0] + 32);
    }
}

/* ---- one variable in one class ---- */

static const irm_profile_number *profile_of(const irm_typology *t, size_t class_index,
                                            size_t v) {
    return &t->profiles[class_index * t->units.n_variables + v];
}

static double gap_of(const irm_profile_number *p) {
    return p->overall_sd > 0 ? (p->mean - p->overall_mean) / p->overall_sd : 0;
}

static void number_text(double value, const irm_typology_variable *variable, bool french,
                        char *text, size_t size) {
    irm_buffer number = {0};
    irm_buffer_format(&number, "%.*f", variable->decimals, value);
    size_t used = 0, whole = strcspn(number.data != NULL ? number.data : "", ".");
    for (size_t i = 0; i < number.size && used + 6 < size; i++) {
        char c = number.data[i];
        bool digit = c >= '0' && c <= '9';
        bool group = i > 0 && i < whole && (whole - i) % 3 == 0 && digit &&
                     number.data[i - 1] != '-';
        if (group) {
            const char *mark = french ? "\u202f" : ",";
            memcpy(text + used, mark, strlen(mark));
            used += strlen(mark);
        }
        if (c == '-') {
            memcpy(text + used, "−", strlen("−"));
            used += strlen("−");
        } else {
            text[used++] = c == '.' && french ? ',' : c;
        }
    }
    text[used] = '\0';
    irm_buffer_clear(&number);
    const char *unit = french ? variable->unit_fr : variable->unit_en;
    if (unit != NULL && *unit != '\0' && used + 2 < size) {
        snprintf(text + used, size - used, "%s%s",
                 french || unit[0] != '%' ? "\u00a0" : "", unit);
    }
}

static const char *degree_fr(double gap, gender g) {
    static const char *const words[4][3] = {
        {"très supérieur", "supérieur", "un peu supérieur"},
        {"très supérieure", "supérieure", "un peu supérieure"},
        {"très supérieurs", "supérieurs", "un peu supérieurs"},
        {"très supérieures", "supérieures", "un peu supérieures"}};
    static const char *const under[4][3] = {
        {"très inférieur", "inférieur", "un peu inférieur"},
        {"très inférieure", "inférieure", "un peu inférieure"},
        {"très inférieurs", "inférieurs", "un peu inférieurs"},
        {"très inférieures", "inférieures", "un peu inférieures"}};
    size_t strength = fabs(gap) >= 1 ? 0 : fabs(gap) >= 0.4 ? 1 : 2;
    return gap >= 0 ? words[g][strength] : under[g][strength];
}

static const char *degree_en(double gap) {
    size_t strength = fabs(gap) >= 1 ? 0 : fabs(gap) >= 0.4 ? 1 : 2;
    static const char *const above[] = {"far above", "above", "slightly above"};
    static const char *const below[] = {"far below", "below", "slightly below"};
    return gap >= 0 ? above[strength] : below[strength];
}

void irm_typology_sentence(const irm_typology *t, size_t class_index, size_t v,
                           const char *lang, char *text, size_t size) {
    bool french = strcmp(lang, "en") != 0;
    const irm_typology_variable *variable = &t->units.variables[v];
    const irm_profile_number *p = profile_of(t, class_index, v);
    char mean[128], overall[128];
    number_text(p->mean, variable, french, mean, sizeof mean);
    number_text(p->overall_mean, variable, french, overall, sizeof overall);
    if (french) {
        snprintf(text, size, "%s %s à la moyenne : %s contre %s", variable->label_fr,
                 degree_fr(gap_of(p), gender_of_variable(variable)), mean, overall);
    } else {
        snprintf(text, size, "%s %s average: %s against %s", variable->label_en,
                 degree_en(gap_of(p)), mean, overall);
    }
}

/* ---- order of the variables ---- */

size_t irm_typology_ranked(const irm_typology *t, size_t class_index, size_t *order) {
    size_t n = 0;
    for (size_t v = 0; v < t->units.n_variables; v++) {
        double own = fabs(profile_of(t, class_index, v)->v_test);
        if (!(own >= SIGNIFICANT)) {
            continue;
        }
        size_t at = n++;
        while (at > 0 && fabs(profile_of(t, class_index, order[at - 1])->v_test) < own) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = v;
    }
    return n;
}

/* ---- names ---- */

static double correlation(const irm_typology *t, size_t a, size_t b) {
    const double *x = t->units.variables[a].values, *y = t->units.variables[b].values;
    double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (isnan(x[i]) || isnan(y[i])) {
            continue;
        }
        n++;
        sx += x[i];
        sy += y[i];
        sxx += x[i] * x[i];
        syy += y[i] * y[i];
        sxy += x[i] * y[i];
    }
    double vx = n * sxx - sx * sx, vy = n * syy - sy * sy;
    return n > 1 && vx > 0 && vy > 0 ? (n * sxy - sx * sy) / sqrt(vx * vy) : 0;
}

/* The strongest active traits that are not the same thing twice. */
static size_t traits_of(const irm_typology *t, size_t class_index, size_t most,
                        size_t *order, size_t *traits) {
    size_t n = irm_typology_ranked(t, class_index, order), kept = 0;
    for (size_t i = 0; i < n && kept < most; i++) {
        bool fresh = t->units.variables[order[i]].active || t->multiple;
        for (size_t k = 0; k < kept && fresh; k++) {
            fresh = fabs(correlation(t, order[i], traits[k])) < SAME_THING;
        }
        if (fresh) {
            traits[kept++] = order[i];
        }
    }
    return kept;
}

/* After "beaucoup" or "peu": "d'" before a vowel or a mute h. */
static bool elides(const char *word) {
    static const char *const vowels[] = {"a", "e", "i", "o", "u", "y", "à",
                                         "â", "é", "è", "ê", "î", "ô", "œ",
                                         "É", "Î", "A", "E", "I", "O", "U"};
    static const char *const aspirated[] = {"haut", "hors", "handicap", "huit"};
    for (size_t i = 0; i < sizeof aspirated / sizeof *aspirated; i++) {
        if (strncmp(word, aspirated[i], strlen(aspirated[i])) == 0) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++) {
        if (strncmp(word, vowels[i], strlen(vowels[i])) == 0) {
            return true;
        }
    }
    return word[0] == 'h';
}

/* What a share is of: "logements vacants" of "Part de logements vacants"; NULL for what
 * is no share. */
static const char *shared_noun(const char *label) {
    static const char *const starts[] = {"Part de l'", "Part de l’", "Part de la ",
                                         "Part des ",  "Part du ",   "Part de ",
                                         "Part d'",    "Part d’"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t size = strlen(starts[i]);
        if (strncmp(label, starts[i], size) == 0 && label[size] != '\0') {
            return label + size;
        }
    }
    return NULL;
}

/* A high share is many of something: "beaucoup de logements vacants". */
static void put_share(const char *noun, const char *label_en, bool high, bool french,
                      irm_buffer *name) {
    bool first = name->size == 0;
    if (french) {
        irm_buffer_format(
            name, "%s%s %s%s", first ? "" : ", ",
            high ? (first ? "Beaucoup" : "beaucoup") : (first ? "Peu" : "peu"),
            elides(noun) ? "d’" : "de ", noun);
    } else {
        irm_buffer_format(name, "%s%s %s", first ? "" : ", ",
                          high ? (first ? "Many" : "many") : (first ? "Few" : "few"),
                          label_en);
    }
}

static void put_trait(const irm_typology *t, size_t class_index, size_t v, bool french,
                      irm_buffer *name) {
    const irm_typology_variable *variable = &t->units.variables[v];
    bool high = profile_of(t, class_index, v)->v_test > 0;
    char label[LABEL], shared[LABEL];
    short_label(french ? variable->label_fr : variable->label_en, label);
    short_label(variable->label_fr, shared);
    const char *noun = shared_noun(shared);
    if (!french) {
        lower_first(label);
    }
    if (noun != NULL) {
        put_share(noun, label, high, french, name);
        return;
    }
    if (!french) {
        irm_buffer_format(
            name, "%s%s %s", name->size > 0 ? ", " : "",
            high ? (name->size > 0 ? "high" : "High") : (name->size > 0 ? "low" : "Low"),
            label);
        return;
    }
    static const char *const highs[] = {"élevé", "élevée", "nombreux", "nombreuses"};
    static const char *const lows[] = {"faible", "faible", "peu nombreux",
                                       "peu nombreuses"};
    gender g = gender_of_variable(variable);
    if (name->size > 0) {
        lower_first(label);
    }
    irm_buffer_format(name, "%s%s %s", name->size > 0 ? ", " : "", label,
                      high ? highs[g] : lows[g]);
}

/* The modality that most marks a class, for an analysis of categories. */
static void put_modalities(const irm_typology *t, size_t class_index, irm_buffer *name) {
    size_t used[2] = {SIZE_MAX, SIZE_MAX};
    for (size_t turn = 0; turn < 2; turn++) {
        double best = SIGNIFICANT;
        size_t category = SIZE_MAX, modality = 0;
        for (size_t c = 0; c < t->units.n_categories; c++) {
            size_t m = irm_dict_count(t->units.categories[c].labels);
            for (size_t j = 0; j < m && t->units.categories[c].active && c != used[0];
                 j++) {
                double v = t->modality_profiles[c][class_index * m + j].v_test;
                if (v > best) {
                    best = v;
                    category = c;
                    modality = j;
                }
            }
        }
        if (category == SIZE_MAX) {
            return;
        }
        used[turn] = category;
        irm_buffer_format(
            name, "%s%s = %s", name->size > 0 ? ", " : "",
            t->units.categories[category].id,
            irm_dict_text(t->units.categories[category].labels, (int32_t)modality));
    }
}

static char *make_name(const irm_typology *t, size_t class_index, size_t most,
                       bool french, size_t *order) {
    irm_buffer name = {0};
    size_t traits[TRAITS];
    if (t->multiple) {
        put_modalities(t, class_index, &name);
    } else {
        size_t n = traits_of(t, class_index, most, order, traits);
        for (size_t i = 0; i < n; i++) {
            put_trait(t, class_index, traits[i], french, &name);
        }
    }
    if (name.size == 0) {
        irm_buffer_text(&name, french ? "Profil moyen" : "Average profile");
    }
    return irm_buffer_take(&name);
}

static bool name_taken(const irm_typology *t, size_t class_index) {
    for (size_t c = 0; c < t->k; c++) {
        const char *other = t->classes[c].name_fr;
        if (c != class_index && other != NULL &&
            strcmp(other, t->classes[class_index].name_fr) == 0) {
            return true;
        }
    }
    return false;
}

irm_status typology_name_classes(irm_typology *t, irm_error *error) {
    size_t *order = irm_calloc(t->units.n_variables + 1, sizeof *order);
    irm_status status = order == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t most = 2; status == IRM_OK && most <= TRAITS; most++) {
        for (size_t c = 0; status == IRM_OK && c < t->k; c++) {
            irm_typology_class *class = &t->classes[c];
            if (most > 2 && !name_taken(t, c)) {
                continue;
            }
            irm_free(class->name_fr);
            irm_free(class->name_en);
            class->name_fr = make_name(t, c, most, true, order);
            class->name_en = make_name(t, c, most, false, order);
            if (class->name_fr == NULL || class->name_en == NULL) {
                status = irm_fail_memory(error);
            }
        }
    }
    irm_free(order);
    return status;
}
