#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "irminon/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "irminon/memory.h"

typedef struct loop {
    size_t count, grain;
    irm_range_work work;
    void *context;
    atomic_size_t next; /* first index that nobody has taken */
    atomic_bool stopped;
} loop;

typedef struct worker {
    loop *shared;
    size_t number;
    pthread_t thread;
    bool started;
    irm_status status;
    size_t failed_at; /* first index of the range that failed */
    irm_error error;
} worker;

size_t irm_threads_online(void) {
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0) {
        return (size_t)CPU_COUNT(&allowed);
    }
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (size_t)online : 1;
}

size_t irm_parallel_workers(size_t count, size_t grain, size_t threads) {
    size_t wanted = threads > 0 ? threads : irm_threads_online();
    size_t each = grain > 0 ? grain : 1;
    size_t ranges = count / each + (count % each != 0);
    size_t workers = wanted < ranges ? wanted : ranges;
    return workers > 0 ? workers : 1;
}

/* Takes ranges in increasing order, until none is left or somebody failed. Whoever holds
 * a range, all lower ones were taken before: the lowest failure is always met. */
static void *take_ranges(void *argument) {
    worker *self = argument;
    loop *shared = self->shared;
    while (!atomic_load(&shared->stopped)) {
        size_t first = atomic_load(&shared->next);
        size_t last;
        do {
            if (first >= shared->count) {
                return NULL;
            }
            size_t left = shared->count - first;
            last = first + (left < shared->grain ? left : shared->grain);
        } while (!atomic_compare_exchange_weak(&shared->next, &first, last));
        self->status =
            shared->work(shared->context, first, last, self->number, &self->error);
        if (self->status != IRM_OK) {
            self->failed_at = first;
            atomic_store(&shared->stopped, true);
            return NULL;
        }
    }
    return NULL;
}

static irm_status first_failure(const worker *workers, size_t count, irm_error *error) {
    const worker *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (workers[i].status != IRM_OK &&
            (first == NULL || workers[i].failed_at < first->failed_at)) {
            first = &workers[i];
        }
    }
    if (first == NULL) {
        return IRM_OK;
    }
    if (error != NULL) {
        *error = first->error;
    }
    return first->status;
}

irm_status irm_parallel_for(size_t count, size_t grain, size_t threads,
                            irm_range_work work, void *context, irm_error *error) {
    if (count == 0) {
        return IRM_OK;
    }
    loop shared = {
        .count = count, .grain = grain > 0 ? grain : 1, .work = work, .context = context};
    size_t n_workers = irm_parallel_workers(count, grain, threads);
    worker *workers = irm_calloc(n_workers, sizeof *workers);
    if (workers == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n_workers; i++) {
        worker *one = &workers[i];
        one->shared = &shared;
        one->number = i;
        one->started = i > 0 && pthread_create(&one->thread, NULL, take_ranges, one) == 0;
    }
    take_ranges(&workers[0]);
    for (size_t i = 1; i < n_workers; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
    }
    irm_status status = first_failure(workers, n_workers, error);
    irm_free(workers);
    return status;
}

/* Ranges that wait for their turn to be finished. */
typedef struct queue {
    irm_range_work work, finish;
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t next;      /* first index of the range whose turn it is */
    size_t failed_at; /* first index of the lowest range that failed; SIZE_MAX: none */
} queue;

/* Waits for the turn of the range at `first`; false when one before it has failed. */
static bool wait_turn(queue *q, size_t first) {
    pthread_mutex_lock(&q->lock);
    while (q->next != first && q->failed_at > first) {
        pthread_cond_wait(&q->moved, &q->lock);
    }
    bool mine = q->failed_at > first;
    pthread_mutex_unlock(&q->lock);
    return mine;
}

static void end_turn(queue *q, size_t first, size_t last, bool done) {
    pthread_mutex_lock(&q->lock);
    if (done) {
        q->next = last;
    } else if (first < q->failed_at) {
        q->failed_at = first;
    }
    pthread_cond_broadcast(&q->moved);
    pthread_mutex_unlock(&q->lock);
}

static irm_status take_turn(void *context, size_t first, size_t last, size_t number,
                            irm_error *error) {
    queue *q = context;
    irm_status status = q->work(q->context, first, last, number, error);
    if (status == IRM_OK && !wait_turn(q, first)) {
        return IRM_OK; /* the failure is that of a range before this one */
    }
    if (status == IRM_OK) {
        status = q->finish(q->context, first, last, number, error);
    }
    end_turn(q, first, last, status == IRM_OK);
    return status;
}

irm_status irm_parallel_in_order(size_t count, size_t grain, size_t threads,
                                 irm_range_work work, irm_range_work finish,
                                 void *context, irm_error *error) {
    queue q = {.work = work,
               .finish = finish,
               .context = context,
               .lock = PTHREAD_MUTEX_INITIALIZER,
               .moved = PTHREAD_COND_INITIALIZER,
               .failed_at = SIZE_MAX};
    irm_status status = irm_parallel_for(count, grain, threads, take_turn, &q, error);
    pthread_cond_destroy(&q.moved);
    pthread_mutex_destroy(&q.lock);
    return status;
}
