/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the marks of a recording make of a session: steps, insertions, notes, stop signs. */
#include "session_case.h"

static void test_markers_make_steps(void **state)
{
    (void)state;
    myo_session *session =
        read_text("schema: myotwitch.session/1\nheader: {id: S, setting: self}\n");
    import(session, MARK("0", "baseline start") MARK("60", "compress") MARK("140", "end")
                        MARK("150", "needle start") MARK("151", "insertion") MARK("160", "coffee")
                            MARK("170", "stretch") LTR("151.2"));
    assert_int_equal(count(session, MYO_STEPS), 4);
    size_t index = 0;
    const myo_step *step = myo_session_next(session, MYO_STEPS, &index);
    assert_int_equal(step->kind, MYO_STEP_BASELINE);
    assert_true(step->end == 60.0);
    step = myo_session_next(session, MYO_STEPS, &index);
    assert_int_equal(step->kind, MYO_STEP_COMPRESS);
    assert_true(step->start == 60.0 && step->end == 140.0);
    assert_int_equal(count(session, MYO_INSERTIONS), 1);
    assert_non_null(finding_at(session, 151.2)->insertion);
    myo_session_free(session);
}

static const myo_step *step_of(myo_session *session, int kind)
{
    size_t index = 0;
    const myo_step *step;
    do {
        step = myo_session_next(session, MYO_STEPS, &index);
    } while (step != NULL && step->kind != kind);
    return step;
}

/* The marks of the live view, as they stand in a recording of it. */
static void test_live_marks_make_a_session(void **state)
{
    (void)state;
    static const char lines[] = MARK("10", "phase: needle") MARK("11", "insertion: 1")
        MARK("12", "insertion: 2") MARK("12", "undone: insertion: 2") MARK("20", "note: deep")
            MARK("30", "phase: heat") MARK("30", "undone: phase: heat") MARK("31", "note: bevel up")
                MARK("40", "phase: compress") MARK("45", "hold") MARK("100", "after")
                    MARK("100", "undone: after") MARK("100", "after") MARK("130", "end")
                        LTR("11.2");
    myo_session *session =
        read_text("schema: myotwitch.session/1\nheader: {id: S, setting: clinical}\n");
    for (int twice = 0; twice < 2; twice++) {
        import(session, lines);
        assert_int_equal(count(session, MYO_STEPS), 3);
        assert_int_equal(count(session, MYO_INSERTIONS), 1);
        const myo_step *needle = step_of(session, MYO_STEP_NEEDLE);
        assert_true(needle->start == 10.0 && needle->end == 40.0);
        assert_string_equal(needle->note, "deep; bevel up");
        assert_string_equal(finding_at(session, 11.2)->step, needle->record.id);
        const myo_step *hold = step_of(session, MYO_STEP_COMPRESS);
        assert_true(hold->start == 45.0 && hold->end == 100.0);
        assert_true(step_of(session, MYO_STEP_RECHECK)->end == 130.0);
    }
    myo_session_free(session);
}

/* Wherever the stop sign is given it is written down, also in a step that a person has the say over. */
static void test_stop_signs_are_never_lost(void **state)
{
    (void)state;
    myo_session *session =
        read_text("schema: myotwitch.session/1\nheader: {id: S, setting: clinical}\nsteps:\n"
                  "  - {id: s1, kind: needle, start: 10, end: 20}\n");
    import(session, MARK("10", "needle") MARK("12", "stop-sign sharp, shooting or electric pain")
                        MARK("30", "heat") MARK("33", "stop-sign swelling, colour or warmth")
                            MARK("34", "stop-sign other sign") MARK("40", "end")
                                MARK("50", "stop-sign patient asks to stop"));
    const myo_step *step = step_of(session, MYO_STEP_PALPATE);
    assert_true(step->start == 12.0 && step->end == 12.0);
    assert_int_equal(step->pain_quality, MYO_SHARP);
    step = step_of(session, MYO_STEP_HEAT);
    assert_int_equal(step->swelling, 1);
    assert_string_equal(step->stop_sign,
                        "swelling, colour or warmth, at 0:33; other sign, at 0:34");
    assert_string_equal(step_of(session, MYO_STEP_REST)->stop_sign,
                        "patient asks to stop, at 0:50");
    assert_null(((const myo_step *)myo_session_find(session, MYO_STEPS, "s1"))->stop_sign);
    myo_session_free(session);
}

/* Two that fall into one moment are one step, which keeps what both say. */
static void test_stop_signs_of_one_moment_both_stand(void **state)
{
    (void)state;
    myo_session *session =
        read_text("schema: myotwitch.session/1\nheader: {id: S, setting: clinical}\n");
    for (int twice = 0; twice < 2; twice++) {
        import(session, MARK("5", "stop-sign faintness") MARK("5.02", "stop-sign breathlessness")
                            MARK("20", "hold") MARK("20.02", "stop-sign other sign")
                                MARK("20.04", "hold") MARK("30", "end"));
        assert_int_equal(count(session, MYO_STEPS), 2);
        assert_string_equal(step_of(session, MYO_STEP_REST)->stop_sign,
                            "faintness, at 0:05; breathlessness, at 0:05");
        assert_string_equal(step_of(session, MYO_STEP_COMPRESS)->stop_sign, "other sign, at 0:20");
        assert_true(step_of(session, MYO_STEP_COMPRESS)->end == 30.0);
    }
    myo_session_free(session);
}

/* The step is found again by the mark that was first to mean it. */
static void test_hold_marked_twice_is_one_step(void **state)
{
    (void)state;
    myo_session *session =
        read_text("schema: myotwitch.session/1\nheader: {id: S, setting: clinical}\n");
    for (int twice = 0; twice < 2; twice++) {
        import(session, MARK("3", "phase: compress") MARK("20", "hold") MARK("20", "hold"));
        assert_int_equal(count(session, MYO_STEPS), 1);
        assert_true(step_of(session, MYO_STEP_COMPRESS)->start == 20.0);
    }
    myo_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markers_make_steps),
        cmocka_unit_test(test_live_marks_make_a_session),
        cmocka_unit_test(test_stop_signs_are_never_lost),
        cmocka_unit_test(test_stop_signs_of_one_moment_both_stand),
        cmocka_unit_test(test_hold_marked_twice_is_one_step),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
