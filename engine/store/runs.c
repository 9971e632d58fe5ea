#include "runs.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bits.h"
#include "huffman.h"
#include "irminon/memory.h"
#include "starts.h"

enum {
    LITERALS = 256,
    END = 256,    /* of a block */
    LENGTHS = 29, /* codes of a match's length */
    SYMBOLS = END + 1 + LENGTHS,
    SHORTEST = 3,
    LONGEST = 258,  /* matches */
    LISTED = 32,    /* runs under this are counted by length */
    CODE_BITS = 15, /* most, of a code */
    TOGETHER = 56,  /* most bits that are written at once */
    GUESSES = 2     /* of what codes cost, from the codes before */
};

/* A run that is not listed. */
typedef struct long_run {
    size_t length;
    unsigned char byte;
} long_run;

struct irm_runs {
    uint32_t listed[LITERALS][LISTED];  /* how many runs of a byte have a length */
    irm_bits written[LITERALS][LISTED]; /* what each is written as; no bits: by parts */
    uint32_t counts[SYMBOLS];
    uint8_t lengths[SYMBOLS];
    uint16_t codes[SYMBOLS];
    size_t least[LITERALS]; /* of a byte, the shortest rest of a run that is a match */
    unsigned char present[LITERALS];
    size_t n_present;
    uint64_t *starts; /* bit i: byte i is the first of a run */
    size_t starts_capacity;
    long_run *longs;
    size_t n_longs, longs_capacity;
};

irm_status irm_runs_new(irm_runs **runs, irm_error *error) {
    *runs = irm_calloc(1, sizeof **runs);
    return *runs != NULL ? IRM_OK : irm_fail_memory(error);
}

void irm_runs_free(irm_runs *runs) {
    if (runs != NULL) {
        irm_free(runs->starts);
        irm_free(runs->longs);
        irm_free(runs);
    }
}

/* The code of a match's length (RFC 1951, 3.2.5), and its extra bits. */
static unsigned length_code(size_t length, unsigned *extra) {
    if (length == LONGEST) {
        *extra = 0;
        return LENGTHS - 1;
    }
    unsigned past = (unsigned)length - SHORTEST;
    if (past < 8) {
        *extra = 0;
        return past;
    }
    *extra = 29 - (unsigned)__builtin_clz(past);
    return 4 * *extra + (past >> *extra);
}

/* The next match of a rest, 0 where literals end it. */
static size_t next_match(size_t rest) {
    return rest < SHORTEST ? 0 : rest < LONGEST ? rest : LONGEST;
}

static irm_status count_run(irm_runs *at, unsigned char byte, size_t length,
                            irm_error *error) {
    if (length < LISTED) {
        at->listed[byte][length]++;
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&at->longs, &at->longs_capacity, at->n_longs + 1,
                        sizeof *at->longs, error));
    at->longs[at->n_longs++] = (long_run){length, byte};
    at->listed[byte][0]++; /* so that it is present */
    return IRM_OK;
}

/* Counts the runs of a part, and lists its bytes. */
static irm_status count_runs(irm_runs *at, const unsigned char *bytes, size_t size,
                             irm_error *error) {
    size_t words = (size + 63) / 64, start = 0;
    IRM_TRY(irm_reserve((void **)&at->starts, &at->starts_capacity, words,
                        sizeof *at->starts, error));
    irm_starts(bytes, size, at->starts);
    memset(at->listed, 0, sizeof at->listed);
    at->n_longs = at->n_present = 0;
    at->starts[0] &= ~UINT64_C(1); /* the first run ends no other */
    for (size_t word = 0; word < words; word++) {
        for (uint64_t left = at->starts[word]; left != 0; left &= left - 1) {
            size_t next = 64 * word + (size_t)__builtin_ctzll(left);
            size_t length = next - start;
            if (length < LISTED) {
                at->listed[bytes[start]][length]++;
            } else {
                IRM_TRY(count_run(at, bytes[start], length, error));
            }
            start = next;
        }
    }
    IRM_TRY(count_run(at, bytes[start], size - start, error));
    for (size_t byte = 0; byte < LITERALS; byte++) {
        uint32_t any = 0;
        for (size_t length = 0; length < LISTED; length++) {
            any |= at->listed[byte][length];
        }
        if (any != 0) {
            at->present[at->n_present++] = (unsigned char)byte;
        }
    }
    return IRM_OK;
}

/* Adds the symbols of `n` runs of a length. */
static void add_symbols(irm_runs *at, unsigned char byte, size_t length, uint32_t n) {
    size_t rest = length - 1;
    at->counts[byte] += n;
    for (size_t match; rest >= at->least[byte] && (match = next_match(rest)) > 0;
         rest -= match) {
        unsigned extra;
        at->counts[END + 1 + length_code(match, &extra)] += n;
    }
    at->counts[byte] += (uint32_t)rest * n;
}

/* Codes for the symbols of a part, as its rests are matches now. */
static void make_lengths(irm_runs *at) {
    memset(at->counts, 0, sizeof at->counts);
    at->counts[END] = 1;
    for (size_t i = 0; i < at->n_present; i++) {
        unsigned char byte = at->present[i];
        for (size_t length = 1; length < LISTED; length++) {
            if (at->listed[byte][length] > 0) {
                add_symbols(at, byte, length, at->listed[byte][length]);
            }
        }
    }
    for (size_t i = 0; i < at->n_longs; i++) {
        add_symbols(at, at->longs[i].byte, at->longs[i].length, 1);
    }
    irm_huffman_lengths(at->counts, SYMBOLS, CODE_BITS, at->lengths);
}

/* Makes matches of the rests that cost less so than as literals, with the codes of now;
 * `unused`: what a length that has no code would cost. The distance takes a bit. */
static void choose_matches(irm_runs *at, unsigned unused) {
    for (size_t i = 0; i < at->n_present; i++) {
        unsigned char byte = at->present[i];
        size_t rest = SHORTEST;
        for (; rest < LONGEST; rest++) {
            unsigned extra, code = length_code(rest, &extra);
            unsigned length = at->lengths[END + 1 + code];
            if ((length > 0 ? length : unused) + extra + 1 < rest * at->lengths[byte]) {
                break;
            }
        }
        at->least[byte] = rest;
    }
}

static void make_codes(irm_runs *at) {
    enum { USUAL = 6, RARE = 10 }; /* bits of a length's code */
    for (size_t i = 0; i < at->n_present; i++) {
        at->least[at->present[i]] = SIZE_MAX;
    }
    make_lengths(at);
    for (int guess = 0; guess < GUESSES; guess++) {
        choose_matches(at, guess == 0 ? USUAL : RARE);
        make_lengths(at);
    }
    irm_huffman_codes(at->lengths, SYMBOLS, at->codes);
}

static irm_bits symbol(const irm_runs *at, unsigned which) {
    return (irm_bits){at->codes[which], at->lengths[which]};
}

/* A match of the byte before: its length, and the only distance. */
static irm_bits match_bits(const irm_runs *at, size_t length) {
    unsigned extra, code = length_code(length, &extra);
    irm_bits all = symbol(at, END + 1 + code);
    uint64_t past = (length - SHORTEST) & ((UINT64_C(1) << extra) - 1);
    all = irm_bits_join(all, (irm_bits){past, extra});
    return irm_bits_join(all, (irm_bits){0, 1});
}

static void write_run(const irm_runs *at, unsigned char byte, size_t length,
                      irm_bit_writer *to) {
    irm_bits literal = symbol(at, byte);
    size_t rest = length - 1;
    irm_bits_write(to, literal);
    for (size_t match; rest >= at->least[byte] && (match = next_match(rest)) > 0;
         rest -= match) {
        irm_bits_write(to, match_bits(at, match));
    }
    for (; rest > 0; rest--) {
        irm_bits_write(to, literal);
    }
}

/* What the listed runs of the part are written as, where that is short. */
static void list_runs(irm_runs *at) {
    for (size_t i = 0; i < at->n_present; i++) {
        unsigned char byte = at->present[i];
        irm_bits literal = symbol(at, byte), same = literal;
        for (size_t rest = 0; rest + 1 < LISTED; rest++) {
            irm_bits *to = &at->written[byte][rest + 1];
            bool match = rest >= at->least[byte];
            *to = match ? irm_bits_join(literal, match_bits(at, rest)) : same;
            to->n = to->n > TOGETHER ? 0 : to->n;
            same = same.n + literal.n > TOGETHER ? (irm_bits){0, TOGETHER + 1}
                                                 : irm_bits_join(same, literal);
        }
    }
}

static void write_runs(const irm_runs *at, const unsigned char *bytes, size_t size,
                       irm_bit_writer *to) {
    size_t words = (size + 63) / 64, start = 0;
    irm_bit_writer out = *to;
    for (size_t word = 0; word < words; word++) {
        for (uint64_t left = at->starts[word]; left != 0; left &= left - 1) {
            size_t next = 64 * word + (size_t)__builtin_ctzll(left);
            size_t length = next - start;
            irm_bits bits = {0, 0};
            if (length < LISTED) {
                bits = at->written[bytes[start]][length];
            }
            if (bits.n > 0) {
                irm_bits_write(&out, bits);
            } else {
                write_run(at, bytes[start], length, &out);
            }
            start = next;
        }
    }
    write_run(at, bytes[start], size - start, &out);
    irm_bits_write(&out, symbol(at, END));
    *to = out;
}

/* The lengths of the codes, as their own code writes them (RFC 1951, 3.2.7). */
typedef struct header {
    uint8_t symbols[SYMBOLS + 1]; /* 0 … 15 a length, 16 a repetition, 17 and 18 zeros */
    uint8_t extra[SYMBOLS + 1];
    size_t n;
    size_t n_codes; /* of the alphabet, those after the last used left out */
    uint8_t lengths[19];
    uint16_t codes[19];
    size_t n_lengths;
} header;

/* In which order the lengths of that code are written. */
static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                  11, 4,  12, 3, 13, 2, 14, 1, 15};
static const uint8_t extra_bits[19] = {[16] = 2, [17] = 3, [18] = 7};

static void add_length(header *to, unsigned which, size_t extra) {
    to->symbols[to->n] = (uint8_t)which;
    to->extra[to->n++] = (uint8_t)extra;
}

/* `n` lengths that are the same, after another. */
static void add_same(header *to, uint8_t length, size_t n) {
    while (n > 0) {
        size_t some = 1;
        if (length == 0 && n >= 11) {
            some = n < 138 ? n : 138;
            add_length(to, 18, some - 11);
        } else if (length == 0 && n >= 3) {
            some = n;
            add_length(to, 17, some - 3);
        } else if (length > 0 && n >= 4) {
            some = n - 1 < 6 ? n - 1 : 6;
            add_length(to, length, 0);
            add_length(to, 16, some++ - 3);
        } else {
            add_length(to, length, 0);
        }
        n -= some;
    }
}

static void make_header(const irm_runs *at, header *to) {
    uint32_t counts[19] = {0};
    to->n = 0;
    to->n_codes = SYMBOLS;
    while (at->lengths[to->n_codes - 1] == 0) {
        to->n_codes--;
    }
    for (size_t i = 0, j; i < to->n_codes; i = j) {
        for (j = i + 1; j < to->n_codes && at->lengths[j] == at->lengths[i];) {
            j++;
        }
        add_same(to, at->lengths[i], j - i);
    }
    add_length(to, 1, 0); /* of the distance */
    for (size_t i = 0; i < to->n; i++) {
        counts[to->symbols[i]]++;
    }
    irm_huffman_lengths(counts, 19, 7, to->lengths);
    irm_huffman_codes(to->lengths, 19, to->codes);
    for (to->n_lengths = 19; to->lengths[order[to->n_lengths - 1]] == 0;) {
        to->n_lengths--;
    }
}

static void write_header(const header *from, bool last, irm_bit_writer *to) {
    irm_bits_write(to, (irm_bits){last | 2 << 1, 3}); /* codes of its own */
    irm_bits_write(to, (irm_bits){from->n_codes - 257, 5});
    irm_bits_write(to, (irm_bits){0, 5}); /* one distance */
    irm_bits_write(to, (irm_bits){from->n_lengths - 4, 4});
    for (size_t i = 0; i < from->n_lengths; i++) {
        irm_bits_write(to, (irm_bits){from->lengths[order[i]], 3});
    }
    for (size_t i = 0; i < from->n; i++) {
        unsigned which = from->symbols[i];
        irm_bits_write(to, (irm_bits){from->codes[which], from->lengths[which]});
        irm_bits_write(to, (irm_bits){from->extra[i], extra_bits[which]});
    }
}

/* Bits of the block, its header's included. */
static uint64_t block_bits(const irm_runs *at, const header *head) {
    uint64_t bits = 3 + 5 + 5 + 4 + 3 * head->n_lengths;
    for (size_t i = 0; i < head->n; i++) {
        bits += head->lengths[head->symbols[i]] + extra_bits[head->symbols[i]];
    }
    for (unsigned i = 0; i < SYMBOLS; i++) {
        bits += (uint64_t)at->counts[i] * at->lengths[i];
    }
    for (unsigned code = 0; code < LENGTHS; code++) {
        unsigned extra = code < 8 || code == LENGTHS - 1 ? 0 : code / 4 - 1;
        bits += (uint64_t)at->counts[END + 1 + code] * (extra + 1);
    }
    return bits;
}

/* *fits: it had room, and was written. */
static irm_status write_part(irm_runs *at, const unsigned char *bytes, size_t size,
                             bool last, irm_bit_writer *to, bool *fits,
                             irm_error *error) {
    header head;
    IRM_TRY(count_runs(at, bytes, size, error));
    make_codes(at);
    make_header(at, &head);
    *fits = irm_bits_fit(to, block_bits(at, &head));
    if (*fits) {
        list_runs(at);
        write_header(&head, last, to);
        write_runs(at, bytes, size, to);
    }
    return IRM_OK;
}

irm_status irm_runs_deflate(irm_runs *runs, const unsigned char *bytes, size_t size,
                            size_t part, unsigned char *to, size_t room, size_t *written,
                            irm_error *error) {
    enum { BEFORE = 2, AFTER = 4 };
    bool fits = room > BEFORE + AFTER;
    *written = 0;
    irm_bit_writer out = {.start = to, .at = to + BEFORE, .end = to + room};
    for (size_t done = 0; done < size && fits; done += part) {
        IRM_TRY(write_part(runs, bytes + done, part, done + part == size, &out, &fits,
                           error));
    }
    unsigned char *end = fits ? irm_bits_end(&out) : to;
    if (!fits || (size_t)(to + room - end) < AFTER) {
        return IRM_OK;
    }
    uint32_t sum = libdeflate_adler32(1, bytes, size);
    to[0] = 0x78; /* deflate, a window of 32 kilobytes */
    to[1] = 0x01;
    for (int i = 0; i < AFTER; i++) {
        end[i] = (unsigned char)(sum >> (24 - 8 * i));
    }
    *written = (size_t)(end - to) + AFTER;
    return IRM_OK;
}
