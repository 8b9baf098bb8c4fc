/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a target over the files of the folders named on the command line: the corpus, in every test
 * run and under every sanitizer, without libFuzzer. Behind --starve N each file is run again and again, and each
 * time another allocation or call to the system fails, each N-th of them; behind --cut N, cut off at N places. */
#include "fuzz.h"
#include "starve.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long starve_step; /* 0: nothing fails */
static long failed[STARVE_KINDS];
static size_t cuts; /* 0: none */

/* The number that the next file to be opened gets: grown when one was left open. */
static int next_file(void)
{
    const int file = dup(STDERR_FILENO);
    FUZZ_MUST(file >= 0 && close(file) == 0);
    return file;
}

static void starved_run(const uint8_t *data, size_t size)
{
    const int before = next_file();
    for (int kind = 0; kind < STARVE_KINDS; kind++) {
        bool reached = true;
        for (long at = 1; reached; at += starve_step) {
            starve_begin((starve_kind)kind, at);
            (void)LLVMFuzzerTestOneInput(data, size);
            reached = starve_end();
            failed[kind] += reached;
            FUZZ_MUST(next_file() == before);
        }
    }
}

static void cut_run(const uint8_t *data, size_t size)
{
    const size_t step = size / cuts + 1;
    for (size_t end = 0; end < size; end += step) {
        (void)LLVMFuzzerTestOneInput(data, end);
    }
}

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
    if (starve_step > 0) {
        starved_run(data, size);
    }
    if (cuts > 0) {
        cut_run(data, size);
    }
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
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--starve") == 0) {
        starve_step = strtol(argv[2], NULL, 10);
        first = 3;
    } else if (argc > 2 && strcmp(argv[1], "--cut") == 0) {
        cuts = strtoul(argv[2], NULL, 10);
        first = 3;
    }
    for (int i = first; i < argc; i++) {
        count += folder_run(argv[i]);
    }
    printf("%zu inputs\n", count);
    if (starve_step > 0) {
        printf(
            "failed once each: %ld allocations, %ld calls that open, %ld that ask, %ld that read\n",
            failed[STARVE_MEMORY], failed[STARVE_OPEN], failed[STARVE_ASK], failed[STARVE_READ]);
    }
    return count > 0 ? 0 : 1;
}
