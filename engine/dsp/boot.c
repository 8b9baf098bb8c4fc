/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving-block bootstrap of a difference of means, stretched to a standard error that holds for
 * dependent data.
 *
 * Blocks of 5 s keep what is near together, but the bootstrap's spread is too small when memory
 * reaches across the block's edge: at AR(1) 0.5, 60 + 60 values, its 95 % percentile interval
 * holds the truth in 83 to 89 % of sessions. So the resampled distribution gives the shape only
 * (Kuensch 1989, Ann Stat 17:1217); the scale comes from dsp/longrun.h. */
#include "dsp/boot.h"

#include "dsp/longrun.h"
#include "myotwitch/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_VALUES 8

struct myo_boot {
    myo_boot_config config;
    uint64_t random;
    double *before, *after; /* sorted, then held within 3 robust sigma */
    double *work;
    double *shifts; /* difference of means of each resample */
};

void myo_boot_config_default(myo_boot_config *config, size_t capacity)
{
    *config = (myo_boot_config){.capacity = capacity,
                                .block = 5,
                                .resamples = 1999,
                                .level = 0.95,
                                .value_s = 1.0,
                                .seed = 1};
}

static bool config_holds(const myo_boot_config *c)
{
    return c->capacity >= MIN_VALUES && c->capacity <= 100000 && c->block >= 1 && c->block <= 64 &&
           c->resamples >= 99 && c->resamples <= 9999 && c->level >= 0.5 && c->level <= 0.999 &&
           c->value_s >= 0.01 && c->value_s <= 10.0;
}

myo_status myo_boot_new(const myo_boot_config *config, myo_boot **boot)
{
    *boot = NULL;
    if (!config_holds(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_boot *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->config = *config;
    self->before = calloc(config->capacity, sizeof(double));
    self->after = calloc(config->capacity, sizeof(double));
    self->work = calloc(config->capacity, sizeof(double));
    self->shifts = calloc(config->resamples, sizeof(double));
    if (!self->before || !self->after || !self->work || !self->shifts) {
        myo_boot_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *boot = self;
    return MYO_OK;
}

void myo_boot_free(myo_boot *boot)
{
    if (!boot) {
        return;
    }
    free(boot->before);
    free(boot->after);
    free(boot->work);
    free(boot->shifts);
    free(boot);
}

/* splitmix64 (Steele, Lea & Flood 2014): one word of state, any seed is good. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t random_below(uint64_t *state, size_t limit)
{
    return (size_t)((random_next(state) >> 32) * (uint64_t)limit >> 32);
}

static void sift_down(double *v, size_t root, size_t count)
{
    const double x = v[root];
    size_t child;
    while ((child = 2 * root + 1) < count) {
        if (child + 1 < count && v[child + 1] > v[child]) {
            child++;
        }
        if (v[child] <= x) {
            break;
        }
        v[root] = v[child];
        root = child;
    }
    v[root] = x;
}

/* Heap sort: qsort of the C library may allocate. */
void myo_sort(double *values, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(values, i, count);
    }
    for (size_t end = count; end-- > 1;) {
        const double top = values[0];
        values[0] = values[end];
        values[end] = top;
        sift_down(values, 0, end);
    }
}

double myo_quantile_sorted(const double *sorted, size_t count, double p)
{
    const double at = p * (double)(count - 1);
    const size_t i = (size_t)at;
    if (i + 1 >= count) {
        return sorted[count - 1];
    }
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

/* Number of pairs with after[j] - before[i] <= limit, both sorted: one pass. */
static uint64_t pairs_up_to(const double *before, size_t n, const double *after, size_t m,
                            double limit)
{
    uint64_t pairs = 0;
    size_t j = 0;
    for (size_t i = 0; i < n; i++) {
        while (j < m && after[j] - before[i] <= limit) {
            j++;
        }
        pairs += j;
    }
    return pairs;
}

/* Bisection on the value: 40 halvings leave 1e-12 of the range, with no n x m table. */
double myo_hodges_lehmann(const double *before, size_t n, const double *after, size_t m)
{
    double low = after[0] - before[n - 1];
    double high = after[m - 1] - before[0];
    const double half = 0.5 * (double)n * (double)m;
    for (int i = 0; i < 40 && low < high; i++) {
        const double middle = 0.5 * (low + high);
        if ((double)pairs_up_to(before, n, after, m, middle) >= half) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return 0.5 * (low + high);
}

static double cliff_delta(const double *before, size_t n, const double *after, size_t m)
{
    double sum = 0.0;
    size_t below = 0, up_to = 0;
    for (size_t j = 0; j < m; j++) {
        while (below < n && before[below] < after[j]) {
            below++;
        }
        while (up_to < n && before[up_to] <= after[j]) {
            up_to++;
        }
        sum += (double)below - (double)(n - up_to);
    }
    return sum / ((double)n * (double)m);
}

/* P(|T| > t) = I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2) (DLMF 8.17, A&S 26.7.1). */
double myo_student_quantile(double p, double degrees)
{
    const double x = myo_beta_quantile(2.0 * (1.0 - p), 0.5 * degrees, 0.5);
    return sqrt(degrees * (1.0 - x) / x);
}

/* Holds outliers at 3 robust standard deviations, so that one twitch that was not masked does not
 * widen the interval without bound. @p kept holds the sorted values and is overwritten. */
static void winsorise(const double *values, size_t count, double *work, double *kept)
{
    const double median = myo_quantile_sorted(kept, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        work[i] = fabs(values[i] - median);
    }
    myo_sort(work, count);
    const double reach = 3.0 * 1.4826 * myo_quantile_sorted(work, count, 0.5);
    for (size_t i = 0; i < count; i++) {
        kept[i] = fmin(fmax(values[i], median - reach), median + reach);
    }
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    return sum / (double)count;
}

/* Mean of blocks of values[] that start at random places. */
static double resample(myo_boot *self, const double *values, size_t count)
{
    const size_t block = self->config.block < count ? self->config.block : count;
    double sum = 0.0;
    for (size_t i = 0; i < count; i += block) {
        const size_t start = random_below(&self->random, count - block + 1);
        const size_t length = block < count - i ? block : count - i;
        for (size_t k = 0; k < length; k++) {
            sum += values[start + k];
        }
    }
    return sum / (double)count;
}

/* Sorted differences of means of all resamples; returns their standard deviation. */
static double resample_all(myo_boot *self, size_t n, size_t m)
{
    const size_t count = self->config.resamples;
    self->random = self->config.seed;
    for (size_t b = 0; b < count; b++) {
        const double low = resample(self, self->before, n);
        self->shifts[b] = resample(self, self->after, m) - low;
    }
    const double centre = mean_of(self->shifts, count);
    double square = 0.0;
    for (size_t b = 0; b < count; b++) {
        self->shifts[b] -= centre;
        square += self->shifts[b] * self->shifts[b];
    }
    myo_sort(self->shifts, count);
    return sqrt(square / (double)(count - 1));
}

static void set_interval(myo_boot *self, size_t n, size_t m, myo_boot_result *r)
{
    const double tail = 0.5 * (1.0 - self->config.level);
    const double spread = resample_all(self, n, m);
    r->low = r->shift;
    r->high = r->shift;
    if (spread <= 0.0) {
        return;
    }
    const double stretch = r->se / spread * myo_student_quantile(1.0 - tail, r->degrees) /
                           myo_normal_quantile_upper(tail);
    r->low += stretch * myo_quantile_sorted(self->shifts, self->config.resamples, tail);
    r->high += stretch * myo_quantile_sorted(self->shifts, self->config.resamples, 1.0 - tail);
}

myo_status myo_boot_compare(myo_boot *boot, const double *before, size_t n, const double *after,
                            size_t m, myo_boot_result *result)
{
    myo_boot_result *r = result;
    *r = (myo_boot_result){0};
    if (n < MIN_VALUES || m < MIN_VALUES) {
        return MYO_ERR_EMPTY;
    }
    if (n > boot->config.capacity || m > boot->config.capacity) {
        return MYO_ERR_BAD_ARG;
    }
    memcpy(boot->before, before, n * sizeof *before);
    memcpy(boot->after, after, m * sizeof *after);
    myo_sort(boot->before, n);
    myo_sort(boot->after, m);
    r->hodges_lehmann = myo_hodges_lehmann(boot->before, n, boot->after, m);
    r->cliff = cliff_delta(boot->before, n, boot->after, m);
    r->median_shift =
        myo_quantile_sorted(boot->after, m, 0.5) - myo_quantile_sorted(boot->before, n, 0.5);
    winsorise(before, n, boot->work, boot->before);
    winsorise(after, m, boot->work, boot->after);
    r->shift = mean_of(boot->after, m) - mean_of(boot->before, n);
    const myo_longrun_stretch low = {boot->before, n}, high = {boot->after, m};
    r->se = myo_longrun_error(&low, &high, boot->config.value_s, boot->work, &r->degrees);
    set_interval(boot, n, m, r);
    return MYO_OK;
}
