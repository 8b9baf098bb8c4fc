/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks with undo and redo, as people use them. */
#include "live/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static myo_journal *journal_of(void)
{
    myo_journal *journal = NULL;
    assert_int_equal(myo_journal_new(&journal), MYO_OK);
    return journal;
}

static void assert_next(myo_journal *journal, uint64_t id, const char *label, bool undone)
{
    myo_feed_mark mark;
    assert_true(myo_journal_next(journal, &mark));
    assert_int_equal(mark.id, id);
    assert_string_equal(mark.label, label);
    assert_int_equal(mark.undone, undone);
}

static void test_everything_is_told_in_order(void **state)
{
    (void)state;
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    assert_int_equal(myo_journal_add(journal, 100, "mark", "needle in"), 1);
    assert_int_equal(myo_journal_add(journal, 200, "note", "patient coughs"), 2);
    assert_true(myo_journal_undo(journal, &mark));
    assert_int_equal(mark.id, 2);
    assert_next(journal, 1, "needle in", false);
    assert_next(journal, 2, "patient coughs", false);
    assert_next(journal, 2, "patient coughs", true);
    assert_false(myo_journal_next(journal, &mark));
    myo_journal_free(journal);
}

/* Labels go into files and to pages: whole letters without control characters, also where they are cut. */
static void test_labels_are_text(void **state)
{
    (void)state;
    char longest[300] = "";
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    (void)myo_journal_add(journal, 1, "mark", "a\x1b[31m\tb\x7f");
    assert_next(journal, 1, "a [31m b ", false);
    (void)myo_journal_add(journal, 2, "mark", "5 \xce\xbcV \xff\xe2\x82");
    assert_next(journal, 2, "5 \xce\xbcV ???", false);
    for (int i = 0; i < 64; i++) {
        (void)strcat(longest, "\xe2\x82\xac");
    }
    (void)myo_journal_add(journal, 3, "mark", longest);
    assert_true(myo_journal_next(journal, &mark));
    assert_int_equal(strlen(mark.label),
                     126); /* 42 letters of 3 bytes; 127 are room for no other */
    myo_journal_free(journal);
}

static void test_undo_and_redo(void **state)
{
    (void)state;
    char label[128];
    int64_t frame = 0;
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    assert_false(myo_journal_undo(journal, &mark));
    assert_false(myo_journal_redo(journal, &mark));
    for (int i = 1; i <= 3; i++) {
        (void)myo_journal_add(journal, i * 10, "insertion", i == 1 ? "1" : i == 2 ? "2" : "3");
    }
    assert_true(myo_journal_undo(journal, &mark));
    assert_true(myo_journal_undo(journal, &mark));
    assert_int_equal(myo_journal_last(journal, "insertion", label, &frame), 1);
    assert_string_equal(label, "1");
    assert_int_equal(frame, 10);
    assert_true(myo_journal_redo(journal, &mark)); /* the one undone last comes back first */
    assert_string_equal(mark.label, "2");
    assert_true(myo_journal_redo(journal, &mark));
    assert_string_equal(mark.label, "3");
    assert_false(myo_journal_redo(journal, &mark));
    assert_int_equal(myo_journal_last(journal, "insertion", label, NULL), 3);
    myo_journal_free(journal);
}

static void test_no_redo_behind_a_new_mark(void **state)
{
    (void)state;
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    (void)myo_journal_add(journal, 1, "mark", "a");
    assert_true(myo_journal_undo(journal, &mark));
    (void)myo_journal_add(journal, 2, "mark", "b");
    assert_false(myo_journal_redo(journal, &mark));
    assert_true(myo_journal_undo(journal, &mark));
    assert_string_equal(mark.label, "b");
    assert_false(myo_journal_undo(journal, &mark));
    assert_true(myo_journal_redo(journal, &mark));
    assert_string_equal(mark.label, "b");
    myo_journal_free(journal);
}

static void test_texts_are_tamed(void **state)
{
    (void)state;
    char long_label[400];
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    memset(long_label, 'x', sizeof long_label - 1);
    long_label[sizeof long_label - 1] = '\0';
    (void)myo_journal_add(journal, 0, "mark", "a\x1b[2Jb\n\x7f");
    (void)myo_journal_add(journal, 0, "mark", long_label);
    assert_next(journal, 1, "a [2Jb  ", false);
    assert_true(myo_journal_next(journal, &mark));
    assert_int_equal(strlen(mark.label), 127);
    myo_journal_free(journal);
    myo_journal_free(NULL);
}

/* What the program says between two words of a person: undo and redo are the person's. */
static void test_the_program_s_words_stay(void **state)
{
    (void)state;
    myo_feed_mark mark;
    myo_journal *journal = journal_of();
    assert_int_equal(myo_journal_add(journal, 100, "mark", "stop-sign other sign"), 1);
    assert_int_equal(myo_journal_tell(journal, 110, "ultrasound", "twitch at 0.1 s"), 2);
    assert_true(myo_journal_undo(journal, &mark));
    assert_int_equal(mark.id, 1);
    assert_int_equal(myo_journal_tell(journal, 120, "ultrasound", "twitch at 0.2 s"), 3);
    assert_true(myo_journal_redo(journal, &mark));
    assert_int_equal(mark.id, 1);
    assert_true(myo_journal_undo(journal, &mark));
    assert_false(myo_journal_undo(journal, &mark));
    assert_next(journal, 1, "stop-sign other sign", false);
    assert_next(journal, 2, "twitch at 0.1 s", false);
    myo_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_told_in_order),
        cmocka_unit_test(test_the_program_s_words_stay),
        cmocka_unit_test(test_labels_are_text),
        cmocka_unit_test(test_undo_and_redo),
        cmocka_unit_test(test_no_redo_behind_a_new_mark),
        cmocka_unit_test(test_texts_are_tamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
