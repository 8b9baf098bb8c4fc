/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the page, in the order in which they stand on it. Private to the report. */
#ifndef MYO_IO_REPORT_PART_H
#define MYO_IO_REPORT_PART_H

#include "report.h"
#include "report_draw.h"

typedef void report_part(const myo_report *report, myo_string *html);

report_part report_stop;     /**< that somebody has to stop: before all else */
report_part report_figures;  /**< the big figures */
report_part report_checks;   /**< what the rules say, by point, severest first */
report_part report_timeline; /**< trace with its findings, steps below */
report_part report_zoom;     /**< the trace to look into, where a script may run */
report_part report_twitches; /**< twitches on top of one another, aligned on their onsets */
report_part report_film;     /**< the twitches on ultrasound, in pictures */
report_part report_series;   /**< size of the twitches of each insertion */
report_part report_relax;    /**< guarding, release, resting activity with its interval */
report_part report_body;     /**< front and back: where pain was felt, what was treated */
report_part report_points;   /**< what each trigger point got, and the course */
report_part report_notes;    /**< what people wrote down in their own words */
report_part report_findings; /**< every finding in numbers */
report_part report_origin;   /**< where all this is from */

/** What the content security policy lets run; NULL = nothing. */
const char *report_script_hash(const myo_report *report);
/** Style of the part that the script draws. */
void report_zoom_css(const myo_report *report, myo_string *html);

/** The session that is reported. */
const myo_session *report_session(const myo_report *report);

/** A finding's size in uV, or % of full scale; NAN if it has none. */
double report_size(const myo_finding *finding);
/** "&micro;V" or "% of full scale", as report_size counts in this session. */
const char *report_unit(const myo_session *session);

/** The next twitch that counts: none under a stimulator. */
const myo_finding *report_next_twitch(const myo_session *session, size_t *index);

/** Name of a muscle for people, from the model; the id where it has none. */
const char *report_muscle(const myo_session *session, const char *id);
/** "left", "right", "both sides", or "". */
const char *report_side(int side);

bool report_same(const char *a, const char *b);

#endif
