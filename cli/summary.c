/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints twitches as they are settled and the state of the channels at the end. */
#include "summary.h"

#include "talk.h"

#include "signal/utf8.h"

#include "myotwitch/version.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    FILE *out;
    int64_t twitches;
    int64_t types[MYO_EVENT_TYPE_COUNT];
    myo_rest_event *rests; /* printed after the table of twitches */
    size_t rest_count;
} summary;

/* "2.31 uV" where the recording is calibrated, else "-61.2 dB" below full scale. */
static void size_print(const summary *self, double size, char *text, size_t room)
{
    double scale = self->head->info->full_scale_uv;
    if (!(size > 0.0)) {
        (void)snprintf(text, room, "-");
    } else if (scale > 0.0) {
        (void)snprintf(text, room, "%.4g uV", size * scale);
    } else {
        (void)snprintf(text, room, "%.1f dB", 20.0 * log10(size));
    }
}

static void heading_print(summary *self)
{
    const myo_source_info *info = self->head->info;
    talk_clean(self->head->recording, self->out);
    fprintf(self->out, ": %s, %u channel%s, %g frames/s", info->format, info->channels,
            info->channels == 1 ? "" : "s", info->rate_hz);
    if (info->full_scale_uv > 0.0) {
        fprintf(self->out, ", full scale %g uV\n", info->full_scale_uv);
    } else {
        fputs(", not calibrated: sizes in dB of full scale\n", self->out);
    }
}

static void other_channels_print(const summary *self, const myo_event *event)
{
    const char *before = "  also on ";
    for (uint32_t c = 0; c < self->head->info->channels; c++) {
        if (c != event->channel && myo_event_has_channel(event, c)) {
            fprintf(self->out, "%s%u", before, self->head->info->channel_number[c]);
            before = ",";
        }
    }
}

static void twitch_print(summary *self, const myo_event *event)
{
    char peak[32];
    const myo_source_info *info = self->head->info;
    if (self->twitches++ == 0) {
        fprintf(self->out, "  %12s  %7s  %12s  %6s  %10s\n", "twitch at s", "channel", "peak",
                "SNR dB", "confidence");
    }
    size_print(self, event->peak, peak, sizeof peak);
    fprintf(self->out, "  %12.4f  %7u  %12s  %6.1f  %10.2f",
            (double)event->onset_frame / info->rate_hz,
            event->channel < info->channels ? info->channel_number[event->channel] : 0, peak,
            event->snr_db, event->confidence);
    other_channels_print(self, event);
    fputc('\n', self->out);
}

static myo_status summary_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    (void)why;
    summary *self = (summary *)sink;
    if (event->stage == MYO_CONFIRMED) {
        self->types[event->type]++;
        if (event->type == MYO_EVENT_LTR) {
            twitch_print(self, event);
        }
    }
    return MYO_OK;
}

static myo_status summary_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    (void)mark;
    (void)why;
    ((summary *)sink)->types[MYO_EVENT_MARKER]++;
    return MYO_OK;
}

static myo_status summary_rest(myo_sink *sink, const myo_rest_event *rest, myo_why *why)
{
    summary *self = (summary *)sink;
    myo_rest_event *rests = realloc(self->rests, (self->rest_count + 1) * sizeof *rests);
    if (rests == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->rests = rests;
    self->rests[self->rest_count++] = *rest;
    self->types[rest->type]++;
    return MYO_OK;
}

static void rest_print(const summary *self, const myo_rest_event *rest)
{
    double rate = self->head->info->rate_hz;
    uint32_t number = self->head->info->channel_number[rest->channel];
    if (rest->type == MYO_EVENT_RELEASE) {
        fprintf(self->out, "  release at %.2f s, channel %u: to %.2f of the level before\n",
                (double)rest->onset_frame / rate, number, rest->level);
        return;
    }
    fprintf(self->out, "  %s, %.1f-%.1f s against %.1f-%.1f s, channel %u: %s",
            rest->hold ? "hold" : "rest", (double)rest->onset_frame / rate,
            (double)rest->offset_frame / rate, (double)rest->baseline_from / rate,
            (double)rest->baseline_to / rate, number, rest->verdict);
    if (!isnan(rest->level)) {
        fprintf(self->out, ", %.2f (%.2f to %.2f) of the baseline", rest->level, rest->level_low,
                rest->level_high);
    }
    if (!isnan(rest->guarding_ratio)) {
        fprintf(self->out, ", %.2f of the baseline", rest->guarding_ratio);
    }
    fprintf(self->out, "%s%s\n", rest->reasons[0] == '\0' ? "" : "; ", rest->reasons);
}

/* Places that it takes on a terminal, near enough: one a letter. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

static void channel_print(const summary *self, uint32_t channel, const myo_channel_summary *about)
{
    const myo_source_info *info = self->head->info;
    char name[48], noise[32], hum[48] = "-", hum_size[32];
    (void)snprintf(name, sizeof name, "%u %.24s", info->channel_number[channel],
                   info->channel_name[channel]);
    myo_utf8_clean(name); /* it may have been cut within a letter */
    size_print(self, about->floor_rms, noise, sizeof noise);
    if (about->hum_hz > 0.0) {
        size_print(self, about->hum_rms, hum_size, sizeof hum_size);
        (void)snprintf(hum, sizeof hum, "%s at %.0f Hz", hum_size, about->hum_hz);
    }
    fputs("  ", self->out);
    talk_clean(name, self->out);
    fprintf(self->out, "%*s  %12s  %20s  %9.3f s  %9.3f s  %6lld\n",
            width_of(name) < 16 ? 16 - width_of(name) : 0, "", noise, hum,
            (double)about->saturated_frames / info->rate_hz,
            (double)about->gap_frames / info->rate_hz, (long long)about->events[MYO_EVENT_LTR]);
}

static void series_print(const summary *self, uint32_t number, const myo_series_summary *series)
{
    fprintf(self->out, "  series of channel %u: %lld twitch%s", number, (long long)series->count,
            series->count == 1 ? "" : "es");
    if (!isnan(series->decay_ratio)) {
        fprintf(self->out, ", %s %.2f of the first, one every %.1f s",
                series->count > 2 ? "third" : "second", series->decay_ratio, series->interval_s);
    }
    fprintf(self->out, series->exhausted ? ", ceased %.0f s before the end\n" : "\n",
            series->quiet_s);
}

static const char *absence_text(myo_absence absence)
{
    return absence == MYO_ABSENCE_NOT_ASSESSED ? "; absence of twitches is not assessed"
           : absence == MYO_ABSENCE_PARTLY     ? "; absence of twitches is partly assessed"
                                               : "";
}

static void looks_print(const summary *self, const myo_channel_look *looks)
{
    const myo_source_info *info = self->head->info;
    for (uint32_t c = 0; looks != NULL && c < info->channels; c++) {
        const int64_t *seconds = looks[c].quality.seconds;
        char reasons[256];
        myo_quality_reasons_print(looks[c].quality.reasons, reasons, sizeof reasons);
        fprintf(self->out,
                "  quality of channel %u: %s; %lld s usable, %lld doubtful, %lld unusable",
                info->channel_number[c], myo_verdict_name(looks[c].verdict), (long long)seconds[0],
                (long long)seconds[1], (long long)seconds[2]);
        fprintf(self->out, "%s%s%s%s\n", reasons[0] == '\0' ? "" : " (", reasons,
                reasons[0] == '\0' ? "" : ")", absence_text(looks[c].absence));
        if (looks[c].series.count > 0) {
            series_print(self, info->channel_number[c], &looks[c].series);
        }
    }
}

static void types_print(const summary *self)
{
    const char *before = "  events: ";
    for (int t = 0; t < MYO_EVENT_TYPE_COUNT; t++) {
        if (self->types[t] > 0) {
            fprintf(self->out, "%s%lld %s", before, (long long)self->types[t],
                    myo_event_type_name((myo_event_type)t));
            before = ", ";
        }
    }
    fputs(before[0] == ' ' ? "  events: none\n" : "\n", self->out);
}

static void refusals_print(const summary *self, const myo_session_tail *tail)
{
    const char *before = "  candidates refused: ";
    for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
        int64_t count = 0;
        for (uint32_t c = 0; c < self->head->info->channels; c++) {
            count += tail->channels[c].refusals[r];
        }
        if (count > 0) {
            fprintf(self->out, "%s%lld %s", before, (long long)count,
                    myo_refusal_text((myo_refusal)r));
            before = "; ";
        }
    }
    fputs(before[0] == ' ' ? "" : "\n", self->out);
}

/* Signal that the detector needs before it can report anything; a published method needs none. */
static double arm_s(const myo_session_head *head)
{
    static const char key[] = "\narm_s=";
    const char *found = head->detector == NULL ? strstr(head->config_text, key) : NULL;
    return found != NULL ? strtod(found + sizeof key - 1, NULL) : 0.0;
}

/* That nothing was found says nothing where nothing could be. */
static void none_print(const summary *self, const myo_session_tail *tail)
{
    const double least_s = arm_s(self->head);
    bool known = least_s <= 0.0;
    for (uint32_t c = 0; c < self->head->info->channels; c++) {
        known = known || tail->channels[c].floor_rms > 0.0;
    }
    if (known && (double)tail->frames > least_s * self->head->info->rate_hz) {
        fputs("  no twitch was detected\n", self->out);
        return;
    }
    fprintf(self->out,
            "  nothing could be detected: no channel has signal for the %g s that its noise takes "
            "to be known\n",
            least_s);
}

static myo_status summary_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    summary *self = (summary *)sink;
    const myo_source_info *info = self->head->info;
    if (self->twitches == 0) {
        none_print(self, tail);
    }
    for (size_t r = 0; r < self->rest_count; r++) {
        rest_print(self, &self->rests[r]);
    }
    fprintf(self->out, "  %-16s  %12s  %20s  %11s  %11s  %6s\n", "channel", "noise RMS", "hum",
            "saturated", "missing", "ltr");
    for (uint32_t c = 0; c < info->channels; c++) {
        channel_print(self, c, &tail->channels[c]);
    }
    looks_print(self, tail->looks);
    types_print(self);
    refusals_print(self, tail);
    fprintf(self->out, "  %.3f s analysed%s\n%s\n\n", (double)tail->frames / info->rate_hz,
            tail->complete ? "" : " of a damaged recording", myo_honest_sentence());
    if (fflush(self->out) != 0 || ferror(self->out)) {
        return myo_why_set(why, MYO_ERR_WRITE, "summary: %s", strerror(errno));
    }
    return MYO_OK;
}

static void summary_free(myo_sink *sink)
{
    free(((summary *)sink)->rests);
    free(sink);
}

myo_status summary_new(FILE *out, const myo_session_head *head, myo_sink **sink, myo_why *why)
{
    summary *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->sink = (myo_sink){.event = summary_event,
                            .mark = summary_mark,
                            .rest = summary_rest,
                            .finish = summary_finish,
                            .free = summary_free};
    self->head = head;
    self->out = out;
    heading_print(self);
    *sink = &self->sink;
    return MYO_OK;
}
