/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks, twitches and releases become event lines; the session that they make is judged twice a second, as
 * if the step that goes on ended now. */
#include "live_guide.h"

#include "clinic_files.h"
#include "command.h"

#include "export/json.h"

#include "myotwitch/session_flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char nothing_known[] =
    "schema: myotwitch.session/1\nheader: {id: live, setting: clinical, channels: [emg]}\n";
static const double judge_s = 0.5;
/* No more than a tenth of the reader's time goes into judging. */
static const double pause_ratio = 10.0;
static const double s_per_min = 60.0;

struct live_guide {
    live_guide_ear ear;
    double rate_hz;
    myo_clinic *clinic;
    char *base; /* the session file's text; NULL = nothing_known */
    size_t base_size;
    myo_string lines;      /* of what happened */
    int64_t release_frame; /* newest word of the relaxation; -1 = none */
    double next_s;         /* not before this moment of the clock */
    myo_feed_guide told;
};

static double clock_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int live_guide_new(const char *session, double rate_hz, live_guide_ear ear, live_guide **guide)
{
    live_guide *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return EXIT_FAILED;
    }
    *self =
        (live_guide){.ear = ear, .rate_hz = rate_hz, .release_frame = -1, .told = {.since = -1}};
    int status = clinic_load("live", NULL, false, &self->clinic);
    if (status == EXIT_DONE && session != NULL) {
        myo_session *read = NULL; /* only to complain of it before the first frame */
        status = clinic_read_session("live", self->clinic, session, false, &read);
        myo_session_free(read);
        if (status == EXIT_DONE) {
            status = clinic_read_file("live", session, &self->base, &self->base_size);
        }
    }
    if (status != EXIT_DONE) {
        live_guide_free(self);
        return status;
    }
    *guide = self;
    return status;
}

void live_guide_free(live_guide *self)
{
    if (self != NULL) {
        myo_clinic_free(self->clinic);
        myo_string_free(&self->lines);
        free(self->base);
        free(self);
    }
}

/* --- what happened ------------------------------------------------------------------------- */

static void line_add(const live_guide *self, myo_string *lines, const char *type, int64_t frame,
                     const char *label, double confidence)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        lines->failed = true;
        return;
    }
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "type", type);
    myo_json_fixed(&json, "onset_s", (double)frame / self->rate_hz, 6);
    if (label != NULL) {
        myo_json_string(&json, "label", label);
    }
    myo_json_fixed(&json, "confidence", confidence, 2);
    myo_json_end(&json);
    myo_json_line(&json);
    lines->failed |= fclose(out) != 0;
    if (text != NULL) {
        myo_string_add(lines, "%s", text);
    }
    free(text);
}

static void take_mark(live_guide *self, const myo_feed_mark *mark)
{
    char text[sizeof MYO_MARK_UNDONE + sizeof mark->kind + sizeof mark->label];
    myo_feed_mark_text(mark, text, sizeof text);
    line_add(self, &self->lines, "marker", mark->frame, text, (double)NAN);
    self->next_s = 0.0; /* what people do is answered at once */
}

static void take_event(live_guide *self, const myo_event *event)
{
    if (event->stage == MYO_CONFIRMED && event->type == MYO_EVENT_LTR) {
        line_add(self, &self->lines, myo_event_type_name(event->type), event->onset_frame, NULL,
                 event->confidence);
    }
}

/* --- what is said of it -------------------------------------------------------------------- */

/* What a rule says of the end of a step is not said while it goes on. */
static bool is_of_the_end(const myo_clinic *clinic, const myo_annotation *a)
{
    const myo_rule *rule = myo_clinic_find(clinic, MYO_RULES, a->rule);
    for (size_t i = 0; rule != NULL && i < rule->outcomes.count; i++) {
        const myo_outcome *outcome = &rule->outcomes.item[i];
        if (strcmp(outcome->code, a->code) == 0) {
            return outcome->at_end == 1;
        }
    }
    return false;
}

static double last_insertion(const myo_session *session)
{
    double last = -INFINITY;
    size_t index = 0;
    const myo_insertion *insertion;
    while ((insertion = myo_session_next(session, MYO_INSERTIONS, &index)) != NULL) {
        last = fmax(last, insertion->at);
    }
    return last;
}

/* A stop always; of the step that goes on what is no plain "ok", but that the needle is in the point. */
static bool is_said(const myo_annotation *a, const myo_session_now *now, const myo_session *session)
{
    if (a->severity == MYO_SAYS_STOP) {
        return true;
    }
    if (now->step == NULL || a->step == NULL || strcmp(a->step, now->step->record.id) != 0) {
        return false;
    }
    if (a->severity == MYO_SAYS_OK) {
        return strcmp(a->rule, "N01") == 0 && !(a->t0 < last_insertion(session));
    }
    return a->severity >= MYO_SAYS_INFO && !is_of_the_end(myo_session_clinic(session), a);
}

/* The severest, in order; of equal ones the first. */
static void word_add(myo_feed_guide *guide, const myo_annotation *a)
{
    size_t at = guide->words;
    while (at > 0 && guide->word[at - 1].severity < a->severity) {
        at--;
    }
    if (at == MYO_FEED_WORDS) {
        return;
    }
    guide->words += guide->words < MYO_FEED_WORDS;
    memmove(&guide->word[at + 1], &guide->word[at],
            (guide->words - 1 - at) * sizeof guide->word[0]);
    myo_feed_word *word = &guide->word[at];
    *word = (myo_feed_word){.severity = a->severity};
    (void)snprintf(word->rule, sizeof word->rule, "%s", a->rule);
    (void)snprintf(word->text, sizeof word->text, "%s", a->text);
}

static void band_set(myo_feed_guide *guide, const myo_param *band)
{
    if (band != NULL) {
        const bool minutes = strcmp(myo_unit_name(band->unit), "min") == 0;
        guide->least_s = band->lo * (minutes ? s_per_min : 1.0);
        guide->most_s = band->hi * (minutes ? s_per_min : 1.0);
    }
}

static void guide_make(const live_guide *self, const myo_session *session, const myo_check *check,
                       int64_t frame, myo_feed_guide *guide)
{
    myo_session_now now;
    /* The step ends at this frame: it goes on an instant before. */
    myo_session_at(session, check, ((double)frame - 0.5) / self->rate_hz, &now);
    *guide = (myo_feed_guide){.since = -1, .least_s = NAN, .most_s = NAN};
    if (now.step != NULL) {
        guide->since = llround(now.step->start * self->rate_hz);
        (void)snprintf(guide->step, sizeof guide->step, "%s",
                       myo_step_kind_name((myo_step_kind)now.step->kind));
        band_set(guide, now.band);
    }
    for (size_t i = 0; i < myo_check_count(check); i++) {
        if (is_said(myo_check_at(check, i), &now, session)) {
            word_add(guide, myo_check_at(check, i));
        }
    }
}

static bool is_same(const myo_feed_guide *a, const myo_feed_guide *b)
{
    bool same = a->since == b->since && strcmp(a->step, b->step) == 0 && a->words == b->words &&
                !(fabs(a->least_s - b->least_s) > 0.0);
    for (uint32_t i = 0; same && i < a->words; i++) {
        same = strcmp(a->word[i].rule, b->word[i].rule) == 0 &&
               strcmp(a->word[i].text, b->word[i].text) == 0;
    }
    return same;
}

/* What the lines make of the session, as if everything ended now. */
static myo_status session_make(const live_guide *self, int64_t frame, myo_session **session)
{
    static const myo_author nobody = {"live", NULL};
    static myo_issues issues;
    myo_string lines = {0};
    const myo_source_text base = {"live", self->base != NULL ? self->base : nothing_known,
                                  self->base != NULL ? self->base_size : sizeof nothing_known - 1};
    myo_string_add(&lines, "%s", self->lines.data != NULL ? self->lines.data : "");
    if (self->release_frame >= 0) {
        line_add(self, &lines, "release", self->release_frame, NULL, (double)NAN);
    }
    line_add(self, &lines, "marker", frame, "end", (double)NAN);
    const myo_source_text events = {"live", lines.data, lines.length};
    myo_status status = lines.failed ? MYO_ERR_NO_MEMORY : MYO_OK;
    if (status == MYO_OK) {
        status = myo_session_read(self->clinic, &base, session, &issues);
    }
    if (status == MYO_OK) {
        status = myo_session_import(*session, &events, &nobody, &issues);
    }
    myo_string_free(&lines);
    return status;
}

static myo_status judge(live_guide *self, int64_t frame)
{
    myo_session *session = NULL;
    myo_check *check = NULL;
    myo_feed_guide guide;
    myo_status status = session_make(self, frame, &session);
    if (status == MYO_OK) {
        const myo_session *course[] = {session};
        status = myo_check_run(course, 1, &check);
    }
    if (status == MYO_OK) {
        guide_make(self, session, check, frame, &guide);
        if (!is_same(&guide, &self->told)) {
            self->told = guide;
            self->ear.tell(self->ear.to, &guide);
        }
    }
    myo_check_free(check);
    myo_session_free(session);
    return status;
}

myo_status live_guide_take(live_guide *self, const myo_feed_message *message)
{
    if (self == NULL) {
        return MYO_OK;
    }
    if (message->kind == MYO_FEED_MARK) {
        take_mark(self, &message->mark);
    } else if (message->kind == MYO_FEED_EVENT) {
        take_event(self, &message->event);
    } else if (message->kind == MYO_FEED_RELAX) {
        if (message->relax.channel == 0) {
            self->release_frame = message->relax.release_frame;
        }
    } else if (message->kind == MYO_FEED_STATE) {
        const double before = clock_s();
        if (before >= self->next_s) {
            const myo_status status = judge(self, message->state.frame);
            const double spent = clock_s() - before;
            self->next_s = before + fmax(judge_s, pause_ratio * spent);
            return status;
        }
    }
    return self->lines.failed ? MYO_ERR_NO_MEMORY : MYO_OK;
}
