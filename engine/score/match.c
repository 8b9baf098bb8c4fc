/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One-to-one matching of two lists of onsets by dynamic programming.
 *
 * On a line with a cost that is convex in the distance, two crossing pairs can be uncrossed without
 * raising either the largest or the total distance, so an optimal matching that keeps the order
 * exists, and an alignment of the two sorted lists finds it. Label i can only pair with the events
 * [low, high) within the tolerance; both bounds grow with i, so a row of the table needs the cells
 * low..high alone: to the left of them label i adds nothing, to the right of them no event does. */
#include "score/match.h"

#include <math.h>
#include <stdlib.h>

enum { SKIP_EVENT, SKIP_TRUTH, PAIR };

/** The best that the labels so far can do with the events before a cell. */
typedef struct {
    int64_t pairs;
    double total_s;
} worth;

typedef struct {
    size_t low, high; /**< events within the tolerance: [low, high) */
    size_t steps;     /**< where this row's cells begin among the steps */
} row;

typedef struct {
    row *rows;
    worth *now, *before; /**< cells low..high of this row and of the one before */
    unsigned char *steps;
} table;

static bool is_better(worth a, worth b)
{
    return a.pairs > b.pairs || (a.pairs == b.pairs && a.total_s < b.total_s);
}

/** Finds each row's events. Returns the number of cells; @p widest gets that of the widest row. */
static size_t lay_out(row *rows, const myo_score_item *truths, size_t truth_count,
                      const myo_score_item *events, size_t event_count, double tolerance_s,
                      size_t *widest)
{
    size_t low = 0, high = 0, cells = 0;
    *widest = 1;
    for (size_t i = 0; i < truth_count; i++) {
        while (low < event_count && events[low].onset_s - truths[i].onset_s < -tolerance_s) {
            low++;
        }
        high = high > low ? high : low;
        while (high < event_count && events[high].onset_s - truths[i].onset_s <= tolerance_s) {
            high++;
        }
        rows[i] = (row){low, high, cells};
        cells += high - low + 1;
        *widest = *widest > high - low + 1 ? *widest : high - low + 1;
    }
    return cells;
}

/** What row i-1 is worth with the events before @p event, which is at or after its low. */
static worth worth_before(const table *t, size_t i, size_t event)
{
    if (i == 0) {
        return (worth){0, 0.0};
    }
    const row *r = &t->rows[i - 1];
    return t->before[(event < r->high ? event : r->high) - r->low];
}

static void fill_row(table *t, size_t i, double truth_s, const myo_score_item *events)
{
    const row *r = &t->rows[i];
    t->now[0] = worth_before(t, i, r->low);
    t->steps[r->steps] = SKIP_TRUTH;
    for (size_t event = r->low; event < r->high; event++) {
        size_t cell = event - r->low + 1;
        worth pair = worth_before(t, i, event);
        pair.pairs++;
        pair.total_s += fabs(events[event].onset_s - truth_s);
        worth best = t->now[cell - 1];
        unsigned char step = SKIP_EVENT;
        worth skip = worth_before(t, i, event + 1);
        if (is_better(skip, best)) {
            best = skip;
            step = SKIP_TRUTH;
        }
        if (is_better(pair, best)) {
            best = pair;
            step = PAIR;
        }
        t->now[cell] = best;
        t->steps[r->steps + cell] = step;
    }
}

static void trace_back(const table *t, size_t truth_count, int64_t *matches)
{
    size_t event = SIZE_MAX; /* events before this one are still free */
    for (size_t i = truth_count; i-- > 0;) {
        const row *r = &t->rows[i];
        event = event < r->high ? event : r->high;
        while (t->steps[r->steps + event - r->low] == SKIP_EVENT) {
            event--;
        }
        bool paired = t->steps[r->steps + event - r->low] == PAIR;
        event -= paired;
        matches[i] = paired ? (int64_t)event : -1;
    }
}

static void free_table(table *t)
{
    free(t->rows);
    free(t->now);
    free(t->before);
    free(t->steps);
}

myo_status myo_match(const myo_score_item *truths, size_t truth_count, const myo_score_item *events,
                     size_t event_count, double tolerance_s, int64_t *matches)
{
    if (truth_count == 0) {
        return MYO_OK;
    }
    table t = {0};
    size_t cells = 0, widest = 0;
    t.rows = calloc(truth_count, sizeof *t.rows);
    if (t.rows != NULL) {
        cells = lay_out(t.rows, truths, truth_count, events, event_count, tolerance_s, &widest);
        t.now = calloc(widest, sizeof *t.now);
        t.before = calloc(widest, sizeof *t.before);
        t.steps = malloc(cells);
    }
    bool complete = t.now != NULL && t.before != NULL && t.steps != NULL;
    for (size_t i = 0; complete && i < truth_count; i++) {
        fill_row(&t, i, truths[i].onset_s, events);
        worth *spare = t.before;
        t.before = t.now;
        t.now = spare;
    }
    if (complete) {
        trace_back(&t, truth_count, matches);
    }
    free_table(&t);
    return complete ? MYO_OK : MYO_ERR_NO_MEMORY;
}
