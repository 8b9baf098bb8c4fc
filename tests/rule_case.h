/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cases for rules: a session in words, a rule, the codes that it must say. */
#ifndef MYO_TESTS_RULE_CASE_H
#define MYO_TESTS_RULE_CASE_H

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
    int length =
        snprintf(text, sizeof text,
                 "schema: myotwitch.session/1\nheader: {id: S, patient: P, %s}\n%s", header, body);
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

#define SELF     "setting: self, date: 2026-11-20"
#define CLINICAL "setting: clinical, qualified: yes, date: 2026-11-20"
#define POINT    "points:\n - {id: p, muscle: soleus, side: left}\n"
#define ACTIVE                                                                                     \
    "points:\n - {id: p, muscle: soleus, side: left, activity: active, spontaneous: yes}\n"
#define STEP(fields) "steps:\n - {id: s, " fields "}\n"

/* A twitch in the findings. */
#define LTR(id, at, peak) " - {id: " id ", type: ltr, at: " at ", peak_uv: " peak "}\n"

/* A band's borders: which code for which number. */
static void expect_number(const char *header, const char *format, double value, const char *rule,
                          const char *expected)
{
    char body[1024];
    snprintf(body, sizeof body, format, value);
    expect(header, body, rule, expected);
}

/* After all the tests above: every outcome of these rules was said at least once. */
static void expect_all_said(const char *groups, size_t rules)
{
    size_t found = 0;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_RULES); i++) {
        const myo_rule *rule = myo_clinic_at(clinic, MYO_RULES, i);
        if (strchr(groups, rule->record.id[0]) == NULL) {
            continue;
        }
        found++;
        for (size_t k = 0; k < rule->outcomes.count; k++) {
            char line[64];
            snprintf(line, sizeof line, "%s %s\n", rule->record.id, rule->outcomes.item[k].code);
            if (strstr(said, line) == NULL) {
                fail_msg("never said: %s", line);
            }
        }
    }
    assert_int_equal(found, rules);
}

#endif
