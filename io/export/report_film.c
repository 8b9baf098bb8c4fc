/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ultrasound showed of each twitch: three pictures, arrows for what had moved, a bar in mm. */
#include "export/png.h"
#include "report_part.h"

#include <math.h>

enum { UNIT = 10, BAR_MM = 5, RING = 14 * UNIT };

/* Arrows are drawn so many times as long as the way. */
#define LONGER 10.0

static int unit(double pixels)
{
    return (int)lround(UNIT * pixels);
}

/* A shaft, and a head of a third of it that is no larger than 7 pixels. */
static void add_arrow(const myo_strip_arrow *a, myo_string *html)
{
    const double dx = LONGER * a->dx, dy = LONGER * a->dy, length = hypot(dx, dy);
    const double head = fmin(length / 3.0, 7.0) / length;
    const double x = a->x + dx, y = a->y + dy;
    myo_string_add(html, "M%d %dL%d %dM%d %dL%d %dL%d %d", unit(a->x), unit(a->y), unit(x), unit(y),
                   unit(x - head * (dx - 0.6 * dy)), unit(y - head * (dy + 0.6 * dx)), unit(x),
                   unit(y), unit(x - head * (dx + 0.6 * dy)), unit(y - head * (dy - 0.6 * dx)));
}

/* Light on dark, whatever is below. */
static void add_lines(const myo_strip *strip, const myo_strip_picture *picture, const char *name,
                      myo_string *html)
{
    const int x = unit(strip->x), y = unit(strip->y);
    myo_string_add(html, "<path class=\"%s\" d=\"M%d %da%d %d 0 1 0 %d 0a%d %d 0 1 0 %d 0", name,
                   x - RING, y, RING, RING, 2 * RING, RING, RING, -2 * RING);
    for (size_t i = 0; i < picture->arrows; i++) {
        add_arrow(&picture->arrow[i], html);
    }
    myo_string_add(html, "\"/>\n");
}

static void add_bar(const myo_strip *strip, const myo_strip_picture *picture, myo_string *html)
{
    if (strip->picture_mm <= 0.0) {
        return;
    }
    const int y = unit(picture->height - 9.0), length = unit(BAR_MM / strip->picture_mm);
    myo_string_add(html,
                   "<path class=\"under\" d=\"M%d %dh%d\"/><path class=\"bar\" d=\"M%d %dh%d\"/>"
                   "<text x=\"%d\" y=\"%d\">%d mm</text>\n",
                   9 * UNIT, y, length, 9 * UNIT, y, length, 9 * UNIT, y - 5 * UNIT, BAR_MM);
}

static void add_picture(const myo_strip *strip, const myo_strip_picture *picture, bool first,
                        myo_string *html)
{
    const int width = UNIT * (int)picture->width, height = UNIT * (int)picture->height;
    myo_string_add(html, "<figure>");
    report_picture(html, "echo", width, height, first ? "Before the twitch" : "During the twitch");
    myo_string_add(html, "<image width=\"%d\" height=\"%d\" href=\"", width, height);
    myo_png_add(html, picture->grey, picture->width, picture->height);
    myo_string_add(html, "\"/>\n");
    add_lines(strip, picture, "under", html);
    add_lines(strip, picture, "over", html);
    add_bar(strip, picture, html);
    myo_string_add(html, "</svg><figcaption>");
    if (first) {
        myo_string_add(html, "before");
    } else {
        report_fixed(html, 1e3 * picture->after_s, 0);
        myo_string_add(html, "&thinsp;ms");
    }
    myo_string_add(html, "</figcaption></figure>\n");
}

static void add_strip(const myo_strip *strip, myo_string *html)
{
    myo_string_add(html, "<div class=\"strip\"><p><b>");
    report_clock(html, strip->at_s);
    myo_string_add(html, "</b> ");
    report_fixed(html, strip->size, strip->mm_per_px > 0.0 ? 2 : 1);
    myo_string_add(html, "&thinsp;%s, %s</p>\n", strip->mm_per_px > 0.0 ? "mm" : "px",
                   strip->both ? "in the EMG too" : "on ultrasound only");
    for (int i = 0; i < MYO_STRIP_PICTURES; i++) {
        if (strip->picture[i].grey != NULL) {
            add_picture(strip, &strip->picture[i], i == 0, html);
        }
    }
    myo_string_add(html, "</div>\n");
}

void report_film(const myo_report *report, myo_string *html)
{
    const myo_strips *strips = report->strips;
    if (strips == NULL || strips->count == 0) {
        return;
    }
    report_section(html, "film", "The twitches on ultrasound");
    for (size_t i = 0; i < strips->count; i++) {
        add_strip(&strips->strip[i], html);
    }
    myo_string_add(
        html,
        "<p class=\"note\">%zu of %zu. Arrows: how far tissue had gone since the picture "
        "before the twitch, %.0f times as long; what the whole image shared is taken "
        "out. The ring marks the strongest place; sizes are means around it.</p>"
        "</section>\n",
        strips->count, strips->twitches, LONGER);
}
