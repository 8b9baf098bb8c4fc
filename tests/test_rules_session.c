/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about findings, course and home, and what holds for all rules. */
#include "rule_case.h"

/* clang-format off: the cases are sentences, a table of them reads best as it is */
static void test_borders(void **state)
{
    (void)state;
    const char *sore = "steps:\n - {id: s, kind: diary, soreness_hours: %g, pain_quality: dull}\n";
    expect_number(SELF, sore, 48, "K04", "EXPECTED");
    expect_number(SELF, sore, 49, "K04", "PROLONGED");
    const char *doms = STEP("kind: palpate, spread: diffuse, familiar: no, exercise_hours: %g");
    expect_number(SELF, doms, 23, "A06", "");
    expect_number(SELF, doms, 24, "A06", "LIKELY_DOMS");
    expect_number(SELF, doms, 72, "A06", "LIKELY_DOMS");
    expect_number(SELF, doms, 73, "A06", "");
    const char *home = STEP("kind: diary, date: 2026-11-19, self_minutes: %g");
    expect_number(SELF, home, 9, "B01", "LOW");
    expect_number(SELF, home, 10, "B01", "OK");
    const char *desk = STEP("kind: diary, date: 2026-11-19, longest_sitting_min: %g");
    expect_number(SELF, desk, 45, "B02", "OK");
    expect_number(SELF, desk, 46, "B02", "LONG_SIT");
    const char *roll = STEP("kind: diary, date: 2026-11-19, roll_minutes: %g");
    expect_number(SELF, roll, 4, "B03", "MISSED");
    expect_number(SELF, roll, 5, "B03", "DONE");
}

#define PAIR(x, y)                                                                                 \
    "points:\n - {id: p, muscle: trapezius_upper, " x "}\n - {id: q, muscle: temporalis, " y "}\n"
#define PRIMARY "activity: active, order: primary"
#define MAP                                                                                        \
    "steps:\n - {id: m, kind: baseline, start: 0, end: 9, pain: 5, zones: [arm_lat, thumb], rom: " \
    "3, tissue: taut}\n"

static void test_assessment(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, ACTIVE, "A01", "ACTIVE"},
        {SELF, "points:\n - {id: p, muscle: soleus, spontaneous: no, pressure_pain: yes}\n", "A01",
         "LATENT"},
        {SELF, POINT, "A01", "NOT_ASSESSED"},
        {SELF, PAIR(PRIMARY, "side: left"), "A02", "PRIMARY SATELLITE"},
        {SELF, PAIR("cause: overuse", "order: secondary"), "A02", "PRIMARY SECONDARY"},
        {SELF, POINT, "A02", "NOT_ASSESSED"},
        {SELF, STEP("kind: palpate, recognition: yes"), "A03", "RECOGNISED"},
        {SELF, STEP("kind: palpate"), "A03", "NOT_ASSESSED"},
        {SELF, STEP("kind: palpate, recognition: no"), "A03", ""},
        {SELF,
         STEP("kind: palpate, recognition: yes, start: 0, end: 9") "findings:\n" LTR("f", "3", "9"),
         "A03", "MANUAL_LTR RECOGNISED"},
        {SELF, STEP("kind: palpate, muscle: trapezius_upper, familiar: yes, zones: [temple]"),
         "A04", "CONFIRMED"},
        {SELF, STEP("kind: palpate, muscle: trapezius_upper, familiar: yes, zones: [heel]"), "A04",
         "UNCONFIRMED"},
        {SELF, STEP("kind: palpate, muscle: trapezius_upper, familiar: no"), "A04", "UNCONFIRMED"},
        {SELF, STEP("kind: palpate, muscle: trapezius_upper"), "A04", "NOT_ASSESSED"},
        {SELF, POINT STEP("kind: compress, point: p"), "A04", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress"), "N05", "NOT_ASSESSED"},
        /* the article's own example: treating the arm alone leaves the scalenes unlooked at */
        {CLINICAL,
         MAP " - {id: s, kind: compress, muscle: adductor_pollicis, start: 10, end: 70}\n", "A05",
         "SYMPTOM_SITE"},
        {CLINICAL,
         MAP " - {id: s, kind: compress, muscle: adductor_pollicis, start: 10, end: 70}\n"
             " - {id: t, kind: palpate, muscle: scalenes}\n",
         "A05", "OK"},
        {SELF, STEP("kind: compress, muscle: soleus"), "A05", "NOT_ASSESSED"},
        {SELF, STEP("kind: palpate, spread: pinpoint, familiar: yes"), "A06", "TRP"},
        {SELF, STEP("kind: palpate, spread: diffuse, familiar: no"), "A06", "NOT_ASSESSED"},
        {SELF, STEP("kind: palpate"), "A06", "NOT_ASSESSED"},
        {SELF, MAP, "A07", "CANDIDATES"},
        {SELF, STEP("kind: rest"), "A07", "NOT_ASSESSED"},
        {SELF, MAP, "A08", "OK"},
        {SELF, STEP("kind: baseline, pain: 5"), "A08", "MISSING_BASELINE"},
        {SELF ", channels: [emg]",
         STEP("kind: baseline, pain: 5, rom: 3, tissue: taut, start: 0, end: 4"), "A08",
         "MISSING_BASELINE"},
        {SELF, STEP("kind: baseline, pain: 5, rom: 3, tissue: taut, tension: 1"), "A08",
         "OK TENSION"},
        {SELF,
         "steps:\n - {id: a, kind: compress, start: 0, end: 9}\n - {id: m, kind: baseline, start: "
         "10, pain: 5, rom: 3, tissue: taut}\n",
         "A08", "MISSING_BASELINE"},
        {SELF, PAIR(PRIMARY, "parent: p") STEP("kind: compress, point: q"), "A09", "PRIMARY_FIRST"},
        {SELF,
         PAIR(PRIMARY, "side: left") "steps:\n - {id: a, kind: compress, point: q}\n - {id: b, "
                                     "kind: compress, point: p}\n",
         "A09", "OK"},
        {SELF, PAIR(PRIMARY, "side: left"), "A09", ""},
    };
    RUN(rows);
}

/* What twitched in the session moves up: the infraspinatus ranks second in the catalogue. */
static void test_candidates_that_twitched_come_first(void **state)
{
    (void)state;
    myo_session *session = session_of(
        CLINICAL,
        "points:\n - {id: p, muscle: infraspinatus}\n" MAP
        " - {id: n, kind: needle, point: p, start: 10, end: 20}\nfindings:\n" LTR("f", "12", "9"));
    const myo_session *one[] = {session};
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
    for (size_t i = 0; i < myo_check_count(check); i++) {
        const myo_annotation *a = myo_check_at(check, i);
        if (strcmp(a->rule, "A07") == 0) {
            assert_non_null(strstr(a->text, ": infraspinatus, scalenes, "));
        }
    }
    myo_check_free(check);
    myo_session_free(session);
}

static void test_home(void **state)
{
    (void)state;
#define ANSWERS(stress)                                                                            \
    "answers:\n - {id: posture, open: no}\n - {id: stretching, open: no}\n - {id: nutrition, "     \
    "open: no}\n - {id: sleep, open: no}\n - {id: movement, open: no}\n" stress
    static const row rows[] = {
        {SELF, STEP("kind: rest"), "B01", "NOT_ASSESSED"},
        /* eight days before the last entry is another week */
        {SELF,
         "steps:\n - {id: a, kind: diary, date: 2026-11-12, self_minutes: 9}\n - {id: b, kind: "
         "diary, date: 2026-11-20, self_minutes: 5}\n",
         "B01", "LOW"},
        {SELF,
         "steps:\n - {id: a, kind: diary, date: 2026-11-14, self_minutes: 5}\n - {id: b, kind: "
         "diary, date: 2026-11-20, self_minutes: 5}\n",
         "B01", "OK"},
        {SELF, STEP("kind: rest"), "B02", "NOT_ASSESSED"},
        {SELF, STEP("kind: rest"), "B03", "NOT_ASSESSED"},
        {SELF, STEP("kind: rest"), "B04", "NOT_ASSESSED"},
        {SELF, STEP("kind: diary, stretched: [iliopsoas, trapezius_upper, pectoralis_major]"),
         "B04", "DONE"},
        {SELF, STEP("kind: diary, stretched: [iliopsoas, trapezius_upper]"), "B04", "MISSED"},
        {SELF, ANSWERS(" - {id: stress, open: no}\n"), "B05", "OK"},
        {SELF, ANSWERS(" - {id: stress, open: yes}\n"), "B05", "OPEN_FACTOR"},
        {SELF, ANSWERS(""), "B05", "NOT_ASSESSED"},
        {SELF, STEP("kind: diary, soreness_hours: 30, soreness_local: no"), "K04", "UNUSUAL"},
        {SELF, STEP("kind: diary"), "K04", "NOT_ASSESSED"},
        {SELF, STEP("kind: diary, soreness_hours: 30"), "K04", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress"), "K05", "INCOMPLETE"},
        {SELF,
         "steps:\n - {id: a, kind: compress}\n - {id: b, kind: aftercare, moist_heat: yes, "
         "hydration: yes, gentle_movement: yes}\n",
         "K05", "OK"},
        {SELF, STEP("kind: rest"), "K05", ""},
        {SELF, STEP("kind: diary, home_stretching: no"), "K07", "PASSIVE_ONLY"},
        {SELF, STEP("kind: diary, home_stretching: yes"), "K07", "OK"},
        {SELF, STEP("kind: rest"), "K07", "NOT_ASSESSED"},
        {SELF, "points:\n - {id: p, muscle: soleus, activity: latent}\n", "K08", "TREAT_EARLY"},
        {SELF,
         "points:\n - {id: p, muscle: soleus, activity: latent}\n" STEP("kind: compress, point: p"),
         "K08", ""},
        {SELF ", profile: [hypermobile]", STEP("kind: rest"), "K09", "MAINTENANCE"},
        {SELF ", profile: [runner]", STEP("kind: rest"), "K09", ""},
    };
    RUN(rows);
}

#define PAINS(a, b)                                                                                \
    "steps:\n - {id: a, kind: baseline, start: 0, pain: " a                                        \
    "}\n - {id: b, kind: recheck, start: 9, pain: " b "}\n"
#define SINCE(date) "points:\n - {id: p, muscle: soleus, onset: " date "}\n"

/* Session of 2026-11-20; 27, 28, 84 and 85 days before it. */
static void test_course(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF ", number: 3", SINCE("2026-10-24") PAINS("6", "6"), "K01", "BEHIND"},
        {SELF ", number: 3", SINCE("2026-10-23") PAINS("6", "6"), "K01", "ON_TRACK"},
        {SELF ", number: 2", SINCE("2026-10-24") PAINS("6", "6"), "K01", "ON_TRACK"},
        {SELF ", number: 5", SINCE("2026-08-28") PAINS("6", "6"), "K01", "BEHIND"},
        {SELF ", number: 5", SINCE("2026-08-27") PAINS("6", "6"), "K01", "ON_TRACK"},
        {SELF ", number: 5", SINCE("2026-08-27") PAINS("6", "4"), "K01", "AHEAD"},
        {SELF ", number: 7", PAINS("6", "6"), "K01", "BEHIND"},
        {SELF ", number: 6", PAINS("6", "6"), "K01", "ON_TRACK"},
        {SELF, STEP("kind: rest"), "K01", "NOT_ASSESSED"},
        {SELF ", number: 5", PAINS("6", "6"), "K02", ""},
        {SELF ", number: 6", PAINS("6", "6"), "K02", "REVISIT"},
        {SELF ", number: 6", PAINS("6", "5"), "K02", "REVISIT"},
        {SELF ", number: 6", PAINS("6", "4"), "K02", "OK"},
        {SELF ", number: 6", PAINS("3", "2.1"), "K02", "OK"},
        {SELF ", number: 6", STEP("kind: rest"), "K02", "NOT_ASSESSED"},
        {SELF, SINCE("2026-10-23"), "K10", "REPEAT"},
        {SELF, SINCE("2026-10-24"), "K10", ""},
        {SELF, POINT, "K10", "NOT_ASSESSED"},
        {SELF ", number: 2", SINCE("2026-10-23"), "K10", ""},
        {CLINICAL ", number: 2", STEP("kind: rest"), "K03", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: rest"), "K03", ""},
    };
    RUN(rows);
}

static void test_several_sessions(void **state)
{
    (void)state;
    static const struct {
        const char *before, *expected;
    } spacing[] = {{"2026-11-14", "CLOSE"},
                   {"2026-11-13", "OK"},
                   {"2026-11-06", "OK"},
                   {"2026-11-05", "WIDE"}};
    for (size_t i = 0; i < 4; i++) {
        char first[64];
        snprintf(first, sizeof first, "setting: clinical, date: %s", spacing[i].before);
        const char *headers[] = {first, CLINICAL};
        const char *bodies[] = {PAINS("6", "5"), PAINS("6", "6")};
        expect_course(bodies, headers, 2, "K03", spacing[i].expected);
    }
    const char *headers[] = {"setting: self, date: 2026-10-20", SELF};
    const char *back[] = {"points:\n - {id: p, muscle: soleus, status: resolved}\n",
                          "points:\n - {id: p, muscle: soleus, status: suspected}\n"};
    expect_course(back, headers, 2, "K06", "RECURRENT");
    const char *turned[] = {"points:\n - {id: p, muscle: soleus, activity: latent}\n", ACTIVE};
    expect_course(turned, headers, 2, "A01", "ACTIVATED");
    const char *six[] = {"setting: self, date: 2026-06-01", "setting: self, date: 2026-06-10",
                         "setting: self, date: 2026-06-20", "setting: self, date: 2026-07-01",
                         "setting: self, date: 2026-07-10", "setting: self, date: 2026-07-20"};
    const char *same[] = {PAINS("6", "5"), PAINS("5", "5"), PAINS("6", "6"),
                          PAINS("6", "5"), PAINS("5", "5"), PAINS("6", "5")};
    expect_course(same, six, 6, "K02", "REVISIT");
    expect_course(same, six, 5, "K02", "");
}

static void test_course_of_two_patients_is_refused(void **state)
{
    (void)state;
    myo_session *a = session_of(SELF, STEP("kind: rest"));
    myo_source_text other = {
        "b", "schema: myotwitch.session/1\nheader: {id: S, patient: Q, setting: self}\n", 0};
    other.size = strlen(other.data);
    myo_session *b = NULL;
    assert_int_equal(myo_session_read(clinic, &other, &b, &issues), MYO_OK);
    const myo_session *course[] = {a, b};
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(course, 2, &check), MYO_ERR_BAD_ARG);
    myo_session_free(a);
    myo_session_free(b);
}

/* Twitches at every insertion, a release in time, quiet muscle: whatever the signals say. */
static void test_stop_in_spite_of_perfect_signals(void **state)
{
    (void)state;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_PROTOCOLS); i++) {
        const myo_protocol *protocol = myo_clinic_at(clinic, MYO_PROTOCOLS, i);
        char header[256];
        snprintf(
            header, sizeof header,
            "setting: %s, qualified: yes, relaxation_usable: yes, channels: [emg], protocol: %s",
            myo_setting_name((myo_setting)protocol->setting), protocol->record.id);
        static const char body[] =
            "points:\n - {id: p, muscle: soleus, side: left, activity: active}\nsteps:\n"
            " - {id: s, kind: compress, point: p, start: 0, end: 80, discomfort: 6, tolerated: "
            "yes, guarding_ratio: 1, breath: free, ramp_s: 9, on_spine: no, pain_quality: %s}\n"
            " - {id: n, kind: needle, point: p, start: 90, end: 120}\n"
            "insertions:\n - {id: i, at: 95}\n"
            "findings:\n - {id: f1, type: release, at: 41, confidence: 1}\n - {id: f2, type: ltr, "
            "at: 95.1, peak_uv: 900, confidence: 1}\n";
        static const struct {
            const char *quality;
            bool stops;
        } cases[] = {{"electric", true}, {"dull", false}};
        for (size_t k = 0; k < 2; k++) {
            char text[2048];
            snprintf(text, sizeof text, body, cases[k].quality);
            myo_session *session = session_of(header, text);
            const myo_session *one[] = {session};
            myo_check *check = NULL;
            assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
            /* at home the needle itself is a stop */
            bool stops = cases[k].stops || protocol->setting == MYO_SELF;
            assert_int_equal(myo_check_stops(check), stops);
            char codes[256];
            codes_of(check, "X01", codes, sizeof codes);
            assert_int_equal(strstr(codes, "NEURAL") != NULL, cases[k].stops);
            codes_of(check, "N01", codes, sizeof codes);
            assert_string_equal(codes, "PLACEMENT_CONFIRMED");
            myo_check_free(check);
            myo_session_free(session);
        }
    }
}

/* Steps of which nothing but the kind is known. What can be said for sure of them all the same:
 * how many points were pressed, and that no point was named. */
static void test_bare_steps_are_never_ok(void **state)
{
    (void)state;
    static const char *const settings[] = {"setting: self", "setting: clinical"};
    for (int kind = 1; kind < MYO_STEP_KIND_COUNT; kind++) {
        for (size_t k = 0; k < 2; k++) {
            char body[128];
            snprintf(
                body, sizeof body,
                "points:\n - {id: p, muscle: soleus}\nsteps:\n - {id: s, kind: %s, point: p}\n",
                myo_step_kind_name((myo_step_kind)kind));
            myo_session *session = session_of(settings[k], body);
            const myo_session *one[] = {session};
            myo_check *check = NULL;
            assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
            for (size_t i = 0; i < myo_check_count(check); i++) {
                const myo_annotation *a = myo_check_at(check, i);
                bool sure = strstr("C12 N04 X06", a->rule) != NULL; /* point and muscle are named */
                if (a->severity == MYO_SAYS_OK && !sure) {
                    fail_msg("%s says %s of a bare %s", a->rule, a->code,
                             myo_step_kind_name((myo_step_kind)kind));
                }
            }
            myo_check_free(check);
            myo_session_free(session);
        }
    }
}

/* An empty session: nothing is ok, nothing stops. */
static void test_nothing_recorded_is_never_ok(void **state)
{
    (void)state;
    myo_session *session = session_of("setting: self", "");
    const myo_session *one[] = {session};
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
    for (size_t i = 0; i < myo_check_count(check); i++) {
        assert_int_not_equal(myo_check_at(check, i)->severity, MYO_SAYS_OK);
    }
    assert_false(myo_check_stops(check));
    myo_check_free(check);
    myo_session_free(session);
}

static void test_order(void **state)
{
    (void)state;
    myo_session *session = session_of(
        SELF, PAIR("side: left", "side: right") "steps:\n - {id: a, kind: compress, point: p, "
                                                "start: 0, end: 70, pain_quality: dull}\n"
                                                " - {id: b, kind: compress, point: q, start: 100, "
                                                "end: 110, pain_quality: sharp}\n");
    const myo_session *one[] = {session};
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(one, 1, &check), MYO_OK);
    myo_check_sort(check, MYO_BY_POINT);
    assert_string_equal(myo_check_at(check, 0)->point, "q");
    assert_int_equal(myo_check_at(check, 0)->severity, MYO_SAYS_STOP);
    for (size_t i = 1; i < myo_check_count(check); i++) {
        const myo_annotation *before = myo_check_at(check, i - 1), *now = myo_check_at(check, i);
        const char *x = before->point != NULL ? before->point : "";
        const char *y = now->point != NULL ? now->point : "";
        assert_true(strcmp(x, y) != 0 || before->severity >= now->severity);
    }
    myo_check_sort(check, MYO_BY_TIME);
    for (size_t i = 1; i < myo_check_count(check); i++) {
        assert_false(myo_check_at(check, i - 1)->t0 > myo_check_at(check, i)->t0);
    }
    myo_check_free(check);
    myo_session_free(session);
}

/* clang-format on */

static void test_all_rules_said_all_they_can(void **state)
{
    (void)state;
    expect_all_said("AKB", 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_assessment),
        cmocka_unit_test(test_candidates_that_twitched_come_first),
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_several_sessions),
        cmocka_unit_test(test_course_of_two_patients_is_refused),
        cmocka_unit_test(test_stop_in_spite_of_perfect_signals),
        cmocka_unit_test(test_bare_steps_are_never_ok),
        cmocka_unit_test(test_nothing_recorded_is_never_ok),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_all_rules_said_all_they_can),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
