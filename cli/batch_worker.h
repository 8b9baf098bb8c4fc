/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that brings one recording of a batch to its entry. */
#ifndef MYO_CLI_BATCH_WORKER_H
#define MYO_CLI_BATCH_WORKER_H

#include "batch_entry.h"
#include "batch_pool.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/types.h>

/** What a worker tells the pool, in memory that both see. */
typedef struct {
    atomic_bool computed; /**< all samples went through: what is left waits for the disk */
    batch_state state;    /**< of the entry that it named; BATCH_MISSING: none */
    int error;            /**< errno, when it could not name it */
    char reason[BATCH_REASON_SIZE];
} batch_word;

/** Zero-initialise all but word. */
typedef struct {
    pid_t pid; /**< 0: free */
    const batch_recording *recording;
    char *part; /**< folder of the entry in the making */
    batch_word *word;
    double started_s; /**< of what it is at: analysing, or waiting for the disk */
    bool waits, timed_out;
} batch_worker;

/** Starts the process of a free worker, with the signals of @p mask blocked. It wakes its parent with
 *  SIGCHLD when it has computed and again when it ends. @returns whether it runs; errno tells why not. */
bool batch_worker_start(batch_worker *self, const batch_recording *recording,
                        const batch_plan *plan, const sigset_t *mask);

/** Whether it still keeps a processor busy. */
bool batch_worker_computes(const batch_worker *self);

/** Frees a worker whose process ended with @p wait_status; one that came to no entry gets one that
 *  says why. @p reason gets the words that belong to the state. @returns the state of the entry, or
 *  BATCH_MISSING when none could be written; errno tells why. */
batch_state batch_worker_end(batch_worker *self, int wait_status, const batch_plan *plan,
                             char reason[BATCH_REASON_SIZE]);

/** Ends its process, and takes away what it made unless it was named. */
void batch_worker_kill(batch_worker *self);

#endif
