/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people say during a session: marks, notes, phases and insertions, with undo and redo; and, between
 * their words, what the program has to say.
 *
 * Any thread adds; the desk's thread takes out what is new and hands it on. A mark that was taken back
 * stays in the list and is told again as undone.
 */
#ifndef MYO_IO_LIVE_JOURNAL_H
#define MYO_IO_LIVE_JOURNAL_H

#include "live/feed.h"

typedef struct myo_journal myo_journal;

myo_status myo_journal_new(myo_journal **journal);
void myo_journal_free(myo_journal *journal);

/* --- any thread ---------------------------------------------------------------------------- */

/** Adds a mark at @p frame; both texts are cut to their fields, control characters become spaces.
 *  Returns its id, 0 when there is no memory. */
uint64_t myo_journal_add(myo_journal *journal, int64_t frame, const char *kind, const char *label);

/** The same for what the program itself has to say: undo passes over it, and redo is not lost by it. */
uint64_t myo_journal_tell(myo_journal *journal, int64_t frame, const char *kind, const char *label);

/** Takes back the last mark of a person that stands; again: the one before it. False when there is none. */
bool myo_journal_undo(myo_journal *journal, myo_feed_mark *mark);

/** Brings back what was taken back last; not after a new mark. False when there is none. */
bool myo_journal_redo(myo_journal *journal, myo_feed_mark *mark);

/** Label of the last mark of that kind that stands, "" if there is none; returns how many there are and
 *  the frame of the last one. @p label: 128 characters, @p frame may be NULL. */
int myo_journal_last(myo_journal *journal, const char *kind, char *label, int64_t *frame);

/* --- desk's thread ------------------------------------------------------------------------- */

/** The next mark that is new, undone or redone. */
bool myo_journal_next(myo_journal *journal, myo_feed_mark *mark);

#endif
