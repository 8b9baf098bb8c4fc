/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes from a process every right but to compute and to read the file that it was started for.
 *
 * Landlock: no file but the named one can be opened, none written or made. seccomp: no socket, no process,
 * no executable memory; a call that is not on the list fails with EPERM. Limits: memory, no core file.
 * Kernels without Landlock (before 5.13) give less; that is said, never hidden.
 */
#ifndef MYO_IO_SANDBOX_H
#define MYO_IO_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/** Private memory that a confined process may have, bytes. */
#define MYO_SANDBOX_MEMORY ((size_t)384 << 20)

/** Confines the calling process, for good, to reading @p file and, where it is not NULL, @p second;
 *  with @p folder every file of @p file's directory. Open files stay open. What this kernel could
 *  not do is written to @p missing ("" = nothing). False when nothing could be done at all. */
bool myo_sandbox_enter(const char *file, const char *second, bool folder, char *missing,
                       size_t size);

/** The same for a process that reads @p file and writes @p copy, which is there. Its calls may open files
 *  to write: which ones, only Landlock says. */
bool myo_sandbox_enter_copying(const char *file, const char *copy, char *missing, size_t size);

/** The same for a process that has opened a video device: no file at all can be opened any more, and of
 *  devices only what V4L2 answers can be asked. */
bool myo_sandbox_enter_device(char *missing, size_t size);

/** For a process that was made to be confined: what the program does on a signal is not for it to do, and it ends
 *  when the program does. The terminal's Ctrl-C and its hang-up are for the program. */
void myo_sandbox_signals(void);

/** @p seconds of the processor that it may have; more where instruments of the build slow it down. */
double myo_sandbox_seconds(double seconds);

/** Its end: nothing of the program's is flushed or called. */
_Noreturn void myo_sandbox_exit(void);

#endif
