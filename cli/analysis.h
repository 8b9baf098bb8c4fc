/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recording on its way through the engine into every output that was asked for. */
#ifndef MYO_CLI_ANALYSIS_H
#define MYO_CLI_ANALYSIS_H

#include "relaxation.h"

#include "export/sink.h"

#include "myotwitch/pipeline.h"

#include <stdbool.h>

/** As the command line gives them; what was not given is zero. Strings are borrowed. */
typedef struct {
    /* Outputs. */
    const char *events, *tsv; /**< files; "-" = standard output */
    const char *out;          /**< directory for one set of files per recording */
    const char *format;       /**< which: list of jsonl, tsv, nwb; NULL = all */
    const char *row;          /**< file for the recording's row of batch's table */
    bool force;               /**< replace existing outputs */
    bool provisional;         /**< every stage of an event, in the order of the stream */
    bool quiet;               /**< no summary, no progress */
    bool sync_later;          /**< as in myo_session_head */
    /* Reading. */
    const char *channels, *dataset;
    double full_scale_uv, rate_hz;
    bool channels_first;
    /* Detecting. */
    const char *needle; /**< list of needle channels */
    bool surface;       /**< every channel is a surface one: the default */
    const char *config; /**< file of key=value lines */
    double false_alarms_per_hour;
    bool no_hum;
    const char *cpu; /**< instruction sets, as myo_config_set_cpu takes them */
    relaxation_settings relaxation;
    const myo_cine_findings *cine;        /**< for the session file; NULL = no ultrasound */
    const char *method, *method_settings; /**< a published method instead of the detector */
    /** Called when all samples went through and only the ends of the outputs are left: little to
     *  compute, but a wait until the disk has them. NULL: nobody wants to know. */
    void (*computed)(void *context);
    void *computed_context;
} analysis_settings;

/** Analyses @p path; complaints go to standard error. Returns an exit status. What could be
 *  analysed of a damaged recording is written, with EXIT_BAD_INPUT. */
int analysis_run(const char *path, const analysis_settings *settings);

/** The exit status for what became of one recording. */
int analysis_exit_status(myo_status status);

/** Prints the configuration with which @p path would be analysed; NULL = the defaults for one
 *  surface channel at 2000 Hz. Returns an exit status. */
int analysis_print_config(const char *path, const analysis_settings *settings);

/** How @p settings want a recording opened (myo_source_open). */
myo_source_options analysis_source_options(const analysis_settings *settings);

/** The detector's configuration for a recording with that @p info: defaults, then the file of
 *  settings->config, then the options. */
myo_status analysis_config_make(const analysis_settings *settings, const myo_source_info *info,
                                myo_config *config, myo_why *why);

/** Asks the analysis that is running to stop at the next block; for signal handlers. */
void analysis_stop(int signal_number);

/** Whether it was asked. */
bool analysis_stopped(void);

#endif
