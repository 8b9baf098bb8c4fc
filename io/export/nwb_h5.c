/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few HDF5 calls that an NWB file is made of. */
#include "nwb_h5.h"

#include "signal/h5_cache.h"
#include "signal/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* HDF5 keeps what it frees for itself; so much of each kind is enough. PAGE_BYTES: what a disk writes
 * as one; no piece of metadata of a live file straddles two, so a power cut tears none. */
enum { CONVERSION_BYTES = 16384, FREE_LIST_BYTES = 65536, PAGE_BYTES = 4096 };

/* The driver's entry of the error stack has the number in its text only. */
static herr_t errno_find(unsigned depth, const H5E_error2_t *error, void *number)
{
    (void)depth;
    const char *text = error->desc == NULL ? NULL : strstr(error->desc, "errno = ");
    if (text != NULL) {
        *(int *)number = (int)strtol(text + sizeof "errno = " - 1, NULL, 10);
    }
    return 0;
}

static bool check(nwb_file *nwb, int64_t result)
{
    if (result < 0 && !nwb->failed) {
        nwb->failed = true;
        (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, errno_find, &nwb->error);
    }
    return !nwb->failed;
}

/* HDF5 calls this when any call of ours fails, also one whose result nobody looks at: a disk that fails
 * may show in the closing of a group first, and then never again. */
static herr_t failure_note(hid_t stack, void *nwb)
{
    (void)stack;
    (void)check(nwb, -1);
    return 0;
}

static void library_prepare(nwb_file *nwb)
{
    *nwb = (nwb_file){0};
    (void)H5dont_atexit(); /* 1.10 crashes at exit after a close that failed on a full disk */
    (void)H5set_free_list_limits(FREE_LIST_BYTES, FREE_LIST_BYTES, FREE_LIST_BYTES, FREE_LIST_BYTES,
                                 FREE_LIST_BYTES, FREE_LIST_BYTES);
    (void)H5Eset_auto2(H5E_DEFAULT, failure_note, nwb);
    nwb->transfer = H5Pcreate(H5P_DATASET_XFER);
    (void)H5Pset_buffer(nwb->transfer, CONVERSION_BYTES, NULL, NULL);
    nwb->text_type = H5Tcopy(H5T_C_S1);
    (void)check(nwb, H5Tset_size(nwb->text_type, H5T_VARIABLE));
    (void)check(nwb, H5Tset_cset(nwb->text_type, H5T_CSET_UTF8));
}

void nwb_file_open(nwb_file *nwb, const char *path)
{
    library_prepare(nwb);
    hid_t access = h5_small_cache();
    nwb->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    (void)H5Pclose(access);
    (void)check(nwb, nwb->file);
}

/* No chunk cache: rows go to the file when they are appended, and only they; a cached chunk would be
 * written whole at every flush. */
void nwb_file_open_live(nwb_file *nwb, const char *path)
{
    library_prepare(nwb);
    nwb->live = true;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    (void)H5Pset_cache(access, 0, 1, 0, 1.0);
    (void)H5Pset_file_space_strategy(creation, H5F_FSPACE_STRATEGY_PAGE, false, 1);
    (void)H5Pset_file_space_page_size(creation, PAGE_BYTES);
    nwb->file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    (void)check(nwb, nwb->file);
    (void)H5Pclose(creation);
    (void)H5Pclose(access);
}

void nwb_file_follow(nwb_file *nwb)
{
    if (!nwb->failed) {
        (void)check(nwb, H5Fstart_swmr_write(nwb->file));
    }
}

bool nwb_file_flush(nwb_file *nwb)
{
    return !nwb->failed && check(nwb, H5Fflush(nwb->file, H5F_SCOPE_GLOBAL));
}

int nwb_file_descriptor(const nwb_file *nwb)
{
    void *handle = NULL;
    if (nwb->failed || H5Fget_vfd_handle(nwb->file, H5P_DEFAULT, &handle) < 0) {
        return -1;
    }
    return *(const int *)handle;
}

bool nwb_file_close(nwb_file *nwb)
{
    if (nwb->text_type > 0) {
        (void)H5Tclose(nwb->text_type);
        (void)H5Pclose(nwb->transfer);
    }
    if (nwb->file > 0) {
        /* What fails to reach the disk shows in a flush only: H5Fclose forgets it and says nothing. */
        (void)check(nwb, H5Fflush(nwb->file, H5F_SCOPE_GLOBAL));
        (void)check(nwb, H5Fclose(nwb->file));
    }
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    nwb->file = nwb->text_type = -1;
    return !nwb->failed;
}

hid_t nwb_group(nwb_file *nwb, const char *path)
{
    hid_t creation = H5Pcreate(H5P_LINK_CREATE);
    (void)H5Pset_create_intermediate_group(creation, 1);
    hid_t group = H5Gcreate2(nwb->file, path, creation, H5P_DEFAULT, H5P_DEFAULT);
    (void)H5Pclose(creation);
    (void)check(nwb, group);
    return group;
}

static void attribute_write(nwb_file *nwb, hid_t object, const char *name, hid_t type, hid_t memory,
                            hid_t space, const void *value)
{
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (check(nwb, attribute)) {
        (void)check(nwb, H5Awrite(attribute, memory, value));
        (void)H5Aclose(attribute);
    }
    (void)H5Sclose(space);
}

void nwb_type(nwb_file *nwb, hid_t object, const char *name_space, const char *type)
{
    nwb_text(nwb, object, "namespace", name_space);
    nwb_text(nwb, object, "neurodata_type", type);
}

/* The name of a file may be no UTF-8, which the type of the attribute promises to its readers. */
void nwb_text(nwb_file *nwb, hid_t object, const char *name, const char *text)
{
    char *clean = strdup(text);
    if (clean == NULL) {
        nwb->failed = true;
        return;
    }
    myo_utf8_clean(clean);
    attribute_write(nwb, object, name, nwb->text_type, nwb->text_type, H5Screate(H5S_SCALAR),
                    (const void *)&clean);
    free(clean);
}

void nwb_texts(nwb_file *nwb, hid_t object, const char *name, const char *const *texts,
               size_t count)
{
    hsize_t size = count;
    attribute_write(nwb, object, name, nwb->text_type, nwb->text_type,
                    H5Screate_simple(1, &size, NULL), (const void *)texts);
}

void nwb_number(nwb_file *nwb, hid_t object, const char *name, double value)
{
    attribute_write(nwb, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, H5Screate(H5S_SCALAR),
                    &value);
}

void nwb_integer(nwb_file *nwb, hid_t object, const char *name, int32_t value)
{
    attribute_write(nwb, object, name, H5T_STD_I32LE, H5T_NATIVE_INT32, H5Screate(H5S_SCALAR),
                    &value);
}

/* Without times: a data set otherwise carries the clock of its making. */
static hid_t creation_list(void)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(creation, false);
    return creation;
}

void nwb_text_set(nwb_file *nwb, const char *path, const char *text, bool as_array)
{
    hsize_t one = 1;
    hid_t space = as_array ? H5Screate_simple(1, &one, NULL) : H5Screate(H5S_SCALAR);
    hid_t creation = creation_list();
    hid_t set =
        H5Dcreate2(nwb->file, path, nwb->text_type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (check(nwb, set)) {
        (void)check(nwb, H5Dwrite(set, nwb->text_type, H5S_ALL, H5S_ALL, nwb->transfer,
                                  (const void *)&text));
        (void)check(nwb, H5Dclose(set));
    }
    (void)H5Pclose(creation);
    (void)H5Sclose(space);
}

hid_t nwb_fixed_text(size_t bytes)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)H5Tset_size(type, bytes);
    (void)H5Tset_strpad(type, H5T_STR_NULLPAD);
    (void)H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

/* Room for the chunk that is being filled, no more. */
static hid_t one_chunk_cached(size_t chunk_bytes)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    (void)H5Pset_chunk_cache(access, 1, chunk_bytes, 1.0);
    return access;
}

hid_t nwb_growing_set(nwb_file *nwb, hid_t place, const char *name, hid_t type, size_t columns,
                      size_t chunk_rows)
{
    int rank = columns == 0 ? 1 : 2;
    hsize_t size[2] = {0, columns}, most[2] = {H5S_UNLIMITED, columns};
    hsize_t chunk[2] = {chunk_rows, columns};
    size_t chunk_bytes = chunk_rows * (columns == 0 ? 1 : columns) * H5Tget_size(type);
    hid_t space = H5Screate_simple(rank, size, most);
    hid_t creation = creation_list();
    hid_t access = nwb->live ? H5Pcreate(H5P_DATASET_ACCESS) : one_chunk_cached(chunk_bytes);
    (void)H5Pset_chunk(creation, rank, chunk);
    if (nwb->live) {
        (void)H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER); /* it would have to be cached */
    }
    hid_t set = H5Dcreate2(place, name, type, space, H5P_DEFAULT, creation, access);
    (void)check(nwb, set);
    (void)H5Pclose(access);
    (void)H5Pclose(creation);
    (void)H5Sclose(space);
    return set;
}

hid_t nwb_growing_set_open(nwb_file *nwb, hid_t place, const char *name, size_t chunk_bytes)
{
    hid_t access = one_chunk_cached(chunk_bytes);
    hid_t set = H5Dopen2(place, name, access);
    (void)check(nwb, set);
    (void)H5Pclose(access);
    return set;
}

void nwb_append(nwb_file *nwb, hid_t set, hid_t memory_type, int64_t start, size_t rows,
                size_t columns, const void *data)
{
    int rank = columns == 0 ? 1 : 2;
    hsize_t from[2] = {(hsize_t)start, 0}, size[2] = {rows, columns};
    hsize_t grown[2] = {(hsize_t)start + rows, columns};
    if (nwb->failed || !check(nwb, H5Dset_extent(set, grown))) {
        return;
    }
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, size, NULL);
    (void)check(nwb, H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, size, NULL));
    (void)check(nwb, H5Dwrite(set, memory_type, memory, space, nwb->transfer, data));
    (void)H5Sclose(memory);
    (void)H5Sclose(space);
}

/* FNV-1a (Fowler, Noll, Vo) with its 64-bit prime, four bytes at a time for speed. */
uint64_t nwb_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        uint32_t word = 0;
        size_t part = size < sizeof word ? size : sizeof word;
        memcpy(&word, at, part);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 32; /* high bits of a word must reach the low bits of the hash */
        at += part;
        size -= part;
    }
    return hash;
}

typedef struct {
    nwb_file *nwb;
    uint64_t seed;
} id_maker;

/* A UUID of version 8 (RFC 9562, 5.8: contents as the maker likes), variant 10. */
static herr_t object_id_add(hid_t root, const char *path, const H5O_info_t *about, void *data)
{
    (void)about;
    id_maker *maker = data;
    char text[37];
    if (H5Aexists_by_name(root, path, "neurodata_type", H5P_DEFAULT) <= 0) {
        return 0;
    }
    uint64_t high = nwb_hash(maker->seed, path, strlen(path));
    uint64_t low = nwb_hash(high, "low", 3);
    (void)snprintf(text, sizeof text,
                   "%08" PRIx64 "-%04" PRIx64 "-8%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
                   high >> 32, high >> 16 & 0xFFFF, high & 0xFFF, (low >> 48 & 0x3FFF) | 0x8000,
                   low & 0xFFFFFFFFFFFF);
    hid_t object = H5Oopen(root, path, H5P_DEFAULT);
    if (check(maker->nwb, object)) {
        nwb_text(maker->nwb, object, "object_id", text);
        (void)H5Oclose(object);
    }
    return maker->nwb->failed ? -1 : 0;
}

void nwb_object_ids(nwb_file *nwb, uint64_t seed)
{
    id_maker maker = {nwb, seed};
    if (!nwb->failed) {
        (void)check(nwb, H5Ovisit1(nwb->file, H5_INDEX_NAME, H5_ITER_INC, object_id_add, &maker));
    }
}
