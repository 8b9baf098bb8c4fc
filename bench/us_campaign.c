/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures the ultrasound half of the engine on real clips: us_campaign LIST FOLDER [GROUP...]. */
#include "us_rows.h"

#include <stdio.h>
#include <string.h>

enum { MOST_CLIPS = 16 };

static const struct {
    const char *name;
    void (*run)(const us_clip *clips, int count);
} groups[] = {
    {"field", us_field_rows},     {"speed", us_speed_rows},     {"negative", us_negative_rows},
    {"phantom", us_phantom_rows}, {"sliding", us_sliding_rows}, {"quiet", us_quiet_rows},
    {"tuning", us_tuning_rows},
};

static bool asked(int argc, char **argv, const char *name)
{
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return argc <= 3;
}

int main(int argc, char **argv)
{
    static us_clip clips[MOST_CLIPS];
    if (argc < 3) {
        fprintf(stderr, "usage: us_campaign LIST FOLDER [GROUP...]\n");
        return 2;
    }
    const int count = us_clips_read(argv[1], argv[2], clips, MOST_CLIPS);
    for (size_t i = 0; count > 0 && i < sizeof groups / sizeof groups[0]; i++) {
        if (asked(argc, argv, groups[i].name)) {
            groups[i].run(clips, count);
            (void)fflush(stdout);
        }
    }
    us_clips_free(clips, count);
    return count > 0 ? 0 : 1;
}
