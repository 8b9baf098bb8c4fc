/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings as they come, latencies at the end. */
#include "live_talk.h"

#include "talk.h"

#include <inttypes.h>

static void say(const char *text)
{
    fputs("myotwitch live: ", stderr);
    talk_clean(text, stderr);
    fputc('\n', stderr);
}

static void say_warning(const myo_feed_head *head, const myo_feed_warning *warning)
{
    char text[256];
    if (warning->channel < head->channels) {
        (void)snprintf(text, sizeof text, "%.2f s, channel %u: %s",
                       (double)warning->frame / head->rate_hz,
                       head->channel_number[warning->channel], warning->text);
    } else {
        (void)snprintf(text, sizeof text, "%.2f s: %s", (double)warning->frame / head->rate_hz,
                       warning->text);
    }
    say(text);
}

static void say_gap(const myo_feed_head *head, const myo_feed_gap *gap)
{
    char text[256];
    (void)snprintf(text, sizeof text, "%.3f s: %" PRId64 " frames (%.1f ms) are missing: %s",
                   (double)gap->frame / head->rate_hz, gap->frames,
                   1e3 * (double)gap->frames / head->rate_hz, gap->why);
    say(text);
}

void live_talk_message(const myo_feed_head *head, const myo_feed_message *message)
{
    if (message->kind == MYO_FEED_WARNING) {
        say_warning(head, &message->warning);
    } else if (message->kind == MYO_FEED_GAP) {
        say_gap(head, &message->gap);
    }
}

static void say_latency(const myo_desk_latency *l)
{
    if (l->device_ms > 0.0) {
        fprintf(stderr, "  device    %.1f ms, as it says\n", l->device_ms);
    } else {
        fputs("  device    does not say\n", stderr);
    }
    fprintf(stderr,
            "  block     %.2f ms to fill; then to the engine's answer %.2f ms (p50), %.2f "
            "(p95), %.2f (largest)\n",
            l->period_ms, l->wait_ms[0], l->wait_ms[1], l->wait_ms[2]);
    fprintf(stderr,
            "  compute   %.1f us (p50), %.1f (p95), %.1f (p99), %.1f (largest) a block, %" PRId64
            " blocks\n",
            l->compute_us[0], l->compute_us[1], l->compute_us[2], l->compute_us[3], l->blocks);
    if (l->twitches > 0) {
        fprintf(stderr,
                "  detector  %.1f ms (p50), %.1f (p95) from onset to first report, %" PRId64
                " twitches\n",
                l->detect_ms[0], l->detect_ms[1], l->twitches);
    }
    if (l->twitches_18db > 0) {
        fprintf(stderr, "            %.1f ms (p50), %.1f (p95) at 18 dB and more, %" PRId64 "\n",
                l->detect_18db_ms[0], l->detect_18db_ms[1], l->twitches_18db);
    }
}

void live_talk_end(const myo_feed_head *head, const myo_desk_end *end)
{
    fprintf(stderr,
            "myotwitch live: %.3f s, %" PRId64 " frames, %" PRId64 " lost in %" PRId64 " gap%s\n",
            (double)end->frames / head->rate_hz, end->frames, end->lost_frames, end->gaps,
            end->gaps == 1 ? "" : "s");
    say_latency(&end->latency);
    if (end->lost) {
        fputs("myotwitch live: the device is lost: ", stderr);
        talk_clean(end->why.text, stderr);
        fputc('\n', stderr);
    } else if (end->damaged) {
        say(end->why.text);
    }
    if (end->record_why.text[0] != '\0') {
        say(end->record_why.text);
    }
}
