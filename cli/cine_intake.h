/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cine and its detector, as the command line wants them: for analyze and live. */
#ifndef MYO_CLI_CINE_INTAKE_H
#define MYO_CLI_CINE_INTAKE_H

#include "cine/cine.h"

#include "myotwitch/quadrature.h"
#include "myotwitch/ultrasound.h"

/** As the command line gives them; what was not given is zero, numbers NAN. Strings are borrowed. */
typedef struct {
    const char *cine;   /**< file, directory, pipe, scanner bridge */
    const char *events; /**< where the event lines go; "-" = standard output, NULL = nowhere */
    const char *times;  /**< CSV with the frames' times */
    const char *crop;   /**< X,Y,WIDTH,HEIGHT in pixels */
    double interval_s, mm_per_px, needle_deg;
    double carrier_hz; /**< of IQ and RF whose file does not say */
    bool rf;           /**< numbers along lines are echoes as sampled */
    bool envelope;     /**< the brightness of echoes is followed, not their phase */
    double offset_s;   /**< EMG time - cine time */
    bool force, quiet;
} cine_settings;

/** The part of the picture that X,Y,WIDTH,HEIGHT names, in pixels; NULL = all of it. False when it names none. */
bool cine_crop_read(const char *text, myo_cine_rect *crop);

typedef struct {
    myo_cine *cine;
    const myo_cine_info *info;
    myo_ultrasound_config config;
    myo_ultrasound *ultrasound;
    myo_quadrature *quadrature; /**< RF; else NULL */
    uint32_t every;             /**< samples of the cine for each that the detector sees */
    uint8_t *gray;              /**< brightness of echoes, if asked for; else NULL */
    double peak;                /**< the largest of the first frame */
} cine_intake;

/** Opens both; what was odd is said under the name of @p command. What cannot be analysed is refused.
 *  To be closed on failure, too. */
myo_status cine_intake_open(const cine_settings *settings, const char *command, cine_intake *intake,
                            myo_why *why);

/** The next frame, as the detector takes it; valid until the next call. *got false is the end. */
myo_status cine_intake_frame(cine_intake *intake, myo_frame *frame, bool *got, myo_why *why);

/** The next event of the detector, its place in samples of the cine. */
bool cine_intake_event(cine_intake *intake, myo_motion_event *event);

/** Millimetres between two samples of the cine; 0 = not known. */
double cine_intake_scale(const cine_intake *intake);

void cine_intake_close(cine_intake *intake);

#endif
