/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One interface to every kind of recording: interleaved float frames, a rate, names, marks.
 *
 * Files are taken to be hostile: lengths are checked before memory is asked for, only codecs and
 * storage kinds on an allow-list are decoded, and nothing but the named file and what
 * it names in its own directory (samples, markers) is read, by a process of its own that can do nothing
 * else (guard.h). Memory does not grow with the length of the recording. A source belongs to
 * one thread at a time.
 */
#ifndef MYO_IO_SOURCE_H
#define MYO_IO_SOURCE_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

/** Rates that are analysed, Hz. */
#define MYO_SOURCE_MIN_RATE_HZ 500.0
#define MYO_SOURCE_MAX_RATE_HZ 100000.0

/** An NWB file must tell when its session started. This stands for a time that is not known, in what is
 *  written as in what is read; the file's description says so. */
#define MYO_NWB_NO_START_TIME "1970-01-01T00:00:00+00:00"

/** How to open a file that does not say all by itself. Zero-initialise. */
typedef struct {
    const char *dataset;  /**< HDF5: path of the data set; MATLAB: name of the variable; XDF, Open
                               Ephys: name of the stream; NULL = find it */
    double rate_hz;       /**< for data without a rate; 0 = the file must say */
    double full_scale_uv; /**< uV of a sample of 1.0; 0 = the file's, or not known */
    const char *channels; /**< list for myo_channel_list; NULL = all that may be EMG */
    bool channels_first;  /**< HDF5, plain data set of 2 dimensions: rows are channels */
} myo_source_options;

/** A mark that came with the recording. */
typedef struct {
    int64_t frame;
    int64_t frames; /**< how long it holds; 0 = a moment, or not known */
    char label[64];
} myo_mark;

/** What the recording says of itself. Channels are those chosen, in the order of the file. */
typedef struct {
    double rate_hz;
    uint32_t channels;
    int64_t frames;                            /**< as the header promises; -1 = not known */
    double full_scale_uv;                      /**< uV of a sample of 1.0; 0 = not known */
    double rail_low[MYO_MAX_CHANNELS];         /**< converter's rails, as samples; */
    double rail_high[MYO_MAX_CHANNELS];        /**< low == high: not known */
    uint32_t channel_number[MYO_MAX_CHANNELS]; /**< its number in the file, from 0 */
    char channel_name[MYO_MAX_CHANNELS][32];   /**< "" = none */
    char format[48];                           /**< for people: "WAV, 16 bit PCM" */
    char start_time[40]; /**< ISO 8601 with offset as the file has it, or "": not known */
    char subject[32];    /**< code only; "" if none */
    char note[256];      /**< what was odd but not fatal, for people; "" if nothing */
} myo_source_info;

typedef struct myo_source myo_source;

/** Where and why something failed, in words: "frame 1234: ...". Without the file's name. */
typedef struct {
    char text[256];
} myo_why;

/** Whether the first bytes of @p path are those of a kind that can be read
 *  (a table of numbers has no such); the file may still be
 *  damaged. No foreign library sees it. */
bool myo_source_known(const char *path);

/** Whether the text at @p path begins with a table that tells its rate, by a column of time or in
 *  words: a recording. Other tables of numbers are read when they are named. */
bool myo_source_is_table(const char *path);

/** Opens by content, not by name, but for WFDB's .hea and Open Ephys' structure.oebin, which have
 *  no signature; text
 *  without any is taken for a table of numbers. On failure @p why says what and where. The strings
 *  of @p options are not kept. */
myo_status myo_source_open(const char *path, const myo_source_options *options, myo_source **source,
                           myo_why *why);

/** The same, read in this process: for tests of the readers, which must see them break. */
myo_status myo_source_open_here(const char *path, const myo_source_options *options,
                                myo_source **source, myo_why *why);

/** Valid until the source is freed. */
const myo_source_info *myo_source_info_get(const myo_source *source);

/** Reads up to @p frames interleaved frames. MYO_OK with *got == 0 is the end. A file that ends
 *  before its header says gives MYO_ERR_READ after all that could be read was handed out. */
myo_status myo_source_read(myo_source *source, float *samples, size_t frames, size_t *got,
                           myo_why *why);

/** Marks in order of frame; valid until the source is freed. */
const myo_mark *myo_source_marks(const myo_source *source, size_t *count);

void myo_source_free(myo_source *source);

#endif
