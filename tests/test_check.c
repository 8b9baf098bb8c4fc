/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every rule says every one of its outcomes, at its borders, and keeps silent about nothing. */
#include "myotwitch/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static myo_clinic *clinic;
static myo_issues issues;

/* Which outcomes were ever said: "C01 SHORT\n" ... */
static char said[65536];

static int load(void **state)
{
    (void)state;
    return myo_clinic_new(NULL, 0, &clinic, &issues);
}

static int unload(void **state)
{
    (void)state;
    myo_clinic_free(clinic);
    return 0;
}

static myo_session *session_of(const char *header, const char *body)
{
    char text[8192];
    int length = snprintf(text, sizeof text, "schema: myotwitch.session/1\nheader: {id: S, patient: P, %s}\n%s",
                          header, body);
    assert_true(length > 0 && length < (int)sizeof text);
    myo_source_text source = {"case", text, (size_t)length};
    myo_session *session = NULL;
    if (myo_session_read(clinic, &source, &session, &issues) != MYO_OK) {
        fail_msg("%s\nin:\n%s", issues.text[0], text);
    }
    return session;
}

static void remember(const myo_annotation *annotation)
{
    char line[64];
    snprintf(line, sizeof line, "%s %s\n", annotation->rule, annotation->code);
    if (strstr(said, line) == NULL) {
        assert_true(strlen(said) + strlen(line) < sizeof said);
        strcat(said, line);
    }
}

/* The codes that a rule said, in order: "OK JUMPED". */
static void codes_of(const myo_check *check, const char *rule, char *codes, size_t size)
{
    codes[0] = '\0';
    for (size_t i = 0; i < myo_check_count(check); i++) {
        const myo_annotation *annotation = myo_check_at(check, i);
        /* Every place of a message was filled. */
        assert_null(strchr(annotation->text, '{'));
        remember(annotation);
        if (strcmp(annotation->rule, rule) == 0) {
            snprintf(codes + strlen(codes), size - strlen(codes), "%s%s",
                     codes[0] != '\0' ? " " : "", annotation->code);
        }
    }
}

static void expect_course(const char *const bodies[], const char *const headers[], size_t count,
                          const char *rule, const char *expected)
{
    myo_session *sessions[12];
    const myo_session *course[12];
    char codes[512];
    for (size_t i = 0; i < count; i++) {
        course[i] = sessions[i] = session_of(headers[i], bodies[i]);
    }
    myo_check *check = NULL;
    assert_int_equal(myo_check_run(course, count, &check), MYO_OK);
    codes_of(check, rule, codes, sizeof codes);
    if (strcmp(codes, expected) != 0) {
        fail_msg("%s said '%s', not '%s', of\n%s\n%s", rule, codes, expected, headers[count - 1],
                 bodies[count - 1]);
    }
    myo_check_free(check);
    for (size_t i = 0; i < count; i++) {
        myo_session_free(sessions[i]);
    }
}

static void expect(const char *header, const char *body, const char *rule, const char *expected)
{
    expect_course(&body, &header, 1, rule, expected);
}

typedef struct {
    const char *header, *body, *rule, *expected;
} row;

static void run(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect(rows[i].header, rows[i].body, rows[i].rule, rows[i].expected);
    }
}
#define RUN(rows) run(rows, sizeof(rows) / sizeof((rows)[0]))

#define SELF "setting: self, date: 2026-11-20"
#define CLINICAL "setting: clinical, qualified: yes, date: 2026-11-20"
#define POINT "points:\n - {id: p, muscle: soleus, side: left}\n"
#define ACTIVE "points:\n - {id: p, muscle: soleus, side: left, activity: active, spontaneous: yes}\n"
#define STEP(...) "steps:\n - {id: s, " #__VA_ARGS__ "}\n"

/* A band's borders: which code for which number. */
static void expect_number(const char *header, const char *format, double value, const char *rule,
                          const char *expected)
{
    char body[1024];
    snprintf(body, sizeof body, format, value);
    expect(header, body, rule, expected);
}

static void test_hold_borders(void **state)
{
    (void)state;
    const char *hold = POINT "steps:\n - {id: s, kind: compress, point: p, start: 0, end: %g}\n";
    expect_number(CLINICAL, hold, 29, "C01", "SHORT");
    expect_number(CLINICAL, hold, 30, "C01", "OK");
    expect_number(CLINICAL, hold, 90, "C01", "OK");
    expect_number(CLINICAL, hold, 91, "C01", "LONG");
    expect_number(SELF, hold, 59, "C01", "SHORT");
    expect_number(SELF, hold, 60, "C01", "OK");
    expect_number(SELF, hold, 120, "C01", "OK");
    expect_number(SELF, hold, 121, "C01", "LONG");
    expect_number(SELF, hold, 15, "C02", "TOO_BRIEF");
    expect_number(SELF, hold, 16, "C02", "OK");
}

static void test_other_borders(void **state)
{
    (void)state;
    const char *stretch = "steps:\n - {id: s, kind: stretch, start: 0, end: %g}\n";
    expect_number(SELF, stretch, 19, "S02", "SHORT");
    expect_number(SELF, stretch, 20, "S02", "OK");
    expect_number(SELF, stretch, 30, "S02", "OK");
    expect_number(SELF, stretch, 31, "S02", "LONG");
    const char *heat = "steps:\n - {id: s, kind: heat, start: 0, end: %g}\n";
    expect_number(SELF, heat, 14 * 60, "H02", "SHORT");
    expect_number(SELF, heat, 15 * 60, "H02", "OK");
    expect_number(SELF, heat, 20 * 60, "H02", "OK");
    expect_number(SELF, heat, 21 * 60, "H02", "LONG");
    const char *sore = "steps:\n - {id: s, kind: diary, soreness_hours: %g, pain_quality: dull}\n";
    expect_number(SELF, sore, 48, "K04", "EXPECTED");
    expect_number(SELF, sore, 49, "K04", "PROLONGED");
    const char *soft = STEP(kind: compress, start: 0, end: 200, released_s: %g);
    expect_number(SELF, soft, 29, "C05", "EARLY");
    expect_number(SELF, soft, 30, "C05", "EXPECTED");
    expect_number(SELF, soft, 60, "C05", "EXPECTED");
    expect_number(SELF, soft, 61, "C05", "LATE");
    const char *pain = STEP(kind: compress, start: 0, end: 80, discomfort: %g);
    expect_number(SELF, pain, 5, "C06", "LOW");
    expect_number(SELF, pain, 6, "C06", "OK");
    expect_number(SELF, pain, 7, "C06", "OK");
    expect_number(SELF, pain, 8, "C06", "HIGH");
    const char *doms = STEP(kind: palpate, spread: diffuse, familiar: no, exercise_hours: %g);
    expect_number(SELF, doms, 23, "A06", "");
    expect_number(SELF, doms, 24, "A06", "LIKELY_DOMS");
    expect_number(SELF, doms, 72, "A06", "LIKELY_DOMS");
    expect_number(SELF, doms, 73, "A06", "");
    const char *home = STEP(kind: diary, date: 2026-11-19, self_minutes: %g);
    expect_number(SELF, home, 9, "B01", "LOW");
    expect_number(SELF, home, 10, "B01", "OK");
    const char *desk = STEP(kind: diary, date: 2026-11-19, longest_sitting_min: %g);
    expect_number(SELF, desk, 45, "B02", "OK");
    expect_number(SELF, desk, 46, "B02", "LONG_SIT");
    const char *roll = STEP(kind: diary, date: 2026-11-19, roll_minutes: %g);
    expect_number(SELF, roll, 4, "B03", "MISSED");
    expect_number(SELF, roll, 5, "B03", "DONE");
}

static void test_points_in_a_session(void **state)
{
    (void)state;
    static const char *const expected[] = {"OK", "OK", "OK", "OK", "LIMIT", "OVER"};
    for (int n = 1; n <= 6; n++) {
        char body[2048] = "points:\n";
        for (int i = 0; i < n; i++) {
            snprintf(body + strlen(body), sizeof body - strlen(body),
                     " - {id: p%d, muscle: soleus}\n", i);
        }
        strcat(body, "steps:\n");
        for (int i = 0; i < n; i++) {
            snprintf(body + strlen(body), sizeof body - strlen(body),
                     " - {id: s%d, kind: compress, point: p%d, start: %d, end: %d}\n"
                     " - {id: r%d, kind: compress, point: p%d, start: %d, end: %d}\n",
                     i, i, 200 * i, 200 * i + 70, i, i, 200 * i + 80, 200 * i + 150);
        }
        expect(SELF, body, "C12", expected[n - 1]);
        expect(CLINICAL, body, "C12", "");
    }
}

static void test_compression(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, STEP(kind: compress, start: 0), "C01", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, start: 0), "C02", "NOT_ASSESSED"},
        /* a release ends the hold, even before the band */
        {SELF, STEP(kind: compress, start: 0, end: 40, released_s: 35), "C01", "OK"},
        {SELF, STEP(kind: compress, start: 0, end: 40, released_s: 35), "C03", "RELEASED"},
        {SELF, STEP(kind: compress, start: 0, end: 40), "C03", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, start: 0, end: 40), "C05", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, start: 0, end: 119), "C04", ""},
        {SELF, STEP(kind: compress, start: 0, end: 120), "C04", "NOT_ASSESSED"},
        {SELF ", relaxation_usable: yes", STEP(kind: compress, start: 0, end: 120), "C04",
         "NO_RELEASE"},
        {SELF, STEP(kind: compress, start: 0, end: 130) "findings:\n - {id: f, type: relaxation, at: 5, verdict: unusable}\n",
         "C04", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, start: 0, end: 130) "findings:\n - {id: f, type: relaxation, at: 5, verdict: not_released}\n",
         "C04", "NO_RELEASE"},
        {SELF, STEP(kind: compress, start: 10, end: 130) "findings:\n - {id: f, type: release, at: 52}\n",
         "C03", "RELEASED"},
        {SELF, STEP(kind: compress, start: 0, end: 80), "C06", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: compress, start: 0, end: 80, discomfort: 9), "C06", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: compress, start: 0, end: 80, discomfort: 9, tolerated: yes), "C06", "OK"},
        {CLINICAL, STEP(kind: compress, start: 0, end: 80, discomfort: 5, tolerated: no), "C06", "HIGH"},
        {SELF, STEP(kind: compress, guarding_ratio: 1.6), "C07", "GUARDING"},
        {SELF, STEP(kind: compress, guarding_ratio: 1.5), "C07", "OK"},
        {SELF, STEP(kind: compress), "C07", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, breath: held), "C08", "BREATH_HELD"},
        {SELF, STEP(kind: compress, breath_gap_s: 16), "C08", "BREATH_HELD"},
        {SELF, STEP(kind: compress, breath: free), "C08", "OK"},
        {SELF, STEP(kind: compress), "C08", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, ramp_s: 2), "C09", "RAMP_FAST"},
        {SELF, STEP(kind: compress, ramp_s: 3), "C09", "OK"},
        {SELF, STEP(kind: compress, ramp_s: 5, first_discomfort: 8), "C09", "RAMP_FAST"},
        {SELF, STEP(kind: compress), "C09", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, start: 0, end: 80), "C10", "REPERFUSION"},
        {SELF, STEP(kind: compress, start: 0), "C10", "NOT_ASSESSED"},
    };
    RUN(rows);
}

#define TWO(first_end, second)                                                                     \
    "steps:\n - {id: a, kind: compress, muscle: soleus, start: 0, end: " first_end "}\n"           \
    " - {id: b, kind: compress, " second "start: 200, end: 270}\n"

static void test_between_points(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, TWO("30", "muscle: gastrocnemius, "), "C11", "JUMPED"},
        {SELF, TWO("30", "muscle: soleus, "), "C11", "OK"},
        {SELF, TWO("70", "muscle: gastrocnemius, "), "C11", "OK"},
        {SELF, TWO("70", ""), "C11", "NOT_ASSESSED"},
        {SELF, TWO("70", "muscle: soleus, "), "S01", "MISSING"},
        {SELF, TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: soleus, start: 280, end: 305}\n",
         "S01", "OK"},
        {SELF, TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: soleus, start: 571, end: 600}\n",
         "S01", "GAP"},
        {SELF, TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: piriformis, start: 280, end: 305}\n",
         "S01", "MISSING"},
        {SELF, STEP(kind: compress, start: 0, end: 70), "S01", "NOT_ASSESSED"},
        {SELF, STEP(kind: stretch, start: 0), "S02", "NOT_ASSESSED"},
        {SELF, STEP(kind: stretch, style: ballistic), "S03", "BALLISTIC"},
        {SELF, STEP(kind: stretch, style: slow), "S03", "OK"},
        {SELF, STEP(kind: stretch), "S03", "NOT_ASSESSED"},
        {SELF, STEP(kind: stretch, style: slow, start: 0, end: 25) "findings:\n - {id: f, type: contraction, at: 3}\n",
         "S03", "BALLISTIC"},
        {CLINICAL, "steps:\n - {id: a, kind: spray, muscle: soleus, start: 0, end: 10}\n"
                   " - {id: b, kind: stretch, muscle: soleus, start: 20, end: 45}\n", "P01", "OK"},
        {CLINICAL, "steps:\n - {id: a, kind: spray, muscle: soleus, start: 0, end: 10}\n"
                   " - {id: b, kind: stretch, muscle: soleus, start: 21, end: 45}\n", "P01", "LATE"},
        {CLINICAL, STEP(kind: spray, muscle: soleus, start: 0, end: 10), "P01", "NO_STRETCH"},
        {CLINICAL, STEP(kind: spray, start: 0, end: 10), "P01", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: compress, tolerated: no), "P02", "SUGGEST_SPRAY"},
        {CLINICAL, STEP(kind: compress, discomfort: 8, full_pressure: no), "P02", "SUGGEST_SPRAY"},
        {CLINICAL, STEP(kind: compress), "P02", "NOT_ASSESSED"},
    };
    RUN(rows);
}

#define LUNGS(one, two)                                                                            \
    "points:\n - {id: p, muscle: rhomboids, " one "}\n - {id: q, muscle: trapezius_lower, " two     \
    "}\nsteps:\n - {id: a, kind: needle, point: p}\n - {id: b, kind: needle, point: q}\n"

static void test_safety(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, STEP(kind: compress, pain_quality: sharp), "X01", "NEURAL"},
        {SELF, STEP(kind: compress, pain_quality: shooting), "X01", "NEURAL"},
        {CLINICAL, STEP(kind: needle, pain_quality: electric), "X01", "NEURAL"},
        {SELF, STEP(kind: diary, pain_quality: electric), "X01", "NEURAL"},
        {SELF, STEP(kind: compress, pain_quality: dull), "X01", "OK"},
        {SELF, STEP(kind: compress), "X01", "NOT_ASSESSED"},
        {SELF, STEP(kind: inspect, swelling: yes), "X02", "INFLAMED REFER"},
        {SELF, STEP(kind: inspect, warmth: yes), "X02", "INFLAMED REFER"},
        {SELF, STEP(kind: palpate, discoloration: yes), "X02", "INFLAMED REFER NOT_ASSESSED"},
        {SELF, STEP(kind: inspect, swelling: no, warmth: no, discoloration: no), "X02", "OK"},
        {SELF, STEP(kind: inspect, swelling: no), "X02", "NOT_ASSESSED"},
        {SELF, STEP(kind: rest), "X02", "NOT_ASSESSED"},
        /* warm skin right after a release is expected, swelling is not, nor warmth later on */
        {SELF, "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: 100, warmth: yes, swelling: no, discoloration: no}\n",
         "X02", "OK"},
        {SELF, "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: 100, swelling: yes}\n",
         "X02", "INFLAMED REFER"},
        {SELF, "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: 191, warmth: yes}\n",
         "X02", "INFLAMED REFER"},
        {SELF, STEP(kind: compress, muscle: scalenes), "X03", "FORBIDDEN"},
        {SELF, STEP(kind: compress, muscle: soleus, anterior_neck: yes), "X03", "FORBIDDEN"},
        {SELF, STEP(kind: compress, muscle: soleus, on_spine: yes), "X03", "FORBIDDEN"},
        {SELF ", injury_date: 2026-10-23", STEP(kind: compress, muscle: soleus), "X03", "FORBIDDEN"},
        {SELF ", injury_date: 2026-10-22", STEP(kind: compress, muscle: soleus), "X03", "OK"},
        {SELF, STEP(kind: compress), "X03", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: compress, muscle: scalenes), "X03", ""},
        {SELF, STEP(kind: compress, on_spine: yes), "X04", "ON_SPINE"},
        {SELF, STEP(kind: compress, on_spine: no, tool: double_ball), "X04", "STRADDLE"},
        {SELF, STEP(kind: compress, on_spine: no), "X04", "OK"},
        {SELF, STEP(kind: compress), "X04", "NOT_ASSESSED"},
        {SELF, STEP(kind: needle), "X05", "NEEDLE_SELF"},
        {SELF, STEP(kind: spray), "X05", "SPRAY_SELF"},
        {SELF, STEP(kind: ifc), "X05", "IFC_SELF"},
        {"setting: clinical, qualified: no", STEP(kind: needle), "X05", "NEEDLE_SELF"},
        {"setting: clinical", STEP(kind: needle), "X05", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: needle), "X05", "OK"},
        {CLINICAL, STEP(kind: needle, muscle: levator_scapulae), "X06", "CAUTION"},
        {CLINICAL, STEP(kind: needle, muscle: diaphragm), "X06", "AVOID"},
        {CLINICAL, STEP(kind: needle, muscle: diaphragm, override_reason: ""), "X06", "AVOID"},
        {CLINICAL, STEP(kind: needle, muscle: diaphragm, override_reason: guided by ultrasound),
         "X06", "OVERRIDDEN"},
        {CLINICAL, STEP(kind: needle, muscle: soleus), "X06", "OK"},
        {CLINICAL, STEP(kind: needle), "X06", "NOT_ASSESSED"},
        {CLINICAL, LUNGS("side: left", "side: right"), "X07", "BILATERAL_LUNG"},
        {CLINICAL, LUNGS("side: left", "side: left"), "X07", "OK"},
        {CLINICAL, LUNGS("side: left", "site: x"), "X07", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: needle, muscle: soleus, side: left), "X07", ""},
    };
    RUN(rows);
}

static void test_tools(void **state)
{
    (void)state;
    static const row rows[] = {
        {CLINICAL, STEP(kind: compress, muscle: piriformis, tool: thumb), "T01", "MISMATCH"},
        {CLINICAL, STEP(kind: compress, muscle: piriformis, tool: elbow), "T01", "FIT"},
        {SELF, STEP(kind: compress, muscle: piriformis, tool: dense_ball), "T01", "FIT"},
        {SELF, STEP(kind: compress, muscle: piriformis), "T01", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, tool: massage_ball, discomfort: 5, full_pressure: yes), "T02", "TOO_SOFT"},
        {SELF, STEP(kind: compress, tool: massage_ball, discomfort: 6, full_pressure: yes), "T02", "OK"},
        {SELF, STEP(kind: compress, tool: massage_ball, discomfort: 5), "T02", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, tool: dense_ball, sensitive: yes), "T03", "TOO_HARD"},
        {SELF, STEP(kind: compress, tool: foam_roller, sensitive: yes), "T03", "OK"},
        {SELF, STEP(kind: compress, bruise: yes), "T03", "TOO_HARD"},
        {SELF, STEP(kind: compress, tool: dense_ball), "T03", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress, tool: dense_ball), "T04", "START_MEDIUM"},
        {SELF, STEP(kind: compress, tool: massage_ball), "T04", "OK"},
        {SELF, STEP(kind: compress), "T04", "NOT_ASSESSED"},
        {SELF ", number: 4", STEP(kind: compress, tool: dense_ball), "T04", ""},
    };
    RUN(rows);
}

#define NEEDLED "points:\n - {id: p, muscle: soleus}\nsteps:\n - {id: s, kind: needle, point: p, start: 0, end: 100}\n"
#define IN(id, at) " - {id: " id ", at: " at "}\n"
#define LTR(id, at, peak) " - {id: " id ", type: ltr, at: " at ", peak_uv: " peak "}\n"

static void test_needling(void **state)
{
    (void)state;
    static const row rows[] = {
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100"), "N01",
         "PLACEMENT_CONFIRMED"},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "6.1", "100"), "N01",
         ""},
        {CLINICAL, NEEDLED "findings:\n" LTR("f1", "6.1", "100"), "N01", "NOT_ASSESSED"},
        {CLINICAL, NEEDLED, "N02", "NOT_ASSESSED"},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9"), "N02", "NOT_ASSESSED"},
        {CLINICAL ", channels: [emg]", NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5")
             IN("i4", "7") IN("i5", "9"), "N02", "NOT_CONFIRMED"},
        {CLINICAL ", channels: [emg]", NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5")
             IN("i4", "7"), "N02", ""},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") "findings:\n" LTR("f1", "5.1", "50"), "N02", ""},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") IN("i6", "11") "findings:\n" LTR("f1", "1.1", "300") LTR("f2", "3.1", "200")
             LTR("f3", "7.1", "50"), "N03", "EXHAUSTED"},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") IN("i6", "11") "findings:\n" LTR("f1", "1.1", "300") LTR("f3", "7.1", "250"),
         "N03", ""},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1"), "N03", "NOT_ASSESSED"},
        {CLINICAL, NEEDLED, "N04", "OK"},
        {CLINICAL, STEP(kind: needle, muscle: soleus), "N04", "NO_TARGET"},
        {CLINICAL, "steps:\n - {id: a, kind: baseline, start: 0, ppt: 20, rom: 40}\n - {id: b, kind: recheck, start: 9, ppt: 25, rom: 45}\n",
         "N05", "PPT_UP ROM_UP"},
        {CLINICAL, "steps:\n - {id: a, kind: baseline, start: 0, ppt: 20, rom: 40, tension: 1}\n - {id: b, kind: recheck, start: 9, ppt: 20, rom: 39, tension: 0.7}\n",
         "N05", "TENSION UNCHANGED"},
        {CLINICAL, STEP(kind: recheck, ppt: 20), "N05", "NOT_ASSESSED"},
    };
    RUN(rows);
}

/* A stimulator masks what is found while it is on. */
static void test_tens_masks(void **state)
{
    (void)state;
    const char *plain = NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100");
    const char *masked = "points:\n - {id: p, muscle: soleus}\nsteps:\n"
                         " - {id: t, kind: tens, start: 4, end: 6}\n"
                         " - {id: s, kind: needle, point: p, start: 4.5, end: 100}\n"
                         "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100");
    expect(CLINICAL, plain, "N01", "PLACEMENT_CONFIRMED");
    expect(CLINICAL, masked, "N01", "");
}

#define HC(one, two, three) "steps:\n - {id: a, kind: " one ", start: 0, end: 900}\n - {id: b, kind: " two ", start: 910, end: 980}\n - {id: c, kind: " three ", start: 990, end: 1900}\n"

static void test_heat_cold_current(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, HC("heat", "compress", "rest"), "H01", "OK"},
        {SELF, HC("rest", "compress", "heat"), "H01", "ORDER"},
        {SELF, HC("rest", "compress", "heat") " - {id: d, kind: aftercare, start: 2000, moist_heat: yes}\n",
         "H01", "OK"},
        {SELF, "steps:\n - {id: a, kind: heat}\n", "H01", "NOT_ASSESSED"},
        {SELF, STEP(kind: heat, start: 0), "H02", "NOT_ASSESSED"},
        {SELF, HC("rest", "compress", "cold"), "H03", "OK"},
        {SELF, HC("cold", "compress", "rest"), "H03", "ORDER"},
        {SELF, "steps:\n - {id: a, kind: cold}\n", "H03", "NOT_ASSESSED"},
        {SELF, HC("heat", "cold", "heat"), "H04", "CONTRAST"},
        {SELF, HC("heat", "cold", "heat"), "H01", ""},
        {SELF, HC("heat", "cold", "heat"), "H03", ""},
        {SELF, HC("heat", "cold", "rest"), "H04", ""},
        {SELF, ACTIVE STEP(kind: tens, point: p), "E01", "OK"},
        {SELF, "points:\n - {id: p, muscle: soleus, activity: latent}\n" STEP(kind: tens, point: p),
         "E01", "LATENT_ONLY"},
        {SELF, STEP(kind: tens), "E01", "NOT_ASSESSED"},
        {CLINICAL, "points:\n - {id: p, muscle: quadratus_lumborum}\n", "E02", "SUGGEST_IFC"},
        {CLINICAL, "points:\n - {id: p, muscle: soleus}\n", "E02", ""},
        {SELF, "points:\n - {id: p, muscle: quadratus_lumborum}\n", "E02", ""},
    };
    RUN(rows);
}

#define PAIR(x, y) "points:\n - {id: p, muscle: trapezius_upper, " x "}\n - {id: q, muscle: temporalis, " y "}\n"
#define PRIMARY "activity: active, order: primary"
#define MAP "steps:\n - {id: m, kind: baseline, start: 0, end: 9, pain: 5, zones: [arm_lat, thumb], rom: 3, tissue: taut}\n"

static void test_assessment(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, ACTIVE, "A01", "ACTIVE"},
        {SELF, "points:\n - {id: p, muscle: soleus, spontaneous: no, pressure_pain: yes}\n", "A01", "LATENT"},
        {SELF, POINT, "A01", "NOT_ASSESSED"},
        {SELF, PAIR(PRIMARY, "side: left"), "A02", "PRIMARY SATELLITE"},
        {SELF, PAIR("cause: overuse", "order: secondary"), "A02", "PRIMARY SECONDARY"},
        {SELF, POINT, "A02", "NOT_ASSESSED"},
        {SELF, STEP(kind: palpate, recognition: yes), "A03", "RECOGNISED"},
        {SELF, STEP(kind: palpate), "A03", "NOT_ASSESSED"},
        {SELF, STEP(kind: palpate, recognition: no), "A03", ""},
        {SELF, STEP(kind: palpate, recognition: yes, start: 0, end: 9) "findings:\n" LTR("f", "3", "9"),
         "A03", "MANUAL_LTR RECOGNISED"},
        {SELF, STEP(kind: palpate, muscle: trapezius_upper, familiar: yes, zones: [temple]), "A04", "CONFIRMED"},
        {SELF, STEP(kind: palpate, muscle: trapezius_upper, familiar: yes, zones: [heel]), "A04", "UNCONFIRMED"},
        {SELF, STEP(kind: palpate, muscle: trapezius_upper, familiar: no), "A04", "UNCONFIRMED"},
        {SELF, STEP(kind: palpate, muscle: trapezius_upper), "A04", "NOT_ASSESSED"},
        /* the article's own example: treating the arm alone leaves the scalenes unlooked at */
        {CLINICAL, MAP " - {id: s, kind: compress, muscle: adductor_pollicis, start: 10, end: 70}\n",
         "A05", "SYMPTOM_SITE"},
        {CLINICAL, MAP " - {id: s, kind: compress, muscle: adductor_pollicis, start: 10, end: 70}\n"
                       " - {id: t, kind: palpate, muscle: scalenes}\n", "A05", "OK"},
        {SELF, STEP(kind: compress, muscle: soleus), "A05", "NOT_ASSESSED"},
        {SELF, STEP(kind: palpate, spread: pinpoint, familiar: yes), "A06", "TRP"},
        {SELF, STEP(kind: palpate, spread: diffuse, familiar: no), "A06", "NOT_ASSESSED"},
        {SELF, STEP(kind: palpate), "A06", "NOT_ASSESSED"},
        {SELF, MAP, "A07", "CANDIDATES"},
        {SELF, STEP(kind: rest), "A07", "NOT_ASSESSED"},
        {SELF, MAP, "A08", "OK"},
        {SELF, STEP(kind: baseline, pain: 5), "A08", "MISSING_BASELINE"},
        {SELF ", channels: [emg]", STEP(kind: baseline, pain: 5, rom: 3, tissue: taut, start: 0, end: 4),
         "A08", "MISSING_BASELINE"},
        {SELF, STEP(kind: baseline, pain: 5, rom: 3, tissue: taut, tension: 1), "A08", "OK TENSION"},
        {SELF, "steps:\n - {id: a, kind: compress, start: 0, end: 9}\n - {id: m, kind: baseline, start: 10, pain: 5, rom: 3, tissue: taut}\n",
         "A08", "MISSING_BASELINE"},
        {SELF, PAIR(PRIMARY, "parent: p") STEP(kind: compress, point: q), "A09", "PRIMARY_FIRST"},
        {SELF, PAIR(PRIMARY, "side: left") "steps:\n - {id: a, kind: compress, point: q}\n - {id: b, kind: compress, point: p}\n",
         "A09", "OK"},
        {SELF, PAIR(PRIMARY, "side: left"), "A09", ""},
    };
    RUN(rows);
}

static void test_home(void **state)
{
    (void)state;
#define ANSWERS(stress) "answers:\n - {id: posture, open: no}\n - {id: stretching, open: no}\n - {id: nutrition, open: no}\n - {id: sleep, open: no}\n - {id: movement, open: no}\n" stress
    static const row rows[] = {
        {SELF, STEP(kind: rest), "B01", "NOT_ASSESSED"},
        /* eight days before the last entry is another week */
        {SELF, "steps:\n - {id: a, kind: diary, date: 2026-11-12, self_minutes: 9}\n - {id: b, kind: diary, date: 2026-11-20, self_minutes: 5}\n",
         "B01", "LOW"},
        {SELF, "steps:\n - {id: a, kind: diary, date: 2026-11-14, self_minutes: 5}\n - {id: b, kind: diary, date: 2026-11-20, self_minutes: 5}\n",
         "B01", "OK"},
        {SELF, STEP(kind: rest), "B02", "NOT_ASSESSED"},
        {SELF, STEP(kind: rest), "B03", "NOT_ASSESSED"},
        {SELF, STEP(kind: rest), "B04", "NOT_ASSESSED"},
        {SELF, STEP(kind: diary, stretched: [iliopsoas, trapezius_upper, pectoralis_major]), "B04", "DONE"},
        {SELF, STEP(kind: diary, stretched: [iliopsoas, trapezius_upper]), "B04", "MISSED"},
        {SELF, ANSWERS(" - {id: stress, open: no}\n"), "B05", "OK"},
        {SELF, ANSWERS(" - {id: stress, open: yes}\n"), "B05", "OPEN_FACTOR"},
        {SELF, ANSWERS(""), "B05", "NOT_ASSESSED"},
        {SELF, STEP(kind: diary, soreness_hours: 30, soreness_local: no), "K04", "UNUSUAL"},
        {SELF, STEP(kind: diary), "K04", "NOT_ASSESSED"},
        {SELF, STEP(kind: compress), "K05", "INCOMPLETE"},
        {SELF, "steps:\n - {id: a, kind: compress}\n - {id: b, kind: aftercare, moist_heat: yes, hydration: yes, gentle_movement: yes}\n",
         "K05", "OK"},
        {SELF, STEP(kind: rest), "K05", ""},
        {SELF, STEP(kind: diary, home_stretching: no), "K07", "PASSIVE_ONLY"},
        {SELF, STEP(kind: diary, home_stretching: yes), "K07", "OK"},
        {SELF, STEP(kind: rest), "K07", "NOT_ASSESSED"},
        {SELF, "points:\n - {id: p, muscle: soleus, activity: latent}\n", "K08", "TREAT_EARLY"},
        {SELF, "points:\n - {id: p, muscle: soleus, activity: latent}\n" STEP(kind: compress, point: p), "K08", ""},
        {SELF ", profile: [hypermobile]", STEP(kind: rest), "K09", "MAINTENANCE"},
        {SELF ", profile: [runner]", STEP(kind: rest), "K09", ""},
    };
    RUN(rows);
}

#define PAINS(a, b) "steps:\n - {id: a, kind: baseline, start: 0, pain: " a "}\n - {id: b, kind: recheck, start: 9, pain: " b "}\n"
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
        {SELF, STEP(kind: rest), "K01", "NOT_ASSESSED"},
        {SELF ", number: 5", PAINS("6", "6"), "K02", ""},
        {SELF ", number: 6", PAINS("6", "6"), "K02", "REVISIT"},
        {SELF ", number: 6", PAINS("6", "5"), "K02", "REVISIT"},
        {SELF ", number: 6", PAINS("6", "4"), "K02", "OK"},
        {SELF ", number: 6", PAINS("3", "2.1"), "K02", "OK"},
        {SELF ", number: 6", STEP(kind: rest), "K02", "NOT_ASSESSED"},
        {SELF, SINCE("2026-10-23"), "K10", "REPEAT"},
        {SELF, SINCE("2026-10-24"), "K10", ""},
        {SELF, POINT, "K10", "NOT_ASSESSED"},
        {SELF ", number: 2", SINCE("2026-10-23"), "K10", ""},
        {CLINICAL ", number: 2", STEP(kind: rest), "K03", "NOT_ASSESSED"},
        {CLINICAL, STEP(kind: rest), "K03", ""},
    };
    RUN(rows);
}

static void test_several_sessions(void **state)
{
    (void)state;
    static const struct {
        const char *before, *expected;
    } spacing[] = {{"2026-11-14", "CLOSE"}, {"2026-11-13", "OK"}, {"2026-11-06", "OK"}, {"2026-11-05", "WIDE"}};
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
    myo_session *a = session_of(SELF, STEP(kind: rest));
    myo_source_text other = {"b", "schema: myotwitch.session/1\nheader: {id: S, patient: Q, setting: self}\n", 0};
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
        snprintf(header, sizeof header, "setting: %s, qualified: yes, relaxation_usable: yes, channels: [emg], protocol: %s",
                 myo_setting_name((myo_setting)protocol->setting), protocol->record.id);
        static const char body[] =
            "points:\n - {id: p, muscle: soleus, side: left, activity: active}\nsteps:\n"
            " - {id: s, kind: compress, point: p, start: 0, end: 80, discomfort: 6, tolerated: yes, guarding_ratio: 1, breath: free, ramp_s: 9, on_spine: no, pain_quality: %s}\n"
            " - {id: n, kind: needle, point: p, start: 90, end: 120}\n"
            "insertions:\n - {id: i, at: 95}\n"
            "findings:\n - {id: f1, type: release, at: 41, confidence: 1}\n - {id: f2, type: ltr, at: 95.1, peak_uv: 900, confidence: 1}\n";
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
    myo_session *session = session_of(SELF, PAIR("side: left", "side: right")
        "steps:\n - {id: a, kind: compress, point: p, start: 0, end: 70, pain_quality: dull}\n"
        " - {id: b, kind: compress, point: q, start: 100, end: 110, pain_quality: sharp}\n");
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

/* After all the tests above: every outcome of every rule was said at least once. */
static void test_all_63_rules_said_all_they_can(void **state)
{
    (void)state;
    assert_int_equal(myo_clinic_count(clinic, MYO_RULES), 63);
    for (size_t i = 0; i < 63; i++) {
        const myo_rule *rule = myo_clinic_at(clinic, MYO_RULES, i);
        for (size_t k = 0; k < rule->outcomes.count; k++) {
            char line[64];
            snprintf(line, sizeof line, "%s %s\n", rule->record.id, rule->outcomes.item[k].code);
            if (strstr(said, line) == NULL) {
                fail_msg("never said: %s", line);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold_borders),
        cmocka_unit_test(test_other_borders),
        cmocka_unit_test(test_points_in_a_session),
        cmocka_unit_test(test_compression),
        cmocka_unit_test(test_between_points),
        cmocka_unit_test(test_safety),
        cmocka_unit_test(test_tools),
        cmocka_unit_test(test_needling),
        cmocka_unit_test(test_tens_masks),
        cmocka_unit_test(test_heat_cold_current),
        cmocka_unit_test(test_assessment),
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_course),
        cmocka_unit_test(test_several_sessions),
        cmocka_unit_test(test_course_of_two_patients_is_refused),
        cmocka_unit_test(test_stop_in_spite_of_perfect_signals),
        cmocka_unit_test(test_nothing_recorded_is_never_ok),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_all_63_rules_said_all_they_can),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
