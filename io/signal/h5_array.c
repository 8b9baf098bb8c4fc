/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets of numbers: every check before the first byte is read, then blocks of frames. */
#include "h5.h"

#include <stdlib.h>
#include <string.h>

enum { SCRATCH_SAMPLES = 16384 };

/* Numbers as every machine has them; a type of odd width or bias is refused, because HDF5's general
 * conversion is where several of its flaws are. */
bool h5_type_is_plain(hid_t type)
{
    const hid_t plain[] = {H5T_STD_I8LE,   H5T_STD_I16LE,  H5T_STD_I32LE,  H5T_STD_I64LE,
                           H5T_STD_I8BE,   H5T_STD_I16BE,  H5T_STD_I32BE,  H5T_STD_I64BE,
                           H5T_STD_U8LE,   H5T_STD_U16LE,  H5T_STD_U32LE,  H5T_STD_U64LE,
                           H5T_STD_U8BE,   H5T_STD_U16BE,  H5T_STD_U32BE,  H5T_STD_U64BE,
                           H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (H5Tequal(type, plain[i]) > 0) {
            return true;
        }
    }
    return false;
}

static myo_status type_check(h5_array *array, const char *path, myo_why *why)
{
    hid_t type = H5Dget_type(array->set);
    bool plain = h5_type_is_plain(type);
    if (plain && H5Tget_class(type) == H5T_INTEGER) {
        array->bits = 8 * (int)H5Tget_size(type);
        array->is_signed = H5Tget_sign(type) == H5T_SGN_2;
    }
    (void)H5Tclose(type);
    return plain ? MYO_OK
                 : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                               "data set %.100s: not plain numbers: integers of 8 to 64 bits or "
                               "floating point of 32 or 64 are",
                               path);
}

static myo_status shape_check(h5_array *array, const char *path, bool channels_first, myo_why *why)
{
    hsize_t size[2] = {0, 1};
    array->space = H5Dget_space(array->set);
    array->rank = H5Sget_simple_extent_ndims(array->space);
    if (array->rank < 1 || array->rank > 2) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "data set %.100s: %d dimensions, not 1 or 2",
                           path, array->rank);
    }
    (void)H5Sget_simple_extent_dims(array->space, size, NULL);
    array->time_axis = channels_first && array->rank == 2 ? 1 : 0;
    hsize_t frames = size[array->time_axis], channels = size[1 - array->time_axis];
    if (channels == 0 || frames == 0) {
        return myo_why_set(why, MYO_ERR_EMPTY, "data set %.100s: %llu frames of %llu channels",
                           path, (unsigned long long)frames, (unsigned long long)channels);
    }
    if (channels > MYO_MAX_CHANNELS || frames > INT64_MAX / (8 * MYO_MAX_CHANNELS)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "data set %.100s: %llu frames of %llu channels; at most %d channels "
                           "(--channels-first when rows are channels)",
                           path, (unsigned long long)frames, (unsigned long long)channels,
                           MYO_MAX_CHANNELS);
    }
    array->frames = (int64_t)frames;
    array->channels = (uint32_t)channels;
    return MYO_OK;
}

static bool filters_are_known(hid_t storage)
{
    int count = H5Pget_nfilters(storage);
    for (int i = 0; i < count; i++) {
        unsigned flags = 0, settings = 0;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(storage, (unsigned)i, &flags, &values, NULL, 0, NULL, &settings);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
            filter != H5Z_FILTER_FLETCHER32) {
            return false;
        }
    }
    return count >= 0;
}

static bool chunk_is_small(hid_t storage, int rank)
{
    hsize_t size[H5S_MAX_RANK], room = H5_MAX_CHUNK_BYTES / 8;
    if (H5Pget_chunk(storage, rank, size) != rank) {
        return false;
    }
    for (int i = 0; i < rank; i++) {
        if (size[i] < 1 || size[i] > room) {
            return false;
        }
        room /= size[i];
    }
    return true;
}

static const char *storage_fault(hid_t storage, int rank)
{
    H5D_layout_t layout = H5Pget_layout(storage);
    if (H5Pget_external_count(storage) != 0) {
        return "stored in another file";
    }
    if (layout == H5D_VIRTUAL) {
        return "virtual, made of other data sets";
    }
    if (layout == H5D_CHUNKED && !chunk_is_small(storage, rank)) {
        return "chunks of more than 64 MB";
    }
    if (layout == H5D_CHUNKED && !filters_are_known(storage)) {
        return "a filter other than deflate, shuffle and fletcher32";
    }
    return layout == H5D_CHUNKED || layout == H5D_CONTIGUOUS || layout == H5D_COMPACT
               ? NULL
               : "an unknown layout";
}

/* Checked on a first handle; the second gets a cache for exactly one row of chunks in the direction
 * of time, so that no chunk is decoded twice and memory stays small. */
static myo_status storage_check(h5_array *array, hid_t place, const char *path, myo_why *why)
{
    hid_t storage = H5Dget_create_plist(array->set);
    const char *fault = storage_fault(storage, array->rank);
    hsize_t chunk[2] = {1, 1};
    size_t bytes = 0;
    if (fault == NULL && H5Pget_layout(storage) == H5D_CHUNKED) {
        (void)H5Pget_chunk(storage, array->rank, chunk);
        hsize_t across = chunk[1 - array->time_axis];
        bytes = chunk[0] * chunk[1] * 8 * ((array->channels + across - 1) / across);
    }
    (void)H5Pclose(storage);
    if (fault != NULL) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "data set %.100s: %s", path, fault);
    }
    if (bytes > 0) {
        hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
        (void)H5Pset_chunk_cache(access, 521,
                                 bytes < H5_MAX_CHUNK_BYTES ? bytes : H5_MAX_CHUNK_BYTES, 1.0);
        (void)H5Dclose(array->set);
        array->set = H5Dopen2(place, path, access);
        (void)H5Pclose(access);
    }
    return array->set >= 0 ? MYO_OK : MYO_ERR_FORMAT;
}

static myo_status scratch_make(h5_array *array, myo_why *why)
{
    if (array->time_axis == 0 || array->channels == 1) {
        return MYO_OK;
    }
    array->scratch_frames = SCRATCH_SAMPLES / array->channels;
    array->scratch = malloc(array->scratch_frames * array->channels * sizeof(float));
    return array->scratch != NULL ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

myo_status h5_array_open(hid_t place, const char *path, bool channels_first, h5_array *array,
                         myo_why *why)
{
    *array = (h5_array){.set = -1, .space = -1};
    array->set = H5Dopen2(place, path, H5P_DEFAULT);
    if (array->set < 0) {
        return myo_why_set(why, MYO_ERR_FORMAT, "no data set %.100s", path);
    }
    myo_status status = type_check(array, path, why);
    if (status == MYO_OK) {
        status = shape_check(array, path, channels_first, why);
    }
    if (status == MYO_OK) {
        status = storage_check(array, place, path, why);
    }
    if (status == MYO_OK) {
        status = scratch_make(array, why);
    }
    if (status != MYO_OK) {
        h5_array_close(array);
    }
    return status;
}

static bool slab_read(const h5_array *array, int64_t start, size_t frames, float *samples)
{
    hsize_t from[2] = {0, 0}, size[2] = {array->channels, array->channels};
    from[array->time_axis] = (hsize_t)start;
    size[array->time_axis] = frames;
    hid_t memory = H5Screate_simple(array->rank, size, NULL);
    bool ok =
        H5Sselect_hyperslab(array->space, H5S_SELECT_SET, from, NULL, size, NULL) >= 0 &&
        H5Dread(array->set, H5T_NATIVE_FLOAT, memory, array->space, H5P_DEFAULT, samples) >= 0;
    (void)H5Sclose(memory);
    return ok;
}

static bool rows_read(h5_array *array, int64_t start, size_t frames, float *samples)
{
    for (size_t done = 0; done < frames;) {
        size_t part = frames - done < array->scratch_frames ? frames - done : array->scratch_frames;
        if (!slab_read(array, start + (int64_t)done, part, array->scratch)) {
            return false;
        }
        for (uint32_t c = 0; c < array->channels; c++) {
            for (size_t f = 0; f < part; f++) {
                samples[(done + f) * array->channels + c] = array->scratch[c * part + f];
            }
        }
        done += part;
    }
    return true;
}

myo_status h5_array_read(h5_array *array, int64_t start, size_t frames, float *samples,
                         myo_why *why)
{
    bool ok = array->scratch == NULL ? slab_read(array, start, frames, samples)
                                     : rows_read(array, start, frames, samples);
    return ok ? MYO_OK
              : myo_why_set(why, MYO_ERR_READ, "frame %lld: cannot be read or decoded",
                            (long long)start);
}

const char *h5_storage_fault(hid_t set)
{
    hid_t storage = H5Dget_create_plist(set), space = H5Dget_space(set);
    const char *fault = storage_fault(storage, H5Sget_simple_extent_ndims(space));
    (void)H5Sclose(space);
    (void)H5Pclose(storage);
    return fault;
}

bool h5_storage_is_safe(hid_t set)
{
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_ndims(space);
    (void)H5Sclose(space);
    return rank >= 1 && rank <= 2 && h5_storage_fault(set) == NULL;
}

void h5_array_close(h5_array *array)
{
    if (array->space >= 0) {
        (void)H5Sclose(array->space);
    }
    if (array->set >= 0) {
        (void)H5Dclose(array->set);
    }
    free(array->scratch);
    *array = (h5_array){.set = -1, .space = -1};
}
