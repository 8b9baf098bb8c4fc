/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes an XDF file apart into chunks, and the headers of its streams into fields. */
#include "xdf_file.h"

#include "decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TAKE = 4096 };

const unsigned char *xdf_take(xdf_bytes *bytes, size_t count, int64_t end)
{
    if (count > MAX_TAKE || (int64_t)count > end - bytes->at) {
        return NULL;
    }
    int64_t inside = bytes->at - bytes->held_at;
    if (inside < 0 || inside + (int64_t)count > (int64_t)bytes->held) {
        ssize_t got = pread(bytes->file, bytes->buffer, sizeof bytes->buffer, (off_t)bytes->at);
        bytes->held_at = bytes->at;
        bytes->held = got < 0 ? 0 : (size_t)got;
        inside = 0;
    }
    if (inside + (int64_t)count > (int64_t)bytes->held) {
        return NULL;
    }
    bytes->at += (int64_t)count;
    return bytes->buffer + inside;
}

uint64_t xdf_number(const unsigned char *bytes, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number |= (uint64_t)bytes[i] << 8 * i;
    }
    return number;
}

double xdf_double(const unsigned char *bytes)
{
    double value;
    uint64_t bits = xdf_number(bytes, sizeof bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool xdf_length(xdf_bytes *bytes, int64_t end, uint64_t *length)
{
    const unsigned char *size = xdf_take(bytes, 1, end);
    if (size == NULL || (size[0] != 1 && size[0] != 4 && size[0] != 8)) {
        return false;
    }
    size_t count = size[0];
    const unsigned char *number = xdf_take(bytes, count, end);
    if (number == NULL) {
        return false;
    }
    *length = xdf_number(number, count);
    return true;
}

static bool has_stream(unsigned tag)
{
    return tag == XDF_STREAM_HEADER || tag == XDF_SAMPLES || tag == XDF_CLOCK_OFFSET || tag == 6;
}

xdf_step xdf_chunk_at(xdf_bytes *bytes, int64_t at, xdf_chunk *chunk)
{
    uint64_t length = 0;
    bytes->at = at;
    *chunk = (xdf_chunk){.content = at};
    if (at >= bytes->size) {
        return XDF_END;
    }
    if (!xdf_length(bytes, bytes->size, &length) || length < 2 ||
        length > (uint64_t)(bytes->size - bytes->at)) {
        return XDF_CUT;
    }
    int64_t end = bytes->at + (int64_t)length;
    const unsigned char *tag = xdf_take(bytes, 2, end);
    if (tag == NULL) {
        return XDF_CUT;
    }
    chunk->tag = (unsigned)xdf_number(tag, 2);
    if (has_stream(chunk->tag)) {
        const unsigned char *stream = xdf_take(bytes, 4, end);
        if (stream == NULL) {
            return XDF_CUT;
        }
        chunk->stream = (uint32_t)xdf_number(stream, 4);
    }
    chunk->content = bytes->at;
    chunk->end = end;
    return XDF_CHUNK;
}

/* Welford's update: the times are days, their spread is milliseconds. */
void xdf_line_add(xdf_line *line, double x, double y)
{
    if (!isfinite(x) || !isfinite(y)) {
        return;
    }
    line->count += 1.0;
    double dx = x - line->x;
    line->x += dx / line->count;
    line->y += (y - line->y) / line->count;
    line->xx += dx * (x - line->x);
    line->xy += dx * (y - line->y);
}

double xdf_line_slope(const xdf_line *line, double otherwise)
{
    return line->count >= 2.0 && line->xx > 0.0 ? line->xy / line->xx : otherwise;
}

size_t xdf_value_bytes(xdf_format format)
{
    static const size_t bytes[] = {4, 8, 0, 1, 2, 4, 8, 0};
    return bytes[format];
}

double xdf_value(const unsigned char *bytes, xdf_format format)
{
    uint64_t bits = xdf_number(bytes, xdf_value_bytes(format));
    float real;
    uint32_t word = (uint32_t)bits;
    switch (format) {
    case XDF_FLOAT32:
        memcpy(&real, &word, sizeof real);
        return (double)real;
    case XDF_DOUBLE64:
        return xdf_double(bytes);
    case XDF_INT8:
        return (int8_t)bits;
    case XDF_INT16:
        return (int16_t)bits;
    case XDF_INT32:
        return (int32_t)bits;
    default:
        return (double)(int64_t)bits;
    }
}

static void entities_replace(char *text)
{
    static const struct {
        const char *name;
        char letter;
    } entities[] = {
        {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    char *to = text;
    while (*text != '\0') {
        size_t length = 1;
        char letter = *text;
        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
            if (strncmp(text, entities[i].name, strlen(entities[i].name)) == 0) {
                letter = entities[i].letter;
                length = strlen(entities[i].name);
            }
        }
        *to++ = letter;
        text += length;
    }
    *to = '\0';
}

bool xdf_xml_text(const char *xml, const char *name, char *text, size_t size)
{
    char open[40], close[40];
    (void)snprintf(open, sizeof open, "<%s>", name);
    (void)snprintf(close, sizeof close, "</%s>", name);
    text[0] = '\0';
    const char *from = strstr(xml, open);
    const char *to = from == NULL ? NULL : strstr(from, close);
    if (to == NULL) {
        return false;
    }
    from += strlen(open);
    from += strspn(from, " \t\r\n");
    while (to > from && strchr(" \t\r\n", to[-1]) != NULL) {
        to--;
    }
    (void)snprintf(text, size, "%.*s", from < to ? (int)(to - from) : 0, from);
    entities_replace(text);
    return text[0] != '\0';
}

static xdf_format format_find(const char *name)
{
    static const char *const names[] = {"float32", "double64", "string", "int8",
                                        "int16",   "int32",    "int64"};
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && strcmp(name, names[i]) != 0) {
        i++;
    }
    return (xdf_format)i;
}

void xdf_stream_read(xdf_stream *stream, const char *xml)
{
    char text[40];
    int64_t channels = 0;
    (void)xdf_xml_text(xml, "name", stream->name, sizeof stream->name);
    (void)xdf_xml_text(xml, "type", stream->type, sizeof stream->type);
    (void)xdf_xml_text(xml, "channel_format", text, sizeof text);
    stream->format = format_find(text);
    (void)xdf_xml_text(xml, "channel_count", text, sizeof text);
    (void)myo_decimal_whole(text, strlen(text), &channels);
    stream->channels = channels > 0 && channels < 1 << 20 ? (uint32_t)channels : 0;
    (void)xdf_xml_text(xml, "nominal_srate", text, sizeof text);
    if (!myo_decimal_read(text, strlen(text), false, &stream->rate_hz)) {
        stream->rate_hz = 0.0;
    }
}
