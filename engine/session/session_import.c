/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes over the event lines of an analysis without eating what people made of an earlier one. */
#include "session/session_import.h"

#include "myotwitch/event.h"

#include <math.h>
#include <string.h>

/* Two analyses give one event the same onset within this; above the onset error of the detector,
 * below the distance of two twitches (the detector's refractory time is 150 ms). */
#define SAME_S 0.06

#define FIELD(m, k)                                                                                \
    {                                                                                              \
        .name = #m, .kind = k, .offset = offsetof(event_line, m)                                   \
    }
static const myo_field line_fields[] = {
    FIELD(recording, FIELD_TEXT),
    FIELD(detector, FIELD_TEXT),
    FIELD(config_hash, FIELD_TEXT),
    FIELD(peak_fs, FIELD_NUMBER),
    FIELD(type, FIELD_TEXT),
    FIELD(stage, FIELD_TEXT),
    FIELD(modality, FIELD_TEXT),
    FIELD(seen_by, FIELD_TEXT),
    FIELD(label, FIELD_TEXT),
    FIELD(verdict, FIELD_TEXT),
    FIELD(onset_s, FIELD_NUMBER),
    FIELD(offset_s, FIELD_NUMBER),
    FIELD(channel, FIELD_NUMBER),
    FIELD(peak_mm, FIELD_NUMBER),
    FIELD(peak_uv, FIELD_NUMBER),
    FIELD(snr_db, FIELD_NUMBER),
    FIELD(confidence, FIELD_NUMBER),
    FIELD(level, FIELD_NUMBER),
    FIELD(guarding_ratio, FIELD_NUMBER),
    FIELD(level_low, FIELD_NUMBER),
    FIELD(level_high, FIELD_NUMBER),
};
static const myo_record_kind line_kind = {"events", "event line", sizeof(event_line), line_fields,
                                          sizeof line_fields / sizeof line_fields[0]};

/* What the checks and the report can use; the rest stays in the event file. */
static bool is_kept(const event_line *line, myo_event_type type)
{
    bool seen = type == MYO_EVENT_LTR || type == MYO_EVENT_CONTRACTION;
    if (line->modality != NULL && strcmp(line->modality, "ultrasound") == 0) {
        return seen; /* its gaps are no gaps of the EMG */
    }
    return seen || type == MYO_EVENT_SINGLE_UNIT || type == MYO_EVENT_RELEASE ||
           type == MYO_EVENT_RELAXATION || type == MYO_EVENT_GAP || type == MYO_EVENT_SATURATION;
}

/* One twitch is one event on whichever channel it is strongest; rest is judged on each by itself. What
 * both senses saw is a finding of each. */
static bool is_same_kind(myo_part part, const void *element, int kind, const event_line *line)
{
    if (part == MYO_FINDINGS) {
        const myo_finding *finding = element;
        bool by_channel = kind == MYO_EVENT_RELAXATION + 1 || kind == MYO_EVENT_RELEASE + 1;
        bool other = by_channel && fabs(finding->channel - line->channel) > 0.0; /* NAN: not told */
        bool other_sense = finding->modality != NULL && line->modality != NULL &&
                           strcmp(finding->modality, line->modality) != 0;
        return finding->type == kind && !other && !other_sense;
    }
    return part != MYO_STEPS || ((const myo_step *)element)->kind == kind;
}

static double time_of(myo_part part, const void *element)
{
    return part == MYO_FINDINGS ? ((const myo_finding *)element)->at
           : part == MYO_STEPS  ? ((const myo_step *)element)->start
                                : ((const myo_insertion *)element)->at;
}

/* The element that stands for the same thing: found there before, or put there by a person. Also
 * one that a person removed: it stays away. */
static void *known(const import *self, myo_part part, int kind, double at, const event_line *line)
{
    const myo_bag *bag = &self->session->part[part];
    for (size_t i = 0; i < bag->count; i++) {
        void *element = bag->item[i];
        double found = *myo_element_found(part, element);
        bool same = fabs(time_of(part, element) - at) <= SAME_S || fabs(found - at) <= SAME_S;
        if (same && is_same_kind(part, element, kind, line)) {
            return element;
        }
    }
    return NULL;
}

static bool is_met(const import *self, const void *element)
{
    for (size_t i = 0; i < self->met.count; i++) {
        if (self->met.item[i] == element) {
            return true;
        }
    }
    return false;
}

void *import_claim(import *self, myo_part part, int kind, double at, const event_line *line,
                   bool *is_first)
{
    void *element = known(self, part, kind, at, line);
    myo_session *session = self->session;
    if (element == NULL) {
        element = myo_record_new(&session->arena, &myo_part_kinds[part]);
        if (element == NULL) {
            self->reader.no_memory = true;
            return NULL;
        }
        ((myo_record *)element)->id = myo_session_fresh_id(session, part);
        *myo_element_provenance(part, element) = MYO_FROM_AUTO;
        if (((myo_record *)element)->id == NULL ||
            !myo_bag_push(&session->arena, &session->part[part], element)) {
            self->reader.no_memory = true;
            return NULL;
        }
    }
    *is_first = !is_met(self, element);
    self->reader.no_memory |= !myo_bag_push(&session->arena, &self->met, element);
    bool ours = *myo_element_provenance(part, element) == MYO_FROM_AUTO;
    /* The first line that means it is the first to look for it in the next import. */
    if (ours && *is_first) {
        *myo_element_found(part, element) = at;
    }
    return ours ? element : NULL;
}

/* The words of the relaxation measure, and those of the session itself. What is neither certain
 * nor certainly nothing says nothing about a release. */
static int verdict_of(const char *text)
{
    static const struct {
        const char *word;
        int verdict;
    } words[] = {
        {"released", MYO_RELEASED},         {"relaxed", MYO_RELEASED},
        {"not_released", MYO_NOT_RELEASED}, {"unchanged", MYO_NOT_RELEASED},
        {"increased", MYO_NOT_RELEASED},    {"unusable", MYO_UNUSABLE},
        {"not_assessed", MYO_UNUSABLE},     {"indeterminate", MYO_UNUSABLE},
    };
    for (size_t i = 0; text != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            return words[i].verdict;
        }
    }
    return MYO_VERDICT_UNSET;
}

static void take_finding(import *self, const event_line *line, myo_event_type type)
{
    bool is_first;
    myo_finding *finding =
        import_claim(self, MYO_FINDINGS, (int)type + 1, line->onset_s, line, &is_first);
    if (finding == NULL) {
        return;
    }
    finding->type = (int)type + 1;
    /* What a line does not tell stays as another one told it: the lines to come are told apart by it. */
    finding->modality = line->modality != NULL ? line->modality : finding->modality;
    finding->channel = isnan(line->channel) ? finding->channel : line->channel;
    finding->at = line->onset_s;
    finding->end = line->offset_s;
    finding->seen_by = line->seen_by;
    finding->peak_mm = line->peak_mm;
    finding->peak_uv = line->peak_uv;
    finding->peak_fs = line->peak_fs;
    finding->snr_db = line->snr_db;
    finding->confidence = line->confidence;
    finding->verdict = verdict_of(line->verdict);
    finding->level = line->level;
    finding->level_low = line->level_low;
    finding->level_high = line->level_high;
    finding->detector = line->detector;
    finding->guarding_ratio = line->guarding_ratio;
}

/* Versions of one detector replace one another. */
static bool same_detector(const char *a, const char *b)
{
    size_t x = a != NULL ? strcspn(a, "/") : 0, y = b != NULL ? strcspn(b, "/") : 0;
    return x == y && (x == 0 || strncmp(a, b, x) == 0);
}

static bool is_heard(const import *self, const char *detector)
{
    for (size_t i = 0; i < self->heard.count; i++) {
        if (same_detector(self->heard.item[i], detector)) {
            return true;
        }
    }
    return false;
}

static void hear(import *self, const event_line *line)
{
    const char *detector = line->detector != NULL ? line->detector : "";
    if (!is_heard(self, detector)) {
        /* Never written through: the bag holds what the arena owns. */
        void *name = (void *)(uintptr_t)detector;
        self->reader.no_memory |= !myo_bag_push(self->reader.arena, &self->heard, name);
    }
    self->has_recording |=
        line->config_hash != NULL || (line->type != NULL && strcmp(line->type, "marker") == 0);
}

static bool keep_mark(import *self, const event_line *line)
{
    event_line *kept = myo_arena_alloc(self->reader.arena, sizeof *kept);
    if (kept != NULL) {
        *kept = *line;
    }
    return kept != NULL && myo_bag_push(self->reader.arena, &self->marks, kept);
}

static void take_line(import *self, const event_line *line)
{
    hear(self, line);
    if (line->config_hash != NULL) {
        self->recording = line->recording;
        self->detector = line->detector;
        self->config_hash = line->config_hash;
    }
    bool is_final = line->stage == NULL || strcmp(line->stage, "confirmed") == 0;
    if (line->type == NULL || isnan(line->onset_s) || !is_final) {
        return;
    }
    myo_event_type type = myo_event_type_from_name(line->type);
    if (type == MYO_EVENT_MARKER) {
        self->reader.no_memory |= line->label != NULL && !keep_mark(self, line);
    } else if (is_kept(line, type)) {
        take_finding(self, line, type);
        self->taken++;
    } else {
        self->passed++;
    }
}

/* A person's element may stand on one that the machine made. */
static bool is_needed(const myo_session *session, const char *id)
{
    for (int part = MYO_INSERTIONS; part <= MYO_FINDINGS; part++) {
        const myo_bag *bag = &session->part[part];
        for (size_t i = 0; i < bag->count; i++) {
            bool ours = *myo_element_provenance((myo_part)part, bag->item[i]) == MYO_FROM_AUTO;
            const myo_finding *finding = bag->item[i];
            const myo_insertion *insertion = bag->item[i];
            const char *step = part == MYO_FINDINGS ? finding->step : insertion->step;
            const char *other = part == MYO_FINDINGS ? finding->insertion : NULL;
            if (!ours && ((step != NULL && strcmp(step, id) == 0) ||
                          (other != NULL && strcmp(other, id) == 0))) {
                return true;
            }
        }
    }
    return false;
}

/* What an earlier analysis made and this one does not see again goes. */
static void sweep(const import *self, myo_part part)
{
    myo_bag *bag = &self->session->part[part];
    size_t kept = 0;
    for (size_t i = 0; i < bag->count; i++) {
        void *element = bag->item[i];
        const myo_finding *finding = element;
        bool ours = part == MYO_FINDINGS ? is_heard(self, finding->detector) : self->has_recording;
        if (*myo_element_provenance(part, element) != MYO_FROM_AUTO || !ours ||
            is_met(self, element) || is_needed(self->session, ((myo_record *)element)->id)) {
            bag->item[kept++] = element;
        }
    }
    bag->count = kept;
}

static bool note(import *self, const char *name, const myo_author *author)
{
    myo_string text = {0};
    myo_string_add(&text, "%zu findings, %zu other events passed over", self->taken, self->passed);
    if (self->config_hash != NULL) {
        myo_string_add(&text, "; recording %s, detector %s, configuration %s",
                       self->recording != NULL ? self->recording : "?",
                       self->detector != NULL ? self->detector : "?", self->config_hash);
    }
    const char *what[5] = {name, NULL, NULL, text.data, NULL};
    bool fine = !text.failed && myo_session_note(self->session, author, MYO_DID_IMPORT, what);
    myo_string_free(&text);
    return fine;
}

static void read_line(import *self, const char *text, size_t length)
{
    event_line record;
    myo_reader *reader = &self->reader;
    event_line *made = myo_record_new(reader->arena, &line_kind);
    if (made == NULL) {
        reader->no_memory = true;
        return;
    }
    record = *made;
    if (myo_reader_open(reader, text, length)) {
        myo_record_read(reader, yaml_document_get_root_node(&reader->document), &line_kind,
                        &record);
        myo_reader_close(reader);
        /* What a session may not hold must not get into one this way: it could not be read again. */
        myo_session_check_bounds(&line_kind, &record, reader->issues);
        if (reader->issues->count == 0) {
            take_line(self, &record);
        }
    }
}

static void read_lines(import *self, const myo_source_text *lines)
{
    const char *at = lines->data, *end = lines->data + lines->size;
    while (at < end && self->reader.issues->count == 0 && !self->reader.no_memory) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop != NULL ? stop : end) - at);
        if (length > 0) {
            read_line(self, at, length);
        }
        at += length + 1;
        self->reader.first_line++;
    }
}

static import start(myo_session *session, const myo_source_text *lines, myo_issues *issues)
{
    return (import){
        .session = session,
        .reader = {
            .arena = &session->arena, .issues = issues, .file = lines->name, .lenient = true}};
}

/* First without touching the session: a broken file must not leave half of itself. */
static bool is_sound(const myo_session *session, const myo_source_text *lines, myo_issues *issues)
{
    myo_session nothing = {.clinic = session->clinic};
import trial = start(& nothing, lines, issues);
    read_lines(&trial, lines);
    myo_arena_free(&nothing.arena);
    return issues->count == 0 && !trial.reader.no_memory;
}

myo_status myo_session_import(myo_session *session, const myo_source_text *lines,
                              const myo_author *author, myo_issues *issues)
{
    issues->count = 0;
    if (!is_sound(session, lines, issues)) {
        return issues->count > 0 ? MYO_ERR_FORMAT : MYO_ERR_NO_MEMORY;
    }
import self = start(session, lines, issues);
    read_lines(&self, lines);
    import_marks(&self);
    if (self.reader.no_memory) {
        return MYO_ERR_NO_MEMORY;
    }
    sweep(&self, MYO_FINDINGS);
    sweep(&self, MYO_INSERTIONS);
    sweep(&self, MYO_STEPS);
    /* Ties to steps that are gone fall; bind makes them anew. */
    myo_session_bind(session);
    return note(&self, lines->name, author) ? MYO_OK : MYO_ERR_NO_MEMORY;
}
