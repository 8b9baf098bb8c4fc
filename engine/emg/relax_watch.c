/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page's CUSUM on the innovations of an AR(1) series.
 *
 * Blocks of 1 s of a resting muscle depend on each other; a CUSUM of the blocks themselves would
 * give many times the false alarms its table promises. On innovations Siegmund's formula holds. */
#include "emg/relax_watch.h"

#include "dsp/boot.h"

#include <math.h>
#include <string.h>

#define PHI_MAX   0.8
#define CLIP      2.5 /* robust standard deviations of the baseline */
#define BLOCK_MAX 4.0 /* one block alone may not raise the alarm */
#define SCALE_MIN 0.02

/* Median and robust standard deviation. */
static void spread(const double *values, double *work, size_t count, double *median, double *sd)
{
    memcpy(work, values, count * sizeof *work);
    myo_sort(work, count);
    *median = myo_quantile_sorted(work, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        work[i] = fabs(values[i] - *median);
    }
    myo_sort(work, count);
    *sd = 1.4826 * myo_quantile_sorted(work, count, 0.5);
}

/* Lag-1 correlation, corrected for its bias (Kendall 1954, Biometrika 41:403). */
static double correlation(const double *x, size_t count, double mean)
{
    double product = 0.0, square = 0.0;
    for (size_t i = 0; i < count; i++) {
        square += (x[i] - mean) * (x[i] - mean);
        product += i > 0 ? (x[i] - mean) * (x[i - 1] - mean) : 0.0;
    }
    const double n = (double)count, r = square > 0.0 ? product / square : 0.0;
    return fmin(fmax(r + (1.0 + 3.0 * r) / n, 0.0), PHI_MAX);
}

/* Limit h for slack k at an average run length L between false alarms (Siegmund 1985, eq. 2.57):
 * L = (exp y - y - 1) / (2 k^2), y = 2 k (h + 1.166). */
static double limit_for(double slack, double run_length)
{
    const double target = 2.0 * slack * slack * run_length;
    double y = 1.0;
    for (int i = 0; i < 50; i++) {
        y = log(1.0 + y + target);
    }
    return fmax(1.0, y / (2.0 * slack) - 1.166);
}

bool myo_relax_watch_start(myo_relax_watcher *watcher, const double *values, double *work,
                           size_t count, double ratio, double arl_blocks)
{
    *watcher = (myo_relax_watcher){.phase = MYO_WATCH_OFF};
    if (count < MYO_WATCH_BASELINE) {
        return false;
    }
    double median, sd, sum = 0.0, square = 0.0;
    spread(values, work, count, &median, &sd);
    for (size_t i = 0; i < count; i++) {
        work[i] = fmin(fmax(values[i], median - CLIP * sd), median + CLIP * sd);
        sum += work[i];
    }
    const double n = (double)count, mean = sum / n;
    for (size_t i = 0; i < count; i++) {
        square += (work[i] - mean) * (work[i] - mean);
    }
    const double phi = correlation(work, count, mean);
    const double deviation = fmax(sqrt(square / (n - 1.0)), SCALE_MIN);
    watcher->mean = mean;
    watcher->phi = phi;
    watcher->scale = deviation * sqrt(1.0 - phi * phi);
    /* Half of the change looked for, and one standard error of the baseline's own mean. */
    const double error = deviation * sqrt((1.0 + phi) / (1.0 - phi) / n);
    watcher->slack = (1.0 - phi) * (0.5 * fabs(log(ratio)) + error) / watcher->scale;
    watcher->limit = limit_for(watcher->slack, arl_blocks);
    watcher->phase = MYO_WATCH_ON;
    watcher->start = -1;
    return true;
}

static void remember(myo_relax_watcher *watcher, double value)
{
    watcher->recent[watcher->recent_count++ % MYO_WATCH_RECENT] = value;
}

bool myo_relax_watch_block(myo_relax_watcher *watcher, int64_t block, double value)
{
    const double deviation = value - watcher->mean;
    remember(watcher, deviation);
    const double innovation =
        watcher->has_last ? deviation - watcher->phi * watcher->last : deviation;
    watcher->last = deviation;
    watcher->has_last = true;
    if (watcher->phase != MYO_WATCH_ON) {
        return false;
    }
    const double down = fmin(-innovation / watcher->scale, BLOCK_MAX) - watcher->slack;
    if (watcher->sum + down <= 0.0) {
        watcher->sum = 0.0;
        watcher->start = block + 1;
        return false;
    }
    watcher->start = watcher->start < 0 ? block : watcher->start;
    watcher->sum += down;
    return watcher->sum > watcher->limit;
}

double myo_relax_watch_ratio(const myo_relax_watcher *watcher, int64_t blocks)
{
    double sorted[MYO_WATCH_RECENT];
    int64_t count = blocks < MYO_WATCH_RECENT ? blocks : MYO_WATCH_RECENT;
    count = count < watcher->recent_count ? count : watcher->recent_count;
    if (count <= 0) {
        return 1.0;
    }
    for (int64_t i = 0; i < count; i++) {
        sorted[i] = watcher->recent[(watcher->recent_count - 1 - i) % MYO_WATCH_RECENT];
    }
    myo_sort(sorted, (size_t)count);
    return exp(myo_quantile_sorted(sorted, (size_t)count, 0.5));
}
