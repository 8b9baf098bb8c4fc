/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a session stands at a moment, and the sums over points and courses. */
#include "session_case.h"

#include "myotwitch/session_flow.h"
#include "myotwitch/session_summary.h"

#include <math.h>

static void test_flow(void **state)
{
    (void)state;
    static const struct {
        myo_step_kind kind;
        myo_phase phase;
    } rows[] = {
        {MYO_STEP_INSPECT, MYO_PHASE_PREPARE}, {MYO_STEP_PALPATE, MYO_PHASE_ASSESS},
        {MYO_STEP_HEAT, MYO_PHASE_TREAT},      {MYO_STEP_NEEDLE, MYO_PHASE_TREAT},
        {MYO_STEP_REST, MYO_PHASE_TREAT},      {MYO_STEP_STRETCH, MYO_PHASE_LENGTHEN},
        {MYO_STEP_RECHECK, MYO_PHASE_REVIEW},  {MYO_STEP_COMPRESS, MYO_PHASE_TREAT},
    };
    myo_phase phase = MYO_PHASE_PREPARE;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phase = myo_phase_after(phase, rows[i].kind, false);
        assert_int_equal(phase, rows[i].phase);
        assert_int_equal(myo_phase_after(phase, rows[i].kind, true), MYO_PHASE_STOPPED);
        assert_int_equal(myo_phase_after(MYO_PHASE_STOPPED, rows[i].kind, false),
                         MYO_PHASE_STOPPED);
    }
}

static void test_live_state(void **state)
{
    (void)state;
    myo_session *session = read_text(
        "schema: myotwitch.session/1\nheader: {id: S, setting: self, protocol: self_standard}\n"
        "points:\n - {id: p, muscle: soleus}\nsteps:\n - {id: a, kind: inspect, start: 0, end: 5}\n"
        " - {id: b, kind: baseline, start: 5, end: 60}\n - {id: c, kind: compress, point: p, "
        "start: 100, end: 230, pain_quality: sharp}\n"
        " - {id: d, kind: compress, point: p, start: 300, end: 320}\n");
    myo_session_now now;
    myo_session_at(session, NULL, 159, &now);
    assert_int_equal(now.phase, MYO_PHASE_TREAT);
    assert_int_equal(now.band_state, MYO_BAND_BEFORE);
    assert_true(now.elapsed_s == 59.0 && now.band->lo == 60.0 && now.band->hi == 120.0);
    myo_session_at(session, NULL, 160, &now);
    assert_int_equal(now.band_state, MYO_BAND_WITHIN);
    myo_session_at(session, NULL, 221, &now);
    assert_int_equal(now.band_state, MYO_BAND_BEYOND);
    assert_int_equal(now.next->step, MYO_STEP_STRETCH);
    myo_session_at(session, NULL, 70, &now);
    assert_null(now.step);
    assert_int_equal(now.next->step, MYO_STEP_COMPRESS);
    const myo_session *one[] = {session};
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
    myo_session_at(session, check, 310, &now);
    assert_int_equal(now.phase, MYO_PHASE_STOPPED);
    assert_true(now.treats_after_stop);
    assert_null(now.next);
    myo_session_at(session, check, 50, &now);
    assert_int_equal(now.phase, MYO_PHASE_PREPARE);
    myo_check_free(check);
    myo_session_free(session);
}

static void test_summary_of_a_point(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, LTR("20") LTR("110.2") LTR("110.4") LTR("150"));
    myo_point_summary sum[2];
    assert_int_equal(myo_session_point_summaries(session, sum, 2), 1);
    assert_int_equal(sum[0].insertions, 2);
    assert_int_equal(sum[0].answered, 1);
    assert_int_equal(sum[0].twitches, 3);
    assert_int_equal(sum[0].manual, 1);
    assert_int_equal(sum[0].holds, 0);
    assert_true(isnan(sum[0].first_release_s));
    myo_session_free(session);
}

#define POINTS(date, points)                                                                       \
    "schema: myotwitch.session/1\nheader: {id: S, setting: self, date: " date "}\npoints:"         \
    "\n" points

static void test_muscles_that_come_back(void **state)
{
    (void)state;
    myo_session *sessions[] = {
        read_text(
            POINTS("2026-01-01", " - {id: a, muscle: soleus}\n - {id: b, muscle: masseter}\n")),
        read_text(POINTS("2026-02-01", " - {id: a, muscle: soleus, status: resolved}\n")),
        read_text(
            POINTS("2026-03-01", " - {id: a, muscle: soleus}\n - {id: c, muscle: soleus}\n"))};
    const myo_session *course[] = {sessions[0], sessions[1], sessions[2]};
    myo_offender found[4];
    assert_int_equal(myo_course_offenders(course, 3, found, 4), 2);
    assert_string_equal(found[0].muscle, "soleus");
    assert_int_equal(found[0].sessions, 3);
    assert_int_equal(found[0].points, 2);
    assert_int_equal(found[0].returns, 1);
    assert_true(found[0].days_to_return == 28.0);
    assert_string_equal(found[1].muscle, "masseter");
    assert_int_equal(found[1].returns, 0);
    for (size_t i = 0; i < 3; i++) {
        myo_session_free(sessions[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flow),
        cmocka_unit_test(test_live_state),
        cmocka_unit_test(test_summary_of_a_point),
        cmocka_unit_test(test_muscles_that_come_back),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
