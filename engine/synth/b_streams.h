/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sub-streams of random numbers of generator B, apart from those of any other generator. */
#ifndef MYO_SYNTH_B_STREAMS_H
#define MYO_SYNTH_B_STREAMS_H

enum {
    MYO_B_STREAM_LIBRARY = 500,
    MYO_B_STREAM_LEVELS,
    MYO_B_STREAM_FLOOR,
    MYO_B_STREAM_WANDER,
    MYO_B_STREAM_TONIC,
    MYO_B_STREAM_HUM,
    MYO_B_STREAM_TREMOR,
    MYO_B_STREAM_HEART,
    MYO_B_STREAM_STIMULATOR,
    MYO_B_STREAM_ENDPLATE,
    MYO_B_STREAM_EVENTS /**< one index per kind of event */
};

#endif
