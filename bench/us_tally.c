/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching one to one in time and place. */
#include "us_tally.h"

#include "score/interval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NEAR_S  0.1
#define NEAR_MM 10.0

void us_events_take(us_events *events, myo_ultrasound *ultrasound)
{
    myo_motion_event event;
    while (myo_ultrasound_next(ultrasound, &event)) {
        if (event.stage == MYO_CONFIRMED && events->count < US_MOST_EVENTS) {
            events->events[events->count++] = event;
        }
    }
}

void us_tally_add(us_tally *tally, const us_events *events, const myo_cine_truth *truths, int count,
                  double mm_per_px, double seconds)
{
    bool used[US_MOST_EVENTS] = {false};
    for (int e = 0; e < events->count; e++) {
        tally->calls[events->events[e].type]++;
        tally->events += events->events[e].type == MYO_EVENT_LTR;
    }
    for (int t = 0; t < count; t++) {
        if (truths[t].type != MYO_EVENT_LTR) {
            continue;
        }
        tally->truths++;
        for (int e = 0; e < events->count; e++) {
            const myo_motion_event *event = &events->events[e];
            const double error = event->onset_s - truths[t].onset_s;
            const double away =
                mm_per_px * hypot(event->x_px - truths[t].x_px, event->y_px - truths[t].y_px);
            if (!used[e] && event->type == MYO_EVENT_LTR && fabs(error) <= NEAR_S &&
                away <= NEAR_MM) {
                used[e] = true;
                tally->errors[tally->hits++ % 4096] = error;
                break;
            }
        }
    }
    tally->seconds += seconds;
}

int us_by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void us_tally_print(const char *what, us_tally *t)
{
    const int wrong = t->events - t->hits;
    const myo_estimate alarms = myo_interval_rate(wrong, t->seconds / 60.0);
    printf("%s: ", what);
    if (t->truths > 0) {
        const myo_estimate recall = myo_interval_share(t->hits, t->truths);
        const double f1 = 2.0 * t->hits / (t->truths + t->events);
        printf("recall %d/%d = %.3f (%.3f-%.3f), F1 %.3f, ", t->hits, t->truths, recall.value,
               recall.low, recall.high, f1);
    }
    printf("false LTR %d in %.1f s = %.2f/min (%.2f-%.2f)", wrong, t->seconds, alarms.value,
           alarms.low, alarms.high);
    if (t->hits > 0) {
        double bias = 0.0;
        for (int i = 0; i < t->hits; i++) {
            bias += t->errors[i] / t->hits;
            t->errors[i] = fabs(t->errors[i]);
        }
        qsort(t->errors, (size_t)t->hits, sizeof t->errors[0], us_by_size);
        printf(", onset bias %+.1f, median %.1f, p95 %.1f ms", 1e3 * bias,
               1e3 * t->errors[t->hits / 2], 1e3 * t->errors[t->hits * 95 / 100]);
    }
    for (int i = 0; i < MYO_EVENT_TYPE_COUNT; i++) {
        if (t->calls[i] > 0 && i != MYO_EVENT_LTR) {
            printf(", %s %d", myo_event_type_name((myo_event_type)i), t->calls[i]);
        }
    }
    printf("\n");
    (void)fflush(stdout);
}

void us_errors_print(const char *what, double *errors, int count, const char *of)
{
    double worst = 0.0, sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += errors[i];
        errors[i] = fabs(errors[i]);
        worst = fmax(worst, errors[i]);
    }
    qsort(errors, (size_t)count, sizeof errors[0], us_by_size);
    printf("%s of %d %s %+.1f %% in the mean, median error %.1f %%, 95th percentile %.1f, worst "
           "%.1f %%\n",
           what, count, of, 100.0 * sum / count, 100.0 * errors[count / 2],
           100.0 * errors[(int)(0.95 * count)], 100.0 * worst);
}
