/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML and SVG in small pieces: escaping, numbers, axes. */
#include "report_draw.h"

#include "json.h"

#include <math.h>
#include <string.h>

/* Length of the UTF-8 sequence at @p s, 0 if there is none (RFC 3629). */
static size_t sequence(const unsigned char *s)
{
    if (s[0] < 0x80) {
        return 1;
    }
    size_t length = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
                    : (s[0] & 0xf0) == 0xe0        ? 3
                    : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                   : 0;
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
    return overlong || beyond ? 0 : length;
}

static const char *escape(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return c < 0x20 || c == 0x7f ? " " : NULL;
    }
}

void report_text(myo_string *html, const char *text)
{
    const char *at = text;
    while (at != NULL && *at != '\0') {
        size_t length = sequence((const unsigned char *)at);
        const char *instead = length == 0 ? "\xef\xbf\xbd" : escape((unsigned char)*at);
        if (instead != NULL) {
            myo_string_add(html, "%s", instead);
        } else {
            myo_string_add(html, "%.*s", (int)length, at);
        }
        at += length == 0 ? 1 : length;
    }
}

void report_fixed(myo_string *html, double value, int decimals)
{
    char digits[64];
    if (!isfinite(value) || fabs(value) > 1e15) {
        myo_string_add(html, "&ndash;");
        return;
    }
    myo_fixed_print(digits, sizeof digits, value, decimals);
    myo_string_add(html, "%s", digits);
}

void report_amount(myo_string *html, double value)
{
    double size = fabs(value);
    report_fixed(html, value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

void report_clock(myo_string *html, double seconds)
{
    long whole = lround(fmin(fmax(seconds, 0.0), 1e9));
    myo_string_add(html, "%ld:%02ld", whole / 60, whole % 60);
}

int report_place(const report_axis *axis, double value)
{
    double share = (value - axis->low) / (axis->high - axis->low);
    share = isfinite(share) ? fmin(fmax(share, 0.0), 1.0) : 0.0;
    return (int)lround(axis->from + share * (axis->to - axis->from));
}

double report_step(double span, int most, bool clock)
{
    static const double clocks[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800};
    double least = span / most;
    for (size_t i = 0; clock && least > 0.5 && i < sizeof clocks / sizeof clocks[0]; i++) {
        if (clocks[i] >= least) {
            return clocks[i];
        }
    }
    double power = pow(10.0, floor(log10(fmax(least, 1e-9))));
    double lead = least / power;
    return power * (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0);
}

void report_section(myo_string *html, const char *name, const char *heading)
{
    myo_string_add(html, "<section class=\"%s\">\n<h2>%s</h2>\n", name, heading);
}

void report_picture(myo_string *html, const char *name, int width, int height, const char *what)
{
    myo_string_add(html,
                   "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" "
                   "xmlns=\"http://www.w3.org/2000/svg\">\n",
                   name, width, height, what);
}

void report_time_axis(myo_string *html, const report_axis *axis, int top, int bottom)
{
    double span = axis->high - axis->low;
    double step = report_step(span, 10, true);
    bool clock = span > 90.0;
    for (int i = 0; i * step <= span * 1.0001; i++) {
        int x = report_place(axis, axis->low + i * step);
        myo_string_add(html, "<path class=\"grid\" d=\"M%d %dV%d\"/>", x, top, bottom);
        myo_string_add(html, "<text class=\"tick mid\" x=\"%d\" y=\"%d\">", x, bottom + 160);
        if (clock) {
            report_clock(html, axis->low + i * step);
        } else {
            report_fixed(html, axis->low + i * step, step < 1.0 ? 1 : 0);
            myo_string_add(html, "&thinsp;s");
        }
        myo_string_add(html, "</text>\n");
    }
}

void report_level_axis(myo_string *html, const report_axis *axis, int left, int right, int most)
{
    double step = report_step(axis->high - axis->low, most, false);
    int decimals = step >= 1.0 ? 0 : (int)fmin(ceil(-log10(step) - 1e-9), 6.0);
    for (double i = ceil(axis->low / step - 1e-9); i * step <= axis->high * 1.0001; i += 1.0) {
        int y = report_place(axis, i * step);
        myo_string_add(html, "<path class=\"grid\" d=\"M%d %dH%d\"/>", left, y, right);
        myo_string_add(html, "<text class=\"tick end\" x=\"%d\" y=\"%d\">", left - 60, y + 45);
        report_fixed(html, i == 0.0 ? 0.0 : i * step, decimals);
        myo_string_add(html, "</text>\n");
    }
}
