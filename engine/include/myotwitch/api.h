/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes shared by the public headers. */
#ifndef MYOTWITCH_API_H
#define MYOTWITCH_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MYO_API   __attribute__((visibility("default")))
#define MYO_CONST __attribute__((const))
#else
#define MYO_API
#define MYO_CONST
#endif

/** Marks a function that may be called from a real-time thread: it does not
 *  allocate, lock, call the system, or loop without bound. With MYO_CHECK_EFFECTS a compiler that
 *  knows function effects (clang 20 and later) and its sanitizer hold it to that. */
#if defined(MYO_CHECK_EFFECTS)
#define MYO_RT __attribute__((nonblocking))
#else
#define MYO_RT
#endif

#ifdef __cplusplus
#define MYO_BEGIN extern "C" {
#define MYO_END   }
#else
#define MYO_BEGIN
#define MYO_END
#endif

#endif
