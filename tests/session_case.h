/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions for tests: one with needle and palpation, read from text, filled with event lines. */
#ifndef MYO_TESTS_SESSION_CASE_H
#define MYO_TESTS_SESSION_CASE_H

#include "myotwitch/session.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static myo_clinic *clinic;
static myo_issues issues;
static const myo_author ann = {"AB", "2026-11-20T10:00"};

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

static const char needled[] =
    "schema: myotwitch.session/1\n"
    "header: {id: S1, patient: P07, setting: clinical, qualified: yes, date: 2026-11-20,\n"
    "         protocol: professional_needling}\n"
    "points:\n"
    "  - {id: p1, muscle: trapezius_upper, side: left, referred: [temple]}\n"
    "steps:\n"
    "  - {id: s2, kind: needle, start: 100, end: 200, point: p1, pain_quality: dull}\n"
    "  - {id: s1, kind: palpate, start: 10, end: 60, point: p1, familiar: yes, zones: [temple]}\n"
    "insertions:\n"
    "  - {id: i1, at: 110}\n"
    "  - {id: i2, at: 120}\n";

static myo_session *read_text(const char *text)
{
    myo_source_text source = {"s.yaml", text, strlen(text)};
    myo_session *session = NULL;
    if (myo_session_read(clinic, &source, &session, &issues) != MYO_OK) {
        fail_msg("%s", issues.text[0]);
    }
    return session;
}

static void import(myo_session *session, const char *lines)
{
    myo_source_text source = {"e.jsonl", lines, strlen(lines)};
    if (myo_session_import(session, &source, &ann, &issues) != MYO_OK) {
        fail_msg("%s", issues.text[0]);
    }
}

#define LTR(at)                                                                                    \
    "{\"schema\":\"myotwitch.event/1\",\"type\":\"ltr\",\"onset_s\":" at ",\"offset_s\":" at       \
    ",\"peak_uv\":200,\"features\":{\"turns\":5},\"reasons\":[]}\n"

static inline size_t count(const myo_session *session, myo_part part)
{
    size_t index = 0, found = 0;
    while (myo_session_next(session, part, &index) != NULL) {
        found++;
    }
    return found;
}

static inline const myo_finding *finding_at(const myo_session *session, double at)
{
    size_t index = 0;
    const myo_finding *finding;
    while ((finding = myo_session_next(session, MYO_FINDINGS, &index)) != NULL) {
        if (fabs(finding->at - at) < 0.001) {
            return finding;
        }
    }
    return NULL;
}

#define MARK(at, label)                                                                            \
    "{\"type\":\"marker\",\"onset_s\":" at ",\"label\":\"" label                                   \
    "\",\"provenance\":\"recording\"}\n"

#endif
