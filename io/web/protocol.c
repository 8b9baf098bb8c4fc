/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers to bytes, least significant first, whatever the machine's own order. */
#include "protocol.h"

#include "myotwitch/version.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WIDEST         (1u << 24)
#define MOST_COLUMNS   8192u
#define HIGHEST_LOW_HZ 1000

static void put(myo_web_wire *wire, uint64_t value, size_t bytes)
{
    if (wire->size - wire->used < bytes) {
        wire->full = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++) {
        wire->bytes[wire->used++] = (uint8_t)(value >> (8 * i));
    }
}

static void put_u8(myo_web_wire *wire, uint32_t value)
{
    put(wire, value, 1);
}

static void put_u16(myo_web_wire *wire, uint32_t value)
{
    put(wire, value, 2);
}

static void put_u32(myo_web_wire *wire, uint32_t value)
{
    put(wire, value, 4);
}

static void put_f32(myo_web_wire *wire, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    put(wire, bits, 4);
}

static void put_f64(myo_web_wire *wire, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(wire, bits, 8);
}

static void put_frame(myo_web_wire *wire, int64_t frame)
{
    put_f64(wire, (double)frame);
}

static void put_text(myo_web_wire *wire, const char *text)
{
    size_t length = strlen(text);
    put_u16(wire, (uint32_t)length);
    if (length > UINT16_MAX || wire->full || wire->size - wire->used < length) {
        wire->full = true;
        return;
    }
    memcpy(wire->bytes + wire->used, text, length);
    wire->used += length;
}

/* Kind and three bytes: the first word of every message. */
static void put_head(myo_web_wire *wire, myo_web_kind kind, uint32_t first, uint32_t second)
{
    put_u8(wire, kind);
    put_u8(wire, first);
    put_u8(wire, second);
    put_u8(wire, 0);
}

void myo_web_put_hello(myo_web_wire *wire, const myo_feed_head *head, double lookback_s, bool sound)
{
    put_u8(wire, MYO_WEB_HELLO);
    put_u8(wire, MYO_WEB_PROTOCOL);
    put_u8(wire, !head->replay);
    put_u8(wire, sound);
    put_u32(wire, head->channels);
    put_f64(wire, head->rate_hz);
    put_f64(wire, head->full_scale_uv);
    put_f64(wire, head->detect_low_hz);
    put_f64(wire, head->detect_high_hz);
    put_f64(wire, head->measure_low_hz);
    put_f64(wire, head->measure_high_hz);
    put_f64(wire, lookback_s);
    put_text(wire, head->device);
    put_text(wire, head->recording);
    put_text(wire, myo_version());
    put_text(wire, myo_honest_sentence());
    for (uint32_t channel = 0; channel < head->channels; channel++) {
        put_u32(wire, head->channel_number[channel]);
        put_text(wire, head->name[channel]);
    }
}

void myo_web_put_trace_head(myo_web_wire *wire, const myo_web_view *view, int64_t first,
                            uint32_t columns)
{
    put_u8(wire, MYO_WEB_TRACE);
    put_u8(wire, view->width > 1 ? 2 : 1);
    put_u16(wire, view->channels);
    put_u32(wire, view->id);
    put_u32(wire, view->width);
    put_u32(wire, columns);
    put_frame(wire, first);
}

void myo_web_put_twitch_head(myo_web_wire *wire, const myo_event *event, uint32_t width,
                             uint32_t before, uint32_t columns)
{
    put_head(wire, MYO_WEB_TWITCH, 0, 0);
    put_u32(wire, event->channel);
    put_f64(wire, (double)event->id);
    put_frame(wire, event->onset_frame);
    put_u32(wire, width);
    put_u32(wire, before);
    put_u32(wire, columns);
}

void myo_web_put_event(myo_web_wire *wire, const myo_event *event)
{
    put_head(wire, MYO_WEB_EVENT, event->type, event->stage);
    put_u32(wire, event->channel);
    put_u32(wire, event->channel_count);
    put_f64(wire, (double)event->id);
    put_frame(wire, event->onset_frame);
    put_frame(wire, event->offset_frame);
    put_frame(wire, event->reported_frame);
    put_frame(wire, event->confirmed_frame);
    put_f32(wire, event->peak);
    put_f32(wire, event->snr_db);
    put_f32(wire, event->confidence);
    put_u32(wire, event->reasons);
}

void myo_web_put_picture(myo_web_wire *wire, const myo_web_picture *picture)
{
    const uint32_t whole[] = {
        (uint32_t)picture->twitch, picture->number,  picture->count, picture->width,
        picture->height,           picture->columns, picture->rows};
    const double lengths[] = {picture->left, picture->top, picture->step, picture->mm_per_px};
    const size_t pixels = (size_t)picture->width * picture->height;
    put_head(wire, MYO_WEB_PICTURE, 0, 0);
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        put_u32(wire, whole[i]);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        put_f32(wire, lengths[i]);
    }
    put_f64(wire, picture->frame);
    put_f64(wire, picture->onset_frame);
    put_f32(wire, picture->x);
    put_f32(wire, picture->y);
    put_f32(wire, picture->size);
    for (size_t i = 0; i < 2 * (size_t)picture->columns * picture->rows; i++) {
        put_f32(wire, (double)picture->moved[i]);
    }
    if (wire->full || wire->size - wire->used < pixels) {
        wire->full = true;
        return;
    }
    memcpy(wire->bytes + wire->used, picture->grey, pixels);
    wire->used += pixels;
}

void myo_web_put_mark(myo_web_wire *wire, const myo_feed_mark *mark)
{
    put_head(wire, MYO_WEB_MARK, mark->undone, 0);
    put_frame(wire, mark->frame);
    put_f64(wire, (double)mark->id);
    put_text(wire, mark->kind);
    put_text(wire, mark->label);
}

void myo_web_put_gap(myo_web_wire *wire, const myo_feed_gap *gap)
{
    put_head(wire, MYO_WEB_GAP, 0, 0);
    put_frame(wire, gap->frame);
    put_frame(wire, gap->frames);
    put_text(wire, gap->why);
}

void myo_web_put_state(myo_web_wire *wire, const myo_feed_state *state)
{
    put_head(wire, MYO_WEB_STATE, state->recording, state->muted);
    put_frame(wire, state->frame);
    put_f64(wire, (double)state->twitches);
    put_f64(wire, (double)state->twitches_insertion);
    put_f64(wire, state->insertion);
    put_f64(wire, state->recorded_s);
    put_f64(wire, state->disk_left_s);
    put_f64(wire, state->block_ms);
    put_f64(wire, state->device_latency_ms);
    put_f64(wire, state->detector_p95_ms);
    put_f64(wire, (double)state->lost_frames);
    put_f64(wire, (double)state->trace_dropped);
    put_f64(wire, state->heard_channel);
    put_text(wire, state->phase);
}

void myo_web_put_meters(myo_web_wire *wire, const myo_feed_meter *meters, uint32_t count)
{
    put_u8(wire, MYO_WEB_METER);
    put_u8(wire, 0);
    put_u16(wire, count);
    for (const myo_feed_meter *meter = meters; meter < meters + count; meter++) {
        put_frame(wire, meter->frame);
        put_f32(wire, meter->rms);
        put_f32(wire, meter->envelope);
        put_f32(wire, meter->threshold);
        put_f32(wire, meter->floor);
        put_f32(wire, meter->peak_250ms);
        put_f32(wire, meter->hum_hz);
        put_f32(wire, meter->hum_rms);
        put_u32(wire, meter->flags);
    }
}

void myo_web_put_spectrum(myo_web_wire *wire, const myo_feed_spectrum *spectrum)
{
    put_head(wire, MYO_WEB_SPECTRUM, spectrum->valid, 0);
    put_u32(wire, spectrum->channel);
    put_u32(wire, spectrum->bins);
    put_frame(wire, spectrum->frame);
    put_f32(wire, spectrum->bin_hz);
    put_f32(wire, spectrum->mnf);
    put_f32(wire, spectrum->mdf);
    for (uint32_t bin = 0; bin < spectrum->bins; bin++) {
        put_f32(wire, spectrum->db[bin]);
    }
}

void myo_web_put_relax(myo_web_wire *wire, const myo_feed_relax *relax)
{
    put_head(wire, MYO_WEB_RELAX, relax->state, 0);
    put_u32(wire, relax->channel);
    put_frame(wire, relax->frame);
    put_frame(wire, relax->release_frame);
    put_f32(wire, relax->ratio);
    put_f32(wire, relax->low);
    put_f32(wire, relax->high);
    put_f32(wire, relax->level);
}

void myo_web_put_guide(myo_web_wire *wire, const myo_feed_guide *guide)
{
    put_head(wire, MYO_WEB_GUIDE, (uint8_t)guide->words, 0);
    put_frame(wire, guide->since);
    put_f32(wire, guide->least_s);
    put_f32(wire, guide->most_s);
    put_text(wire, guide->step);
    for (uint32_t i = 0; i < guide->words; i++) {
        put_u32(wire, (uint32_t)guide->word[i].severity);
        put_text(wire, guide->word[i].rule);
        put_text(wire, guide->word[i].text);
    }
}

void myo_web_put_warning(myo_web_wire *wire, const myo_feed_warning *warning)
{
    put_head(wire, MYO_WEB_WARNING, 0, 0);
    put_u32(wire, warning->channel);
    put_text(wire, warning->text);
}

void myo_web_put_reply(myo_web_wire *wire, uint32_t id, const char *text)
{
    put_head(wire, MYO_WEB_REPLY, 0, 0);
    put_u32(wire, id);
    put_text(wire, text);
}

void myo_web_put_end(myo_web_wire *wire, const myo_feed_end *end)
{
    put_head(wire, MYO_WEB_END, end->lost, 0);
    put_frame(wire, end->frames);
    put_text(wire, end->text);
}

/* A whole number in [low, high], ended by @p stop or the text's end; moves @p text behind it. */
static bool read_number(const char **text, int64_t low, int64_t high, char stop, int64_t *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(*text, &end, 10);
    if (end == *text || errno != 0 || number < low || number > high ||
        (*end != stop && *end != '\0')) {
        return false;
    }
    *value = number;
    *text = *end == '\0' ? end : end + 1;
    return true;
}

static bool read_channels(const char *list, uint32_t channels, myo_web_view *view)
{
    view->channels = 0;
    do {
        int64_t channel;
        if (view->channels == channels ||
            !read_number(&list, 0, (int64_t)channels - 1, ',', &channel)) {
            return false;
        }
        view->channel[view->channels++] = (uint16_t)channel;
    } while (*list != '\0');
    return true;
}

bool myo_web_read_view(const char *words, uint32_t channels, myo_web_view *view)
{
    int64_t id, width, columns, end, low_hz, focus;
    myo_web_view read;
    if (!read_number(&words, 0, UINT32_MAX, ' ', &id) ||
        !read_number(&words, 1, WIDEST, ' ', &width) ||
        !read_number(&words, 1, MOST_COLUMNS, ' ', &columns) ||
        !read_number(&words, -1, INT64_MAX / 2, ' ', &end) ||
        !read_number(&words, 0, HIGHEST_LOW_HZ, ' ', &low_hz) ||
        !read_number(&words, 0, (int64_t)channels - 1, ' ', &focus) ||
        !read_channels(words, channels, &read)) {
        return false;
    }
    read.id = (uint32_t)id;
    read.width = (uint32_t)width;
    read.columns = (uint32_t)columns;
    read.end = end;
    read.low_hz = (uint32_t)low_hz;
    read.focus = (uint32_t)focus;
    *view = read;
    return true;
}
