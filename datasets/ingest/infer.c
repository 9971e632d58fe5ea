#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "descriptors/level.h"
#include "ingest/ingest.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

/* Texts that producers put where a number is hidden or absent. */
const usual_marker usual_markers[] = {
    {"s", IRM_STATE_SECRET},     {"ss", IRM_STATE_SECRET},
    {"c", IRM_STATE_SECRET},     {"nd", IRM_STATE_MISSING},
    {"ND", IRM_STATE_MISSING},   {"n.d.", IRM_STATE_MISSING},
    {"ns", IRM_STATE_SECRET},    {"NS", IRM_STATE_SECRET},
    {"NA", IRM_STATE_MISSING},   {"N/A", IRM_STATE_MISSING},
    {"#N/D", IRM_STATE_MISSING}, {"nc", IRM_STATE_SECRET},
    {"NC", IRM_STATE_SECRET},    {"///", IRM_STATE_NOT_APPLICABLE},
    {"-", IRM_STATE_MISSING},    {"…", IRM_STATE_MISSING},
    {NULL, IRM_STATE_VALUE},
};

/* Headers that name a territory, and the level they may be of ("" where the codes tell);
 * the first found is the key. */
static const struct {
    const char *name, *level;
} code_names[] = {
    {"codgeo", ""},          {"geo", ""},
    {"com", "com"},          {"depcom", "com"},
    {"insee_com", "com"},    {"code_insee", "com"},
    {"codes_insee", "com"},  {"insee", "com"},
    {"codeinsee", "com"},    {"code_commune", "com"},
    {"codecommune", "com"},  {"code_com", "com"},
    {"numcomdo", "com"},     {"commune_code", "com"},
    {"code_iris", "iris"},   {"iris", "iris"},
    {"dciris", ""},          {"epci", "epci"},
    {"code_epci", "epci"},   {"siren_epci", "epci"},
    {"codgeo_epci", "epci"}, {"dep", "dep"},
    {"code_dep", "dep"},     {"insee_dep", "dep"},
    {"reg", "reg"},          {"code_reg", "reg"},
    {"insee_reg", "reg"},    {"code_qp", "qpv"},
    {"commune", "com"},      {"code", ""},
};
enum { N_CODE_NAMES = sizeof code_names / sizeof code_names[0] };

static const char *const period_names[] = {"time_period", "annee", "année",
                                           "an",          "year",  "periode",
                                           "dtreffre",    "date",  "millesime"};
enum { N_PERIOD_NAMES = sizeof period_names / sizeof period_names[0] };

/* A name of the list, a year after it allowed: "epci2018". */
static int code_name(const char *name) {
    size_t length = strlen(name);
    while (length > 0 && isdigit((unsigned char)name[length - 1])) {
        length--;
    }
    for (int i = 0; i < N_CODE_NAMES; i++) {
        if (strlen(code_names[i].name) == length &&
            strncasecmp(code_names[i].name, name, length) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_period_name(const char *name) {
    for (int i = 0; i < N_PERIOD_NAMES; i++) {
        if (strcasecmp(period_names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int find_usual(const char *text) {
    for (int i = 0; usual_markers[i].text != NULL; i++) {
        if (strcmp(usual_markers[i].text, text) == 0) {
            return i;
        }
    }
    return -1;
}

bool infer_number(const char *text, double *value, bool *spaces, bool *comma) {
    irm_view view = irm_view_of(text);
    if (text[0] == '0' && isdigit((unsigned char)text[1])) {
        return false;
    }
    *comma = false;
    if (irm_text_number(view, '.', value, spaces)) {
        return isfinite(*value);
    }
    *comma = true;
    return irm_text_number(view, ',', value, spaces) && isfinite(*value);
}

static bool looks_numeric(const irm_dict *labels) {
    size_t numbers = 0, count = irm_dict_count(labels);
    for (size_t i = 0; i < count; i++) {
        const char *text = irm_dict_text(labels, (int32_t)i);
        double value;
        bool spaces, comma;
        if (infer_number(text, &value, &spaces, &comma)) {
            numbers++;
        } else if (find_usual(text) < 0) {
            return false;
        }
    }
    return numbers > 0;
}

/* A block of a column being typed, as texts and as numbers. */
typedef struct typing {
    int32_t *codes;
    double *values;
    uint8_t *marks;
} typing;

static void clear_typing(typing *block) {
    irm_free(block->codes);
    irm_free(block->values);
    irm_free(block->marks);
}

static irm_status new_typing(typing *block, irm_error *error) {
    *block = (typing){irm_calloc(IRM_BLOCK_ROWS, sizeof *block->codes),
                      irm_calloc(IRM_BLOCK_ROWS, sizeof *block->values),
                      irm_calloc(IRM_BLOCK_ROWS, sizeof *block->marks)};
    bool room = block->codes != NULL && block->values != NULL && block->marks != NULL;
    return room ? IRM_OK : irm_fail_memory(error);
}

/* What each text of a column is as a number, and what its blocks make of it. */
typedef struct numbering {
    ingest *in;
    const builder *column;
    double *values;
    uint8_t *marks;
    bool *spaced, *comma;
    typing *blocks;            /* one a worker */
    uint64_t *spaces, *commas; /* rows so written, by block */
} numbering;

static irm_status read_labels(numbering *as, irm_column *column, irm_error *error) {
    for (size_t i = 0; i < irm_dict_count(column->categories); i++) {
        const char *text = irm_dict_text(column->categories, (int32_t)i);
        if (!infer_number(text, &as->values[i], &as->spaced[i], &as->comma[i])) {
            int usual = find_usual(text);
            as->values[i] = NAN;
            as->spaced[i] = as->comma[i] = false;
            IRM_TRY(irm_column_marker(column, text, usual_markers[usual].state, -INFINITY,
                                      INFINITY, &as->marks[i], error));
        }
    }
    return IRM_OK;
}

/* A block of texts into one of numbers. */
static irm_status number_block(const numbering *as, size_t block, size_t worker,
                               irm_error *error) {
    const typing *cells = &as->blocks[worker];
    irm_spool *spool = as->in->spool;
    size_t slot = as->column->slot, n = ingest_block_rows(as->in, block);
    IRM_TRY(irm_spool_codes(spool, slot, block, cells->codes, worker, error));
    for (size_t row = 0; row < n; row++) {
        int32_t code = cells->codes[row];
        bool known = code >= 0;
        cells->values[row] = known ? as->values[code] : (double)NAN;
        cells->marks[row] = known ? as->marks[code] : 0;
        as->spaces[block] += known && as->spaced[code];
        as->commas[block] += known && as->comma[code];
    }
    irm_block given = {.values = cells->values, .marks = cells->marks};
    return irm_spool_put(spool, slot, block, n, &given, worker, error);
}

static irm_status number_some(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    const numbering *as = context;
    for (size_t block = first; block < last; block++) {
        if (irm_spool_is_codes(as->in->spool, as->column->slot, block)) {
            IRM_TRY(number_block(as, block, worker, error));
        }
    }
    return IRM_OK;
}

static void clear_numbering(numbering *as) {
    for (size_t i = 0; as->blocks != NULL && i < as->in->workers; i++) {
        clear_typing(&as->blocks[i]);
    }
    irm_free(as->blocks);
    irm_free(as->values);
    irm_free(as->marks);
    irm_free(as->spaced);
    irm_free(as->comma);
    irm_free(as->spaces);
    irm_free(as->commas);
}

static irm_status new_numbering(ingest *in, const builder *column, numbering *as,
                                irm_error *error) {
    size_t labels = irm_dict_count(column->column.categories);
    *as = (numbering){.in = in,
                      .column = column,
                      .values = irm_calloc(labels, sizeof *as->values),
                      .marks = irm_calloc(labels, sizeof *as->marks),
                      .spaced = irm_calloc(labels, sizeof *as->spaced),
                      .comma = irm_calloc(labels, sizeof *as->comma),
                      .blocks = irm_calloc(in->workers, sizeof *as->blocks),
                      .spaces = irm_calloc(ingest_blocks(in), sizeof *as->spaces),
                      .commas = irm_calloc(ingest_blocks(in), sizeof *as->commas)};
    if (as->values == NULL || as->marks == NULL || as->spaced == NULL ||
        as->comma == NULL || as->blocks == NULL || as->spaces == NULL ||
        as->commas == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < in->workers; i++) {
        IRM_TRY(new_typing(&as->blocks[i], error));
    }
    return irm_spool_prepare(in->spool, column->slot, ingest_blocks(in), error);
}

static irm_status to_numbers(ingest *in, builder *column, irm_error *error) {
    numbering as;
    irm_status status = new_numbering(in, column, &as, error);
    if (status == IRM_OK) {
        status = read_labels(&as, &column->column, error);
    }
    if (status == IRM_OK) {
        status =
            irm_parallel_for(ingest_blocks(in), 1, in->workers, number_some, &as, error);
    }
    for (size_t block = 0; status == IRM_OK && block < ingest_blocks(in); block++) {
        column->spaces += as.spaces[block];
        column->marks += as.commas[block];
    }
    clear_numbering(&as);
    IRM_TRY(status);
    irm_free(column->column.codes);
    irm_dict_free(column->column.categories);
    column->column.codes = NULL;
    column->column.categories = NULL;
    column->column.type = IRM_COLUMN_NUMBER;
    column->fill = FILL_NUMBER;
    column->kind = IRM_KIND_RATIO;
    return IRM_OK;
}

typedef struct number_label {
    double value;
    int32_t code;
} number_label;

static int by_value(const void *a, const void *b) {
    const number_label *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value) - (x->value < y->value)
                                : (x->code > y->code) - (x->code < y->code);
}

/* The first text of a number: those met when the block was guessed differ. */
static int32_t text_of_number(const number_label *labels, size_t n, double value) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (labels[middle].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && labels[low].value == value ? labels[low].code : -1;
}

/* A block that looked like numbers back into texts. */
static irm_status text_block(ingest *in, builder *column, size_t block,
                             const number_label *labels, size_t n_labels,
                             const typing *cells, irm_error *error) {
    size_t n = ingest_block_rows(in, block);
    IRM_TRY(
        irm_spool_values(in->spool, column->slot, block, cells->values, NULL, 0, error));
    for (size_t row = 0; row < n; row++) {
        cells->codes[row] = text_of_number(labels, n_labels, cells->values[row]);
    }
    irm_block given = {.codes = cells->codes};
    return irm_spool_put(in->spool, column->slot, block, n, &given, 0, error);
}

static irm_status to_texts(ingest *in, builder *column, irm_error *error) {
    const guess *of = &column->guess;
    number_label *labels = irm_calloc(of->n, sizeof *labels);
    typing cells;
    irm_status status = new_typing(&cells, error);
    status = labels == NULL ? irm_fail_memory(error) : status;
    for (size_t i = 0; i < of->n && status == IRM_OK; i++) {
        labels[i] = (number_label){of->values[i], (int32_t)i};
    }
    if (status == IRM_OK) {
        qsort(labels, of->n, sizeof *labels, by_value);
    }
    for (size_t block = 0; block < ingest_blocks(in) && status == IRM_OK; block++) {
        if (!irm_spool_is_codes(in->spool, column->slot, block)) {
            status = text_block(in, column, block, labels, of->n, &cells, error);
        }
    }
    clear_typing(&cells);
    irm_free(labels);
    return status;
}

bool infer_stays_text(const builder *column) {
    return code_name(column->column.name) >= 0 || is_period_name(column->column.name);
}

irm_status infer_column(ingest *in, builder *column, irm_error *error) {
    column->fill = FILL_CATEGORY;
    column->kind = IRM_KIND_CATEGORY;
    if (infer_stays_text(column) || !looks_numeric(column->column.categories)) {
        return to_texts(in, column, error);
    }
    return to_numbers(in, column, error);
}

/* Length a code would have with its zeros back. */
static size_t padded(const char *text, int pad, char out[LEVEL_CODE_SIZE]) {
    size_t size = strlen(text), zeros = 0;
    bool digits = text[strspn(text, "0123456789")] == '\0';
    if (size >= LEVEL_CODE_SIZE) {
        return 0;
    }
    if (digits && pad > 0 && size < (size_t)pad && size + 1 >= (size_t)pad) {
        zeros = (size_t)pad - size;
    }
    memset(out, '0', zeros);
    memcpy(out + zeros, text, size + 1);
    return zeros + size;
}

static bool codes_of_level(const irm_dict *labels, const char *level) {
    char code[LEVEL_CODE_SIZE];
    size_t count = irm_dict_count(labels);
    for (size_t i = 0; i < count; i++) {
        size_t size = padded(irm_dict_text(labels, (int32_t)i), level_pad(level), code);
        if (size == 0 || !level_code_valid(level, (irm_view){code, size})) {
            return false;
        }
    }
    return count > 0;
}

/* The level that every code of a column has the form of: that of its name, or the first
 * that fits. */
static const char *level_of_codes(const irm_dict *labels, const char *by_name) {
    static const char *const tried[] = {"com", "epci", "iris", "qpv", "dep"};
    if (*by_name != '\0') {
        return codes_of_level(labels, by_name) ? by_name : "";
    }
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        if (codes_of_level(labels, tried[i])) {
            return tried[i];
        }
    }
    return "";
}

static irm_status renumber_block(ingest *in, builder *column, size_t block,
                                 const int32_t *now, const bool *changed,
                                 irm_error *error) {
    size_t n = ingest_block_rows(in, block);
    int32_t *codes = irm_calloc(n, sizeof *codes);
    if (codes == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_spool_codes(in->spool, column->slot, block, codes, 0, error);
    for (size_t row = 0; row < n && status == IRM_OK; row++) {
        if (codes[row] >= 0) {
            column->zeros += changed[codes[row]];
            codes[row] = now[codes[row]];
        }
    }
    irm_block given = {.codes = codes};
    if (status == IRM_OK) {
        status = irm_spool_put(in->spool, column->slot, block, n, &given, 0, error);
    }
    irm_free(codes);
    return status;
}

/* Gives a column's codes their zeros back. */
static irm_status restore_zeros(ingest *in, builder *column, irm_error *error) {
    irm_dict *labels = column->column.categories, *restored = NULL;
    size_t count = irm_dict_count(labels);
    int32_t *now = irm_calloc(count, sizeof *now);
    bool *changed = irm_calloc(count, sizeof *changed), any = false;
    irm_status status = now == NULL || changed == NULL ? irm_fail_memory(error)
                                                       : irm_dict_new(&restored, error);
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        char code[LEVEL_CODE_SIZE];
        const char *text = irm_dict_text(labels, (int32_t)i);
        size_t size = padded(text, level_pad(column->level), code);
        changed[i] = size != strlen(text);
        status = irm_dict_add(restored, (irm_view){code, size}, &now[i], error);
    }
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        any = any || changed[i];
    }
    for (size_t block = 0; any && status == IRM_OK && block < ingest_blocks(in);
         block++) {
        status = renumber_block(in, column, block, now, changed, error);
    }
    if (status == IRM_OK) {
        column->column.categories = restored;
        restored = labels;
    }
    irm_dict_free(restored);
    irm_free(now);
    irm_free(changed);
    return status;
}

/* Two digits are a département's code or a région's: the file's name may tell. */
static const char *by_file_name(const ingest *in, const char *level) {
    irm_buffer folded = {0};
    const char *base = irm_input_base(in->input);
    irm_text_fold(&folded, base, strlen(base));
    bool region = folded.data != NULL && strstr(folded.data, "region") != NULL;
    irm_buffer_clear(&folded);
    return region && strcmp(level, "dep") == 0 ? "reg" : level;
}

static irm_status infer_codes(ingest *in, irm_error *error) {
    for (size_t i = 0; i < in->n_builders; i++) {
        builder *column = &in->builders[i];
        int named = code_name(column->column.name);
        if (column->fill != FILL_CATEGORY || named < 0) {
            continue;
        }
        const char *level =
            level_of_codes(column->column.categories, code_names[named].level);
        if (code_names[named].level[0] == '\0') {
            level = by_file_name(in, level);
        }
        if (*level != '\0') {
            snprintf(column->level, sizeof column->level, "%s", level);
            column->kind = IRM_KIND_CODE;
            IRM_TRY(restore_zeros(in, column, error));
        }
    }
    return IRM_OK;
}

/* The column that names territories most precisely, by the order of the names above. */
static void choose_key(ingest *in) {
    int best = N_CODE_NAMES;
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *column = &in->builders[i];
        int named = code_name(column->column.name);
        if (column->fill == FILL_CATEGORY && column->level[0] != '\0' && named >= 0 &&
            named < best) {
            best = named;
            in->key = (int)i;
        }
        if (column->fill == FILL_CATEGORY && is_period_name(column->column.name)) {
            in->period = (int)i;
        }
    }
}

/* One row a key (and period), or several: then the rows are details. */
static irm_status choose_shape(ingest *in, irm_shape_kind *shape, irm_error *error) {
    *shape = IRM_TABLE_DETAIL;
    if (in->key == NO_COLUMN) {
        return IRM_OK;
    }
    in->unique.columns[in->unique.n_columns++] = &in->builders[in->key];
    if (in->period != NO_COLUMN) {
        in->unique.columns[in->unique.n_columns++] = &in->builders[in->period];
    }
    bool twice = false;
    IRM_TRY(unique_examine(in, &twice, error));
    in->key = twice ? NO_COLUMN : in->key;
    *shape = twice ? IRM_TABLE_DETAIL : IRM_TABLE_WIDE;
    return IRM_OK;
}

irm_status infer_roles(ingest *in, irm_shape_kind *shape, irm_error *error) {
    if (in->n_builders == 1) {
        return irm_fail_at(error, IRM_STATUS_DATA, in->name, 1, 0, NULL,
                           "one column, '%s': no delimiter was found (looked for ; , tab "
                           "and |), or there is nothing to count",
                           in->builders[0].column.name);
    }
    IRM_TRY(infer_codes(in, error));
    choose_key(in);
    IRM_TRY(choose_shape(in, shape, error));
    if (in->key != NO_COLUMN) {
        in->builders[in->key].role = MODEL_ROLE_KEY;
    }
    if (in->period != NO_COLUMN) {
        in->builders[in->period].role = MODEL_ROLE_PERIOD;
        in->builders[in->period].kind = IRM_KIND_YEAR;
    }
    irm_warn(
        in->reporter,
        "%s: read by inference as %s@%d: %s%s%s%s; its numbers are never added up until "
        "a descriptor says what they are",
        in->name, in->dataset, in->vintage,
        *shape == IRM_TABLE_WIDE ? "one row a territory, by " : "one row an observation",
        in->key != NO_COLUMN ? in->builders[in->key].column.name : "",
        in->key != NO_COLUMN ? ", level " : "",
        in->key != NO_COLUMN ? in->builders[in->key].level : "");
    return IRM_OK;
}
