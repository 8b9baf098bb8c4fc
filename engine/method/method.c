/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, the authors' settings, and which function goes with which rule. */
#include "method.h"

#include "refine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[MYO_METHOD_COUNT] = {
    "hodges_bui", "modified_hodges", "bonato",  "lidierth", "abbink",
    "solnik",     "silva",           "londral", "aglr",
};

const char *myo_method_name(myo_method method)
{
    return method < MYO_METHOD_COUNT ? names[method] : "unknown";
}

myo_method myo_method_from_name(const char *name)
{
    int method = 0;
    while (method < MYO_METHOD_COUNT && strcmp(names[method], name) != 0) {
        method++;
    }
    return (myo_method)method;
}

static size_t ms(double rate_hz, double milliseconds)
{
    double samples = nearbyint(1e-3 * milliseconds * rate_hz);
    return samples < 1.0 ? 1 : (size_t)samples;
}

void myo_method_default(myo_method method, double rate_hz, myo_method_settings *settings)
{
    myo_method_settings set = {.rate_hz = rate_hz, .threshold = 3.0, .above = 1};
    switch (method) {
    case MYO_METHOD_HODGES_BUI:
        set.window = ms(rate_hz, 50.0);
        break;
    case MYO_METHOD_MODIFIED_HODGES:
        set.low_pass_hz = 50.0;
        break;
    case MYO_METHOD_BONATO:
        set.threshold = 7.74;
        set.active = ms(rate_hz, 30.0) / 2;
        set.fail = ms(rate_hz, 10.0) / 2;
        break;
    case MYO_METHOD_LIDIERTH:
        set.window = ms(rate_hz, 15.0);
        set.active = ms(rate_hz, 20.0);
        set.fail = ms(rate_hz, 5.0);
        break;
    case MYO_METHOD_ABBINK:
        set.window = ms(rate_hz, 25.0);
        set.long_window = ms(rate_hz, 100.0);
        set.second = 1.5;
        set.low_pass_hz = 30.0;
        break;
    case MYO_METHOD_SOLNIK:
        set.active = ms(rate_hz, 25.0);
        set.fail = SIZE_MAX - 1;
        break;
    case MYO_METHOD_SILVA:
        set.window = ms(rate_hz, 25.0);
        set.long_window = ms(rate_hz, 1000.0);
        break;
    case MYO_METHOD_LONDRAL:
        set.window = ms(rate_hz, 25.0);
        set.active = ms(rate_hz, 25.0);
        set.fail = SIZE_MAX - 1;
        break;
    default: /* aglr */
        set.threshold = 10.0;
        set.window = ms(rate_hz, 25.0);
        set.long_window = ms(rate_hz, 50.0);
        break;
    }
    *settings = set;
}

static bool settings_good(myo_method method, const myo_method_settings *set, size_t count)
{
    bool windowed = method != MYO_METHOD_MODIFIED_HODGES && method != MYO_METHOD_BONATO &&
                    method != MYO_METHOD_SOLNIK;
    return method < MYO_METHOD_COUNT && set->rate_hz > 0.0 && isfinite(set->threshold) &&
           count >= 4 && (!windowed || (set->window >= 1 && set->window <= count)) &&
           (method != MYO_METHOD_SILVA ||
            (set->long_window > set->window && set->long_window <= count)) &&
           (set->low_pass_hz == 0.0 || 2.0 * set->low_pass_hz < set->rate_hz);
}

static double mean_of(const double *x, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += x[i];
    }
    return sum / (double)count;
}

/* The test function of @p method, in its own unit; @p test->value has room for count. */
static void test_compute(myo_method method, const myo_method_settings *set, const double *x,
                         size_t count, myo_test *test)
{
    switch (method) {
    case MYO_METHOD_BONATO:
        myo_test_pairs(x, count, test);
        break;
    case MYO_METHOD_SOLNIK:
        myo_test_tkeo(x, count, test);
        break;
    case MYO_METHOD_LONDRAL:
    case MYO_METHOD_AGLR:
        myo_test_variance(x, count, set->window, test);
        break;
    case MYO_METHOD_MODIFIED_HODGES:
        myo_test_mean_abs(x, count, 1, test);
        myo_low_pass(test->value, test->count, set->rate_hz, set->low_pass_hz);
        break;
    default:
        myo_test_mean_abs(x, count, set->window, test);
        if (method == MYO_METHOD_ABBINK) {
            myo_low_pass_both(test->value, test->count, set->rate_hz, set->low_pass_hz);
        }
        break;
    }
}

/* Silva: the long window's mean is the threshold, and the level must be passed, too. The authors compare
 * windows that begin at the same sample. */
static void decide_adaptive(size_t long_window, double level, const double *x, size_t count,
                            const myo_test *test, myo_intervals *list)
{
    bool on = false;
    myo_test slow = {.value = malloc(count * sizeof(double))};
    if (slow.value == NULL) {
        list->no_memory = true;
        return;
    }
    myo_test_mean_abs(x, count, long_window, &slow);
    for (size_t k = 0; k < slow.count; k++) {
        bool over = test->value[k] >= slow.value[k] && test->value[k] >= level;
        bool under = test->value[k] < slow.value[k] && test->value[k] < level;
        if (!on && over) {
            myo_intervals_begin(list, test->first + (int64_t)k);
            on = true;
        } else if (on && under) {
            myo_intervals_end(list, test->first + (int64_t)k);
            on = false;
        }
    }
    free(slow.value);
}

static void decide(myo_method method, const myo_method_settings *set, const myo_method_rest *rest,
                   const double *x, size_t count, const myo_test *test, myo_intervals *list)
{
    double level = rest->mean + set->threshold * rest->sd;
    switch (method) {
    case MYO_METHOD_BONATO:
        myo_decide_held(test, set->threshold * rest->sd * rest->sd, set->active, set->fail,
                        set->above, list);
        break;
    case MYO_METHOD_LIDIERTH:
    case MYO_METHOD_SOLNIK:
    case MYO_METHOD_LONDRAL:
        myo_decide_held(test, level, set->active, set->fail, 1, list);
        break;
    case MYO_METHOD_ABBINK:
        myo_decide_separated(test, level, rest->mean + set->second * rest->sd, set->long_window,
                             list);
        break;
    case MYO_METHOD_SILVA:
        decide_adaptive(set->long_window, level, x, count, test, list);
        break;
    case MYO_METHOD_AGLR:
        myo_decide_likely(x, count, test, rest->sd, set->window, set->long_window, set->threshold,
                          list);
        break;
    default:
        myo_decide_crossings(test, level, list);
        break;
    }
}

/* The samples without their mean, in double; NULL: no memory. */
static double *centred(const float *samples, size_t count)
{
    double *x = malloc(count * sizeof *x);
    if (x != NULL) {
        for (size_t i = 0; i < count; i++) {
            x[i] = (double)samples[i];
        }
        double mean = mean_of(x, count);
        for (size_t i = 0; i < count; i++) {
            x[i] -= mean;
        }
    }
    return x;
}

myo_status myo_method_rest_of(myo_method method, const myo_method_settings *settings,
                              const float *rest, size_t count, myo_method_rest *figures)
{
    if (!settings_good(method, settings, count)) {
        return MYO_ERR_BAD_ARG;
    }
    double *x = centred(rest, count), *value = malloc(count * sizeof *value);
    if (x == NULL || value == NULL) {
        free(x);
        free(value);
        return MYO_ERR_NO_MEMORY;
    }
    /* Bonato's and the likelihood's thresholds are in variances of the signal itself. */
    bool plain = method == MYO_METHOD_BONATO || method == MYO_METHOD_AGLR;
    myo_test test = {.value = value, .count = count};
    if (plain) {
        memcpy(value, x, count * sizeof *value);
    } else {
        test_compute(method, settings, x, count, &test);
    }
    double mean = mean_of(value, test.count), squares = 0.0;
    for (size_t i = 0; i < test.count; i++) {
        squares += (value[i] - mean) * (value[i] - mean);
    }
    *figures = (myo_method_rest){mean, sqrt(squares / (double)test.count)};
    free(x);
    free(value);
    return MYO_OK;
}

myo_status myo_method_run(myo_method method, const myo_method_settings *settings,
                          const myo_method_rest *rest, const float *samples, size_t count,
                          myo_interval **found, size_t *found_count)
{
    *found = NULL;
    *found_count = 0;
    if (!settings_good(method, settings, count) || !(rest->sd > 0.0)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_intervals list = {0};
    double *x = centred(samples, count);
    myo_test test = {.value = malloc(count * sizeof(double))};
    list.no_memory = x == NULL || test.value == NULL;
    if (!list.no_memory) {
        test_compute(method, settings, x, count, &test);
        decide(method, settings, rest, x, count, &test, &list);
        myo_intervals_end(&list, (int64_t)count);
    }
    free(x);
    free(test.value);
    if (list.no_memory) {
        free(list.items);
        return MYO_ERR_NO_MEMORY;
    }
    *found = list.items;
    *found_count = list.count;
    return MYO_OK;
}
