/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks folders, sorts what it finds and keeps the recordings. */
#include "batch_list.h"

#include "talk.h"

#include "signal/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 64, END_BYTES = 4096 };

/* One file, recording or not. */
typedef struct {
    char *path, *name;
    struct stat about;
} found;

typedef struct {
    found *items;
    size_t count, room;
    struct stat except;
    bool has_except;
    bool sound;   /* what is known can be trusted */
    bool partial; /* a folder could not be read */
} walk;

/* The folders that one is in: a link to one of them leads in a circle. */
typedef struct place {
    const struct place *up;
    const struct stat *about;
    int depth;
} place;

/* A file of such a name is expected to be a recording; if it is not, that is a failure. */
static const char *const recording_ends[] = {
    ".wav", ".wave", ".w64", ".rf64", ".aif", ".aiff", ".aifc", ".flac", ".au",  ".snd",   ".caf",
    ".h5",  ".hdf5", ".nwb", ".edf",  ".bdf", ".vhdr", ".xdf",  ".hea",  ".mat", ".oebin", NULL};
/* What is not known by its name or signature, but may be a table of samples. */
static const char *const table_ends[] = {".csv", ".txt", ".asc", NULL};
/* These belong to recordings and may look like one by their content. */
static const char *const other_ends[] = {".tsv", ".json", ".vmrk", "-events.txt", NULL};

uint64_t batch_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static bool ends_with_one(const char *name, const char *const *ends)
{
    size_t length = strlen(name);
    for (; *ends != NULL; ends++) {
        size_t tail = strlen(*ends);
        if (length >= tail && strcasecmp(name + length - tail, *ends) == 0) {
            return true;
        }
    }
    return false;
}

static void complain(walk *all, const char *path, const char *text)
{
    talk_file("batch", path, text);
    all->sound = false;
}

/* Takes over both names. */
static void file_add(walk *all, char *path, char *name, const struct stat *about)
{
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 256 : 2 * all->room;
        found *items = reallocarray(all->items, room, sizeof *items);
        if (items == NULL) {
            complain(all, path, "out of memory");
            free(path);
            free(name);
            return;
        }
        all->items = items;
        all->room = room;
    }
    all->items[all->count++] = (found){path, name, *about};
}

static void folder_walk(walk *all, const char *path, const char *name, const place *here);

static bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool leads_in_circle(const place *up, const struct stat *about)
{
    while (up != NULL && !same_file(up->about, about)) {
        up = up->up;
    }
    return up != NULL;
}

/* @p name is below the tree, "" for the tree itself, which is in no folder: @p up is NULL. */
static void path_walk(walk *all, const char *path, const char *name, const place *up)
{
    struct stat about;
    int error = stat(path, &about) == 0 ? 0 : errno;
    /* A link to nothing, as to what git-annex has not fetched, counts by its name: it fails alone. */
    bool dangles = error != 0 && up != NULL && lstat(path, &about) == 0;
    if (error != 0 && !dangles) {
        complain(all, path, strerror(error));
    } else if (S_ISDIR(about.st_mode)) {
        const place here = {up, &about, up == NULL ? 0 : up->depth + 1};
        bool skip = all->has_except && same_file(&about, &all->except);
        if (!skip && !leads_in_circle(up, &about)) {
            folder_walk(all, path, name, &here);
        }
    } else if (S_ISREG(about.st_mode) || dangles) {
        const char *slash = strrchr(path, '/');
        const char *base = slash == NULL ? path : slash + 1;
        file_add(all, strdup(path), strdup(name[0] == '\0' ? base : name), &about);
    }
}

/* One folder below the tree that cannot be read does not keep the others from being done. */
static void folder_refuse(walk *all, const char *path, const place *here, int error)
{
    talk_file("batch", path,
              here->depth < MAX_DEPTH ? strerror(error) : "folders are nested too deep");
    all->partial = true;
    all->sound = all->sound && here->up != NULL;
}

static void folder_walk(walk *all, const char *path, const char *name, const place *here)
{
    DIR *folder = here->depth < MAX_DEPTH ? opendir(path) : NULL;
    if (folder == NULL) {
        folder_refuse(all, path, here, errno);
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char *below = NULL, *inside = NULL;
        if (entry->d_name[0] == '.') {
            continue;
        }
        const char *between = path[0] != '\0' && path[strlen(path) - 1] == '/' ? "" : "/";
        if (asprintf(&below, "%s%s%s", path, between, entry->d_name) < 0 ||
            asprintf(&inside, "%s%s%s", name, name[0] == '\0' ? "" : "/", entry->d_name) < 0) {
            complain(all, path, "out of memory");
            break;
        }
        path_walk(all, below, inside, here);
        free(below);
        free(inside);
    }
    (void)closedir(folder);
}

static int by_name(const void *one, const void *other)
{
    return strcmp(((const found *)one)->name, ((const found *)other)->name);
}

/* The first and the last bytes: enough to tell a file that was replaced by one of the same size and
 * time, without reading terabytes to find that nothing is to be done. */
static uint64_t ends_hash(const found *file)
{
    unsigned char bytes[END_BYTES];
    uint64_t hash = BATCH_HASH_START;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    off_t tail = file->about.st_size > END_BYTES ? file->about.st_size - END_BYTES : 0;
    const off_t at[] = {0, tail};
    for (int k = 0; k < 2; k++) {
        ssize_t got = pread(fd, bytes, sizeof bytes, at[k]);
        hash = batch_hash(hash, bytes, got > 0 ? (size_t)got : 0);
    }
    (void)close(fd);
    return hash;
}

static uint64_t stat_hash(uint64_t hash, const found *file)
{
    int64_t numbers[] = {file->about.st_size, file->about.st_mtim.tv_sec,
                         file->about.st_mtim.tv_nsec};
    hash = batch_hash(hash, file->name, strlen(file->name));
    return batch_hash(hash, numbers, sizeof numbers);
}

/* Length of the name without its extension. */
static size_t stem_length(const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    return dot == NULL || (slash != NULL && dot < slash) ? strlen(name) : (size_t)(dot - name);
}

/* Files that share the stem, like NAME-events.txt beside NAME.wav: sorting puts them together. */
static uint64_t companions_hash(const walk *all, size_t self, int64_t *bytes)
{
    const char *name = all->items[self].name;
    size_t length = stem_length(name);
    uint64_t hash = BATCH_HASH_START;
    size_t k = self;
    while (k > 0 && strncmp(all->items[k - 1].name, name, length) == 0) {
        k--;
    }
    for (; k < all->count && strncmp(all->items[k].name, name, length) == 0; k++) {
        char next = all->items[k].name[length];
        if (k != self && (next == '.' || next == '-' || next == '_')) {
            hash = stat_hash(hash, &all->items[k]);
            *bytes += all->items[k].about.st_size;
        }
    }
    return hash;
}

static bool is_recording(const found *file)
{
    return !ends_with_one(file->name, other_ends) &&
           (ends_with_one(file->name, recording_ends) || myo_source_known(file->path) ||
            (ends_with_one(file->name, table_ends) && myo_source_is_table(file->path)));
}

static bool recording_add(batch_list *list, const walk *all, size_t k)
{
    const found *file = &all->items[k];
    batch_recording *to = &list->items[list->count];
    to->bytes = file->about.st_size;
    int length =
        asprintf(&to->version,
                 "size=%" PRId64 " mtime=%" PRId64 ".%09ld ends=%016" PRIx64 " beside=%016" PRIx64,
                 (int64_t)file->about.st_size, (int64_t)file->about.st_mtim.tv_sec,
                 file->about.st_mtim.tv_nsec, ends_hash(file), companions_hash(all, k, &to->bytes));
    to->path = strdup(file->path);
    to->name = strdup(file->name);
    list->count++;
    return length >= 0 && to->path != NULL && to->name != NULL;
}

static bool twice(const walk *all, size_t k)
{
    return k > 0 && strcmp(all->items[k].name, all->items[k - 1].name) == 0;
}

static void recordings_pick(batch_list *list, walk *all, batch_filter *filter, const void *context)
{
    list->items = calloc(all->count + 1, sizeof *list->items);
    for (size_t k = 0; list->items != NULL && k < all->count; k++) {
        const found *file = &all->items[k];
        if (!is_recording(file) || (filter != NULL && !filter(file->name, context))) {
            list->passed_over++;
        } else if (twice(all, k)) {
            complain(all, file->path, "another recording has the same name in the tables");
        } else if (!recording_add(list, all, k)) {
            complain(all, file->path, "out of memory");
        }
    }
    all->sound = all->sound && list->items != NULL;
}

/* "data/day1/" is called "day1" in front of its files. */
static char *tree_name(const char *tree)
{
    size_t end = strlen(tree);
    while (end > 1 && tree[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start > 0 && tree[start - 1] != '/') {
        start--;
    }
    return strndup(tree + start, end - start);
}

bool batch_list_make(batch_list *list, int count, char **trees, const char *except,
                     batch_filter *filter, const void *context)
{
    walk all = {.sound = true};
    all.has_except = stat(except, &all.except) == 0;
    for (int t = 0; t < count; t++) {
        char *name = count == 1 ? strdup("") : tree_name(trees[t]);
        path_walk(&all, trees[t], name == NULL ? "" : name, NULL);
        free(name);
    }
    for (size_t k = 0; k < all.count; k++) {
        if (all.items[k].path == NULL || all.items[k].name == NULL) {
            complain(&all, trees[0], "out of memory");
            all.count = k;
        }
    }
    if (all.count > 0) {
        qsort(all.items, all.count, sizeof *all.items, by_name);
    }
    recordings_pick(list, &all, filter, context);
    for (size_t k = 0; k < all.count; k++) {
        free(all.items[k].path);
        free(all.items[k].name);
    }
    free(all.items);
    list->partial = all.partial;
    return all.sound;
}

void batch_list_free(batch_list *list)
{
    for (size_t k = 0; k < list->count; k++) {
        free(list->items[k].path);
        free(list->items[k].name);
        free(list->items[k].version);
    }
    free(list->items);
    *list = (batch_list){0};
}
