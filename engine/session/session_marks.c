/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the marks of a recording say of the session: steps, insertions, stop signs, notes.
 *
 * "needle", "needle start" and "phase: needle" begin a step, "end" and "needle end" end it; "baseline",
 * "hold" and "after" are what the relaxation measure goes by. "insertion" and "insertion: 3" move the
 * needle. The labels are those of the live view and of markers typed into other programs. */
#include "session/session_import.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

#define STEP(kind) (1u << MYO_STEP_##kind)

/* The step that goes on. */
typedef struct {
    myo_step *step; /* NULL: none, or a person has the say over it */
    int kind;       /* also of a step that a person has the say over */
    bool is_phase;  /* begun by "phase: ..." */
} running;

/* Words of the relaxation measure for what the model names otherwise. */
static const struct {
    const char *word;
    myo_step_kind kind;
} synonyms[] = {
    {"hold", MYO_STEP_COMPRESS},
    {"compression", MYO_STEP_COMPRESS},
    {"after", MYO_STEP_RECHECK},
};

static int kind_of_word(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        if (strlen(synonyms[i].word) == length && memcmp(synonyms[i].word, text, length) == 0) {
            return synonyms[i].kind;
        }
    }
    for (int kind = 1; kind < MYO_STEP_KIND_COUNT; kind++) {
        const char *name = myo_step_kind_name((myo_step_kind)kind);
        if (strlen(name) == length && memcmp(name, text, length) == 0) {
            return kind;
        }
    }
    return MYO_STEP_UNSET;
}

static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* A step of the recording begins with nothing said of it, however often it is imported. What another
 * mark of this import said, such as a stop sign of the same moment, stays. */
static myo_step *step_claim(import *self, int kind, double at)
{
    bool is_first;
    myo_step *step = import_claim(self, MYO_STEPS, kind, at, NULL, &is_first);
    if (step != NULL) {
        step->kind = kind;
        step->start = at;
        step->end = NAN;
    }
    if (step != NULL && is_first) {
        step->note = step->stop_sign = NULL;
        step->pain_quality = MYO_QUALITY_UNSET;
        step->swelling = -1;
    }
    return step;
}

static void end_step(running *now, double at)
{
    if (now->step != NULL && at >= now->step->start) {
        now->step->end = at;
    }
    *now = (running){0};
}

static void begin_step(import *self, running *now, int kind, bool is_phase, double at)
{
    /* The hold begins where it is marked, not where its phase was chosen. */
    if (now->kind == kind && now->is_phase && !is_phase) {
        if (now->step != NULL) {
            now->step->start = at;
        }
        now->is_phase = false;
        return;
    }
    end_step(now, at);
    *now = (running){step_claim(self, kind, at), kind, is_phase};
}

/* What is said twice of one step stands behind one another. */
static void add_text(import *self, const char **field, const char *text)
{
    myo_string whole = {0};
    myo_string_add(&whole, "%s%s%s", *field != NULL ? *field : "", *field != NULL ? "; " : "",
                   text);
    *field = whole.failed ? NULL : myo_arena_copy(&self->session->arena, whole.data, whole.length);
    self->reader.no_memory |= *field == NULL;
    myo_string_free(&whole);
}

/* Who gives the stop sign is heard, whatever goes on and whoever has the say over the step: without one
 * that can take it, it gets a step of its own. The words of the live view's signs go where the rules of
 * safety look, too (X01, X02, X08); no signal is asked, and none can take it back. */
static void take_stop_sign(import *self, const running *now, const char *sign, double at)
{
    static const unsigned pressed = STEP(PALPATE) | STEP(COMPRESS) | STEP(NEEDLE);
    static const unsigned looked =
        STEP(INSPECT) | STEP(PALPATE) | STEP(COMPRESS) | STEP(HEAT) | STEP(COLD);
    const bool pain = strcmp(sign, "sharp, shooting or electric pain") == 0;
    const bool skin = strcmp(sign, "swelling, colour or warmth") == 0;
    myo_step *step = now->step;
    if (step == NULL) {
        step = step_claim(self,
                          pain   ? MYO_STEP_PALPATE
                          : skin ? MYO_STEP_INSPECT
                                 : MYO_STEP_REST,
                          at);
        if (step == NULL) {
            return;
        }
        step->end = at;
    }
    myo_string text = {0};
    myo_string_add(&text, "%s, at %.0f:%02.0f", sign, floor(at / 60.0), floor(fmod(at, 60.0)));
    self->reader.no_memory |= text.failed;
    add_text(self, &step->stop_sign, text.failed ? sign : text.data);
    myo_string_free(&text);
    if (pain && (pressed >> step->kind & 1u) != 0) {
        step->pain_quality = MYO_SHARP;
    } else if (skin && (looked >> step->kind & 1u) != 0) {
        step->swelling = 1;
    }
}

static void take_insertion(import *self, double at)
{
    bool is_first;
    myo_insertion *insertion = import_claim(self, MYO_INSERTIONS, 0, at, NULL, &is_first);
    if (insertion != NULL) {
        insertion->at = at;
    }
}

/* "needle moved" is another matter. */
static void take_step(import *self, running *now, const char *words, bool is_phase, double at)
{
    size_t length = strcspn(words, " ");
    int kind = kind_of_word(words, length);
    const char *more = words + length;
    if (strcmp(words, "end") == 0 || (kind != MYO_STEP_UNSET && strcmp(more, " end") == 0)) {
        end_step(now, at);
    } else if (kind != MYO_STEP_UNSET && (more[0] == '\0' || strcmp(more, " start") == 0)) {
        begin_step(self, now, kind, is_phase, at);
    }
}

static void take_mark(import *self, running *now, const event_line *line)
{
    const char *label = line->label, *rest = NULL;
    double at = line->onset_s;
    if (after(label, MYO_MARK_UNDONE) != NULL) {
        return; /* of a mark that this import did not get */
    }
    if (strcmp(label, "insertion") == 0 || after(label, "insertion: ") != NULL) {
        take_insertion(self, at);
    } else if ((rest = after(label, "note: ")) != NULL) {
        if (now->step != NULL) {
            add_text(self, &now->step->note, rest);
        }
    } else if ((rest = after(label, "stop-sign ")) != NULL) {
        take_stop_sign(self, now, rest, at);
    } else {
        rest = after(label, "phase: ");
        take_step(self, now, rest != NULL ? rest : label, rest != NULL, at);
    }
}

/* One that was taken back goes, and what takes it back with it. */
static void drop_undone(myo_bag *marks)
{
    for (size_t i = 0; i < marks->count; i++) {
        const event_line *undo = marks->item[i];
        for (size_t j = i; after(undo->label, MYO_MARK_UNDONE) != NULL && j-- > 0;) {
            const event_line *line = marks->item[j];
            if (line != NULL && line->onset_s < undo->onset_s) {
                break;
            }
            if (line != NULL && myo_mark_takes_back(undo->label, line->label)) {
                marks->item[j] = NULL;
                break;
            }
        }
    }
}

/* Stable: marks of one frame stay as they came. */
static void sort_by_time(myo_bag *marks)
{
    for (size_t i = 1; i < marks->count; i++) {
        event_line *line = marks->item[i];
        size_t at = i;
        for (; at > 0 && line->onset_s < ((event_line *)marks->item[at - 1])->onset_s; at--) {
            marks->item[at] = marks->item[at - 1];
        }
        marks->item[at] = line;
    }
}

void import_marks(import *self)
{
    running now = {0};
    sort_by_time(&self->marks);
    drop_undone(&self->marks);
    for (size_t i = 0; i < self->marks.count; i++) {
        if (self->marks.item[i] != NULL) {
            take_mark(self, &now, self->marks.item[i]);
        }
    }
}
