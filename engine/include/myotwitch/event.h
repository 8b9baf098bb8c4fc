/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine says: one event, with its times, its size, and why it was called what it is. */
#ifndef MYOTWITCH_EVENT_H
#define MYOTWITCH_EVENT_H

#include "myotwitch/api.h"

MYO_BEGIN

/** Upper limit of channels in one recording. */
#define MYO_MAX_CHANNELS 256

typedef enum {
    MYO_EVENT_LTR,         /**< local twitch response */
    MYO_EVENT_SINGLE_UNIT, /**< one motor unit or short volley: fasciculation, evoked potential */
    MYO_EVENT_CONTRACTION, /**< voluntary or reflex activity longer or wider than a twitch */
    MYO_EVENT_CARDIAC,     /**< a heart beat */
    MYO_EVENT_MOTION,      /**< movement of electrode or cable */
    MYO_EVENT_CLICK,       /**< a step or pop: contact, cable, tap */
    MYO_EVENT_STIMULUS,    /**< artefact of an electrical or magnetic stimulator */
    MYO_EVENT_INSERTIONAL, /**< needle channel: activity caused by the needle's own movement */
    MYO_EVENT_GAP,         /**< frames are missing or not numbers */
    MYO_EVENT_SATURATION,  /**< the amplifier or converter was at its rail */
    MYO_EVENT_RELEASE,     /**< the moment at which a muscle let go */
    MYO_EVENT_RELAXATION,  /**< verdict on resting activity before against after */
    MYO_EVENT_PHASE,       /**< a step of the session */
    MYO_EVENT_MARKER,      /**< a mark set by a person or by another program */
    MYO_EVENT_CHECK,       /**< a rule of the technique model spoke */
    MYO_EVENT_TYPE_COUNT
} myo_event_type;

typedef enum {
    MYO_PROVISIONAL, /**< something began; the type is a first guess */
    MYO_CONFIRMED,   /**< final: type, times and size are settled */
    MYO_WITHDRAWN    /**< the provisional event of the same id was nothing, or belongs to another */
} myo_event_stage;

/** Measured on the burst; each without unit unless named. */
typedef enum {
    MYO_FEATURE_DURATION_MS,   /**< time with 10 ms RMS over 2.5 noise sigma */
    MYO_FEATURE_EFFECTIVE_MS,  /**< (sum E)^2 / sum E^2 of the energy over noise, detect band */
    MYO_FEATURE_STRENGTH,      /**< largest power of a detection window over its threshold */
    MYO_FEATURE_RISE_MS,       /**< onset to the highest 10 ms RMS */
    MYO_FEATURE_CENTROID,      /**< of the energy over noise, as a share of the burst's length */
    MYO_FEATURE_ATTACK,        /**< power of the first 20 ms over that of the whole burst */
    MYO_FEATURE_TURNS,         /**< turns of more than 3 sigma in the measure band */
    MYO_FEATURE_LF_RATIO,      /**< highest 10 ms RMS in 8-45 Hz over that in the measure band */
    MYO_FEATURE_LOW_BALANCE,   /**< energy in the detect band over energy in 8-45 Hz */
    MYO_FEATURE_BAND_FRACTION, /**< energy in the detect band over energy in the measure band */
    MYO_FEATURE_HIGH_FRACTION, /**< energy above the measure band over energy in it */
    MYO_FEATURE_POST_LEVEL,    /**< RMS in the 60 ms behind its end in noise sigma */
    MYO_FEATURE_PERIOD_MS,     /**< interval to the like events before it, 0 if none */
    MYO_FEATURE_COUNT
} myo_feature;

/** Why an event has its type; a set of bits, 1u << reason. */
typedef enum {
    MYO_REASON_BURST_SHAPE,     /**< several discharges, rapid rise, tens to hundreds of ms */
    MYO_REASON_ONE_VOLLEY,      /**< short, few turns */
    MYO_REASON_TOO_LONG,        /**< lasts longer than a twitch */
    MYO_REASON_SLOW_RISE,       /**< swells rather than fires */
    MYO_REASON_STAYS_ACTIVE,    /**< the level after it is raised */
    MYO_REASON_LOW_FREQUENCY,   /**< slow part outweighs the burst */
    MYO_REASON_HIGH_FREQUENCY,  /**< edges that no muscle makes */
    MYO_REASON_PERIODIC,        /**< repeats with a constant period */
    MYO_REASON_HEART_RATE,      /**< repeats with the rhythm and shape of a heart */
    MYO_REASON_COMMON_MODE,     /**< same shape at the same instant on many channels */
    MYO_REASON_FILTER_RING,     /**< no longer than the filters' own answer to an edge */
    MYO_REASON_NEAR_SATURATION, /**< the converter was at its rail within 50 ms */
    MYO_REASON_NEEDLE_MOVED,    /**< needle channel: begins with a movement of the needle */
    MYO_REASON_SECOND_CHANNEL,  /**< another channel agrees within 20 ms */
    MYO_REASON_LOW_SNR,         /**< close to the threshold */
    MYO_REASON_UNSTABLE_FLOOR,  /**< the noise floor moved: doubtful threshold */
    MYO_REASON_COUNT
} myo_reason;

/** Why a candidate was dropped; counted, never silent. */
typedef enum {
    MYO_REFUSED_NOT_ARMED,  /**< before the noise floor was known */
    MYO_REFUSED_TOO_SMALL,  /**< stands out neither of the noise nor of what goes on */
    MYO_REFUSED_BLANKED,    /**< inside a gap's or saturation's settling time */
    MYO_REFUSED_REFRACTORY, /**< within the refractory time of the event before it */
    MYO_REFUSED_MERGED,     /**< another channel of the same event was stronger */
    MYO_REFUSED_STIMULATOR, /**< a stimulator was on */
    MYO_REFUSED_FLOOR,      /**< steady: the noise floor itself had moved */
    MYO_REFUSAL_COUNT
} myo_refusal;

/** One event. Frames count from the first frame of the recording, group delay compensated; an
 *  interval is [onset_frame, offset_frame). Amplitudes are in the unit of the samples pushed. */
typedef struct {
    uint64_t id;             /**< the same from provisional to confirmed or withdrawn */
    myo_event_type type;     /**< what it is */
    myo_event_stage stage;   /**< provisional, confirmed or withdrawn */
    int64_t onset_frame;     /**< where it began */
    int64_t offset_frame;    /**< where it ended; provisional: last frame seen */
    int64_t reported_frame;  /**< last frame seen when the provisional word was given */
    int64_t confirmed_frame; /**< last frame seen when the type was settled; -1 before that */
    uint32_t channel; /**< strongest channel, not a needle that calls its own stir what another
                                    sees a muscle do; MYO_ALL_CHANNELS where none is meant */
    uint32_t channel_count;                       /**< number of channels that saw it */
    uint64_t channel_mask[MYO_MAX_CHANNELS / 64]; /**< which channels saw it */
    double peak;                                  /**< largest magnitude in the measure band */
    double snr_db;     /**< peak over RMS of the noise, both 20-450 Hz (or as configured) */
    double confidence; /**< that the type is right, 0..1 */
    double features[MYO_FEATURE_COUNT];
    uint32_t reasons; /**< bits of myo_reason */
} myo_event;

#define MYO_ALL_CHANNELS UINT32_MAX

/** Names as they stand in the files ("ltr", "single_unit" ...); never NULL. Any thread. */
MYO_API MYO_CONST const char *myo_event_type_name(myo_event_type type);
MYO_API MYO_CONST const char *myo_feature_name(myo_feature feature);
MYO_API MYO_CONST const char *myo_reason_text(myo_reason reason);
MYO_API MYO_CONST const char *myo_refusal_text(myo_refusal refusal);

/** Type of that name, or MYO_EVENT_TYPE_COUNT. Any thread. */
MYO_API myo_event_type myo_event_type_from_name(const char *name);

/** A person's mark that was taken back stays where it is; behind it stands one of the same frame
 *  whose label is this and then the other's label. */
#define MYO_MARK_UNDONE "undone: "

/** Whether a mark with the label @p label takes back one of the same frame that is called @p other;
 *  either may have been cut to the room that a file has. Any thread. */
MYO_API bool myo_mark_takes_back(const char *label, const char *other);

/** Whether channel @p channel saw the event. */
static inline bool myo_event_has_channel(const myo_event *event, uint32_t channel)
{
    return channel < MYO_MAX_CHANNELS &&
           ((event->channel_mask[channel / 64] >> (channel % 64)) & 1u);
}

MYO_END
#endif
