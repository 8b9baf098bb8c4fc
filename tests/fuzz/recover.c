/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording with damage, brought back. The input lists the damage in groups of five bytes: which of the bytes
 * that are not zero (three bytes, little-endian), what it becomes, and 1: the file ends there. Thus the input
 * stays small, and every change meets something. */
#include "fuzz.h"

#include "record/recorder.h"
#include "record/recover_self.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RATE = 1000, CHANNELS = 2, FRAMES = 300, BLOCK = 100, GROUP = 5 };

static const char *const name = "in.nwb";
static uint8_t *whole;
static size_t size;
static size_t *used; /* where the bytes are that are not zero */
static size_t used_count;

static void recording_record(void)
{
    myo_recorder *recorder = NULL;
    myo_why why = {{0}};
    const myo_record_head head = {.rate_hz = RATE, .channels = CHANNELS, .detector = "1"};
    const myo_event event = {.stage = MYO_CONFIRMED, .onset_frame = 100, .offset_frame = 180};
    FUZZ_MUST(myo_recorder_open(name, &head, &recorder, &why) == MYO_OK);
    for (int k = 0; k < FRAMES / BLOCK; k++) {
        float block[BLOCK * CHANNELS];
        for (int i = 0; i < BLOCK * CHANNELS; i++) {
            block[i] = (float)(k * BLOCK * CHANNELS + i + 1);
        }
        FUZZ_MUST(myo_recorder_frames(recorder, block, BLOCK));
        FUZZ_MUST(myo_recorder_mark(recorder, k, "here"));
        FUZZ_MUST(myo_recorder_event(recorder, &event));
        (void)usleep(150000); /* more than one flush */
    }
    FUZZ_MUST(myo_recorder_close(recorder, NULL, true, &why) == MYO_OK);
}

static void recording_load(void)
{
    FILE *file = fopen(name, "rb");
    FUZZ_MUST(file != NULL && fseek(file, 0, SEEK_END) == 0);
    size = (size_t)ftell(file);
    rewind(file);
    whole = malloc(size);
    used = malloc(size * sizeof *used);
    FUZZ_MUST(whole != NULL && used != NULL && fread(whole, 1, size, file) == size);
    (void)fclose(file);
    for (size_t i = 0; i < size; i++) {
        if (whole[i] != 0) {
            used[used_count++] = i;
        }
    }
}

/* Damages a copy of the recording; how long it is then. */
static size_t damage(uint8_t *copy, const uint8_t *groups, size_t count)
{
    size_t end = size;
    for (; count > 0; count--, groups += GROUP) {
        const size_t which = groups[0] | (size_t)groups[1] << 8 | (size_t)groups[2] << 16;
        const size_t at = used[which % used_count];
        copy[at] = groups[3];
        end = groups[4] == 1 ? at : end;
    }
    return end;
}

static void file_write(const uint8_t *bytes, size_t count)
{
    FILE *file = fopen(name, "wb");
    FUZZ_MUST(file != NULL && fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    if (whole == NULL) {
        fuzz_files_write(&name, 1, data, 0); /* the folder */
        (void)unlink(name);
        recording_record();
        recording_load();
    }
    uint8_t *copy = malloc(size);
    FUZZ_MUST(copy != NULL);
    memcpy(copy, whole, size);
    file_write(copy, damage(copy, data, length / GROUP));
    free(copy);

    myo_recover_report report = {0};
    myo_why why = {{0}};
    const myo_status status = recover_here(name, "out.nwb", &report, &why);
    FUZZ_MUST(status == MYO_OK || why.text[0] != '\0');
    FUZZ_MUST(status != MYO_OK || (report.frames > 0 && report.missing <= report.frames));
    FUZZ_MUST(length >= GROUP ||
              (status == MYO_OK && report.frames == FRAMES && report.missing == 0));
    (void)unlink("out.nwb");
    return 0;
}
