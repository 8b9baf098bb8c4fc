/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard input, output and error of the whole program: what a caller closed or filled up. */
#ifndef MYO_CLI_STANDARD_H
#define MYO_CLI_STANDARD_H

/** At the start, before anything is opened: whatever the caller closed is closed for every use, but its
 *  number is given to no other file. A file that grows beyond its limit is an error, not a signal. */
void standard_hold(void);

/** At the end: @p status. Where standard output did not take all of it, says so for @p command unless
 *  that failed anyway, and makes EXIT_FAILED of EXIT_DONE. */
int standard_end(const char *command, int status);

#endif
