/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of events are complete, distinct and can be read back. */
#include "myotwitch/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void test_type_names_read_back(void **state)
{
    (void)state;
    for (int type = 0; type < MYO_EVENT_TYPE_COUNT; type++) {
        const char *name = myo_event_type_name((myo_event_type)type);
        assert_int_equal(myo_event_type_from_name(name), type);
    }
    assert_int_equal(myo_event_type_from_name("twitch"), MYO_EVENT_TYPE_COUNT);
}

static void test_every_enum_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < MYO_FEATURE_COUNT; i++) {
        assert_string_not_equal(myo_feature_name((myo_feature)i), "unknown");
    }
    for (int i = 0; i < MYO_REASON_COUNT; i++) {
        assert_string_not_equal(myo_reason_text((myo_reason)i), "unknown");
    }
    for (int i = 0; i < MYO_REFUSAL_COUNT; i++) {
        assert_string_not_equal(myo_refusal_text((myo_refusal)i), "unknown");
    }
    assert_string_equal(myo_reason_text(MYO_REASON_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_names_read_back),
        cmocka_unit_test(test_every_enum_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
