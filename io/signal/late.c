/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dlopen and dlsym into a table. */
#include "late.h"

#include <dlfcn.h>
#include <string.h>

myo_status myo_late_load(void *table, const char *library, const char *of,
                         const myo_late_entry *entries, myo_why *why)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s of %s is needed and not installed",
                           library, of);
    }
    for (; entries->name != NULL; entries++) {
        void *symbol = dlsym(handle, entries->name);
        if (symbol == NULL) {
            return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%s has no %s", library, entries->name);
        }
        memcpy((char *)table + entries->offset, &symbol, sizeof symbol);
    }
    return MYO_OK;
}
