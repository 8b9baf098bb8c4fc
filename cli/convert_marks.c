/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks and events of a recording in one list, and printed as labels. */
#include "convert_marks.h"

#include "export/json.h"
#include "export/label_read.h"
#include "signal/why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void convert_channel_name(const myo_source_info *info, uint32_t c, char *name, size_t size)
{
    if (info->channel_name[c][0] != '\0') {
        (void)snprintf(name, size, "%s", info->channel_name[c]);
    } else {
        (void)snprintf(name, size, "EMG %u", info->channel_number[c]);
    }
}

/* "ltr@@EMG 1": what EDFbrowser shows on that channel alone. */
static void label_print(const myo_source_info *info, const myo_label *event, char *label,
                        size_t size)
{
    char name[40] = "";
    for (uint32_t c = 0; c < info->channels; c++) {
        if (info->channel_number[c] == event->channel) {
            convert_channel_name(info, c, name, sizeof name);
        }
    }
    (void)snprintf(label, size, "%s%s%s", myo_event_type_name(event->type),
                   name[0] == '\0' ? "" : "@@", name);
}

static void events_add(const myo_source_info *info, const myo_label_list *events,
                       convert_marks *marks)
{
    for (size_t e = 0; e < events->count; e++) {
        const myo_label *event = &events->labels[e];
        if (event->type == MYO_EVENT_MARKER) {
            continue; /* comes from the recording itself */
        }
        myo_mark *mark = &marks->items[marks->count++];
        mark->frame = llround(event->onset_s * info->rate_hz);
        mark->frames = llround(event->offset_s * info->rate_hz) - mark->frame;
        label_print(info, event, mark->label, sizeof mark->label);
        marks->events++;
    }
}

static int by_frame(const void *left, const void *right)
{
    const myo_mark *a = left, *b = right;
    int order = (a->frame > b->frame) - (a->frame < b->frame);
    return order != 0 ? order : strcmp(a->label, b->label);
}

myo_status convert_marks_take(const myo_source *source, const char *events, convert_marks *marks,
                              myo_why *why)
{
    const myo_source_info *info = myo_source_info_get(source);
    myo_label_list list = {.count = 0};
    size_t count = 0;
    const myo_mark *own = myo_source_marks(source, &count);
    if (events != NULL) {
        myo_why trouble;
        myo_status status = myo_label_read_events(events, &list, &trouble);
        if (status != MYO_OK) {
            return myo_why_set(why, status, "%.80s: %.160s", events, trouble.text);
        }
    }
    marks->items = calloc(count + list.count + 1, sizeof *marks->items);
    if (marks->items == NULL) {
        myo_label_list_free(&list);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    memcpy(marks->items, own, count * sizeof *own);
    marks->count = count;
    events_add(info, &list, marks);
    myo_label_list_free(&list);
    if (marks->events > 0) {
        qsort(marks->items, marks->count, sizeof *marks->items, by_frame);
    }
    return MYO_OK;
}

void convert_marks_free(convert_marks *marks)
{
    free(marks->items);
    *marks = (convert_marks){.count = 0};
}

static void time_print(char *text, size_t size, int64_t frame, double rate_hz)
{
    (void)myo_fixed_print(text, size, (double)frame / rate_hz, 7);
}

void convert_print_labels(FILE *out, const convert_marks *marks, double rate_hz)
{
    for (size_t m = 0; m < marks->count; m++) {
        char from[64], to[64];
        const myo_mark *mark = &marks->items[m];
        time_print(from, sizeof from, mark->frame, rate_hz);
        time_print(to, sizeof to, mark->frame + mark->frames, rate_hz);
        fprintf(out, "%s\t%s\t%s\n", from, to, mark->label);
    }
}

static void xml_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *name = *text == '&'   ? "&amp;"
                           : *text == '<' ? "&lt;"
                           : *text == '>' ? "&gt;"
                                          : NULL;
        if (name != NULL) {
            fputs(name, out);
        } else {
            fputc(*text, out);
        }
    }
}

void convert_print_xml(FILE *out, const convert_marks *marks, double rate_hz)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<annotationlist>\n", out);
    for (size_t m = 0; m < marks->count; m++) {
        char onset[64], duration[64];
        const myo_mark *mark = &marks->items[m];
        time_print(onset, sizeof onset, mark->frame, rate_hz);
        fprintf(out, "<annotation><onset>%s</onset><duration", onset);
        if (mark->frames > 0) {
            time_print(duration, sizeof duration, mark->frames, rate_hz);
            fprintf(out, ">%s</duration><description>", duration);
        } else {
            fputs("/><description>", out);
        }
        xml_text(out, mark->label);
        fputs("</description></annotation>\n", out);
    }
    fputs("</annotationlist>\n", out);
}

void convert_print_tsv(FILE *out, const convert_marks *marks, double rate_hz)
{
    fputs("onset\tduration\ttrial_type\tchannel\n", out);
    for (size_t m = 0; m < marks->count; m++) {
        char onset[64], duration[64];
        const myo_mark *mark = &marks->items[m];
        const char *at = strstr(mark->label, "@@");
        int length =
            at == NULL || at == mark->label ? (int)strlen(mark->label) : (int)(at - mark->label);
        time_print(onset, sizeof onset, mark->frame, rate_hz);
        time_print(duration, sizeof duration, mark->frames, rate_hz);
        bool has_channel = length < (int)strlen(mark->label) && at[2] != '\0';
        fprintf(out, "%s\t%s\t%.*s\t%s\n", onset, duration, length,
                length > 0 ? mark->label : "n/a", has_channel ? at + 2 : "n/a");
    }
}
