/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures the ultrasound half of the engine: us_campaign LIST FOLDER [GROUP...]. Without a group all
 * are run but the one that thresholds may be chosen on. FOLDER holds the clips of LIST and the
 * recording whose time stamps are used (us_times_rows.c). */
#include "us_rows.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(const us_clip *clips, int count);
} groups[] = {
    {"field", us_field_rows},     {"speed", us_speed_rows},     {"negative", us_negative_rows},
    {"phantom", us_phantom_rows}, {"sliding", us_sliding_rows}, {"quiet", us_quiet_rows},
    {"tuning", us_tuning_rows},   {"iq", us_iq_rows},           {"rf", us_rf_rows},
};

static bool asked(int argc, char **argv, const char *name)
{
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return argc <= 3 && strcmp(name, "tuning") != 0;
}

int main(int argc, char **argv)
{
    static us_clip clips[US_MOST_CLIPS];
    if (argc < 3) {
        fprintf(stderr, "usage: us_campaign LIST FOLDER [GROUP...]\n");
        return 2;
    }
    const int count = us_clips_read(argv[1], argv[2], clips, US_MOST_CLIPS);
    for (size_t i = 0; count > 0 && i < sizeof groups / sizeof groups[0]; i++) {
        if (asked(argc, argv, groups[i].name)) {
            groups[i].run(clips, count);
            (void)fflush(stdout);
        }
    }
    if (count > 0 && asked(argc, argv, "times")) {
        us_times_rows(argv[2]);
    }
    us_clips_free(clips, count);
    return count > 0 ? 0 : 1;
}
