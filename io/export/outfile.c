/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output under a temporary name, renamed when complete. */
#include "outfile.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct myo_outfile {
    FILE *stream;
    char *path;      /* NULL: standard output */
    char *temporary; /* NULL: written where it stands */
    int slot;        /* in `unfinished`, or -1 */
    bool replace;
    bool later, name_later; /* somebody else waits for the disk, or for the name on it */
};

/* The temporary names of this process, for a signal that ends it. Of more than fit, one may be left behind then. Who
 * takes a name out of its slot owns it, so a handler never sees one that is freed. */
enum { UNFINISHED = 64 };
static _Atomic(char *) unfinished[UNFINISHED];

static int unfinished_add(char *temporary)
{
    for (int slot = 0; slot < UNFINISHED; slot++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&unfinished[slot], &none, temporary)) {
            return slot;
        }
    }
    return -1;
}

void myo_outfile_abandon(void)
{
    for (int slot = 0; slot < UNFINISHED; slot++) {
        const char *temporary = atomic_exchange(&unfinished[slot], NULL);
        if (temporary != NULL) {
            (void)unlink(temporary);
        }
    }
}

/* What a handler took meanwhile is left to it: the program ends. */
static void temporary_free(myo_outfile *file)
{
    if (file->slot < 0 || atomic_exchange(&unfinished[file->slot], NULL) != NULL) {
        free(file->temporary);
    }
    file->temporary = NULL;
    file->slot = -1;
}

static myo_status refuse(myo_why *why, myo_status status, const char *path, int error)
{
    return myo_why_set(why, status, "%.180s: %s", path, strerror(error));
}

static myo_status stream_open(myo_outfile *file, myo_why *why)
{
    /* Before the file is there: a signal may come right behind. */
    file->slot = unfinished_add(file->temporary);
    int fd = mkstemp(file->temporary);
    if (fd < 0) {
        temporary_free(file);
        return refuse(why, MYO_ERR_WRITE, file->path, errno);
    }
    file->stream = fdopen(fd, "w");
    if (file->stream == NULL) {
        (void)close(fd);
        (void)unlink(file->temporary);
        return refuse(why, MYO_ERR_NO_MEMORY, file->path, ENOMEM);
    }
    return MYO_OK;
}

static myo_status names_set(myo_outfile *file, const char *path)
{
    /* The longest name that a folder takes must not be too long with what is added. */
    enum { NAME_MOST = 200 };
    size_t size = strlen(path) + sizeof "./..XXXXXX";
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - path + 1);
    file->path = strdup(path);
    file->temporary = malloc(size);
    if (file->path == NULL || file->temporary == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    (void)snprintf(file->temporary, size, "%.*s.%.*s.XXXXXX", folder, path, NAME_MOST,
                   path + folder);
    return MYO_OK;
}

/* A device, a pipe or a socket: nothing to protect in it, and a rename would put a plain file in its
 * place. */
static bool is_channel(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

static myo_status channel_open(myo_outfile *file, const char *path, myo_why *why)
{
    file->path = strdup(path);
    file->stream = fopen(path, "w");
    if (file->path == NULL || file->stream == NULL) {
        return refuse(why, MYO_ERR_WRITE, path, errno);
    }
    return MYO_OK;
}

myo_status myo_outfile_open(const char *path, bool replace, myo_outfile **result, myo_why *why)
{
    *result = NULL;
    myo_outfile *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return refuse(why, MYO_ERR_NO_MEMORY, path, ENOMEM);
    }
    file->replace = replace;
    file->slot = -1;
    myo_status status = MYO_OK;
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
    } else if (is_channel(path)) {
        status = channel_open(file, path, why);
    } else if (!replace && access(path, F_OK) == 0) {
        status = refuse(why, MYO_ERR_EXISTS, path, EEXIST);
    } else if (names_set(file, path) != MYO_OK) {
        status = refuse(why, MYO_ERR_NO_MEMORY, path, ENOMEM);
    } else {
        status = stream_open(file, why);
    }
    if (status != MYO_OK) {
        myo_outfile_discard(file);
        return status;
    }
    *result = file;
    return MYO_OK;
}

myo_status myo_outfile_spare(const char *path, const char *input, myo_why *why)
{
    struct stat output, source;
    if (path == NULL || input == NULL || stat(path, &output) != 0 || stat(input, &source) != 0 ||
        !S_ISREG(output.st_mode) || output.st_dev != source.st_dev ||
        output.st_ino != source.st_ino) {
        return MYO_OK;
    }
    return myo_why_set(why, MYO_ERR_EXISTS, "%.180s: is the input itself, which is kept", path);
}

FILE *myo_outfile_stream(myo_outfile *file)
{
    return file->stream;
}

void myo_outfile_sync_later(myo_outfile *file, bool later)
{
    file->later = later;
}

void myo_outfile_name_later(myo_outfile *file)
{
    file->name_later = true;
}

typedef bool file_visit(int file);

static bool files_visit(DIR *folder, file_visit *visit)
{
    bool good = true;
    rewinddir(folder);
    for (struct dirent *entry = readdir(folder); good && entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        int file = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
        good = file >= 0 && visit(file);
        int error = errno;
        if (file >= 0) {
            (void)close(file);
        }
        errno = error;
    }
    return good;
}

/* Only a hint: fsync() is what counts. */
static bool write_begin(int file)
{
    (void)sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
    return true;
}

static bool write_end(int file)
{
    return fsync(file) == 0;
}

/* All are begun before one is waited for: a file system with a journal then writes it once. */
bool myo_outfile_sync_folder(const char *path)
{
    DIR *folder = opendir(path);
    bool synced =
        folder != NULL && files_visit(folder, write_begin) && files_visit(folder, write_end);
    int error = errno;
    if (synced) {
        (void)fsync(dirfd(folder)); /* as in folder_sync() */
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    errno = error;
    return synced;
}

const char *myo_outfile_temporary(const myo_outfile *file)
{
    return file->temporary;
}

/* mkstemp gives 0600; the finished file gets what open() would have given, or what the file had whose place it
 * takes: that one may be closed to others for a reason. */
static bool mode_restore(const myo_outfile *file)
{
    struct stat before;
    assert(file->path != NULL); /* only what has a name has a temporary one */
    mode_t mask = umask(0);
    (void)umask(mask);
    bool is_kept = file->replace && stat(file->path, &before) == 0 && S_ISREG(before.st_mode);
    return fchmod(fileno(file->stream), is_kept ? before.st_mode & 0777 : 0666 & ~mask) == 0;
}

/* link() fails when the name is taken, which rename() would not. File systems without hard links
 * (FAT on a memory card) have only rename. */
static bool name_give(const myo_outfile *file)
{
    if (file->replace) {
        return rename(file->temporary, file->path) == 0;
    }
    if (link(file->temporary, file->path) == 0) {
        return unlink(file->temporary) == 0;
    }
    bool no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
    return no_links && access(file->path, F_OK) != 0 && rename(file->temporary, file->path) == 0;
}

/* The new name itself must survive a power cut; not every file system can promise it. */
static void folder_sync(char *path)
{
    int folder = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        (void)close(folder);
    }
}

myo_status myo_outfile_commit(myo_outfile *file, myo_why *why)
{
    const char *name = file->path == NULL ? "standard output" : file->path;
    bool written = fflush(file->stream) == 0 && !ferror(file->stream);
    if (written && file->temporary != NULL) {
        int fd = fileno(file->stream);
        written = mode_restore(file) && (file->later || fsync(fd) == 0);
    }
    if (!written) {
        myo_status status = refuse(why, MYO_ERR_WRITE, name, errno);
        myo_outfile_discard(file);
        return status;
    }
    if (file->temporary == NULL) {
        myo_outfile_discard(file);
        return MYO_OK;
    }
    assert(file->path != NULL); /* a temporary name is made from a final one */
    if (!name_give(file)) {
        myo_status status =
            refuse(why, errno == EEXIST ? MYO_ERR_EXISTS : MYO_ERR_WRITE, name, errno);
        myo_outfile_discard(file);
        return status;
    }
    if (!file->later && !file->name_later) {
        folder_sync(file->path);
    }
    temporary_free(file);
    myo_outfile_discard(file);
    return MYO_OK;
}

void myo_outfile_discard(myo_outfile *file)
{
    if (file == NULL) {
        return;
    }
    if (file->stream != NULL && file->stream != stdout) {
        (void)fclose(file->stream);
    }
    if (file->stream != NULL && file->temporary != NULL) {
        (void)unlink(file->temporary);
    }
    temporary_free(file);
    free(file->path);
    free(file);
}
