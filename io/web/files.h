/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's files, part of the program: no other file can be asked for. Any thread. */
#ifndef MYO_WEB_FILES_H
#define MYO_WEB_FILES_H

#include <stddef.h>

typedef struct {
    const char *path, *type; /**< "/live.css", "text/css" */
    const unsigned char *bytes;
    size_t size;
} myo_web_file;

/** The file that @p path names, "/" for the page itself; NULL if there is none. */
const myo_web_file *myo_web_file_find(const char *path);

#endif
