/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: what is written is read back, people's words survive analyses, nothing is lost. */
#include "session_case.h"

#include "myotwitch/event.h"

#include <math.h>

static void test_written_is_read_back(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, LTR("110.2") LTR("150"));
    assert_int_equal(
        myo_session_set(session, "p1", "note", "a \"quoted\" note: # [1]\ttab", &ann, &issues),
        MYO_OK);
    myo_string first = {0}, second = {0};
    myo_session_write(session, &first);
    myo_session *again = read_text(first.data);
    myo_session_write(again, &second);
    assert_string_equal(first.data, second.data);
    const myo_point *point = myo_session_find(again, MYO_POINTS, "p1");
    assert_string_equal(point->note, "a \"quoted\" note: # [1]\ttab");
    myo_string_free(&first);
    myo_string_free(&second);
    myo_session_free(session);
    myo_session_free(again);
}

static void test_twitches_are_bound(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, LTR("20") LTR("110.2") LTR("112") LTR("300"));
    const myo_finding *finding = finding_at(session, 110.2);
    assert_string_equal(finding->insertion, "i1");
    assert_string_equal(finding->step, "s2");
    assert_string_equal(finding->point, "p1");
    finding = finding_at(session, 112);
    assert_null(finding->insertion);
    assert_string_equal(finding->step, "s2");
    assert_string_equal(finding_at(session, 20)->step, "s1");
    assert_null(finding_at(session, 300)->step);
    const myo_insertion *insertion = myo_session_find(session, MYO_INSERTIONS, "i1");
    assert_string_equal(insertion->step, "s2");
    myo_session_free(session);
}

static void test_steps_are_kept_in_time(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    size_t index = 0;
    const myo_step *first = myo_session_next(session, MYO_STEPS, &index);
    assert_string_equal(first->record.id, "s1");
    myo_session_free(session);
}

/* The heart of it: another analysis with other results leaves every word of a person alone. */
static void test_analysing_again_eats_nothing(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, LTR("110.2") LTR("120.3") LTR("130") LTR("140"));
    assert_int_equal(count(session, MYO_FINDINGS), 4);
    const char *moved = finding_at(session, 120.3)->record.id;
    const char *deleted = finding_at(session, 130)->record.id;
    assert_int_equal(myo_session_set(session, moved, "at", "121.5", &ann, &issues), MYO_OK);
    assert_int_equal(myo_session_remove(session, deleted, &ann, &issues), MYO_OK);
    assert_int_equal(
        myo_session_add(session, MYO_FINDINGS, "{id: mine, type: ltr, at: 160}", &ann, &issues),
        MYO_OK);
    /* The new run finds the moved and the removed one where they were, the person's one too,
     * one more, and no longer the one at 140. */
    import(session, LTR("110.21") LTR("120.31") LTR("130.01") LTR("160.02") LTR("170"));
    assert_int_equal(count(session, MYO_FINDINGS), 4);
    assert_non_null(finding_at(session, 110.21));
    const myo_finding *edited = finding_at(session, 121.5);
    assert_string_equal(edited->record.id, moved);
    assert_int_equal(edited->provenance, MYO_FROM_EDITED);
    assert_null(finding_at(session, 130.01));
    assert_null(finding_at(session, 140));
    assert_string_equal(finding_at(session, 160)->record.id, "mine");
    assert_int_equal(finding_at(session, 170)->provenance, MYO_FROM_AUTO);
    myo_session_free(session);
}

static void test_import_twice_changes_nothing(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    const char *lines =
        MARK("250", "stretch start") MARK("275", "stretch end") LTR("110.2") LTR("150");
    import(session, lines);
    size_t findings = count(session, MYO_FINDINGS), steps = count(session, MYO_STEPS);
    const char *id = finding_at(session, 150)->record.id;
    import(session, lines);
    assert_int_equal(count(session, MYO_FINDINGS), findings);
    assert_int_equal(count(session, MYO_STEPS), steps);
    assert_string_equal(finding_at(session, 150)->record.id, id);
    myo_session_free(session);
}

/* A line that does not tell its sense or channel takes neither from a finding: the next lines are told apart by them,
 * the second time, too. */
static void test_lines_that_tell_less(void **state)
{
    (void)state;
    static const char *const lines =
        "{\"type\":\"ltr\",\"onset_s\":150,\"modality\":\"emg\"}\n"
        "{\"type\":\"ltr\",\"onset_s\":150}\n"
        "{\"type\":\"ltr\",\"onset_s\":150,\"modality\":\"ultrasound\"}\n"
        "{\"type\":\"release\",\"onset_s\":160,\"channel\":0}\n"
        "{\"type\":\"release\",\"onset_s\":160}\n"
        "{\"type\":\"release\",\"onset_s\":160,\"channel\":1}\n";
    myo_session *session = read_text(needled);
    for (int run = 0; run < 2; run++) {
        import(session, lines);
        assert_int_equal(count(session, MYO_FINDINGS), 4);
    }
    myo_session_free(session);
}

/* Each detector replaces its own findings only, whatever its version. */
static void test_detectors_do_not_sweep_each_other(void **state)
{
    (void)state;
#define BY(detector, type, at)                                                                     \
    "{\"detector\":\"" detector "\",\"type\":\"" type "\",\"onset_s\":" at "}\n"
    myo_session *session = read_text(needled);
    import(session, BY("emg/1", "ltr", "110") MARK("250", "stretch"));
    import(session, BY("relax/1", "release", "120"));
    assert_int_equal(count(session, MYO_FINDINGS), 2);
    assert_int_equal(count(session, MYO_STEPS), 3);
    import(session, BY("emg/2", "ltr", "130"));
    assert_null(finding_at(session, 110));
    assert_non_null(finding_at(session, 120));
    assert_non_null(finding_at(session, 130));
    import(session, "{\"schema\":\"myotwitch.run/1\",\"detector\":\"relax/1\"}\n");
    assert_int_equal(count(session, MYO_FINDINGS), 1);
    assert_int_equal(count(session, MYO_STEPS), 3);
    myo_session_free(session);
}

static void test_a_broken_line_changes_nothing(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    myo_string before = {0}, after = {0};
    myo_session_write(session, &before);
    static const char lines[] = LTR("110.2") "\n{\"type\":\"ltr\",\"onset_s\":\"soon\"}\n";
    myo_source_text source = {"e.jsonl", lines, sizeof lines - 1};
    assert_int_equal(myo_session_import(session, &source, &ann, &issues), MYO_ERR_FORMAT);
    assert_non_null(strstr(issues.text[0], "e.jsonl:3:25: onset_s"));
    myo_session_write(session, &after);
    assert_string_equal(before.data, after.data);
    myo_string_free(&before);
    myo_string_free(&after);
    myo_session_free(session);
}

static void test_provisional_events_do_not_count(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, "{\"type\":\"ltr\",\"stage\":\"provisional\",\"onset_s\":110.2}\n"
                    "{\"type\":\"ltr\",\"stage\":\"withdrawn\",\"onset_s\":110.2}\n"
                    "{\"type\":\"ltr\",\"stage\":\"confirmed\",\"onset_s\":120.2}\n"
                    "{\"type\":\"cardiac\",\"onset_s\":121}\n{\"schema\":\"myotwitch.run/"
                    "1\",\"rate_hz\":2000}\n");
    assert_int_equal(count(session, MYO_FINDINGS), 1);
    myo_session_free(session);
}

static void test_changes_and_undo(void **state)
{
    (void)state;
    myo_session *session = read_text(needled);
    import(session, LTR("110.2"));
    const char *twitch = finding_at(session, 110.2)->record.id;
    const myo_point *point = myo_session_find(session, MYO_POINTS, "p1");
    const myo_finding *finding = myo_session_find(session, MYO_FINDINGS, twitch);
    size_t entries = count(session, MYO_AUDIT);
    assert_int_equal(myo_session_set(session, "p1", "side", "right", &ann, &issues), MYO_OK);
    assert_int_equal(myo_session_set(session, "p1", "referred", "[ear, jaw]", &ann, &issues),
                     MYO_OK);
    assert_int_equal(myo_session_set(session, "p1", "local_pain", "6", &ann, &issues), MYO_OK);
    assert_int_equal(myo_session_set(session, twitch, "at", "110.5", &ann, &issues), MYO_OK);
    assert_int_equal(finding->provenance, MYO_FROM_EDITED);
    assert_int_equal(myo_session_remove(session, "i1", &ann, &issues), MYO_OK);
    assert_int_equal(myo_session_add(session, MYO_POINTS, "{muscle: soleus}", &ann, &issues),
                     MYO_OK);
    assert_int_equal(count(session, MYO_AUDIT), entries + 6);
    assert_int_equal(count(session, MYO_POINTS), 2);

    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK); /* add */
    assert_int_equal(count(session, MYO_POINTS), 1);
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK); /* remove */
    assert_int_equal(count(session, MYO_INSERTIONS), 2);
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK); /* at */
    assert_true(fabs(finding->at - 110.2) < 1e-9);
    assert_int_equal(finding->provenance, MYO_FROM_AUTO);
    assert_int_equal(myo_session_undo(session, &ann, &issues),
                     MYO_OK); /* local_pain: was not given */
    assert_true(isnan(point->local_pain));
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK); /* referred */
    assert_int_equal(point->referred.count, 1);
    assert_string_equal(point->referred.item[0], "temple");
    /* A new change after undoing; then both are taken back in turn. */
    assert_int_equal(myo_session_set(session, "p1", "cause", "overuse", &ann, &issues), MYO_OK);
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK);
    assert_int_equal(point->cause, MYO_CAUSE_UNSET);
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_OK); /* side */
    assert_int_equal(point->side, MYO_LEFT);
    assert_int_equal(myo_session_undo(session, &ann, &issues), MYO_ERR_FORMAT);
    /* Nothing was ever taken out of the audit. */
    assert_int_equal(count(session, MYO_AUDIT), entries + 6 + 5 + 1 + 2);
    myo_session_free(session);
}

static void test_refused_changes_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *target, *field, *value;
    } rows[] = {
        {"nobody", "side", "left"},
        {"p1", "colour", "red"},
        {"p1", "side", "middle"},
        {"p1", "muscle", "liver"},
        {"p1", "muscle", NULL},
        {"p1", "provenance", "auto"},
        {"p1", "id", "p2"},
        {"s2", "discomfort", "5"},
        {"s2", "end", "50"},
        {"p1", "local_pain", "11"},
        {"p1", "referred", "[moon]"},
        {"a1", "who", "XY"},
        {"p1", "side", "left\nid: p9"},
        {"p1", "parent", "s1"},
        {"header", "setting", "zoo"},
    };
    myo_session *session = read_text(needled);
    myo_string before = {0};
    myo_session_write(session, &before);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_string after = {0};
        assert_int_equal(
            myo_session_set(session, rows[i].target, rows[i].field, rows[i].value, &ann, &issues),
            MYO_ERR_FORMAT);
        assert_true(issues.count > 0);
        myo_session_write(session, &after);
        assert_string_equal(before.data, after.data);
        myo_string_free(&after);
    }
    assert_int_equal(
        myo_session_add(session, MYO_POINTS, "{id: s1, muscle: soleus}", &ann, &issues),
        MYO_ERR_FORMAT);
    assert_int_equal(myo_session_add(session, MYO_AUDIT, "{who: me}", &ann, &issues),
                     MYO_ERR_FORMAT);
    assert_int_equal(myo_session_remove(session, "p9", &ann, &issues), MYO_ERR_FORMAT);
    myo_string_free(&before);
    myo_session_free(session);
}

static void test_broken_sessions(void **state)
{
    (void)state;
#define HEAD "schema: myotwitch.session/1\nheader: {id: S, setting: self}\n"
    static const struct {
        const char *text, *place, *reason;
    } rows[] = {
        {"muscles: []\n", "bad:1:1:", "no session"},
        {"schema: other/2\nheader: {id: S, setting: self}\n",
         "bad:1:9:", "only myotwitch.session/1"},
        {"schema: myotwitch.session/1\n", "bad:1:1:", "no header"},
        {"schema: myotwitch.session/1\nheader: {id: S}\n", "bad:2:9:", "lacks 'setting'"},
        {HEAD "doctors: []\n", "bad:3:1:", "unknown key"},
        {HEAD "points:\n - {id: p, muscle: liver}\n", "bad:4:20:", "no muscle 'liver'"},
        {HEAD "points:\n - {id: p}\n", "bad:4:4:", "lacks 'muscle'"},
        {HEAD "steps:\n - {id: s, kind: dance}\n",
         "bad:4:18:", "'dance' is not one of inspect, baseline, palpate, "},
        {HEAD "points:\n - {id: p, muscle: soleus, side: links}\n",
         "bad:4:34:", "side: 'links' is not one of left, right, bilateral"},
        {HEAD "steps:\n - {id: s, kind: heat, discomfort: 5}\n", "bad:4:24:", "does not belong"},
        {HEAD "steps:\n - {id: s, kind: heat, start: 9, end: 8}\n", "bad:4:34:", "ends before"},
        {HEAD "steps:\n - {id: s, kind: rest}\n - {id: s, kind: rest}\n", "bad:5:5:", "taken"},
        {HEAD "steps:\n - {id: s, kind: compress, discomfort: 11}\n",
         "bad:4:28:", "not within 0 to 10"},
        {HEAD "steps:\n - {id: s, kind: compress, point: q}\n", "bad:4:35:", "no point 'q'"},
        {HEAD "insertions:\n - {id: i}\n", "bad:4:4:", "lacks 'at'"},
        {"schema: myotwitch.session/1\nheader: {id: S, setting: self, date: 20.11.2026}\n",
         "bad:2:38:", "a date"},
        {"{\"schema\": \"myotwitch.session/1\", \"header\": {\"id\": \"S\", \"setting\": self}",
         "bad:2:1:", "expected"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        myo_source_text source = {"bad", rows[i].text, strlen(rows[i].text)};
        myo_session *session = NULL;
        assert_int_equal(myo_session_read(clinic, &source, &session, &issues), MYO_ERR_FORMAT);
        assert_null(session);
        if (strncmp(issues.text[0], rows[i].place, strlen(rows[i].place)) != 0 ||
            strstr(issues.text[0], rows[i].reason) == NULL) {
            fail_msg("row %zu: %s, not %s %s", i, issues.text[0], rows[i].place, rows[i].reason);
        }
    }
}

static void test_stimulator_masks(void **state)
{
    (void)state;
    myo_session *session = read_text(
        HEAD
        "steps:\n - {id: a, kind: tens, start: 10, end: 20}\n - {id: b, kind: ifc, start: 50}\n");
    assert_false(myo_session_masked(session, 9.9));
    assert_true(myo_session_masked(session, 10.0));
    assert_false(myo_session_masked(session, 20.0));
    assert_true(myo_session_masked(session, 1000.0));
    myo_session_free(session);
}

/* Days since 1970: 2000-03-01 is 11017 (30 years of 365 days, 7 leap days, 31 + 29 days). */
static void test_dates(void **state)
{
    (void)state;
    assert_true(myo_days_of_date("1970-01-01") == 0.0);
    assert_true(myo_days_of_date("2000-03-01") == 11017.0);
    assert_true(myo_days_of_date("2024-03-01") - myo_days_of_date("2024-02-28") == 2.0);
    assert_true(myo_days_of_date("1900-03-01") - myo_days_of_date("1900-02-28") == 1.0);
    assert_true(isnan(myo_days_of_date(NULL)));
}

/* What is accepted of a damaged text is written and read back the same; nothing crashes. */
static bool survives(const char *text, size_t size)
{
    myo_source_text source = {"damaged", text, size};
    myo_session *session = NULL;
    if (myo_session_read(clinic, &source, &session, &issues) != MYO_OK) {
        assert_true(issues.count > 0);
        return false;
    }
    myo_string first = {0}, second = {0};
    myo_session_write(session, &first);
    myo_session *again = read_text(first.data);
    myo_session_write(again, &second);
    assert_string_equal(first.data, second.data);
    myo_string_free(&first);
    myo_string_free(&second);
    myo_session_free(again);
    myo_session_free(session);
    return true;
}

static void test_damaged_texts(void **state)
{
    (void)state;
    static const char pieces[] = "0-9.:,{}[]\"'\\\n\t #&*!|>%@`~=\x01\x7f\xc3\xff";
    char text[sizeof needled];
    uint32_t random = 1; /* Numerical Recipes' generator: any will do, the same every time */
    size_t accepted = 0;
    for (int round = 0; round < 2000; round++) {
        memcpy(text, needled, sizeof needled);
        for (int k = 0; k < 1 + round % 3; k++) {
            random = random * 1664525u + 1013904223u;
            size_t at = (random >> 8) % (sizeof needled - 1);
            text[at] = pieces[(random >> 3) % (sizeof pieces - 1)];
        }
        accepted += survives(text, sizeof needled - 1);
    }
    assert_in_range(accepted, 20, 1900);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0", 0.0},           {"12.5", 12.5},
                {"0.1", 0.1},         {"110.2", 110.2},
                {"1e3", 1000.0},      {"2.5E-3", 0.0025},
                {"+.5", 0.5},         {"3.", 3.0},
                {"59.9725", 59.9725}, {"1234567.891", 1234567.891}};
    char text[256];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(text, sizeof text, HEAD "insertions:\n - {id: i, at: %s}\n", good[i].text);
        myo_session *session = read_text(text);
        const myo_insertion *insertion = myo_session_find(session, MYO_INSERTIONS, "i");
        assert_true(insertion->at == good[i].value); /* as the compiler reads it */
        myo_session_free(session);
    }
    static const char *const bad[] = {"nan", "inf", "0x10",  "1e", "1.2.3",
                                      ".",   "-",   "1e999", "5 s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, HEAD "insertions:\n - {id: i, at: '%s'}\n", bad[i]);
        myo_source_text source = {"bad", text, strlen(text)};
        myo_session *session = NULL;
        assert_int_equal(myo_session_read(clinic, &source, &session, &issues), MYO_ERR_FORMAT);
    }
}

static void test_finding_types_are_the_events(void **state)
{
    (void)state;
    for (int type = 0; type < MYO_EVENT_TYPE_COUNT; type++) {
        char text[256];
        snprintf(text, sizeof text, HEAD "findings:\n - {id: f, type: %s, at: 1}\n",
                 myo_event_type_name((myo_event_type)type));
        myo_session *session = read_text(text);
        const myo_finding *finding = myo_session_find(session, MYO_FINDINGS, "f");
        assert_int_equal(finding->type, type + 1);
        myo_session_free(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_is_read_back),
        cmocka_unit_test(test_twitches_are_bound),
        cmocka_unit_test(test_steps_are_kept_in_time),
        cmocka_unit_test(test_analysing_again_eats_nothing),
        cmocka_unit_test(test_import_twice_changes_nothing),
        cmocka_unit_test(test_lines_that_tell_less),
        cmocka_unit_test(test_detectors_do_not_sweep_each_other),
        cmocka_unit_test(test_a_broken_line_changes_nothing),
        cmocka_unit_test(test_provisional_events_do_not_count),
        cmocka_unit_test(test_changes_and_undo),
        cmocka_unit_test(test_refused_changes_change_nothing),
        cmocka_unit_test(test_broken_sessions),
        cmocka_unit_test(test_stimulator_masks),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_damaged_texts),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_finding_types_are_the_events),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
