/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scanner bridge that sends whatever it likes: the bytes go through a real connection on loopback. Checksums
 * are made right, unless the first byte says otherwise: behind a wrong one nothing else would be tried. */
#include "fuzz.h"

#include "cine/cine.h"
#include "cine/igtl.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_BYTES = 1 << 16, MAX_IMAGES = 64, CRC_AT = 50 };

static uint8_t sent[MAX_BYTES];
static size_t sent_size;
static int listening = -1;
static char place[64];

static void port_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FUZZ_MUST(listening >= 0 && bind(listening, (struct sockaddr *)&address, size) == 0);
    FUZZ_MUST(listen(listening, 1) == 0);
    FUZZ_MUST(getsockname(listening, (struct sockaddr *)&address, &size) == 0);
    (void)snprintf(place, sizeof place, "igtl://127.0.0.1:%d", ntohs(address.sin_port));
}

/* Messages as far as they are whole. */
static void checksums_set(void)
{
    igtl_header header;
    myo_why why;
    for (size_t at = 0; at + IGTL_HEADER <= sent_size; at += IGTL_HEADER + (size_t)header.body) {
        uint8_t *head = sent + at;
        if (igtl_header_read(head, sent_size - at - IGTL_HEADER, &header, &why) != MYO_OK) {
            return;
        }
        uint64_t crc = igtl_crc(head + IGTL_HEADER, (size_t)header.body);
        for (int i = 0; i < 8; i++) {
            head[CRC_AT + i] = (uint8_t)(crc >> (56 - 8 * i));
        }
    }
}

static void *serve(void *unused)
{
    int guest = accept(listening, NULL, NULL);
    FUZZ_MUST(guest >= 0);
    for (size_t at = 0; at < sent_size;) {
        ssize_t more = send(guest, sent + at, sent_size - at, MSG_NOSIGNAL);
        at = more > 0 ? at + (size_t)more : sent_size; /* it hung up */
    }
    (void)close(guest);
    return unused;
}

static void images_take(myo_cine *cine)
{
    const myo_cine_info *info = myo_cine_info_get(cine);
    static volatile double sink;
    double last_s = -INFINITY, sum = 0.0;
    bool got = true;
    FUZZ_MUST((uint64_t)info->width * info->height <= MYO_CINE_MAX_PIXELS);
    for (int i = 0; i < MAX_IMAGES && got; i++) {
        myo_cine_frame frame;
        myo_why why = {{0}};
        myo_status status = myo_cine_next(cine, &frame, &got, &why);
        FUZZ_MUST(status == MYO_OK || (!got && why.text[0] != '\0'));
        if (got) {
            size_t last = (size_t)info->width * info->height - 1;
            FUZZ_MUST(!(frame.time_s < last_s));
            sum += frame.gray != NULL ? frame.gray[last] : (double)frame.values[last];
            last_s = frame.time_s;
        }
    }
    sink = sum;
    (void)sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pthread_t server;
    myo_cine *cine = NULL;
    myo_why why = {{0}};
    const myo_cine_options options = {.patience_s = 1.0};
    if (size < 1 || size > MAX_BYTES) {
        return 0;
    }
    if (listening < 0) {
        port_open();
    }
    sent_size = size - 1;
    memcpy(sent, data + 1, sent_size);
    if (data[0] % 8 != 7) {
        checksums_set();
    }
    FUZZ_MUST(pthread_create(&server, NULL, serve, NULL) == 0);
    myo_status status = myo_cine_open(place, &options, &cine, &why);
    FUZZ_MUST((status == MYO_OK) == (cine != NULL) && (cine != NULL || why.text[0] != '\0'));
    if (cine != NULL) {
        images_take(cine);
    }
    myo_cine_free(cine);
    FUZZ_MUST(pthread_join(server, NULL) == 0);
    return 0;
}
