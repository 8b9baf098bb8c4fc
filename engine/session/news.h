/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a channel tells: that a burst began, what it was, that a span ended. */
#ifndef MYO_SESSION_NEWS_H
#define MYO_SESSION_NEWS_H

#include "emg/classify.h"
#include "myotwitch/event.h"

/* Most spans that one hop can end: a gap, a time at the rail, a train. */
enum { MYO_CHANNEL_SPANS = 3 };

/** News of a channel; frames of the recording, filter delay taken off. */
typedef enum {
    MYO_NEWS_HERALD,  /**< a burst may be about to open: onset, reported */
    MYO_NEWS_OPENED,  /**< a burst began: serial, onset, reported */
    MYO_NEWS_SETTLED, /**< the burst of that serial: all fields */
    MYO_NEWS_SPAN     /**< gap, saturation or stimulus, complete when it is told */
} myo_news_kind;

typedef struct {
    myo_news_kind kind;
    uint64_t serial;
    int64_t onset_frame, offset_frame, now_frame;
    bool refused;
    bool outshone; /**< another channel shows it within something longer and far stronger */
    myo_refusal refusal;
    myo_verdict verdict;
    double peak, snr_db, level_db;
    double features[MYO_FEATURE_COUNT];
} myo_news;

#endif
