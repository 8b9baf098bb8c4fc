/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fuzz target is one function from bytes to nothing, with a name that libFuzzer knows. Each is
 * built twice: against libFuzzer (preset fuzz, `./dev fuzz`), and with replay.c, which runs the
 * corpus in every test run. */
#ifndef MYO_TEST_FUZZ_H
#define MYO_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must hold whatever the bytes: it ends the program, unlike an assertion also in release
 *  builds. */
#define FUZZ_MUST(condition) ((condition) ? (void)0 : abort())

/** What stands between two files in one input. */
#define FUZZ_NEXT_FILE "\nNEXT-FILE\n"

/** Writes the input, cut at FUZZ_NEXT_FILE, as the files @p names (at most @p count) of a folder in
 *  memory that belongs to this process, and makes that the working directory. What an earlier input
 *  left is gone. */
void fuzz_files_write(const char *const *names, size_t count, const uint8_t *data, size_t size);

/** The name of a part that is a table of times. */
#define FUZZ_TIMES "times.csv"

/** The name of the part that says how the others are to be read. */
#define FUZZ_OPTIONS "options"

/** Five switches, the low bits of the first byte of that part ('@': none), and a name, what follows; 0 and
 *  "" when there is none. */
unsigned fuzz_options_read(char *name, size_t size);

#endif
