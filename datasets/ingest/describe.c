#include <stdio.h>
#include <string.h>

#include "descriptors/level.h"
#include "descriptors/pattern.h"
#include "ingest/ingest.h"
#include "labels/dictionary.h"

/* HDF5 keeps attributes in 64 KiB at most; longer lists of labels are left out. */
enum { LONGEST_ATTRIBUTE = 60000 };

static irm_status set(builder *column, const char *name, const char *value,
                      irm_error *error) {
    return value == NULL || *value == '\0'
               ? IRM_OK
               : irm_attributes_set(&column->column.attributes, name, value, error);
}

static irm_status set_buffer(builder *column, const char *name, irm_buffer *buffer,
                             irm_error *error) {
    irm_status status = buffer->failed ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && buffer->size > 0 && buffer->size < LONGEST_ATTRIBUTE) {
        status = set(column, name, buffer->data, error);
    }
    irm_buffer_clear(buffer);
    return status;
}

/* Births of 2015 to 2020 lead to the census of 2021: the first year of that variable that
 * is not before the column's own. */
static int leading_year(const ingest *in, const builder *column) {
    int best = 0;
    if (column->entry == NULL || column->entry->years_of == NULL) {
        return column->year;
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *other = &in->builders[i];
        if (strcmp(other->id, column->entry->years_of) == 0 &&
            other->year >= column->year && (best == 0 || other->year < best)) {
            best = other->year;
        }
    }
    return best != 0 ? best : column->year;
}

static irm_status describe_labels(builder *column, irm_error *error) {
    char text[512];
    const char *labels[] = {column->entry->fr, column->entry->en};
    const char *names[] = {"label_fr", "label_en"};
    for (int i = 0; i < 2; i++) {
        if (labels[i] != NULL) {
            pattern_expand(labels[i], column->year, column->first_year, text,
                           sizeof text);
            IRM_TRY(set(column, names[i], text, error));
        }
    }
    return IRM_OK;
}

static irm_status describe_modalities(builder *column, irm_error *error) {
    const model_column *entry = column->entry;
    irm_buffer fr = {0}, en = {0};
    for (unsigned i = 0; i < entry->modalities_count; i++) {
        const model_modality *one = &entry->modalities[i];
        if (one->fr != NULL) {
            irm_buffer_format(&fr, "%s%s=%s", fr.size > 0 ? "\n" : "", one->code,
                              one->fr);
        }
        if (one->en != NULL) {
            irm_buffer_format(&en, "%s%s=%s", en.size > 0 ? "\n" : "", one->code,
                              one->en);
        }
    }
    irm_status status = set_buffer(column, "modalities_fr", &fr, error);
    irm_status other = set_buffer(column, "modalities_en", &en, error);
    return status != IRM_OK ? status : other;
}

/* The producer's words that are in the file, and the levels they stand for. */
static irm_status describe_levels(builder *column, irm_error *error) {
    const irm_dict *words = column->column.categories;
    irm_buffer levels = {0};
    for (size_t i = 0; i < irm_dict_count(words); i++) {
        const char *word = irm_dict_text(words, (int32_t)i);
        bool named = false;
        for (unsigned k = 0; column->entry != NULL && k < column->entry->levels_count;
             k++) {
            const model_level *one = &column->entry->levels[k];
            if (strcmp(one->code, word) != 0 || named) {
                continue;
            }
            irm_buffer_format(&levels, "%s%s", levels.size > 0 ? " " : "", word);
            if (one->key != NULL) {
                irm_buffer_format(&levels, ":%s", one->key);
            }
            irm_buffer_format(&levels, "=%s", one->level);
            named = one->key == NULL;
        }
        if (!named) {
            const char *known = level_of_word(word);
            irm_buffer_format(&levels, "%s%s=", levels.size > 0 ? " " : "", word);
            for (const char *p = known != NULL ? known : word; *p != '\0'; p++) {
                char c = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
                irm_buffer_add(&levels, &c, 1);
            }
        }
    }
    return set_buffer(column, "levels", &levels, error);
}

typedef struct measure_lists {
    irm_buffer kinds, units, fr, en, exploitations;
} measure_lists;

static void list_measure(const model *whole, const model_measure *measure,
                         measure_lists *lists) {
    const char *unit = measure->unit != NULL ? measure->unit : whole->defaults.unit;
    const char *exploitation = measure->exploitation != NULL
                                   ? measure->exploitation
                                   : whole->defaults.exploitation;
    irm_buffer_format(&lists->kinds, "%s%s=%s", lists->kinds.size > 0 ? " " : "",
                      measure->name, irm_kind_name(model_measure_kind(whole, measure)));
    irm_buffer *buffers[] = {&lists->units, &lists->fr, &lists->en,
                             &lists->exploitations};
    const char *texts[] = {unit, measure->fr, measure->en, exploitation};
    for (int i = 0; i < 4; i++) {
        if (texts[i] != NULL) {
            irm_buffer_format(buffers[i], "%s%s=%s", buffers[i]->size > 0 ? "\n" : "",
                              measure->name, texts[i]);
        }
    }
}

static irm_status describe_measures(const ingest *in, builder *column, irm_error *error) {
    measure_lists lists = {0};
    for (unsigned i = 0; in->whole != NULL && i < in->whole->measures_count; i++) {
        list_measure(in->whole, &in->whole->measures[i], &lists);
    }
    irm_status status = set_buffer(column, "measures", &lists.kinds, error);
    irm_buffer *buffers[] = {&lists.units, &lists.fr, &lists.en, &lists.exploitations};
    const char *names[] = {"measure_units", "measure_labels_fr", "measure_labels_en",
                           "measure_exploitations"};
    for (int i = 0; i < 4; i++) {
        irm_status one = set_buffer(column, names[i], buffers[i], error);
        status = status != IRM_OK ? status : one;
    }
    return status;
}

static bool has_code(const builder *column, const char *text) {
    return column->column.categories != NULL &&
           irm_dict_find(column->column.categories, irm_view_of(text)) >= 0;
}

static irm_status describe_dimension(builder *column, irm_error *error) {
    const model_column *entry = column->entry;
    const char *total = entry != NULL ? entry->total : NULL;
    if (total == NULL && has_code(column, "_T")) {
        total = "_T"; /* what INSEE's cubes call it */
    }
    IRM_TRY(set(column, "total", total, error));
    return set(column, "partition", entry != NULL ? entry->partition : NULL, error);
}

/* What applies to every number unless its own entry says otherwise. */
static irm_status describe_number(const ingest *in, builder *column, irm_error *error) {
    const model_column *entry = column->entry;
    const model_defaults *defaults = &in->whole->defaults;
    bool same_kind = defaults->kind == NULL || *defaults->kind == column->kind;
    const char *unit = entry->unit != NULL ? entry->unit
                       : same_kind         ? defaults->unit
                                           : NULL;
    const char *exploitation =
        entry->exploitation != NULL ? entry->exploitation : defaults->exploitation;
    IRM_TRY(set(column, "unit", unit, error));
    return set(column, "exploitation", exploitation, error);
}

/* The kind of a cube's values, where its measures agree on one. */
static irm_kind value_kind(const model *whole, irm_kind own) {
    for (unsigned i = 0; i < whole->measures_count; i++) {
        irm_kind kind = model_measure_kind(whole, &whole->measures[i]);
        if (i > 0 && kind != model_measure_kind(whole, &whole->measures[0])) {
            return IRM_KIND_RATIO;
        }
        own = kind;
    }
    return own;
}

static irm_status describe_role(const ingest *in, builder *column, irm_error *error) {
    switch (column->role) {
        case MODEL_ROLE_LEVEL:
            return describe_levels(column, error);
        case MODEL_ROLE_MEASURE:
            return describe_measures(in, column, error);
        case MODEL_ROLE_DIMENSION:
            return describe_dimension(column, error);
        default:
            return IRM_OK;
    }
}

/* Adds "CODE=label" to a list, on one line. */
static void list_label(irm_buffer *list, const char *code, const char *label) {
    irm_buffer_format(list, "%s%s=", list->size > 0 ? "\n" : "", code);
    for (const char *p = label; *p != '\0'; p++) {
        char c = *p;
        c = c == '\n' || c == '\r' ? ' ' : c;
        irm_buffer_add(list, &c, 1);
    }
}

/* The codes of the column that its descriptor does not label, by the dictionary. */
static irm_status complete_labels(const ingest *in, builder *column, const char *name,
                                  irm_error *error) {
    const irm_dict *codes = column->column.categories;
    const char *own = irm_attributes_get(&column->column.attributes, name);
    irm_buffer list = {0};
    char text[8];
    irm_buffer_text(&list, own != NULL ? own : "");
    for (size_t i = 0; i < irm_dict_count(codes); i++) {
        const char *code = irm_dict_text(codes, (int32_t)i);
        const char *label =
            irm_dictionary_label(in->dictionary, column->column.name, code);
        if (label != NULL && strpbrk(code, "=\n") == NULL &&
            (own == NULL || !labels_listed(own, code, text, sizeof text))) {
            list_label(&list, code, label);
        }
    }
    if (list.size >= LONGEST_ATTRIBUTE) {
        irm_warn(in->reporter,
                 "%s: the labels of the %zu codes of %s are too long to keep", in->name,
                 irm_dict_count(codes), column->column.name);
    }
    return set_buffer(column, name, &list, error);
}

/* What the dictionary says and the descriptor does not. Territories have names elsewhere.
 */
static irm_status describe_dictionary(const ingest *in, builder *column,
                                      irm_error *error) {
    const irm_attributes *own = &column->column.attributes;
    const char *name = column->column.name;
    if (in->dictionary == NULL) {
        return IRM_OK;
    }
    if (irm_attributes_get(own, "label_fr") == NULL) {
        IRM_TRY(set(column, "label_fr", irm_dictionary_label(in->dictionary, name, NULL),
                    error));
    }
    bool places = column->role == MODEL_ROLE_KEY || column->role == MODEL_ROLE_NAME ||
                  column->kind == IRM_KIND_CODE || column->level[0] != '\0';
    bool coded = column->column.type == IRM_COLUMN_CATEGORY && !places;
    bool measure = column->role == MODEL_ROLE_MEASURE;
    return !coded
               ? IRM_OK
               : complete_labels(in, column,
                                 measure ? "measure_labels_fr" : "modalities_fr", error);
}

irm_status ingest_describe_column(const ingest *in, builder *column, irm_error *error) {
    irm_attributes *to = &column->column.attributes;
    bool number = column->column.type == IRM_COLUMN_NUMBER;
    int year = leading_year(in, column);
    if (column->role == MODEL_ROLE_VALUE && in->whole != NULL) {
        column->kind = value_kind(in->whole, column->kind);
    }
    IRM_TRY(set(column, "variable", column->id, error));
    if (number || year != 0) {
        IRM_TRY(irm_attributes_set_integer(to, "year", year != 0 ? year : in->vintage,
                                           error));
    }
    if (column->first_year != 0) {
        IRM_TRY(irm_attributes_set_integer(to, "first_year", column->first_year, error));
    }
    IRM_TRY(set(column, "kind", irm_kind_name(column->kind), error));
    IRM_TRY(set(column, "role", model_role_name(column->role), error));
    IRM_TRY(set(column, "level", column->level, error));
    if (column->entry != NULL) {
        if (number) {
            IRM_TRY(describe_number(in, column, error));
        } else {
            IRM_TRY(set(column, "unit", column->entry->unit, error));
        }
        IRM_TRY(set(column, "unplaced", column->entry->unplaced, error));
        IRM_TRY(describe_labels(column, error));
        IRM_TRY(describe_modalities(column, error));
    }
    IRM_TRY(describe_role(in, column, error));
    return describe_dictionary(in, column, error);
}
