/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signals that ask a command to end, which it does in good order. */
#ifndef MYO_CLI_SIGNALS_H
#define MYO_CLI_SIGNALS_H

/** From now on Ctrl-C, SIGTERM and a terminal that is closed call @p stop instead of ending the program, and a reader of
 *  our output that went away shows as a write error. A hang-up that is ignored (nohup) stays so. */
void signals_take(void (*stop)(int));

/** From now on these signals take away what is half written before they end the program; those that are ignored stay
 *  so. For commands that do not take them. */
void signals_tidy(void);

#endif
