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

/* Heat is told in minutes. */
static void test_band_of_heat(void **state)
{
    (void)state;
    myo_session *session = read_text(
        "schema: myotwitch.session/1\nheader: {id: S, setting: self, protocol: self_standard}\n"
        "points:\n - {id: p, muscle: soleus}\nsteps:\n - {id: a, kind: heat, start: 0, end: "
        "1800}\n");
    myo_session_now now;
    myo_session_at(session, NULL, 14 * 60, &now);
    assert_true(now.band->lo == 15.0 && now.band->hi == 20.0);
    assert_int_equal(now.band_state, MYO_BAND_BEFORE);
    myo_session_at(session, NULL, 16 * 60, &now);
    assert_int_equal(now.band_state, MYO_BAND_WITHIN);
    myo_session_at(session, NULL, 21 * 60, &now);
    assert_int_equal(now.band_state, MYO_BAND_BEYOND);
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

/* Two points, one of them treated: held twice (one release was felt, the other one heard), then needled
 * under a stimulator that runs for ten of its sixty seconds. */
static const char treated[] =
    "schema: myotwitch.session/1\n"
    "header: {id: S7, setting: clinical, qualified: yes, date: 2026-11-21}\n"
    "points:\n - {id: p, muscle: soleus}\n - {id: q, muscle: masseter}\n"
    "steps:\n - {id: a, kind: baseline, start: 0, end: 9, pain: 6, tension: 4}\n"
    " - {id: l, kind: palpate, start: 10, end: 20, point: q}\n"
    " - {id: h1, kind: compress, start: 30, end: 90, point: p}\n"
    " - {id: h2, kind: compress, start: 100, end: 160, point: p, released_s: 12}\n"
    " - {id: h3, kind: compress, start: 170, end: 190, point: p}\n"
    " - {id: n, kind: needle, start: 200, end: 260, point: p}\n"
    " - {id: t, kind: tens, start: 240, end: 250}\n"
    " - {id: r, kind: recheck, start: 300, end: 310, pain: 2}\n"
    "insertions:\n - {id: i1, at: 210}\n - {id: i2, at: 241, step: n}\n - {id: i3, at: 255}\n"
    "findings:\n - {id: f1, type: release, at: 48, confidence: 1}\n"
    " - {id: f2, type: ltr, at: 210.2, peak_uv: 900, confidence: 1}\n"
    " - {id: f3, type: ltr, at: 241.2, peak_uv: 900, confidence: 1}\n"
    " - {id: f4, type: ltr, at: 15, peak_uv: 900, confidence: 1}\n";

static void test_holds_and_what_a_stimulator_hides(void **state)
{
    (void)state;
    myo_session *session = read_text(treated);
    myo_point_summary sum[2];
    assert_int_equal(myo_session_point_summaries(session, sum, 2), 2);
    assert_string_equal(sum[0].point->record.id, "p");
    assert_int_equal(sum[0].holds, 3);
    assert_int_equal(sum[0].released, 2);
    assert_true(sum[0].first_release_s == 18.0); /* of the first hold: 48 - 30 */
    assert_int_equal(sum[0].insertions, 3);
    assert_int_equal(sum[0].answered, 1);
    assert_int_equal(sum[0].twitches, 1);
    assert_int_equal(sum[0].manual, 0);
    assert_int_equal(sum[1].holds, 0);
    assert_int_equal(sum[1].manual, 1);
    sum[1].manual = 77;
    assert_int_equal(myo_session_point_summaries(session, sum, 1), 2);
    assert_int_equal(sum[1].manual, 77); /* no room, not touched */
    myo_session_free(session);
}

static void test_a_line_of_the_course(void **state)
{
    (void)state;
    myo_session *session = read_text(treated);
    myo_course_row row;
    myo_session_course_row(session, &row);
    assert_string_equal(row.id, "S7");
    assert_string_equal(row.date, "2026-11-21");
    assert_int_equal(row.points, 2);
    assert_int_equal(row.treated, 1);
    assert_int_equal(row.insertions, 3);
    assert_int_equal(row.twitches, 2); /* not the one under the stimulator */
    assert_true(row.pain_first == 6.0 && row.pain_last == 2.0);
    assert_true(row.tension_first == 4.0 && row.tension_last == 4.0); /* asked once */
    myo_session_free(session);
    session = read_text("schema: myotwitch.session/1\nheader: {id: E, setting: self}\n");
    myo_session_course_row(session, &row);
    assert_int_equal(row.points + row.treated + row.insertions + row.twitches, 0);
    assert_true(isnan(row.pain_first) && isnan(row.pain_last) && isnan(row.tension_first) &&
                isnan(row.tension_last));
    myo_session_free(session);
}

#define POINTS(date, points)                                                                       \
    "schema: myotwitch.session/1\nheader: {id: S, setting: self, date: " date "}\npoints:"         \
    "\n" points

/* More sessions first, then more points, then the name; a list that is full stays as it is. */
static void test_ranks_of_muscles(void **state)
{
    (void)state;
    myo_session *sessions[] = {
        read_text(POINTS("2026-01-01", " - {id: a, muscle: soleus}\n - {id: b, muscle: masseter}\n"
                                       " - {id: c, muscle: temporalis}\n"
                                       " - {id: d, muscle: temporalis}\n")),
        read_text(POINTS("2026-02-01", " - {id: e, muscle: soleus}\n"))};
    const myo_session *course[] = {sessions[0], sessions[1]};
    static const char *const order[] = {"soleus", "temporalis", "masseter"};
    myo_offender found[4];
    assert_int_equal(myo_course_offenders(course, 2, found, 4), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(found[i].muscle, order[i]);
        assert_true(isnan(found[i].days_to_return));
    }
    assert_int_equal(myo_course_offenders(course, 2, found, 1), 1);
    assert_int_equal(myo_course_offenders(course, 0, found, 4), 0);
    myo_session_free(sessions[0]);
    myo_session_free(sessions[1]);
}

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
        cmocka_unit_test(test_band_of_heat),
        cmocka_unit_test(test_summary_of_a_point),
        cmocka_unit_test(test_holds_and_what_a_stimulator_hides),
        cmocka_unit_test(test_a_line_of_the_course),
        cmocka_unit_test(test_ranks_of_muscles),
        cmocka_unit_test(test_muscles_that_come_back),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
