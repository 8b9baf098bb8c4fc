/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of model A's random sub-streams. The numbers are part of every record: never reuse one. */
#ifndef MYO_SYNTH_A_STREAMS_H
#define MYO_SYNTH_A_STREAMS_H

enum {
    MYO_A_FLOOR = 100,
    MYO_A_FLOOR_CHANGE = 101,
    MYO_A_TONIC = 102,
    MYO_A_HUM = 103,
    MYO_A_LAYOUT = 104,
    MYO_A_HEART = 105,
    MYO_A_HEART_TIMES = 106,
    MYO_A_ACTIVITY = 110,
    MYO_A_TWITCH = 111,
    MYO_A_FASCICULATION = 112,
    MYO_A_CONTRACTION = 113,
    MYO_A_BRIEF = 114,
    MYO_A_STROKES = 115,
    MYO_A_CONTACT = 116,
    MYO_A_INSERTIONAL = 117,
    MYO_A_MOTION = 120,
    MYO_A_TREMOR = 121,
    MYO_A_CLICK = 122,
    MYO_A_LEAD_OFF = 123,
    MYO_A_STIMULATOR = 130,
    MYO_A_ENDPLATE_NOISE = 140,
    MYO_A_ENDPLATE_SPIKES = 141,
    MYO_A_FIBRILLATION = 142,
};

#endif
