/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where relaxation is looked for: three lines as the command line gives them, then marks, each a line of a frame
 * and a label. */
#include "fuzz.h"

#include "segments.h"

#include <stdio.h>
#include <string.h>

enum { MARKS = 200, LINE = 200 };
static const int64_t frames = 600000;

/* The next line of the text, cut to @p line; whether there was one. */
static bool line_take(const char **text, const char *end, char line[LINE])
{
    if (*text == end) {
        return false;
    }
    const char *stop = memchr(*text, '\n', (size_t)(end - *text));
    const size_t length = (size_t)((stop == NULL ? end : stop) - *text);
    (void)snprintf(line, LINE, "%.*s", (int)(length < LINE ? length : LINE - 1), *text);
    *text = stop == NULL ? end : stop + 1;
    return true;
}

static void jobs_check(const segment_jobs *jobs, int64_t last)
{
    FUZZ_MUST(jobs->count <= SEGMENT_JOBS_MAX);
    for (size_t i = 0; i < jobs->count; i++) {
        const segment_job *job = &jobs->items[i];
        FUZZ_MUST(job->kind == SEGMENT_HOLD || job->kind == SEGMENT_AFTER);
        FUZZ_MUST(job->baseline.from >= 0 && job->baseline.to > job->baseline.from);
        FUZZ_MUST(job->span.from >= 0 && job->span.to > job->span.from && job->span.to <= last);
    }
}

static size_t marks_take(const char *text, const char *end, myo_mark marks[MARKS])
{
    size_t count = 0;
    int64_t before = 0;
    for (char line[LINE]; count < MARKS && line_take(&text, end, line);) {
        long long frame = 0;
        int used = 0;
        if (sscanf(line, "%10lld %n", &frame, &used) == 1 && frame >= before && frame <= frames) {
            marks[count] = (myo_mark){.frame = before = frame};
            (void)snprintf(marks[count].label, sizeof marks[count].label, "%s", line + used);
            count++;
        }
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static myo_mark marks[MARKS];
    static char lines[SEGMENT_KINDS][LINE];
    const char *text = (const char *)data, *end = text + size;
    segment_texts texts = {{NULL}};
    for (int k = 0; k < SEGMENT_KINDS; k++) {
        texts.span[k] = line_take(&text, end, lines[k]) && lines[k][0] != '\0' ? lines[k] : NULL;
    }
    for (int known = 0; known < 2; known++) {
        segment_jobs jobs = {.count = 0};
        myo_why why = {{0}};
        if (segments_from_texts(&texts, 2000.0, known ? frames : -1, &jobs, &why) == MYO_OK) {
            jobs_check(&jobs, known ? frames : INT64_MAX);
        } else {
            FUZZ_MUST(why.text[0] != '\0');
        }
    }
    segment_jobs jobs = {.count = 0};
    segments_from_marks(marks, marks_take(text, end, marks), frames, &jobs);
    jobs_check(&jobs, frames);
    return 0;
}
