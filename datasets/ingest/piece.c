#include "ingest/piece.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "irminon/memory.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WINDOW = 64 };

#if defined(__SSE2__)
/* Bit i: byte i of 64 is the delimiter or a line feed. */
static uint64_t stops_of(const char *bytes, char delimiter) {
    __m128i wanted = _mm_set1_epi8(delimiter), feed = _mm_set1_epi8('\n');
    uint64_t stops = 0;
    for (int i = 0; i < 4; i++) {
        __m128i some = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        __m128i met =
            _mm_or_si128(_mm_cmpeq_epi8(some, wanted), _mm_cmpeq_epi8(some, feed));
        stops |= (uint64_t)(uint32_t)_mm_movemask_epi8(met) << (16 * i);
    }
    return stops;
}
#else
static uint64_t stops_of(const char *bytes, char delimiter) {
    uint64_t stops = 0;
    for (int i = 0; i < WINDOW; i++) {
        stops |= (uint64_t)(bytes[i] == delimiter || bytes[i] == '\n') << i;
    }
    return stops;
}
#endif

/* Bytes of a text, which PIECE_PADDING bytes may follow. A piece holds no NUL byte, so
 * the key of a short text is like no other's. */
static uint64_t short_key(const char *data, size_t size) {
    uint64_t key;
    memcpy(&key, data, sizeof key);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return size < sizeof key ? key >> (64 - 8 * size) : key;
#else
    return size < sizeof key ? key & ((UINT64_C(1) << 8 * size) - 1) : key;
#endif
}

static uint64_t long_key(irm_view text) {
    uint64_t key = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < text.size; i++) {
        key = (key ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    }
    return key;
}

static size_t first_slot(const piece_column *column, uint64_t key) {
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 40) & (column->n_slots - 1);
}

static bool same_label(const piece_column *column, const piece_slot *slot, uint64_t key,
                       irm_view text) {
    bool whole = text.size <= sizeof key;
    if (slot->key != key || slot->whole != whole) {
        return false;
    }
    irm_view known = column->labels[slot->label - 1].text;
    return whole ||
           (known.size == text.size && memcmp(known.data, text.data, text.size) == 0);
}

static piece_slot *slot_of(const piece_column *column, uint64_t key, irm_view text) {
    size_t mask = column->n_slots - 1, at = first_slot(column, key);
    while (column->slots[at].label != 0 &&
           !same_label(column, &column->slots[at], key, text)) {
        at = (at + 1) & mask;
    }
    return &column->slots[at];
}

static irm_status grow_slots(piece_column *column, irm_error *error) {
    size_t wanted = column->n_slots == 0 ? 64 : column->n_slots * 4;
    piece_slot *slots = irm_calloc(wanted, sizeof *slots);
    if (slots == NULL) {
        return irm_fail_memory(error);
    }
    irm_free(column->slots);
    column->slots = slots;
    column->n_slots = wanted;
    for (size_t i = 0; i < column->n_labels; i++) {
        const piece_label *label = &column->labels[i];
        *slot_of(column, label->key, label->text) = (piece_slot){
            label->key, (int32_t)i + 1, label->text.size <= sizeof label->key};
    }
    return IRM_OK;
}

static irm_status add_label(piece_column *column, uint64_t key, irm_view text,
                            int32_t *code, irm_error *error) {
    if ((column->n_labels + 1) * 2 > column->n_slots) {
        IRM_TRY(grow_slots(column, error));
    }
    IRM_TRY(irm_reserve((void **)&column->labels, &column->labels_capacity,
                        column->n_labels + 1, sizeof *column->labels, error));
    *slot_of(column, key, text) =
        (piece_slot){key, (int32_t)column->n_labels + 1, text.size <= sizeof key};
    *code = (int32_t)column->n_labels;
    column->labels[column->n_labels++] = (piece_label){key, text};
    return IRM_OK;
}

static irm_status category(piece *part, piece_column *column, irm_view text,
                           irm_error *error) {
    int32_t *code = &column->codes[part->n_rows];
    if (text.size == 0) {
        *code = PIECE_BLANK;
        part->odd = part->odd || column->blank_refused;
        return IRM_OK;
    }
    uint64_t key =
        text.size <= sizeof key ? short_key(text.data, text.size) : long_key(text);
    int32_t known = column->n_slots > 0 ? slot_of(column, key, text)->label : 0;
    if (known == 0) {
        return add_label(column, key, text, code, error);
    }
    *code = known - 1;
    return IRM_OK;
}

static void number(piece *part, piece_column *column, irm_view text) {
    double *value = &column->values[part->n_rows];
    bool spaces = false;
    if (!irm_text_number(text, part->decimal, value, &spaces)) {
        char other = part->decimal == '.' ? ',' : '.';
        if (!irm_text_number(text, other, value, &spaces)) {
            part->odd = true; /* a marker, a blank, or an error to tell */
            return;
        }
        column->marks++;
    }
    column->spaces += spaces;
    part->odd = part->odd || !isfinite(*value);
}

static irm_status field(piece *part, size_t at, const char *start, const char *end,
                        irm_error *error) {
    piece_column *column = &part->columns[at];
    irm_view text = {start, (size_t)(end - start)};
    if (column->fill == PIECE_DROP) {
        column->held += text.size > 0;
        return IRM_OK;
    }
    /* A space, or a control byte, is at or under ' '. */
    if (text.size > 0 && (start[0] <= ' ' || end[-1] <= ' ')) {
        text = irm_view_trim(text);
    }
    if (column->fill == PIECE_NUMBER) {
        number(part, column, text);
        return IRM_OK;
    }
    return category(part, column, text, error);
}

static irm_status reserve(piece *part, irm_error *error) {
    size_t lines = 0;
    for (size_t i = 0; i < part->bytes.size; i++) {
        lines += part->bytes.data[i] == '\n';
    }
    for (size_t i = 0; i < part->n_columns; i++) {
        piece_column *column = &part->columns[i];
        column->n_labels = 0;
        column->spaces = column->marks = column->held = 0;
        if (column->slots != NULL) {
            memset(column->slots, 0, column->n_slots * sizeof *column->slots);
        }
        if (column->fill == PIECE_CATEGORY) {
            IRM_TRY(irm_reserve((void **)&column->codes, &column->codes_capacity, lines,
                                sizeof *column->codes, error));
        } else if (column->fill == PIECE_NUMBER) {
            IRM_TRY(irm_reserve((void **)&column->values, &column->values_capacity, lines,
                                sizeof *column->values, error));
        }
    }
    return IRM_OK;
}

/* Where a record stands as its fields are met. */
typedef struct cursor {
    const char *start; /* of the field under way */
    size_t at;         /* its column */
} cursor;

/* The field that the byte at `stop` ends. */
static inline irm_status end_field(piece *part, cursor *here, const char *stop,
                                   irm_error *error) {
    bool last = *stop == '\n';
    size_t size = (size_t)(stop - here->start);
    if (!last && size - 1 < sizeof(uint64_t) && here->at + 1 < part->n_columns) {
        /* What nearly all fields are: a short text seen before. */
        piece_column *column = &part->columns[here->at];
        uint64_t key = short_key(here->start, size);
        const piece_slot *slot =
            column->n_slots > 0 ? &column->slots[first_slot(column, key)] : NULL;
        if (slot != NULL && slot->label != 0 && slot->key == key && slot->whole) {
            column->codes[part->n_rows] = slot->label - 1;
            here->start = stop + 1;
            here->at++;
            return IRM_OK;
        }
    }
    const char *end = last && stop > here->start && stop[-1] == '\r' ? stop - 1 : stop;
    if (last && here->at == 0 && end == here->start) {
        here->start = stop + 1; /* an empty line */
        return IRM_OK;
    }
    if (here->at == part->n_columns || (last && here->at + 1 < part->least)) {
        part->odd = true;
        return IRM_OK;
    }
    IRM_TRY(field(part, here->at, here->start, end, error));
    here->start = stop + 1;
    here->at = last ? 0 : here->at + 1;
    part->n_rows += last;
    return IRM_OK;
}

irm_status piece_parse(piece *part, irm_error *error) {
    part->n_rows = 0;
    part->odd = false;
    IRM_TRY(reserve(part, error));
    const char *bytes = part->bytes.data;
    cursor here = {.start = bytes};
    for (size_t base = 0; base < part->bytes.size && !part->odd; base += WINDOW) {
        size_t left = part->bytes.size - base;
        char tail[WINDOW] = {0};
        if (left < WINDOW) {
            memcpy(tail, bytes + base, left);
        }
        uint64_t stops = stops_of(left < WINDOW ? tail : bytes + base, part->delimiter);
        for (; stops != 0 && !part->odd; stops &= stops - 1) {
            const char *stop = bytes + base + __builtin_ctzll(stops);
            IRM_TRY(end_field(part, &here, stop, error));
        }
    }
    return IRM_OK;
}

bool piece_line(const piece *part, size_t *position, size_t *lines, irm_view *line) {
    while (*position < part->bytes.size) {
        const char *start = part->bytes.data + *position;
        const char *end = memchr(start, '\n', part->bytes.size - *position);
        size_t size = (size_t)(end - start);
        *position += size + 1;
        (*lines)++;
        size -= size > 0 && start[size - 1] == '\r';
        if (size > 0) {
            *line = (irm_view){start, size};
            return true;
        }
    }
    return false;
}

void piece_clear(piece *part) {
    for (size_t i = 0; part->columns != NULL && i < part->n_columns; i++) {
        irm_free(part->columns[i].codes);
        irm_free(part->columns[i].values);
        irm_free(part->columns[i].labels);
        irm_free(part->columns[i].slots);
    }
    irm_free(part->columns);
    irm_buffer_clear(&part->bytes);
}
