/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model, session and check survive the failure of each of their allocations and leak nothing. */
#include "guard/guard.h"

#include "myotwitch/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static myo_issues issues;
static const myo_clinic *shared;

static const char text[] =
    "schema: myotwitch.session/1\n"
    "header: {id: S, patient: P, setting: clinical, qualified: yes, date: 2026-11-20}\n"
    "points:\n - {id: p, muscle: levator_scapulae, side: left, spontaneous: yes}\n"
    "steps:\n - {id: a, kind: baseline, start: 0, end: 9, pain: 5, zones: [neck_angle]}\n"
    " - {id: n, kind: needle, start: 10, end: 60, point: p}\n";
static const char lines[] = "{\"type\":\"marker\",\"onset_s\":11,\"label\":\"insertion\"}\n"
                            "{\"type\":\"ltr\",\"onset_s\":11.2,\"peak_uv\":200}\n";

static myo_status model(void)
{
    myo_clinic *clinic = NULL;
    myo_status status = myo_clinic_new(NULL, 0, &clinic, &issues);
    myo_clinic_free(clinic);
    return status;
}

static myo_status edit(myo_session *session)
{
    static const myo_author author = {"AB", NULL};
    myo_source_text source = {"e", lines, sizeof lines - 1};
    myo_status status = myo_session_import(session, &source, &author, &issues);
    if (status == MYO_OK) {
        status = myo_session_set(session, "p", "side", "right", &author, &issues);
    }
    if (status == MYO_OK) {
        status = myo_session_add(session, MYO_POINTS, "{muscle: soleus}", &author, &issues);
    }
    return status == MYO_OK ? myo_session_undo(session, &author, &issues) : status;
}

static myo_status session(void)
{
    myo_source_text source = {"s", text, sizeof text - 1};
    myo_session *made = NULL;
    myo_status status = myo_session_read(shared, &source, &made, &issues);
    if (status == MYO_OK) {
        status = edit(made);
    }
    myo_check *check = NULL;
    if (status == MYO_OK) {
        const myo_session *one[] = {made};
        status = myo_check_run(one, 1, &check);
    }
    myo_check_free(check);
    myo_session_free(made);
    return status;
}

static void expect_survival(const char *name, myo_status (*act)(void))
{
    guard_fail_allocation(0);
    assert_int_equal(act(), MYO_OK);
    long count = guard_allocations();
    assert_true(count > 0);
    for (long n = 1; n <= count; n++) {
        long before = guard_blocks();
        guard_fail_allocation(n);
        myo_status status = act();
        guard_fail_allocation(0);
        if (status != MYO_ERR_NO_MEMORY || guard_blocks() != before) {
            fail_msg("%s: allocation %ld of %ld fails: status \"%s\", %ld blocks left", name, n,
                     count, myo_status_text(status), guard_blocks() - before);
        }
    }
}

static void test_model(void **state)
{
    (void)state;
    expect_survival("model", model);
}

static void test_session_and_check(void **state)
{
    (void)state;
    myo_clinic *clinic = NULL;
    assert_int_equal(myo_clinic_new(NULL, 0, &clinic, &issues), MYO_OK);
    shared = clinic;
    expect_survival("session", session);
    myo_clinic_free(clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_session_and_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
