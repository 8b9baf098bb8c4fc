/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hidden command: takes its arguments apart. */
#include "live/capture.h"

#include "live/child.h"
#include "signal/decimal.h"

#include <stdlib.h>
#include <string.h>

static double number(const char *text)
{
    double value = 0.0;
    return myo_decimal_read(text, strlen(text), false, &value) ? value : 0.0;
}

static const char *given(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

int myo_capture_main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        return myo_capture_list(MYO_CHILD_FD);
    }
    myo_ring *ring = NULL;
    if (argc < 2 || myo_ring_join(MYO_CHILD_FD, &ring) != MYO_OK) {
        return EXIT_FAILURE;
    }
    int status = EXIT_FAILURE;
    if (argc == 7 && strcmp(argv[1], "device") == 0) {
        const myo_capture_wish wish = {.name = argv[2],
                                       .rate_hz = number(argv[3]),
                                       .channels = argv[4],
                                       .block_s = number(argv[5]),
                                       .unpaced = argv[6][0] == '1'};
        status = myo_capture_device(ring, &wish);
    } else if (argc == 9 && strcmp(argv[1], "replay") == 0) {
        const myo_source_options options = {.channels = given(argv[4]),
                                            .dataset = given(argv[5]),
                                            .rate_hz = number(argv[6]),
                                            .full_scale_uv = number(argv[7]),
                                            .channels_first = argv[8][0] == '1'};
        status = myo_capture_replay(ring, argv[2], number(argv[3]), &options);
    }
    myo_ring_free(ring);
    return status;
}
