/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eight channels side by side: one value of each, as kernels want them. */
#ifndef MYO_CORE_OCTET_H
#define MYO_CORE_OCTET_H

enum { MYO_OCTET = 8 };

/** Most frames, and most hops, that go through at once. */
enum { MYO_OCTET_FRAMES = 64 };

/** Written before the first member of a struct of lanes: each row is then one cache line. Kernels ask
 *  for no alignment, but a register that straddles two lines takes several times as long. */
#define MYO_ALIGNED _Alignas(64)

typedef double myo_lanes[MYO_OCTET];

#endif
