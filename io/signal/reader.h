/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one kind of file has to offer so that source.c can present it. Private to io/signal. */
#ifndef MYO_IO_READER_H
#define MYO_IO_READER_H

#include "marks.h"
#include "source.h"
#include "why.h"

/** A file being read. The class fills everything below itself in open(). */
typedef struct {
    const struct myo_reader_class *kind;
    myo_source_info info;          /**< every channel of the file; frames as promised */
    bool is_emg[MYO_MAX_CHANNELS]; /**< read when no list of channels is given */
    myo_marks marks;               /**< in any order */
    void *state;
} myo_reader;

typedef struct myo_reader_class {
    /** Loads what it needs besides the recording, before the process is confined; NULL: nothing. */
    myo_status (*load)(myo_why *why);
    /** On failure everything is released. */
    myo_status (*open)(myo_reader *reader, const char *path, const myo_source_options *options,
                       myo_why *why);
    /** As myo_source_read, with every channel of the file. */
    myo_status (*read)(myo_reader *reader, float *samples, size_t frames, size_t *got,
                       myo_why *why);
    void (*close)(myo_reader *reader);
    bool folder; /**< reads files of the same directory that it cannot know before it opens one */
} myo_reader_class;

/** As myo_source_open_here, but this process gives up every other right (sandbox.h) between looking
 *  at the file's first bytes and reading on. For a process that does nothing else. */
myo_status myo_source_open_confined(const char *path, const myo_source_options *options,
                                    myo_source **source, myo_why *why);

/** Audio files, through libsndfile. */
extern const myo_reader_class myo_wav_reader;

/** EDF, EDF+, BDF, BDF+. */
extern const myo_reader_class myo_edf_reader;

/** BrainVision (.vhdr). */
extern const myo_reader_class myo_brainvision_reader;

/** WFDB (.hea). */
extern const myo_reader_class myo_wfdb_reader;

/** XDF (LabRecorder). */
extern const myo_reader_class myo_xdf_reader;

/** Open Ephys binary (structure.oebin). */
extern const myo_reader_class myo_oebin_reader;

/** MATLAB 5 (.mat). */
extern const myo_reader_class myo_mat_reader;

/** Numbers as text. */
extern const myo_reader_class myo_text_reader;

/** HDF5. */
extern const myo_reader_class myo_h5_reader;

#endif
