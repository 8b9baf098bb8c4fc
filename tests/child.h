/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that reads for a test: its only child. */
#ifndef MYO_TESTS_CHILD_H
#define MYO_TESTS_CHILD_H

#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static inline pid_t child_find(void)
{
    char list[64], text[32] = "";
    (void)snprintf(list, sizeof list, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(list, "re");
    assert_non_null(children);
    assert_non_null(fgets(text, sizeof text, children));
    assert_int_equal(fclose(children), 0);
    return (pid_t)strtol(text, NULL, 10);
}

#endif
