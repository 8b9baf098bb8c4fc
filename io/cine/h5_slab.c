/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads parts of data sets. */
#include "h5_slab.h"

#include <stdlib.h>
#include <string.h>

/* Whether member @p index of a pair is called one of two names. */
static bool member_is(hid_t type, unsigned index, const char *name, const char *other)
{
    char *found = H5Tget_member_name(type, index);
    bool same = found != NULL && (strcmp(found, name) == 0 || strcmp(found, other) == 0);
    (void)H5free_memory(found);
    return same;
}

static bool member_is_plain(hid_t type, unsigned index)
{
    hid_t member = H5Tget_member_type(type, index);
    bool plain = member >= 0 && h5_type_is_plain(member);
    (void)H5Tclose(member);
    return plain;
}

/* MATLAB calls the parts real and imag, h5py r and i. */
static bool is_pair(hid_t type)
{
    return H5Tget_class(type) == H5T_COMPOUND && H5Tget_nmembers(type) == 2 &&
           member_is(type, 0, "real", "r") && member_is(type, 1, "imag", "i") &&
           member_is_plain(type, 0) && member_is_plain(type, 1);
}

/* The same names as in the file, two floats. */
static hid_t pair_make(hid_t type)
{
    hid_t pair = H5Tcreate(H5T_COMPOUND, 2 * sizeof(float));
    for (unsigned i = 0; i < 2; i++) {
        char *name = H5Tget_member_name(type, i);
        (void)H5Tinsert(pair, name, i * sizeof(float), H5T_NATIVE_FLOAT);
        (void)H5free_memory(name);
    }
    return pair;
}

static bool type_take(h5_slab *slab)
{
    hid_t type = H5Dget_type(slab->set);
    slab->is_complex = type >= 0 && is_pair(type);
    slab->is_bytes =
        type >= 0 && (H5Tequal(type, H5T_STD_U8LE) > 0 || H5Tequal(type, H5T_STD_U8BE) > 0);
    bool ok = type >= 0 && (slab->is_complex || h5_type_is_plain(type));
    slab->memory = !ok ? -1
                   : slab->is_complex
                       ? pair_make(type)
                       : H5Tcopy(slab->is_bytes ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT);
    (void)H5Tclose(type);
    return ok;
}

static const char *shape_fault(h5_slab *slab)
{
    slab->space = H5Dget_space(slab->set);
    slab->rank = H5Sget_simple_extent_ndims(slab->space);
    if (slab->rank < 1 || slab->rank > H5_SLAB_RANK) {
        return "not of 1 to 4 dimensions";
    }
    (void)H5Sget_simple_extent_dims(slab->space, slab->size, NULL);
    for (int i = 0; i < slab->rank; i++) {
        if (slab->size[i] < 1 || slab->size[i] > (hsize_t)1 << 30) {
            return "empty, or with a very long side";
        }
    }
    return h5_storage_fault(slab->set);
}

myo_status h5_slab_open(hid_t place, const char *path, h5_slab *slab, myo_why *why)
{
    *slab = (h5_slab){.set = -1, .space = -1, .memory = -1, .frame_axis = -1};
    slab->set = H5Dopen2(place, path, H5P_DEFAULT);
    if (slab->set < 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "no data set %.100s", path);
    }
    const char *fault = type_take(slab) ? shape_fault(slab) : "not plain numbers";
    if (fault != NULL) {
        h5_slab_close(slab);
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "data set %.100s: %s", path, fault);
    }
    return MYO_OK;
}

bool h5_slab_read(const h5_slab *slab, hsize_t number, void *to)
{
    hsize_t from[H5_SLAB_RANK] = {0}, size[H5_SLAB_RANK];
    memcpy(size, slab->size, sizeof size);
    if (slab->frame_axis >= 0) {
        from[slab->frame_axis] = number;
        size[slab->frame_axis] = 1;
    }
    hid_t memory = H5Screate_simple(slab->rank, size, NULL);
    bool ok = H5Sselect_hyperslab(slab->space, H5S_SELECT_SET, from, NULL, size, NULL) >= 0 &&
              H5Dread(slab->set, slab->memory, memory, slab->space, H5P_DEFAULT, to) >= 0;
    (void)H5Sclose(memory);
    return ok;
}

hsize_t h5_slab_count(const h5_slab *slab, hsize_t max)
{
    hsize_t count = 1;
    for (int i = 0; i < slab->rank; i++) {
        if (slab->size[i] > max || count * slab->size[i] > max) { /* sides are below 2^30 */
            return max + 1;
        }
        count *= slab->size[i];
    }
    return count;
}

bool h5_slab_doubles(const h5_slab *slab, double *to)
{
    return !slab->is_complex &&
           H5Dread(slab->set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) >= 0;
}

void h5_slab_close(h5_slab *slab)
{
    if (slab->memory >= 0) {
        (void)H5Tclose(slab->memory);
    }
    if (slab->space >= 0) {
        (void)H5Sclose(slab->space);
    }
    if (slab->set >= 0) {
        (void)H5Dclose(slab->set);
    }
    *slab = (h5_slab){.set = -1, .space = -1, .memory = -1, .frame_axis = -1};
}
