/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of model A's random sub-streams. The numbers are part of every record: never reuse one. */
#ifndef MYO_SYNTH_A_STREAMS_H
#define MYO_SYNTH_A_STREAMS_H

enum {
    MYO_A_FLOOR = 100,
};

#endif
