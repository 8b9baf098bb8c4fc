/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text, a row for each frame. Rows that cannot be read are taken as missing frames, so
 * that the time of what follows holds. */
#include "text_layout.h"
#include "voltage.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int file;
    text_layout layout;
    text_lines lines;
    uint32_t column[MYO_MAX_CHANNELS];
    double gain[MYO_MAX_CHANNELS], shift[MYO_MAX_CHANNELS];
} text_state;

static void text_close(myo_reader *reader)
{
    text_state *state = reader->state;
    if (state != NULL) {
        (void)close(state->file);
        free(state);
    }
    reader->state = NULL;
}

/* "EMG (mV)", "EMG [uV]": microvolts in the unit; 0 when there is none, or no voltage. */
static double name_uv(const char *name)
{
    char unit[16] = "";
    const char *open = strrchr(name, '(') != NULL ? strrchr(name, '(') : strrchr(name, '[');
    size_t length = open == NULL ? 0 : strcspn(open + 1, ")]");
    if (length > 0 && length < sizeof unit) {
        memcpy(unit, open + 1, length);
    }
    return myo_unit_uv(unit);
}

static void channel_add(myo_reader *reader, uint32_t column, bool *is_voltage)
{
    text_state *state = reader->state;
    myo_source_info *info = &reader->info;
    const text_column *from = &state->layout.column[column];
    uint32_t c = info->channels++;
    double uv = name_uv(from->name);
    state->column[c] = column;
    state->gain[c] = uv > 0.0 ? uv : 1.0;
    is_voltage[c] = uv > 0.0;
    if (from->bits > 0.0) { /* codes become fractions of the range, as in OpenSignals' HDF5 */
        state->gain[c] = exp2(1.0 - from->bits);
        state->shift[c] = -1.0;
        info->rail_low[c] = -1.0;
        info->rail_high[c] = 1.0 - exp2(1.0 - from->bits);
        is_voltage[c] = from->is_emg_sensor;
    }
    info->channel_number[c] = column;
    (void)snprintf(info->channel_name[c], sizeof info->channel_name[c], "%.31s", from->name);
}

static myo_status channels_take(myo_reader *reader, const char *list, myo_why *why)
{
    text_state *state = reader->state;
    const text_layout *layout = &state->layout;
    bool is_voltage[MYO_MAX_CHANNELS] = {false};
    for (uint32_t c = 0; c < layout->columns; c++) {
        if (layout->column[c].is_time) {
            continue;
        }
        if (reader->info.channels == MYO_MAX_CHANNELS) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "line %lld: more than %d channels",
                               (long long)layout->first_line, MYO_MAX_CHANNELS);
        }
        channel_add(reader, c, is_voltage);
    }
    myo_voltage_choose(reader, is_voltage, list);
    if (layout->is_opensignals && reader->info.full_scale_uv > 0.0) {
        reader->info.full_scale_uv = layout->full_scale_uv;
    }
    return MYO_OK;
}

static void info_fill(myo_reader *reader)
{
    const text_layout *layout = &((text_state *)reader->state)->layout;
    myo_source_info *info = &reader->info;
    const char *by = layout->style.delimiter == '\t'  ? "tabs"
                     : layout->style.delimiter == ';' ? "semicolons"
                     : layout->style.delimiter == ',' ? "commas"
                                                      : "blanks";
    info->frames = layout->rows;
    (void)snprintf(info->format, sizeof info->format, "%s",
                   layout->is_opensignals ? "OpenSignals text" : "text");
    (void)snprintf(info->format + strlen(info->format), sizeof info->format - strlen(info->format),
                   ", %u columns by %s", layout->columns, by);
    if (layout->bad_rows > 0) {
        myo_note_add(info->note, sizeof info->note,
                     "line %lld: not %u numbers (%lld such rows in all); taken as missing",
                     (long long)layout->first_bad, layout->columns, (long long)layout->bad_rows);
    }
}

static myo_status state_fill(myo_reader *reader, const char *path,
                             const myo_source_options *options, myo_why *why)
{
    text_state *state = reader->state;
    state->file = open(path, O_RDONLY | O_CLOEXEC);
    if (state->file < 0) {
        return myo_why_set(why, MYO_ERR_OPEN, "cannot be opened: %s", strerror(errno));
    }
    myo_status status = text_layout_read(&state->lines, state->file, &state->layout, why);
    if (status == MYO_OK) {
        status = channels_take(reader, options->channels, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    reader->info.rate_hz = options->rate_hz > 0.0 ? options->rate_hz : state->layout.rate_hz;
    if (reader->info.rate_hz <= 0.0) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "line %lld: no frame rate; give it with --rate",
                           (long long)state->layout.first_line);
    }
    info_fill(reader);
    text_lines_start(&state->lines, state->file);
    while (state->lines.number + 1 < state->layout.first_line) {
        if (text_lines_next(&state->lines) == NULL) {
            return myo_why_set(why, MYO_ERR_READ, "line %lld: cannot be read",
                               (long long)state->lines.number + 1);
        }
    }
    return MYO_OK;
}

static myo_status text_open(myo_reader *reader, const char *path, const myo_source_options *options,
                            myo_why *why)
{
    reader->state = calloc(1, sizeof(text_state));
    if (reader->state == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = state_fill(reader, path, options, why);
    if (status != MYO_OK) {
        text_close(reader);
    }
    return status;
}

static myo_status text_read(myo_reader *reader, float *samples, size_t frames, size_t *got,
                            myo_why *why)
{
    text_state *state = reader->state;
    double numbers[TEXT_MAX_COLUMNS];
    *got = 0;
    while (*got < frames) {
        const char *line = text_lines_next(&state->lines);
        if (line == NULL) {
            break;
        }
        if (text_line_is_empty(line)) {
            continue;
        }
        bool is_good = text_layout_row(&state->layout, line, numbers);
        for (uint32_t c = 0; c < reader->info.channels; c++) {
            *samples++ = is_good
                             ? (float)(numbers[state->column[c]] * state->gain[c] + state->shift[c])
                             : NAN;
        }
        (*got)++;
    }
    return state->lines.failed && *got == 0
               ? myo_why_set(why, MYO_ERR_READ, "line %lld: cannot be read",
                             (long long)state->lines.number)
               : MYO_OK;
}

bool myo_source_is_table(const char *path)
{
    text_layout layout;
    text_lines *lines = calloc(1, sizeof *lines);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_table = lines != NULL && file >= 0 && text_layout_glance(lines, file, &layout);
    if (file >= 0) {
        (void)close(file);
    }
    free(lines);
    return is_table;
}

const myo_reader_class myo_text_reader = {
    .open = text_open, .read = text_read, .close = text_close};
