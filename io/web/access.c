/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons of secrets do not tell by their time how far they agree. */
#include "access.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static myo_status draw(char *secret)
{
    unsigned char bytes[(MYO_WEB_SECRET - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return MYO_ERR_READ;
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
    }
    return MYO_OK;
}

static bool same_secret(const char *mine, const char *other, size_t length)
{
    if (mine[0] == '\0' || length != MYO_WEB_SECRET - 1) {
        return false;
    }
    unsigned difference = 0;
    for (size_t i = 0; i < length; i++) {
        difference |= (unsigned char)mine[i] ^ (unsigned char)other[i];
    }
    return difference == 0;
}

myo_status myo_web_access_open(myo_web_access *access, uint16_t port)
{
    access->port = port;
    myo_status status = draw(access->cookie);
    return status == MYO_OK ? draw(access->address) : status;
}

myo_status myo_web_access_renew(myo_web_access *access)
{
    return draw(access->address);
}

bool myo_web_access_host(const myo_web_access *access, const char *host)
{
    char number[32], name[32];
    snprintf(number, sizeof number, "127.0.0.1:%u", access->port);
    snprintf(name, sizeof name, "localhost:%u", access->port);
    return strcmp(host, number) == 0 || strcmp(host, name) == 0;
}

bool myo_web_access_origin(const myo_web_access *access, const char *host, const char *origin)
{
    static const char scheme[] = "http://";
    return myo_web_access_host(access, host) && strncmp(origin, scheme, strlen(scheme)) == 0 &&
           strcmp(origin + strlen(scheme), host) == 0;
}

/* Browsers send the cookies of every port of a host to every port: the name holds the port. */
static int cookie_name(const myo_web_access *access, char *name, size_t size)
{
    return snprintf(name, size, "myotwitch_%u=", access->port);
}

bool myo_web_access_cookie(const myo_web_access *access, const char *cookies)
{
    char name[32];
    size_t length = (size_t)cookie_name(access, name, sizeof name);
    for (const char *at = cookies; *at != '\0';) {
        at += strspn(at, "; ");
        size_t size = strcspn(at, ";");
        if (size > length && strncmp(at, name, length) == 0 &&
            same_secret(access->cookie, at + length, size - length)) {
            return true;
        }
        at += size;
    }
    return false;
}

bool myo_web_access_enter(myo_web_access *access, const char *secret)
{
    if (!same_secret(access->address, secret, strlen(secret))) {
        return false;
    }
    memset(access->address, 0, sizeof access->address);
    return true;
}

void myo_web_access_set_cookie(const myo_web_access *access, char *text, size_t size)
{
    char name[32];
    cookie_name(access, name, sizeof name);
    snprintf(text, size, "%s%s; Path=/; HttpOnly; SameSite=Strict", name, access->cookie);
}
