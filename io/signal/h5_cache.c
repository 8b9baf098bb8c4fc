/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small metadata cache for files that are passed once from start to end. */
#include "h5_cache.h"

#include <stdbool.h>

enum { METADATA_BYTES = 32768 };

hid_t h5_small_cache(void)
{
    H5AC_cache_config_t cache = {.version = H5AC__CURR_CACHE_CONFIG_VERSION};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pget_mdc_config(access, &cache);
    cache.set_initial_size = true;
    cache.initial_size = cache.min_size = cache.max_size = METADATA_BYTES;
    cache.incr_mode = H5C_incr__off;
    cache.flash_incr_mode = H5C_flash_incr__off;
    cache.decr_mode = H5C_decr__off;
    (void)H5Pset_mdc_config(access, &cache);
    return access;
}
