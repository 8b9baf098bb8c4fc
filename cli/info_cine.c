/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the head of an ultrasound recording. */
#include "info_cine.h"

#include "command.h"
#include "talk.h"

#include "cine/cine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static void text_line(const char *key, const char *text)
{
    if (text[0] != '\0') {
        printf("  %-12s ", key);
        talk_clean(text, stdout);
        putchar('\n');
    }
}

static void scale_line(const char *key, double x, double y)
{
    if (x > 0.0 || y > 0.0) {
        printf("  %-12s %.6g x %.6g mm a pixel (0: not known)\n", key, x, y);
    } else {
        printf("  %-12s not known\n", key);
    }
}

static void regions_print(const myo_cine_info *info)
{
    static const char *const kinds[] = {"other", "tissue", "M-mode", "trace"};
    for (size_t r = 0; r < info->regions; r++) {
        const myo_cine_region *region = &info->region[r];
        printf("  region %-5zu %s, %ux%u at %u,%u", r + 1, kinds[region->kind], region->rect.width,
               region->rect.height, region->rect.x, region->rect.y);
        if (region->mm_per_px_x > 0.0 || region->mm_per_px_y > 0.0) {
            printf(", %.6g x %.6g mm a pixel", region->mm_per_px_x, region->mm_per_px_y);
        }
        if (region->s_per_px_x > 0.0) {
            printf(", %.6g s a column", region->s_per_px_x);
        }
        putchar('\n');
    }
}

/* Behind the comma may stand what the file calls its signal. */
void info_format_print(const char *format, bool deidentify)
{
    char kind[64];
    size_t length = deidentify ? strcspn(format, ",") : strlen(format);
    (void)snprintf(kind, sizeof kind, "%.*s", (int)length, format);
    text_line("format", kind);
}

void info_refusal_print(const char *path, const char *reason, bool deidentify)
{
    talk_file("info", deidentify ? "a file (name withheld)" : path,
              deidentify ? "cannot be read; without --deidentify the reason is told" : reason);
}

static void info_print(const char *path, const myo_cine_info *info, bool deidentify)
{
    static const char *const kinds[] = {"B-mode pictures", "scan lines", "scan lines, IQ",
                                        "scan lines, RF"};
    static const char *const clocks[] = {
        "not known", "each frame has its own", "one interval, declared by the file",
        "a table",   "an interval given",      "arrival"};
    talk_clean(deidentify ? "(name withheld)" : path, stdout);
    putchar('\n');
    info_format_print(info->format, deidentify);
    text_line("holds", kinds[info->kind]);
    printf("  %-12s %u x %u%s\n", "size", info->width, info->height,
           info->is_float ? ", numbers" : ", 8 bit");
    if (info->frames >= 0) {
        printf("  %-12s %" PRId64 " frames\n", "length", info->frames);
    } else {
        text_line("length", "not known before it is read");
    }
    text_line("times", info->frames == 1 && info->clock == MYO_CINE_TIME_NONE
                           ? "a single frame"
                           : clocks[info->clock]);
    scale_line("scale", info->mm_per_px_x, info->mm_per_px_y);
    if (info->depth_rate_hz > 0.0) {
        printf("  %-12s %g MHz along depth\n", "sampled at", info->depth_rate_hz * 1e-6);
    }
    if (info->carrier_hz > 0.0) {
        printf("  %-12s %g MHz\n", "carrier", info->carrier_hz * 1e-6);
    }
    regions_print(info);
    text_line("note", deidentify && info->note[0] != '\0' ? "withheld" : info->note);
}

int info_cine_print(const char *path, const char *dataset, bool deidentify, bool may_be_other)
{
    myo_cine *cine = NULL;
    myo_why why;
    bool is_known = myo_cine_known(path);
    const bool is_live =
        myo_cine_is_device(path) || strncmp(path, MYO_CINE_IGTL, strlen(MYO_CINE_IGTL)) == 0;
    if (!is_known && !is_live && !is_folder(path)) {
        return -1;
    }
    myo_cine_options options = {.dataset = dataset};
    myo_status status = myo_cine_open(path, &options, &cine, &why);
    if (status != MYO_OK && may_be_other) {
        return -1;
    }
    if (status != MYO_OK) {
        info_refusal_print(path, why.text, deidentify);
        return status == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT;
    }
    info_print(path, myo_cine_info_get(cine), deidentify);
    myo_cine_free(cine);
    return EXIT_DONE;
}
