/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scoring: matching against brute force, intervals and quantiles against scipy 1.10. */
#include "myotwitch/score.h"

#include "near.h"

#define TOLERANCE_S 0.05
#define NO_TIME     ((double)NAN)

enum { MOST_ITEMS = 6, MANY = 200 };

static myo_score *new_score(void)
{
    myo_score *score = NULL;
    assert_int_equal(myo_score_new(TOLERANCE_S, &score), MYO_OK);
    return score;
}

static myo_score_item at(double onset_s)
{
    return (myo_score_item){onset_s, onset_s + 0.06, NO_TIME, NO_TIME, false};
}

/** @p hits labels found on the spot, then @p missed labels, then @p wrong events, 1 s apart. */
static myo_score_result score_counts(int hits, int missed, int wrong, double duration_s)
{
    myo_score_item truths[MANY], events[MANY];
    for (int i = 0; i < hits + missed; i++) {
        truths[i] = at(i);
    }
    for (int i = 0; i < hits + wrong; i++) {
        events[i] = at(i < hits ? i : i + missed);
    }
    myo_score *score = new_score();
    assert_int_equal(myo_score_add(score, truths, (size_t)(hits + missed), events,
                                   (size_t)(hits + wrong), duration_s),
                     MYO_OK);
    myo_score_result result;
    myo_score_result_get(score, &result);
    myo_score_free(score);
    return result;
}

static void assert_estimate(myo_estimate e, double value, double low, double high)
{
    assert_near(e.value, value, 1e-9 * (1.0 + fabs(value)));
    assert_near(e.low, low, 1e-9 * (1.0 + fabs(low)));
    assert_near(e.high, high, 1e-9 * (1.0 + fabs(high)));
}

/* scipy.stats.beta.ppf([.025, .975], [k, k+1], [n-k+1, n-k]) */
static void test_rates_have_exact_intervals(void **state)
{
    (void)state;
    myo_score_result r = score_counts(28, 2, 5, 60.0);
    assert_int_equal(r.truths, 30);
    assert_int_equal(r.events, 33);
    assert_int_equal(r.hits, 28);
    assert_estimate(r.recall, 28.0 / 30.0, 0.7792645984770381, 0.9918218655393437);
    assert_estimate(r.precision, 28.0 / 33.0, 0.6810101802895636, 0.9489113006439188);
    assert_estimate(r.f1, 8.0 / 9.0, 0.7734735359702442, 0.9559374184338431);
    /* scipy.stats.gamma.ppf(.025, 5), gamma.ppf(.975, 6) */
    assert_estimate(r.false_per_minute, 5.0, 1.6234863901184207, 11.66833207932267);
    assert_estimate(r.false_per_hour, 300.0, 60 * 1.6234863901184207, 60 * 11.66833207932267);
}

static void test_all_or_nothing_keeps_one_bound(void **state)
{
    (void)state;
    assert_estimate(score_counts(12, 0, 0, 60.0).recall, 1.0, 0.7353515306029488, 1.0);
    assert_estimate(score_counts(0, 12, 0, 60.0).recall, 0.0, 0.0, 0.26464846939705117);
    /* no alarm in 20 h still allows 3.689 / 20 an hour: scipy.stats.gamma.ppf(.975, 1) */
    assert_estimate(score_counts(0, 0, 0, 72000.0).false_per_hour, 0.0, 0.0,
                    3.6888794541139354 / 20.0);
}

static void test_nothing_at_all_says_nothing(void **state)
{
    (void)state;
    myo_score_result r = score_counts(0, 0, 0, 0.0);
    assert_true(isnan(r.recall.value) && isnan(r.precision.value) && isnan(r.f1.value));
    assert_true(isnan(r.false_per_hour.value) && isnan(r.onset_median_ms.value));
    assert_true(isnan(r.onset_bias_ms.value) && isnan(r.delay_max_ms));
    assert_near(r.recall.low, 0.0, 0.0);
    assert_near(r.recall.high, 1.0, 0.0);
}

/* numpy.percentile; ranks of the bounds from scipy.stats.binom.cdf */
static void test_quantiles_of_errors(void **state)
{
    (void)state;
    myo_score_item truths[20], events[20];
    for (int i = 0; i < 20; i++) {
        truths[i] = at(i);
        events[i] = at(i + 0.001 * (20 - i));
        events[i].reported_s = i + 0.01;
        events[i].confirmed_s = truths[i].offset_s + 0.001 * (i + 1);
    }
    events[3].reported_s = NO_TIME;
    myo_score *score = new_score();
    assert_int_equal(myo_score_add(score, truths, 20, events, 20, 20.0), MYO_OK);
    myo_score_result r;
    myo_score_result_get(score, &r);
    myo_score_free(score);
    assert_estimate(r.onset_median_ms, 10.5, 6.0, 15.0);
    assert_near(r.onset_p95_ms.value, 19.05, 1e-9);
    assert_near(r.onset_p95_ms.low, 17.0, 1e-9);
    assert_true(isnan(r.onset_p95_ms.high)); /* 20 values cannot bound it: .95^20 = .36 > .025 */
    assert_near(r.delay_median_ms.value, 10.0, 1e-9);
    assert_near(r.delay_max_ms, 10.0, 1e-9);
    assert_near(r.confirm_max_ms, 20.0, 1e-9);
    assert_near(r.confirm_p95_ms.value, 19.05, 1e-9);
}

/* scipy.stats.t.interval(.95, 4, mean, std/sqrt(5)) of -3 -1 0 2 7 */
static void test_bias_is_the_mean(void **state)
{
    (void)state;
    const double errors_ms[] = {-3, -1, 0, 2, 7};
    myo_score_item truths[5], events[5];
    for (int i = 0; i < 5; i++) {
        truths[i] = at(i);
        events[i] = at(i + 0.001 * errors_ms[i]);
    }
    myo_score *score = new_score();
    assert_int_equal(myo_score_add(score, truths, 5, events, 5, 5.0), MYO_OK);
    myo_score_result r;
    myo_score_result_get(score, &r);
    myo_score_free(score);
    assert_near(r.onset_bias_ms.value, 1.0, 1e-9);
    assert_near(r.onset_bias_ms.low, -3.7281156420198487, 1e-6);
    assert_near(r.onset_bias_ms.high, 5.728115642019849, 1e-6);
}

static void test_ignored_labels_count_on_neither_side(void **state)
{
    (void)state;
    myo_score_item truths[] = {at(1.0), at(2.0), at(3.0)};
    myo_score_item events[] = {at(1.0), at(2.0), at(9.0)};
    truths[1].ignored = truths[2].ignored = true;
    myo_score *score = new_score();
    assert_int_equal(myo_score_add(score, truths, 3, events, 3, 60.0), MYO_OK);
    myo_score_result r;
    myo_score_result_get(score, &r);
    assert_int_equal(r.truths, 1);
    assert_int_equal(r.hits, 1);
    assert_int_equal(r.events, 2);
    assert_int_equal(myo_score_matches(score)[1], 1);
    assert_int_equal(myo_score_matches(score)[2], -1);
    myo_score_free(score);
}

static void test_recordings_are_pooled(void **state)
{
    (void)state;
    myo_score_item item = at(1.0);
    myo_score *score = new_score();
    assert_int_equal(myo_score_add(score, &item, 1, &item, 1, 30.0), MYO_OK);
    assert_int_equal(myo_score_add(score, &item, 1, NULL, 0, 30.0), MYO_OK);
    assert_int_equal(myo_score_add(score, NULL, 0, &item, 1, 60.0), MYO_OK);
    myo_score_result r;
    myo_score_result_get(score, &r);
    myo_score_free(score);
    assert_int_equal(r.truths, 2);
    assert_int_equal(r.events, 2);
    assert_int_equal(r.hits, 1);
    assert_near(r.false_per_minute.value, 0.5, 1e-12);
}

static void test_bad_input_is_refused_and_adds_nothing(void **state)
{
    (void)state;
    myo_score *score = NULL;
    assert_int_equal(myo_score_new(-0.1, &score), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_score_new(NO_TIME, &score), MYO_ERR_BAD_ARG);
    score = new_score();
    const myo_score_item backwards[] = {at(2.0), at(1.0)};
    const myo_score_item endless = at((double)INFINITY);
    assert_int_equal(myo_score_add(score, backwards, 2, NULL, 0, 1.0), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_score_add(score, NULL, 0, backwards, 2, 1.0), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_score_add(score, &endless, 1, NULL, 0, 1.0), MYO_ERR_BAD_ARG);
    assert_int_equal(myo_score_add(score, NULL, 0, NULL, 0, -1.0), MYO_ERR_BAD_ARG);
    myo_score_result r;
    myo_score_result_get(score, &r);
    assert_int_equal(r.truths + r.events, 0);
    assert_near(r.duration_s, 0.0, 0.0);
    myo_score_free(score);
    myo_score_free(NULL);
}

/** Two lists and the best pairing of them that was met so far. */
typedef struct {
    myo_score_item truths[MOST_ITEMS], events[MOST_ITEMS];
    size_t truth_count, event_count;
    int pairs;
    double total_s;
} trial;

/** Tries all pairings of the labels from @p i on; @p used are the events taken by those before,
 *  which make @p pairs pairs that are @p total_s apart. */
static void try_all(trial *t, size_t i, unsigned used, int pairs, double total_s)
{
    if (i == t->truth_count) {
        if (pairs > t->pairs || (pairs == t->pairs && total_s < t->total_s)) {
            t->pairs = pairs;
            t->total_s = total_s;
        }
        return;
    }
    try_all(t, i + 1, used, pairs, total_s);
    for (size_t j = 0; j < t->event_count; j++) {
        double distance_s = fabs(t->events[j].onset_s - t->truths[i].onset_s);
        if (!(used & (1u << j)) && distance_s <= TOLERANCE_S) {
            try_all(t, i + 1, used | (1u << j), pairs + 1, total_s + distance_s);
        }
    }
}

/** Numerical Recipes' 32-bit linear congruential generator: enough to shuffle test cases. */
static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 16) % below;
}

static size_t draw_items(unsigned *seed, myo_score_item *items)
{
    size_t count = draw(seed, MOST_ITEMS + 1);
    double onset_s = 0.0;
    for (size_t i = 0; i < count; i++) {
        onset_s += 0.005 * draw(seed, 10); /* dense, with equal onsets too */
        items[i] = at(onset_s);
    }
    return count;
}

/** Asserts that each event is used once at most; returns the pairs and their total distance. */
static int sum_matches(const trial *t, const int64_t *matches, double *total_s)
{
    unsigned used = 0;
    int pairs = 0;
    *total_s = 0.0;
    for (size_t i = 0; i < t->truth_count; i++) {
        if (matches[i] >= 0) {
            assert_false(used & (1u << matches[i]));
            used |= 1u << matches[i];
            pairs++;
            *total_s += fabs(t->events[matches[i]].onset_s - t->truths[i].onset_s);
        }
    }
    return pairs;
}

static void test_matching_equals_brute_force(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int n = 0; n < 3000; n++) {
        trial t = {.pairs = 0};
        t.truth_count = draw_items(&seed, t.truths);
        t.event_count = draw_items(&seed, t.events);
        try_all(&t, 0, 0, 0, 0.0);
        myo_score *score = new_score();
        assert_int_equal(
            myo_score_add(score, t.truths, t.truth_count, t.events, t.event_count, 1.0), MYO_OK);
        double total_s = 0.0;
        assert_int_equal(sum_matches(&t, myo_score_matches(score), &total_s), t.pairs);
        assert_near(total_s, t.total_s, 1e-12);
        myo_score_free(score);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates_have_exact_intervals),
        cmocka_unit_test(test_all_or_nothing_keeps_one_bound),
        cmocka_unit_test(test_nothing_at_all_says_nothing),
        cmocka_unit_test(test_quantiles_of_errors),
        cmocka_unit_test(test_bias_is_the_mean),
        cmocka_unit_test(test_ignored_labels_count_on_neither_side),
        cmocka_unit_test(test_recordings_are_pooled),
        cmocka_unit_test(test_bad_input_is_refused_and_adds_nothing),
        cmocka_unit_test(test_matching_equals_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
