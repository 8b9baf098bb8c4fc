/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A closed descriptor goes to the next file that is opened, and what is printed would go into that one.
 * It is opened on nothing the wrong way round, so that using it still fails. */
#include "standard.h"

#include "command.h"
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void standard_hold(void)
{
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) < 0) { /* the lowest free number: open takes it */
            (void)open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
    (void)signal(SIGXFSZ, SIG_IGN);
}

int standard_end(const char *command, int status)
{
    const bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) == 0 && !failed) {
        return status;
    }
    if (status != EXIT_FAILED) { /* else it was said */
        talk_file(command, "standard output", errno != 0 ? strerror(errno) : "not all was written");
    }
    return status == EXIT_DONE ? EXIT_FAILED : status;
}
