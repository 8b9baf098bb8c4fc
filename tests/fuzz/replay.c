/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a target over the files of the folders named on the command line: the corpus, in every test
 * run and under every sanitizer, without libFuzzer. */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void file_run(int folder, const char *name)
{
    struct stat about;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
    FUZZ_MUST(file >= 0 && fstat(file, &about) == 0);
    size_t size = (size_t)about.st_size;
    uint8_t *data = malloc(size + 1);
    FUZZ_MUST(data != NULL && read(file, data, size) == (ssize_t)size);
    (void)close(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Opened before the first input, which may change the working directory. */
static size_t folder_run(const char *path)
{
    size_t count = 0;
    DIR *list = opendir(path);
    if (list == NULL) {
        perror(path);
        exit(2);
    }
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        if (entry->d_name[0] != '.') {
            file_run(dirfd(list), entry->d_name);
            count++;
        }
    }
    (void)closedir(list);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        count += folder_run(argv[i]);
    }
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
