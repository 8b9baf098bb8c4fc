/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fixed table, made by embed.cmake from the folder page/. */
#include "files.h"

#include <string.h>

#include "web_files.h"

const myo_web_file *myo_web_file_find(const char *path)
{
    const char *wanted = strcmp(path, "/") == 0 ? "/index.html" : path;
    for (size_t i = 0; i < sizeof web_files / sizeof web_files[0]; i++) {
        if (strcmp(web_files[i].path, wanted) == 0) {
            return &web_files[i];
        }
    }
    return NULL;
}
