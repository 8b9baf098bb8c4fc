/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the zones of the technique model lie on the outline of the body. Private to the report.
 *
 * Drawn by us, by eye; the outline is symmetric, and a place is given for the side that stands on
 * the right of the picture. It shows roughly where, it is no atlas. */
#ifndef MYO_IO_REPORT_ZONES_H
#define MYO_IO_REPORT_ZONES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *id; /**< of the model's zone */
    bool back;      /**< on the back of the body */
    int across;     /**< middle, from the midline; 0 lies on it */
    int down;       /**< middle, from the top of the head */
    int wide, high; /**< half axes */
} report_zone;

/** All of them; *count says how many. */
const report_zone *report_zones(size_t *count);

/** NULL if there is none of that id. */
const report_zone *report_zone_find(const char *id);

/** Half of the outline, from the top of the head down: pairs of across and down. */
const int (*report_outline(size_t *count))[2];

#endif
