#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "descriptors/level.h"
#include "ingest/ingest.h"

/* A cell at fault: `expected` ends the sentence. */
static irm_status bad_cell(const ingest *in, const irm_csv_record *record, size_t field,
                           const char *expected, irm_error *error) {
    irm_view text = record->fields[field];
    int shown = text.size < 60 ? (int)text.size : 60;
    return irm_fail_at(error, IRM_STATUS_DATA, in->name, record->line, field + 1,
                       in->builders[field].column.name, "'%.*s'%s %s", shown,
                       text.size > 0 ? text.data : "", text.size > 60 ? "…" : "",
                       expected);
}

static bool when_holds(const applied_marker *applied, const irm_csv_record *record) {
    if (applied->marker->when == NULL) {
        return true;
    }
    return !applied->absent && (size_t)applied->when < record->n_fields &&
           model_in_list(applied->marker->when->values,
                         irm_view_trim(record->fields[applied->when]));
}

/* What a marker proves of a column of some kind: counts, amounts and areas are not
 * negative. */
static irm_status resolve_mark(builder *column, applied_marker *applied,
                               irm_error *error) {
    const model_marker *marker = applied->marker;
    double lower = marker->lower != NULL             ? *marker->lower
                   : irm_kind_additive(column->kind) ? 0
                                                     : -INFINITY;
    double upper = marker->upper != NULL ? *marker->upper : INFINITY;
    return irm_column_marker(&column->column, marker->text, marker->state, lower, upper,
                             &applied->mark, error);
}

static irm_status not_a_number(const ingest *in, const irm_csv_record *record,
                               size_t field, irm_error *error) {
    const builder *column = &in->builders[field];
    char expected[256];
    int used = snprintf(expected, sizeof expected,
                        "is not a number (expected one such as "
                        "12%c5",
                        in->decimal);
    for (size_t i = 0; i < column->n_markers && used > 0 && used < 200; i++) {
        const char *text = column->markers[i].marker->text;
        used += snprintf(expected + used, sizeof expected - (size_t)used, ", %s",
                         *text == '\0' ? "a blank" : text);
    }
    snprintf(expected + used, sizeof expected - (size_t)used, ")");
    return bad_cell(in, record, field, expected, error);
}

irm_status ingest_mark_of(ingest *in, const irm_csv_record *record, size_t field,
                          uint8_t *mark, irm_error *error) {
    builder *column = &in->builders[field];
    irm_view text = irm_view_trim(record->fields[field]);
    *mark = 0;
    for (size_t i = 0; i < column->n_markers; i++) {
        applied_marker *applied = &column->markers[i];
        if (irm_view_equals(text, applied->marker->text) && when_holds(applied, record)) {
            IRM_TRY(applied->mark == 0 ? resolve_mark(column, applied, error) : IRM_OK);
            *mark = applied->mark;
            return IRM_OK;
        }
    }
    return text.size == 0 ? IRM_OK : not_a_number(in, record, field, error);
}

static irm_status mark_cell(ingest *in, const irm_csv_record *record, size_t field,
                            irm_error *error) {
    builder *column = &in->builders[field];
    uint8_t mark;
    column->column.values[in->at] = NAN;
    IRM_TRY(ingest_mark_of(in, record, field, &mark, error));
    return mark == 0
               ? IRM_OK
               : irm_column_mark(&column->column, in->capacity, in->at, mark, error);
}

/* A rate published as a floor: its number stands, and its marker says what it proves. */
static irm_status mark_floor(ingest *in, const irm_csv_record *record, size_t field,
                             irm_error *error) {
    builder *column = &in->builders[field];
    for (size_t i = 0; i < column->n_markers; i++) {
        applied_marker *applied = &column->markers[i];
        if (column->column.values[in->at] != applied->floor ||
            !when_holds(applied, record)) {
            continue;
        }
        if (applied->mark == 0) {
            IRM_TRY(resolve_mark(column, applied, error));
        }
        return irm_column_mark(&column->column, in->capacity, in->at, applied->mark,
                               error);
    }
    return IRM_OK;
}

static irm_status number_cell(ingest *in, const irm_csv_record *record, size_t field,
                              irm_error *error) {
    builder *column = &in->builders[field];
    irm_view text = irm_view_trim(record->fields[field]);
    double *value = &column->column.values[in->at];
    bool spaces = false;
    if (column->column.marks != NULL) {
        column->column.marks[in->at] = 0;
    }
    if (text.size == 0) {
        return mark_cell(in, record, field, error);
    }
    if (!irm_text_number(text, in->decimal, value, &spaces)) {
        if (!irm_text_number(text, in->decimal == '.' ? ',' : '.', value, &spaces)) {
            return mark_cell(in, record, field, error);
        }
        column->marks++;
    }
    if (!isfinite(*value)) {
        return bad_cell(in, record, field, "is too large to be held as a number", error);
    }
    column->spaces += spaces;
    return column->floors ? mark_floor(in, record, field, error) : IRM_OK;
}

/* A shorter run of digits than the level's codes: its zeros were lost on the way. */
static bool lost_zeros(irm_view text, int pad) {
    if (text.size == 0 || text.size >= (size_t)pad) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!isdigit((unsigned char)text.data[i])) {
            return false;
        }
    }
    return true;
}

/* "01" and "1" stand for one département, but no commune has 3 digits or fewer: less than
 * half of a code is not one that lost zeros. */
static bool pads_back(const char *level, irm_view text, int pad) {
    bool territory = strcmp(level, "com") == 0 || strcmp(level, "iris") == 0 ||
                     strcmp(level, "epci") == 0;
    return lost_zeros(text, pad) && (!territory || text.size + 1 >= (size_t)pad);
}

static irm_view pad_code(irm_view text, int pad, char out[LEVEL_CODE_SIZE]) {
    size_t zeros = (size_t)pad - text.size;
    memset(out, '0', zeros);
    memcpy(out + zeros, text.data, text.size);
    return (irm_view){out, (size_t)pad};
}

const char *ingest_level_of(const builder *level, irm_view word, irm_view code) {
    const model_column *entry = level->entry;
    for (unsigned i = 0; entry != NULL && i < entry->levels_count; i++) {
        const model_level *one = &entry->levels[i];
        if (irm_view_equals(word, one->code) &&
            (one->key == NULL || irm_view_equals(code, one->key))) {
            return one->level;
        }
    }
    char text[32] = "";
    if (word.size < sizeof text) {
        memcpy(text, word.data, word.size);
        text[word.size] = '\0';
    }
    const char *known = level_of_word(text);
    return known != NULL ? known : "";
}

/* Level of the row's key: the column's own, or what its level column says. */
static const char *row_level(const ingest *in, const builder *column,
                             const irm_csv_record *record, irm_view code) {
    if (strcmp(column->level, "mixed") != 0 || in->level == NO_COLUMN) {
        return column->level;
    }
    irm_view word = irm_view_trim(record->fields[in->level]);
    return ingest_level_of(&in->builders[in->level], word, code);
}

static bool listed(const model_column *entry, irm_view text) {
    for (unsigned i = 0; i < entry->modalities_count; i++) {
        if (irm_view_equals(text, entry->modalities[i].code)) {
            return true;
        }
    }
    return (entry->total != NULL && irm_view_equals(text, entry->total)) ||
           model_in_list(entry->partition, text);
}

/* Asked once for each distinct text, before it enters the dictionary. */
static irm_status check_code(const ingest *in, const irm_csv_record *record, size_t field,
                             irm_view text, const char *level, irm_error *error) {
    const builder *column = &in->builders[field];
    if (column->entry != NULL && column->entry->closed && !listed(column->entry, text)) {
        return bad_cell(in, record, field, "is none of the codes this column may hold",
                        error);
    }
    if (column->checked && !level_code_valid(level, text)) {
        char expected[160];
        snprintf(expected, sizeof expected, "is not a code of level %s (expected %s)",
                 level, level_code_form(level));
        return bad_cell(in, record, field, expected, error);
    }
    return IRM_OK;
}

static irm_status encode(ingest *in, const irm_csv_record *record, size_t field,
                         irm_view text, const char *level, irm_error *error) {
    builder *column = &in->builders[field];
    int32_t *code = &column->column.codes[in->at];
    if (text.size > 0 && text.size == column->last_size &&
        memcmp(text.data, column->last, text.size) == 0) {
        *code = column->last_code;
        return IRM_OK;
    }
    *code = irm_dict_find(column->column.categories, text);
    if (*code < 0) {
        bool exempt =
            column->entry != NULL && model_in_list(column->entry->unplaced, text);
        if (!exempt) {
            IRM_TRY(check_code(in, record, field, text, level, error));
        }
        irm_status status = irm_dict_add(column->column.categories, text, code, error);
        if (status != IRM_OK) {
            return status == IRM_STATUS_DATA
                       ? bad_cell(in, record, field, "holds a NUL byte", error)
                       : status;
        }
    }
    column->last_size = text.size < sizeof column->last ? text.size : 0;
    memcpy(column->last, text.data, column->last_size);
    column->last_code = *code;
    return IRM_OK;
}

static irm_status blank_code(ingest *in, const irm_csv_record *record, size_t field,
                             irm_error *error) {
    builder *column = &in->builders[field];
    column->column.codes[in->at] = -1;
    bool allowed = column->entry != NULL &&
                   model_in_list(column->entry->unplaced, (irm_view){"", 0});
    if (column->checked && !allowed) {
        return bad_cell(in, record, field, "is blank; a code of a territory was expected",
                        error);
    }
    return IRM_OK;
}

static irm_status category_cell(ingest *in, const irm_csv_record *record, size_t field,
                                irm_error *error) {
    builder *column = &in->builders[field];
    irm_view text = irm_view_trim(record->fields[field]);
    char padded[LEVEL_CODE_SIZE];
    const char *level = column->level;
    if (text.size == 0) {
        return blank_code(in, record, field, error);
    }
    int pad = column->pad;
    if (column->role == MODEL_ROLE_KEY && strcmp(level, "mixed") == 0) {
        level = row_level(in, column, record, text);
        pad = level_pad(level);
    }
    bool exempt = pad > 0 && column->entry != NULL && column->entry->unplaced != NULL &&
                  model_in_list(column->entry->unplaced, text);
    if (pad > 0 && !exempt && pads_back(level, text, pad)) {
        text = pad_code(text, pad, padded);
        column->zeros++;
    }
    return encode(in, record, field, text, level, error);
}

irm_status ingest_cell(ingest *in, const irm_csv_record *record, size_t field,
                       irm_error *error) {
    builder *column = &in->builders[field];
    switch (column->fill) {
        case FILL_DROP:
            column->held += record->fields[field].size > 0;
            return IRM_OK;
        case FILL_NUMBER:
            return number_cell(in, record, field, error);
        default:
            return category_cell(in, record, field, error);
    }
}
