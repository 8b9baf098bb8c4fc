/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command language: one line in, one line out, from page, terminal and socket alike. */
#include "live/desk_self.h"

#include "signal/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const double gain_most_db = 80.0;

/* One command: what follows its name, and where the reply goes. */
typedef struct {
    myo_desk *desk;
    const char *rest; /* without blanks around it; may be "" */
    char *reply;
    size_t size;
} request;

static size_t answer(const request *r, const char *text)
{
    const int length = snprintf(r->reply, r->size, "%s", text);
    return length < 0 ? 0 : (size_t)length < r->size ? (size_t)length : r->size - 1;
}

static size_t add_mark(const request *r, const char *kind, const char *label)
{
    char text[64];
    myo_desk *desk = r->desk;
    const int64_t frame = atomic_load_explicit(&desk->frames, memory_order_relaxed);
    const uint64_t id = myo_journal_add(desk->journal, frame, kind, label);
    if (id == 0) {
        return answer(r, "error: out of memory");
    }
    atomic_store_explicit(&desk->state_due, true, memory_order_relaxed);
    (void)snprintf(text, sizeof text, "ok %" PRIu64 " %" PRId64, id, frame);
    return answer(r, text);
}

static size_t with_label(const request *r, const char *kind)
{
    return r->rest[0] == '\0' ? answer(r, "error: what is it to be called?")
                              : add_mark(r, kind, r->rest);
}

static size_t do_mark(const request *r)
{
    return with_label(r, "mark");
}

static size_t do_note(const request *r)
{
    return with_label(r, "note");
}

static size_t do_phase(const request *r)
{
    return with_label(r, "phase");
}

static size_t do_insertion(const request *r)
{
    char label[128];
    if (r->rest[0] != '\0' && strcmp(r->rest, "next") != 0) {
        return answer(r, "error: insertion takes next or nothing");
    }
    const int number = myo_journal_last(r->desk->journal, "insertion", label, NULL) + 1;
    (void)snprintf(label, sizeof label, "%d", number);
    return add_mark(r, "insertion", label);
}

/* Rest on purpose: marks that analyze understands too. */
static size_t do_baseline(const request *r)
{
    return add_mark(r, "mark", "baseline");
}

static size_t do_hold(const request *r)
{
    return add_mark(r, "mark", "hold");
}

static size_t do_after(const request *r)
{
    return add_mark(r, "mark", "recheck");
}

static size_t do_end(const request *r)
{
    return add_mark(r, "mark", "end");
}

static size_t moved(const request *r, bool there, const myo_feed_mark *mark, const char *nothing)
{
    char text[192];
    if (!there) {
        return answer(r, nothing);
    }
    atomic_store_explicit(&r->desk->state_due, true, memory_order_relaxed);
    (void)snprintf(text, sizeof text, "ok %" PRIu64 " %s %s", mark->id, mark->kind, mark->label);
    return answer(r, text);
}

static size_t do_undo(const request *r)
{
    myo_feed_mark mark;
    const bool there = myo_journal_undo(r->desk->journal, &mark);
    return moved(r, there, &mark, "error: nothing to undo");
}

static size_t do_redo(const request *r)
{
    myo_feed_mark mark;
    const bool there = myo_journal_redo(r->desk->journal, &mark);
    return moved(r, there, &mark, "error: nothing to redo");
}

static size_t mute(const request *r, bool muted)
{
    atomic_store_explicit(&r->desk->muted, muted, memory_order_relaxed);
    atomic_store_explicit(&r->desk->state_due, true, memory_order_relaxed);
    return answer(r, "ok");
}

static size_t do_mute(const request *r)
{
    return mute(r, true);
}

static size_t do_unmute(const request *r)
{
    return mute(r, false);
}

static size_t do_gain(const request *r)
{
    double db = 0.0;
    if (!myo_decimal_read(r->rest, strlen(r->rest), false, &db) || db < -gain_most_db ||
        db > gain_most_db) {
        return answer(r, "error: gain takes -80 to 80 dB");
    }
    atomic_store_explicit(&r->desk->gain_db, db, memory_order_relaxed);
    atomic_store_explicit(&r->desk->state_due, true, memory_order_relaxed);
    return answer(r, "ok");
}

static size_t do_channel(const request *r)
{
    int64_t channel = 0;
    if (!myo_decimal_whole(r->rest, strlen(r->rest), &channel) || channel < 0 ||
        channel >= (int64_t)r->desk->info.channels) {
        return answer(r, "error: there is no such channel");
    }
    atomic_store_explicit(&r->desk->heard, (uint32_t)channel, memory_order_relaxed);
    atomic_store_explicit(&r->desk->state_due, true, memory_order_relaxed);
    return answer(r, "ok");
}

static size_t do_record(const request *r)
{
    if (r->desk->path[0] == '\0') {
        return answer(r, "error: there is no file to record into");
    }
    atomic_store_explicit(&r->desk->record_asked, true, memory_order_relaxed);
    return answer(r, "ok");
}

static size_t do_status(const request *r)
{
    return desk_status_print(r->desk, r->reply, r->size);
}

static size_t do_latency(const request *r)
{
    return desk_latency_print(r->desk, r->reply, r->size);
}

static size_t do_stop(const request *r)
{
    if (strcmp(r->rest, "yes") != 0) {
        return answer(r, "error: say 'stop yes' to end the session");
    }
    myo_desk_stop(r->desk);
    return answer(r, "ok");
}

static const struct {
    const char *name;
    size_t (*run)(const request *r);
    bool alone; /* nothing may follow */
} commands[] = {
    {"mark", do_mark, false},       {"note", do_note, false},
    {"phase", do_phase, false},     {"baseline", do_baseline, true},
    {"hold", do_hold, true},        {"after", do_after, true},
    {"end", do_end, true},          {"undo", do_undo, true},
    {"redo", do_redo, true},        {"mute", do_mute, true},
    {"unmute", do_unmute, true},    {"gain", do_gain, false},
    {"channel", do_channel, false}, {"status", do_status, true},
    {"latency", do_latency, true},  {"record", do_record, true},
    {"stop", do_stop, false},       {"insertion", do_insertion, false},
};

enum { LINE_MOST = 512 };

/* Copies the line without blanks around it; false when it is too long. */
static bool trim(const char *line, char *text)
{
    line += strspn(line, " \t\r\n");
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL) {
        length--;
    }
    if (length >= LINE_MOST) {
        return false;
    }
    memcpy(text, line, length);
    text[length] = '\0';
    return true;
}

size_t myo_desk_command(myo_desk *self, const char *line, char *reply, size_t size)
{
    char text[LINE_MOST];
    request r = {.desk = self, .rest = "", .reply = reply, .size = size};
    if (size == 0) {
        return 0;
    }
    reply[0] = '\0';
    if (!trim(line, text)) {
        return answer(&r, "error: the line is too long");
    }
    const size_t name = strcspn(text, " \t");
    r.rest = text + name + strspn(text + name, " \t");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strlen(commands[i].name) == name && memcmp(text, commands[i].name, name) == 0) {
            return commands[i].alone && r.rest[0] != '\0' ? answer(&r, "error: nothing may follow")
                                                          : commands[i].run(&r);
        }
    }
    return answer(&r, "error: no such command");
}
