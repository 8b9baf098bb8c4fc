/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of devices: one process asks PortAudio, the other reads what it found. */
#include "live/devices.h"

#include "live/capture.h"
#include "live/child.h"
#include "live/clock.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const double myo_device_rates_hz[MYO_DEVICE_RATES] = {1000,  2000,  2048,  4000,  8000,  10000,
                                                      16000, 22050, 44100, 48000, 96000, 32000};
enum { PATIENCE_MS = 15000, DEVICES_MOST = 1024 };

/* What a process wrote may be cut off anywhere; whole devices count. */
static myo_status read_all(int fd, myo_device **devices, size_t *count, myo_why *why)
{
    struct stat file;
    if (fstat(fd, &file) != 0) {
        return myo_why_set(why, MYO_ERR_READ, "the list of devices cannot be read");
    }
    *count = (size_t)file.st_size / sizeof **devices;
    *count = *count > DEVICES_MOST ? DEVICES_MOST : *count;
    const size_t size = *count * sizeof **devices;
    *devices = calloc(*count + 1, sizeof **devices);
    if (*devices == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    if (pread(fd, *devices, size, 0) != (ssize_t)size) {
        free(*devices);
        *devices = NULL;
        return myo_why_set(why, MYO_ERR_READ, "the list of devices cannot be read");
    }
    for (size_t i = 0; i < *count; i++) {
        (*devices)[i].api[sizeof(*devices)[i].api - 1] = '\0';
        (*devices)[i].name[sizeof(*devices)[i].name - 1] = '\0';
    }
    return MYO_OK;
}

static bool wait_for(myo_child *child)
{
    for (int waited = 0; !myo_child_ended(child, NULL); waited += 5) {
        if (waited >= PATIENCE_MS) {
            return false;
        }
        myo_child_listen(child);
        myo_clock_sleep_us(5000);
    }
    return true;
}

myo_status myo_devices_list(const char *program, myo_device **devices, size_t *count, myo_why *why)
{
    static const char *const arguments[] = {"myotwitch", MYO_CAPTURE_COMMAND, "list", NULL};
    myo_child *child = NULL;
    const int fd = memfd_create("myotwitch-devices", MFD_CLOEXEC);
    if (fd < 0) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_child_start(program, arguments, fd, &child, why);
    if (status == MYO_OK && !wait_for(child)) {
        status = myo_why_set(why, MYO_ERR_READ, "the audio system does not answer within %d s",
                             PATIENCE_MS / 1000);
    }
    myo_child_end(child, 0);
    if (status == MYO_OK) {
        status = read_all(fd, devices, count, why);
    }
    (void)close(fd);
    return status;
}
