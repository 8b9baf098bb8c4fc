/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All public headers of the engine. */
#ifndef MYOTWITCH_MYOTWITCH_H
#define MYOTWITCH_MYOTWITCH_H

#include "myotwitch/api.h"
#include "myotwitch/axial.h"
#include "myotwitch/band.h"
#include "myotwitch/ecg.h"
#include "myotwitch/check.h"
#include "myotwitch/cine_synth.h"
#include "myotwitch/clinic.h"
#include "myotwitch/clinic_query.h"
#include "myotwitch/event.h"
#include "myotwitch/frame.h"
#include "myotwitch/method.h"
#include "myotwitch/fusion.h"
#include "myotwitch/pipeline.h"
#include "myotwitch/quadrature.h"
#include "myotwitch/quality.h"
#include "myotwitch/relax.h"
#include "myotwitch/score.h"
#include "myotwitch/series.h"
#include "myotwitch/session.h"
#include "myotwitch/session_flow.h"
#include "myotwitch/session_summary.h"
#include "myotwitch/special.h"
#include "myotwitch/spectrum.h"
#include "myotwitch/status.h"
#include "myotwitch/synth.h"
#include "myotwitch/string.h"
#include "myotwitch/tracker.h"
#include "myotwitch/ultrasound.h"
#include "myotwitch/version.h"

#endif
