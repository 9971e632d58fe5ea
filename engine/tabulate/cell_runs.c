/* Runs of cells added up by ranges of keys that threads share. Rows that come in the
 * order of the first axis, cut in blocks anywhere, make runs that overlap at their ends
 * alone: what does not overlap is fed from where it is. */
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/spill.h"

enum { RANGE_CELLS = 1 << 14 }; /* about as many in a range of keys */

/* What a worker has of a range of keys. */
typedef struct key_range {
    cell_run *pieces; /* none empty, by first key */
    size_t n_pieces;
    cell_list *read; /* pieces that were in a file, one a run; kept from range to range */
    cell_run *apart; /* pieces some of which are sums of those that overlapped; owned */
    cell_list *joints; /* those sums; owned */
    size_t n_joints;
    const cell_run *given; /* each ends before the next begins */
    size_t n_given;
} key_range;

/* A run, and the keys it goes from and to. */
typedef struct bounded_run {
    cell_run run;
    uint64_t low, high;
} bounded_run;

typedef struct feed_job {
    bounded_run *runs; /* none empty */
    size_t n_runs, n_measures, n_ranges, stride;
    uint64_t
        *bounds; /* n_ranges + 1 keys: range r goes from bounds[r] to bounds[r + 1] */
    key_range *ranges; /* one a worker */
    size_t n_workers;
    const int *exponents;
    const cell_feed *feed;
} feed_job;

static uint64_t key_at(const cell_run *run, size_t i) {
    return cell_at(run->list, run->first + i)->key;
}

static uint64_t last_key(const cell_run *run) { return key_at(run, run->count - 1); }

size_t cell_run_below(const cell_run *run, uint64_t bound) {
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
    return (cell_run){.list = run->list, .first = run->first + first, .count = count};
}

static int by_first_key(const void *a, const void *b) {
    uint64_t x = key_at(a, 0), y = key_at(b, 0);
    return (x > y) - (x < y);
}

static int by_key(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
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
        size_t taken = cell_run_below(&piece, bound);
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
    if (last != NULL && last->list == piece.list &&
        last->first + last->count == piece.first) {
        last->count += piece.count;
    } else {
        range->apart[(*n)++] = piece;
    }
}

static bool sweep_pieces(const feed_job *job, key_range *range, sweep *s) {
    size_t next = 0, n = 0;
    for (size_t k = 0; k + 1 < s->n_keys; k++) {
        while (next < range->n_pieces && key_at(&range->pieces[next], 0) <= s->keys[k]) {
            s->active[s->n_active++] = range->pieces[next++];
        }
        size_t n_parts = take_parts(s, s->keys[k + 1]);
        if (n_parts > 1) {
            cell_list *joint = &range->joints[range->n_joints++];
            joint->stride = job->stride;
            if (!cell_runs_sort(s->parts, n_parts, job->n_measures, joint)) {
                return false;
            }
            add_piece(range, &n, (cell_run){.list = joint, .count = joint->count});
        } else if (n_parts == 1) {
            add_piece(range, &n, s->parts[0]);
        }
    }
    range->given = range->apart;
    range->n_given = n;
    return true;
}

/* Pieces most of which overlap: the sums of them all. */
static bool sort_pieces(const feed_job *job, key_range *range) {
    cell_list *joint = &range->joints[range->n_joints++];
    joint->stride = job->stride;
    if (!cell_runs_sort(range->pieces, range->n_pieces, job->n_measures, joint)) {
        return false;
    }
    range->apart[0] = (cell_run){.list = joint, .count = joint->count};
    range->given = range->apart;
    range->n_given = 1;
    return true;
}

/* Makes pieces that do not overlap of those, by first key, of which `overlapping` do.
 * False: no memory. */
static bool set_apart(const feed_job *job, key_range *range, size_t deep) {
    sweep s = {0};
    range->joints = irm_calloc(range->n_pieces, 2 * sizeof *range->joints);
    range->apart = irm_calloc(range->n_pieces, 2 * sizeof *range->apart);
    if (range->joints == NULL || range->apart == NULL) {
        return false;
    }
    if (2 * deep >= range->n_pieces) {
        return sort_pieces(job, range);
    }
    bool done = sweep_init(&s, range) && sweep_pieces(job, range, &s);
    sweep_clear(&s);
    return done;
}

/* --- ranges --- */

/* The part of a run in a range; one in a file is read into `read`. */
static irm_status cut_run(const feed_job *job, const bounded_run *from, size_t r,
                          cell_list *read, cell_run *piece, irm_error *error) {
    uint64_t low = job->bounds[r], high = job->bounds[r + 1];
    *piece = (cell_run){0};
    if (from->high < low || from->low >= high) {
        return IRM_OK;
    }
    if (from->run.spilled != NULL) {
        read->stride = job->stride;
        IRM_TRY(spilled_run_read(from->run.spilled, low, high, job->exponents,
                                 job->n_measures, read, error));
        *piece = (cell_run){.list = read, .count = read->count};
        return IRM_OK;
    }
    size_t first = from->low < low ? cell_run_below(&from->run, low) : 0;
    size_t end = from->high < high ? from->run.count : cell_run_below(&from->run, high);
    *piece = part_of(&from->run, first, end - first);
    return IRM_OK;
}

static void clear_range(key_range *range) {
    for (size_t i = 0; i < range->n_joints; i++) {
        cell_list_clear(&range->joints[i]);
    }
    irm_free(range->joints);
    irm_free(range->apart);
    range->joints = NULL;
    range->apart = NULL;
    range->n_joints = range->n_pieces = 0;
}

static irm_status prepare_range(const feed_job *job, size_t r, key_range *range,
                                irm_error *error) {
    clear_range(range);
    for (size_t i = 0; i < job->n_runs; i++) {
        cell_run piece;
        IRM_TRY(cut_run(job, &job->runs[i], r, &range->read[i], &piece, error));
        if (piece.count > 0) {
            range->pieces[range->n_pieces++] = piece;
        }
    }
    if (range->n_pieces > 1) {
        qsort(range->pieces, range->n_pieces, sizeof *range->pieces, by_first_key);
    }
    size_t overlapping = 0, deep = 0;
    uint64_t before = 0; /* last key of the pieces before the last one */
    for (size_t i = 1; i < range->n_pieces; i++) {
        uint64_t key = key_at(&range->pieces[i], 0);
        overlapping += last_key(&range->pieces[i - 1]) >= key;
        deep += i > 1 && before >= key;
        before = last_key(&range->pieces[i - 1]) > before
                     ? last_key(&range->pieces[i - 1])
                     : before;
    }
    range->given = range->pieces;
    range->n_given = range->n_pieces;
    return overlapping + deep == 0 || set_apart(job, range, deep)
               ? IRM_OK
               : irm_fail_memory(error);
}

static irm_status take_ranges(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    const feed_job *job = context;
    key_range *range = &job->ranges[worker];
    (void)last;
    IRM_TRY(prepare_range(job, first, range, error));
    return job->feed->take(job->feed->context, range->given, range->n_given,
                           job->exponents, worker, error);
}

static irm_status finish_ranges(void *context, size_t first, size_t last, size_t worker,
                                irm_error *error) {
    const feed_job *job = context;
    (void)first;
    (void)last;
    return job->feed->finish == NULL
               ? IRM_OK
               : job->feed->finish(job->feed->context, worker, error);
}

/* --- bounds --- */

/* Every step-th key of a run, as far as a run in a file tells. */
static size_t sample_run(const bounded_run *from, size_t step, uint64_t *keys) {
    size_t n = 0, count = from->run.count;
    for (size_t i = 0; i < count; i += step) {
        keys[n++] = from->run.spilled != NULL ? from->run.spilled->keys[i / SPILL_STEP]
                                              : key_at(&from->run, i);
    }
    return n;
}

/* Bounds that leave about as many cells in each range. */
static bool choose_bounds(feed_job *job, size_t total, uint64_t end) {
    size_t step = RANGE_CELLS / 32, n = 0;
    uint64_t *keys = irm_calloc(total / step + job->n_runs, sizeof *keys);
    job->bounds = irm_calloc(job->n_ranges + 1, sizeof *job->bounds);
    if (keys == NULL || job->bounds == NULL) {
        irm_free(keys);
        return false;
    }
    for (size_t i = 0; i < job->n_runs && job->n_ranges > 1; i++) {
        n += sample_run(&job->runs[i], step, keys + n);
    }
    if (n > 0) {
        qsort(keys, n, sizeof *keys, by_key);
    }
    for (size_t r = 1; r < job->n_ranges; r++) {
        uint64_t key = keys[r * n / job->n_ranges];
        job->bounds[r] = key < end ? key : end;
    }
    job->bounds[job->n_ranges] = end;
    irm_free(keys);
    return true;
}

/* --- all of them --- */

/* The runs that have cells under `end`; how many they have. */
static size_t bound_runs(feed_job *job, const cell_run *runs, size_t n_runs,
                         uint64_t end) {
    size_t total = 0;
    for (size_t i = 0; i < n_runs; i++) {
        const cell_run *run = &runs[i];
        if (run->count == 0) {
            continue;
        }
        bounded_run *to = &job->runs[job->n_runs];
        const spilled_run *kept = run->spilled;
        *to = (bounded_run){*run, kept != NULL ? kept->keys[0] : key_at(run, 0), 0};
        to->high =
            kept != NULL ? kept->keys[(run->count - 1) / SPILL_STEP + 1] : last_key(run);
        if (to->low < end) {
            job->n_runs++;
            total += run->count;
        }
    }
    return total;
}

static irm_status feed_all(feed_job *job, size_t total, uint64_t end, size_t threads,
                           irm_error *error) {
    job->n_ranges = total / RANGE_CELLS + 1;
    job->n_workers = irm_parallel_workers(job->n_ranges, 1, threads);
    job->ranges = irm_calloc(job->n_workers, sizeof *job->ranges);
    if (job->ranges == NULL || !choose_bounds(job, total, end)) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < job->n_workers; i++) {
        job->ranges[i].pieces = irm_calloc(job->n_runs, sizeof *job->ranges[i].pieces);
        job->ranges[i].read = irm_calloc(job->n_runs, sizeof *job->ranges[i].read);
        if (job->ranges[i].pieces == NULL || job->ranges[i].read == NULL) {
            return irm_fail_memory(error);
        }
    }
    return irm_parallel_in_order(job->n_ranges, 1, job->n_workers, take_ranges,
                                 finish_ranges, job, error);
}

irm_status cell_runs_feed(const cell_run *runs, size_t n_runs, size_t n_measures,
                          size_t stride, const int *exponents, uint64_t end,
                          size_t threads, const cell_feed *feed, irm_error *error) {
    feed_job job = {.runs = irm_calloc(n_runs, sizeof *job.runs),
                    .n_measures = n_measures,
                    .stride = stride,
                    .exponents = exponents,
                    .feed = feed};
    size_t total = job.runs != NULL ? bound_runs(&job, runs, n_runs, end) : 0;
    irm_status status = job.runs == NULL ? irm_fail_memory(error)
                        : total == 0     ? IRM_OK
                                         : feed_all(&job, total, end, threads, error);
    for (size_t i = 0; job.ranges != NULL && i < job.n_workers; i++) {
        clear_range(&job.ranges[i]);
        for (size_t r = 0; job.ranges[i].read != NULL && r < job.n_runs; r++) {
            cell_list_clear(&job.ranges[i].read[r]);
        }
        irm_free(job.ranges[i].pieces);
        irm_free(job.ranges[i].read);
    }
    irm_free(job.ranges);
    irm_free(job.bounds);
    irm_free(job.runs);
    return status;
}
