/* Runs of cells merged into one list, by ranges of keys that threads share. Rows that
 * come in the order of the first axis, cut in blocks anywhere, make runs that overlap at
 * their ends alone: what does not overlap is copied as it is. */
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/cells.h"

/* A range of keys: what the runs have in it, and where its sums go. */
typedef struct key_range {
    cell_run *pieces; /* none empty; in the end, each ends before the next begins */
    size_t n_pieces;
    cell_run *apart;   /* what `pieces` is where some overlapped; owned */
    cell_list *joints; /* sums of what overlapped: pieces too, in their place */
    size_t n_joints;
    size_t count, offset;
} key_range;

typedef struct merge_job {
    const cell_run *runs;
    size_t n_runs, n_measures, n_ranges;
    uint64_t *bounds; /* n_ranges - 1 keys: range r ends before bounds[r] */
    cell_run *pieces; /* n_runs a range */
    key_range *ranges;
    cell_list *into;
} merge_job;

static uint64_t key_at(const cell_run *run, size_t i) {
    return cell_at(run->list, run->first + i)->key;
}

static uint64_t last_key(const cell_run *run) { return key_at(run, run->count - 1); }

/* How many keys of a run are under `bound`. */
static size_t count_below(const cell_run *run, uint64_t bound) {
    size_t low = 0, high = run->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_at(run, middle) < bound) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static cell_run part_of(const cell_run *run, size_t first, size_t count) {
    return (cell_run){run->list, run->first + first, count};
}

static int by_first_key(const void *a, const void *b) {
    uint64_t x = key_at(a, 0), y = key_at(b, 0);
    return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Bounds that leave about as many entries in each range, from some keys of each run. */
static bool choose_bounds(merge_job *job) {
    enum { SAMPLED = 64 };
    uint64_t *keys = irm_calloc(job->n_runs, SAMPLED * sizeof *keys);
    size_t n = 0;
    for (size_t r = 0; keys != NULL && r < job->n_runs; r++) {
        for (size_t i = 0; i < SAMPLED && job->runs[r].count > 0; i++) {
            keys[n++] = key_at(&job->runs[r], i * job->runs[r].count / SAMPLED);
        }
    }
    if (n > 0) {
        qsort(keys, n, sizeof *keys, by_key);
    }
    for (size_t r = 1; n > 0 && r < job->n_ranges; r++) {
        job->bounds[r - 1] = keys[r * n / job->n_ranges];
    }
    irm_free(keys);
    return keys != NULL;
}

/* The pieces of a range, by first key; true where none overlap. */
static bool cut_range(merge_job *job, size_t r) {
    key_range *range = &job->ranges[r];
    range->pieces = job->pieces + r * job->n_runs;
    for (size_t i = 0; i < job->n_runs; i++) {
        const cell_run *run = &job->runs[i];
        size_t from = r > 0 ? count_below(run, job->bounds[r - 1]) : 0;
        size_t to = r + 1 < job->n_ranges ? count_below(run, job->bounds[r]) : run->count;
        if (to > from) {
            range->pieces[range->n_pieces++] = part_of(run, from, to - from);
        }
    }
    if (range->n_pieces > 1) {
        qsort(range->pieces, range->n_pieces, sizeof *range->pieces, by_first_key);
    }
    bool apart = true;
    for (size_t i = 0; i < range->n_pieces; i++) {
        range->count += range->pieces[i].count;
        apart = apart && (i == 0 ||
                          last_key(&range->pieces[i - 1]) < key_at(&range->pieces[i], 0));
    }
    return apart;
}

/* --- pieces that overlap --- */

/* The pieces at some key, each from its first entry not yet taken. */
typedef struct sweep {
    uint64_t *keys; /* where a piece begins, or is over: between two, the same ones */
    size_t n_keys;
    cell_run *active; /* what is left of them */
    size_t n_active;
    cell_run *parts; /* of them, before the next key */
} sweep;

static bool sweep_init(sweep *s, const key_range *range) {
    size_t n = range->n_pieces;
    *s = (sweep){.keys = irm_calloc(n, 2 * sizeof *s->keys),
                 .active = irm_calloc(n, sizeof *s->active),
                 .parts = irm_calloc(n, sizeof *s->parts)};
    if (s->keys == NULL || s->active == NULL || s->parts == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        s->keys[s->n_keys++] = key_at(&range->pieces[i], 0);
        s->keys[s->n_keys++] = last_key(&range->pieces[i]) + 1;
    }
    qsort(s->keys, s->n_keys, sizeof *s->keys, by_key);
    return true;
}

static void sweep_clear(sweep *s) {
    irm_free(s->keys);
    irm_free(s->active);
    irm_free(s->parts);
}

/* Takes what the active pieces have before `bound`; returns how many have any. */
static size_t take_parts(sweep *s, uint64_t bound) {
    size_t n_parts = 0, left = 0;
    for (size_t i = 0; i < s->n_active; i++) {
        cell_run piece = s->active[i];
        size_t taken = count_below(&piece, bound);
        if (taken > 0) {
            s->parts[n_parts++] = part_of(&piece, 0, taken);
        }
        if (taken < piece.count) {
            s->active[left++] = part_of(&piece, taken, piece.count - taken);
        }
    }
    s->n_active = left;
    return n_parts;
}

/* A piece after those set apart: longer than the last one where it continues that. */
static void add_piece(key_range *range, size_t *n, cell_run piece) {
    cell_run *last = *n > 0 ? &range->apart[*n - 1] : NULL;
    range->count += piece.count;
    if (last != NULL && last->list == piece.list &&
        last->first + last->count == piece.first) {
        last->count += piece.count;
    } else {
        range->apart[(*n)++] = piece;
    }
}

static bool sweep_pieces(const merge_job *job, key_range *range, sweep *s) {
    size_t next = 0, n = 0;
    range->count = 0;
    for (size_t k = 0; k + 1 < s->n_keys; k++) {
        while (next < range->n_pieces && key_at(&range->pieces[next], 0) <= s->keys[k]) {
            s->active[s->n_active++] = range->pieces[next++];
        }
        size_t n_parts = take_parts(s, s->keys[k + 1]);
        if (n_parts > 1) {
            cell_list *joint = &range->joints[range->n_joints++];
            joint->stride = job->into->stride;
            if (!cell_runs_sort(s->parts, n_parts, job->n_measures, joint)) {
                return false;
            }
            add_piece(range, &n, (cell_run){joint, 0, joint->count});
        } else if (n_parts == 1) {
            add_piece(range, &n, s->parts[0]);
        }
    }
    range->pieces = range->apart;
    range->n_pieces = n;
    return true;
}

/* Makes pieces that do not overlap of those that do. False: no memory. */
static bool set_apart(const merge_job *job, key_range *range) {
    sweep s = {0};
    range->joints = irm_calloc(range->n_pieces, 2 * sizeof *range->joints);
    range->apart = irm_calloc(range->n_pieces, 2 * sizeof *range->apart);
    bool done = range->joints != NULL && range->apart != NULL && sweep_init(&s, range) &&
                sweep_pieces(job, range, &s);
    sweep_clear(&s);
    return done;
}

static void clear_range(key_range *range) {
    for (size_t i = 0; i < range->n_joints; i++) {
        cell_list_clear(&range->joints[i]);
    }
    irm_free(range->joints);
    irm_free(range->apart);
    range->joints = NULL;
    range->apart = NULL;
    range->n_joints = 0;
}

/* --- all of them --- */

static irm_status prepare_ranges(void *context, size_t first, size_t last, size_t worker,
                                 irm_error *error) {
    merge_job *job = context;
    (void)worker;
    for (size_t r = first; r < last; r++) {
        if (!cut_range(job, r) && !set_apart(job, &job->ranges[r])) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status copy_ranges(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    const merge_job *job = context;
    size_t stride = job->into->stride;
    (void)worker;
    (void)error;
    for (size_t r = first; r < last; r++) {
        key_range *range = &job->ranges[r];
        unsigned char *to = job->into->bytes + range->offset * stride;
        for (size_t i = 0; i < range->n_pieces; i++) {
            const cell_run *piece = &range->pieces[i];
            memcpy(to, cell_at(piece->list, piece->first), piece->count * stride);
            to += piece->count * stride;
        }
        clear_range(range);
    }
    return IRM_OK;
}

static irm_status merge(merge_job *job, size_t threads, irm_error *error) {
    job->bounds = irm_calloc(job->n_ranges, sizeof *job->bounds);
    job->pieces = irm_calloc(job->n_runs * job->n_ranges, sizeof *job->pieces);
    job->ranges = irm_calloc(job->n_ranges, sizeof *job->ranges);
    if (job->bounds == NULL || job->pieces == NULL || job->ranges == NULL ||
        !choose_bounds(job)) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_parallel_for(job->n_ranges, 1, threads, prepare_ranges, job, error));
    size_t count = 0;
    for (size_t r = 0; r < job->n_ranges; r++) {
        job->ranges[r].offset = count;
        count += job->ranges[r].count;
    }
    job->into->bytes = irm_calloc(count, job->into->stride);
    if (job->into->bytes == NULL) {
        return irm_fail_memory(error);
    }
    job->into->count = job->into->capacity = count;
    return irm_parallel_for(job->n_ranges, 1, threads, copy_ranges, job, error);
}

irm_status cell_runs_merge(const cell_run *runs, size_t n_runs, size_t n_measures,
                           size_t threads, cell_list *into, irm_error *error) {
    enum {
        RANGE_LEAST = 1 << 15
    }; /* entries: for fewer, a thread is not worth starting */
    size_t total = 0;
    for (size_t r = 0; r < n_runs; r++) {
        total += runs[r].count;
    }
    size_t workers = irm_parallel_workers(total, RANGE_LEAST, threads);
    merge_job job = {.runs = runs,
                     .n_runs = n_runs,
                     .n_measures = n_measures,
                     .n_ranges = 4 * workers,
                     .into = into};
    irm_status status = merge(&job, workers, error);
    for (size_t r = 0; job.ranges != NULL && r < job.n_ranges; r++) {
        clear_range(&job.ranges[r]);
    }
    irm_free(job.bounds);
    irm_free(job.pieces);
    irm_free(job.ranges);
    return status;
}
