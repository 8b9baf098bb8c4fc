/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of `myotwitch session`: sums over points and over a course. */
#ifndef MYO_CLI_SESSION_TABLES_H
#define MYO_CLI_SESSION_TABLES_H

#include "myotwitch/session.h"

/** What each point got, on standard output. Returns an exit status. */
int session_print_summary(const myo_session *session);

/** The course made of @p first and the session files @p paths. Returns an exit status. */
int session_print_course(const myo_clinic *clinic, const myo_session *first, char *const *paths,
                         size_t count, bool all);

#endif
