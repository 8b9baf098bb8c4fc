/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening HDF5 files safely, and reading attributes. */
#include "h5.h"

#include "h5_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text attributes longer than this are of no use here and may be an attack. */
enum { MAX_TEXT = 1 << 16 };

/* Of a piece of metadata that another program may be writing. HDF5 waits between two, twice as long
 * each time from 1 ns on: 20 are 1 ms, its default of 100 is for ever. */
enum { READ_ATTEMPTS = 20 };

/* The deepest entry of HDF5's error stack says what was wrong; the others say where it was called. */
static herr_t error_keep(unsigned depth, const H5E_error2_t *error, void *text)
{
    (void)depth;
    if (error->desc != NULL && error->desc[0] != '\0') {
        (void)snprintf(text, 160, "%s", error->desc);
    }
    return 0;
}

static void doors_lock(void)
{
    (void)H5dont_atexit(); /* it must be the first call; see nwb_h5.c for the reason */
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    (void)H5PLset_loading_state(0);
    (void)H5Lunregister(H5L_TYPE_EXTERNAL);
}

/* HDF5's own advice for a file that was not closed, h5clear, cuts it down to its first bytes. */
static myo_status open_refused(myo_why *why)
{
    char text[160] = "no reason given"; /* before the next call of HDF5, which forgets it */
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, error_keep, text);
    if (strstr(text, "already open") != NULL) {
        return myo_why_set(why, MYO_ERR_FORMAT,
                           "HDF5: still being written, or cut off by a crash; 'myotwitch recover' "
                           "copies what is there");
    }
    return myo_why_set(why, MYO_ERR_FORMAT, "HDF5: damaged or cut off (%s)", text);
}

myo_status h5_file_open(const char *path, hid_t *file, myo_why *why)
{
    doors_lock();
    hid_t access = h5_small_cache();
    *file = H5Fopen(path, H5F_ACC_RDONLY, access);
    myo_status status = *file >= 0 ? MYO_OK : open_refused(why);
    (void)H5Pclose(access);
    return status;
}

myo_status h5_file_open_growing(const char *path, hid_t *file, myo_why *why)
{
    doors_lock();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    (void)H5Pset_metadata_read_attempts(access, READ_ATTEMPTS);
    (void)H5Pset_cache(access, 0, 1, 0, 1.0);
    *file = H5Fopen(path, H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access);
    myo_status status = *file >= 0 ? MYO_OK : open_refused(why);
    (void)H5Pclose(access);
    return status;
}

/* Fixed-length text, not always terminated. */
static bool fixed_text(hid_t attribute, hid_t type, char *text, size_t size)
{
    size_t length = H5Tget_size(type);
    char *bytes = length > 0 && length <= MAX_TEXT ? calloc(1, length + 1) : NULL;
    bool ok = bytes != NULL && H5Aread(attribute, type, bytes) >= 0;
    if (ok) {
        (void)snprintf(text, size, "%s", bytes);
    }
    free(bytes);
    return ok;
}

static bool variable_text(hid_t attribute, hid_t type, char *text, size_t size)
{
    char *bytes = NULL;
    hid_t memory = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(memory, H5T_VARIABLE);
    (void)H5Tset_cset(memory, H5Tget_cset(type));
    bool ok = H5Aread(attribute, memory, (void *)&bytes) >= 0 && bytes != NULL;
    if (ok) {
        (void)snprintf(text, size, "%s", bytes);
    }
    (void)H5free_memory(bytes);
    (void)H5Tclose(memory);
    return ok;
}

static hssize_t attribute_items(hid_t attribute)
{
    hid_t space = H5Aget_space(attribute);
    hssize_t items = H5Sget_simple_extent_npoints(space);
    (void)H5Sclose(space);
    return items;
}

bool h5_text(hid_t object, const char *name, char *text, size_t size)
{
    text[0] = '\0';
    hid_t attribute = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (attribute < 0) {
        return false;
    }
    hid_t type = H5Aget_type(attribute);
    bool ok = H5Tget_class(type) == H5T_STRING && attribute_items(attribute) == 1;
    if (ok) {
        ok = H5Tis_variable_str(type) > 0 ? variable_text(attribute, type, text, size)
                                          : fixed_text(attribute, type, text, size);
    }
    (void)H5Tclose(type);
    (void)H5Aclose(attribute);
    return ok;
}

size_t h5_numbers(hid_t object, const char *name, double *values, size_t count)
{
    double all[MYO_MAX_CHANNELS];
    hid_t attribute = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (attribute < 0) {
        return 0;
    }
    hid_t type = H5Aget_type(attribute);
    H5T_class_t kind = H5Tget_class(type);
    hssize_t items = attribute_items(attribute);
    bool ok = (kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_size(type) <= 8 && items > 0 &&
              items <= MYO_MAX_CHANNELS && H5Aread(attribute, H5T_NATIVE_DOUBLE, all) >= 0;
    (void)H5Tclose(type);
    (void)H5Aclose(attribute);
    if (!ok) {
        return 0;
    }
    size_t taken = (size_t)items < count ? (size_t)items : count;
    memcpy(values, all, taken * sizeof *values);
    return (size_t)items;
}

bool h5_text_set(hid_t place, const char *path, char *text, size_t size)
{
    hid_t set = h5_exists(place, path) ? H5Dopen2(place, path, H5P_DEFAULT) : -1;
    if (set < 0) {
        return false;
    }
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    char *value = NULL;
    bool ok = H5Tis_variable_str(type) > 0 && H5Sget_simple_extent_npoints(space) == 1 &&
              H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, (void *)&value) >= 0 &&
              value != NULL;
    if (ok) {
        (void)snprintf(text, size, "%s", value);
    }
    (void)H5free_memory(value);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    (void)H5Dclose(set);
    return ok;
}

bool h5_exists(hid_t place, const char *path)
{
    return H5Oexists_by_name(place, path, H5P_DEFAULT) > 0;
}

bool h5_group_at(hid_t group, hsize_t index, char *name, size_t size)
{
    H5L_info_t link;
    H5O_info_t object;
    return H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, &link, H5P_DEFAULT) >=
               0 &&
           link.type == H5L_TYPE_HARD &&
           H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, size,
                              H5P_DEFAULT) > 0 &&
           H5Oget_info_by_name1(group, name, &object, H5P_DEFAULT) >= 0 &&
           object.type == H5O_TYPE_GROUP;
}
