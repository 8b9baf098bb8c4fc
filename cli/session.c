/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch session`: makes, shows and changes the record of a clinical session. */
#include "session_relax.h"
#include "session_tables.h"
#include "clinic_files.h"
#include "command.h"
#include "options.h"

#include "myotwitch/event.h"
#include "myotwitch/session_flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *overlay, *by, *when, *out;
    double channel, control;
    bool all;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, by, "by", 'b', "WHO", "who makes the change (initials or a code)"),
    OPTION_TEXT_ROW(settings, when, "when", 'w', "TIME", "date and time to note with the change"),
    OPTION_TEXT_ROW(settings, out, "out", 'o', "FILE", "write the result there, not in place"),
    OPTION_TEXT_ROW(settings, overlay, "overlay", 0, "DIR",
                    "lay the .yaml files of DIR over the shipped model"),
    OPTION_NUMBER_ROW(settings, channel, "channel", 'c', "N",
                      "channel over the treated muscle (relax; default 0)", 0, 255),
    OPTION_NUMBER_ROW(settings, control, "control", 0, "N",
                      "channel far from it, best the other side (relax; default none)", 0, 255),
    OPTION_FLAG_ROW(settings, all, "all", 0, "list every fault of a file, not the first"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch session new s.json 'id: S1, patient: P07, setting: clinical, date: 2026-11-20'",
    "an empty session",
    "myotwitch session add s.json point 'id: p1, muscle: trapezius_upper, side: left' --by AB",
    "a trigger point; steps, insertions, findings and answers alike",
    "myotwitch session set s.json s3 discomfort 7 --by AB",
    "one field of step s3; 'session undo' takes it back",
    "myotwitch session import s.json events.jsonl --by AB",
    "the events of 'analyze'; people's entries stay",
    NULL,
};

static const option_page page = {
    "session",
    "VERB FILE [ARGUMENT...]",
    "make, show and change the record of a session",
    "VERB is one of:\n\n"
    "  new FILE FIELDS              an empty session with these fields of its header\n"
    "  show FILE [ID]               the session, or one element\n"
    "  add FILE PART FIELDS         a point, step, insertion, finding or answer\n"
    "  set FILE ID FIELD VALUE      change a field; ID 'header' is the header\n"
    "  unset FILE ID FIELD          take a field out\n"
    "  remove FILE ID               take an element out; it stays in the file, marked\n"
    "  undo FILE                    take back the last change by a person\n"
    "  import FILE EVENTS           take over the event lines of an analysis\n"
    "  relax FILE RECORDING         measure the holds in the recording: guarding, release, "
    "resting\n"
    "                               amplitude in the recheck against the baseline\n"
    "  audit FILE                   who changed what\n"
    "  summary FILE                 what each trigger point got\n"
    "  course FILE...               the sessions of one patient in order of date, and the muscles\n"
    "                               that come back\n"
    "  at FILE SECONDS              phase, step and time against the band at that moment\n\n"
    "Changes need --by. What people typed, changed or removed stays when a recording is analysed\n"
    "again. FIELDS is 'key: value, key: value'; a list is [a, b].",
    rows,
    examples};

/* What a verb works on. */
typedef struct {
    const settings *chosen;
    const char *path;
    char **arguments;
    int count;
    myo_clinic *clinic;
    myo_session *session;
    myo_author author;
    myo_issues issues;
} work;

static int usage(const char *what)
{
    fprintf(stderr, "myotwitch session: %s; see 'myotwitch session --help'\n", what);
    return EXIT_USAGE;
}

/* Exit status of a call into the engine. */
static int outcome(work *w, myo_status status)
{
    if (status == MYO_ERR_FORMAT) {
        clinic_complain("session", &w->issues, w->chosen->all);
        return EXIT_BAD_INPUT;
    }
    if (status != MYO_OK) {
        fprintf(stderr, "myotwitch session: %s\n", myo_status_text(status));
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int save(work *w, bool replace)
{
    const char *path = w->chosen->out != NULL ? w->chosen->out : w->path;
    myo_string text = {0};
    myo_session_write(w->session, &text);
    int status = clinic_write_file("session", path, &text, replace && w->chosen->out == NULL);
    myo_string_free(&text);
    return status;
}

static int open_text(work *w, const char *data, size_t size)
{
    myo_source_text text = {w->path, data, size};
    return outcome(w, myo_session_read(w->clinic, &text, &w->session, &w->issues));
}

static int open_file(work *w)
{
    return clinic_read_session("session", w->clinic, w->path, w->chosen->all, &w->session);
}

static int verb_new(work *w)
{
    myo_string text = {0};
    myo_string_add(&text, "schema: myotwitch.session/1\nheader: {%s}\n", w->arguments[0]);
    int status = text.failed ? EXIT_FAILED : open_text(w, text.data, text.length);
    myo_string_free(&text);
    return status == EXIT_DONE ? save(w, false) : status;
}

static int print(const myo_string *text)
{
    if (text->failed) {
        return EXIT_FAILED;
    }
    puts(text->data);
    return EXIT_DONE;
}

static int verb_show(work *w)
{
    myo_string text = {0};
    int status = EXIT_DONE;
    if (w->count == 0) {
        myo_session_write(w->session, &text);
    }
    for (int part = 0; part < MYO_PART_COUNT && w->count > 0; part++) {
        const void *element = myo_session_find(w->session, (myo_part)part, w->arguments[0]);
        if (element != NULL) {
            myo_session_json(&text, (myo_part)part, element);
        }
    }
    if (text.length == 0) {
        fprintf(stderr, "myotwitch session: %s: no element '%s'\n", w->path, w->arguments[0]);
        status = EXIT_USAGE;
    } else {
        status = print(&text);
    }
    myo_string_free(&text);
    return status;
}

static int verb_add(work *w)
{
    int part = 0;
    while (part < MYO_AUDIT && strcmp(myo_part_name((myo_part)part), w->arguments[0]) != 0) {
        part++;
    }
    if (part == MYO_AUDIT) {
        return usage("add what? point, step, insertion, finding or answer");
    }
    myo_string text = {0};
    myo_string_add(&text, "{%s}", w->arguments[1]);
    int status = text.failed ? EXIT_FAILED
                             : outcome(w, myo_session_add(w->session, (myo_part)part, text.data,
                                                          &w->author, &w->issues));
    myo_string_free(&text);
    return status;
}

static int verb_set(work *w)
{
    return outcome(w,
                   myo_session_set(w->session, w->arguments[0], w->arguments[1],
                                   w->count > 2 ? w->arguments[2] : NULL, &w->author, &w->issues));
}

static int verb_remove(work *w)
{
    return outcome(w, myo_session_remove(w->session, w->arguments[0], &w->author, &w->issues));
}

static int verb_undo(work *w)
{
    return outcome(w, myo_session_undo(w->session, &w->author, &w->issues));
}

static int verb_import(work *w)
{
    char *data = NULL;
    myo_source_text lines = {w->arguments[0], NULL, 0};
    int status = clinic_read_file("session", w->arguments[0], &data, &lines.size);
    if (status == EXIT_DONE) {
        lines.data = data;
        status = outcome(w, myo_session_import(w->session, &lines, &w->author, &w->issues));
    }
    free(data);
    return status;
}

static int verb_relax(work *w)
{
    uint32_t control = w->chosen->control < 0.0 ? MYO_ALL_CHANNELS : (uint32_t)w->chosen->control;
    myo_string text = {0};
    int status =
        session_measure(w->session, w->arguments[0], (uint32_t)w->chosen->channel, control, &text);
    if (status == EXIT_DONE) {
        myo_source_text lines = {w->arguments[0], text.data, text.length};
        status = outcome(w, myo_session_import(w->session, &lines, &w->author, &w->issues));
    }
    myo_string_free(&text);
    return status;
}

static int verb_audit(work *w)
{
    size_t index = 0;
    const void *entry;
    int status = EXIT_DONE;
    while (status == EXIT_DONE &&
           (entry = myo_session_next(w->session, MYO_AUDIT, &index)) != NULL) {
        myo_string text = {0};
        myo_session_json(&text, MYO_AUDIT, entry);
        status = print(&text);
        myo_string_free(&text);
    }
    return status;
}

static int verb_at(work *w)
{
    static const char *const states[] = {"", "before the band", "within the band",
                                         "beyond the band"};
    double at = 0.0;
    if (!options_number(w->arguments[0], &at)) {
        return usage("at how many seconds?");
    }
    const myo_session *course[] = {w->session};
    myo_check *check = NULL;
    int status = outcome(w, myo_check_run(course, 1, &check));
    if (status != EXIT_DONE) {
        return status;
    }
    myo_session_now now;
    myo_session_at(w->session, check, at, &now);
    printf("phase %s\n", myo_phase_name(now.phase));
    if (now.step != NULL) {
        printf("step %s %s for %.1f s", now.step->record.id,
               myo_step_kind_name((myo_step_kind)now.step->kind), now.elapsed_s);
        if (now.band != NULL) {
            printf(", %s %g-%g %s", states[now.band_state], now.band->lo, now.band->hi,
                   myo_unit_name(now.band->unit));
        }
        puts("");
    }
    if (now.next != NULL) {
        printf("next %s\n", myo_step_kind_name((myo_step_kind)now.next->step));
    }
    if (now.treats_after_stop) {
        puts("treated after a stop");
    }
    myo_check_free(check);
    return EXIT_DONE;
}

static int verb_summary(work *w)
{
    return session_print_summary(w->session);
}

static int verb_course(work *w)
{
    return session_print_course(w->clinic, w->session, w->arguments, (size_t)w->count,
                                w->chosen->all);
}

static const struct {
    const char *name;
    int (*run)(work *);
    int least, most; /* arguments after FILE */
    bool changes;
} verbs[] = {
    {"show", verb_show, 0, 1, false},       {"add", verb_add, 2, 2, true},
    {"set", verb_set, 3, 3, true},          {"unset", verb_set, 2, 2, true},
    {"remove", verb_remove, 1, 1, true},    {"undo", verb_undo, 0, 0, true},
    {"import", verb_import, 1, 1, true},    {"relax", verb_relax, 1, 1, true},
    {"audit", verb_audit, 0, 0, false},     {"summary", verb_summary, 0, 0, false},
    {"course", verb_course, 0, 254, false}, {"at", verb_at, 1, 1, false},
    {"new", verb_new, 1, 1, false},         {NULL, NULL, 0, 0, false},
};

static int run_verb(work *w, const char *name)
{
    int v = 0;
    while (verbs[v].name != NULL && strcmp(verbs[v].name, name) != 0) {
        v++;
    }
    if (verbs[v].name == NULL || w->count < verbs[v].least || w->count > verbs[v].most) {
        return usage(verbs[v].name == NULL ? "unknown verb" : "wrong number of arguments");
    }
    if (verbs[v].changes && w->author.who == NULL) {
        return usage("who makes the change? --by");
    }
    int status = clinic_load("session", w->chosen->overlay, w->chosen->all, &w->clinic);
    /* Of two who change it at once the second reads what the first wrote. */
    const int lock = status == EXIT_DONE && verbs[v].changes ? clinic_lock(w->path) : -1;
    if (status == EXIT_DONE && verbs[v].run != verb_new) {
        status = open_file(w);
    }
    if (status == EXIT_DONE) {
        status = verbs[v].run(w);
    }
    if (status == EXIT_DONE && verbs[v].changes) {
        status = save(w, true);
    }
    if (lock >= 0) {
        (void)close(lock);
    }
    return status;
}

int command_session(int argc, char **argv)
{
    static work w;
    settings chosen = {.control = -1.0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first < 2) {
        return usage("a verb and a file are wanted");
    }
    w = (work){.chosen = &chosen,
               .path = argv[first + 1],
               .arguments = argv + first + 2,
               .count = argc - first - 2,
               .author = {chosen.by, chosen.when}};
    status = run_verb(&w, argv[first]);
    myo_session_free(w.session);
    myo_clinic_free(w.clinic);
    return status;
}
