/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The browser is started without a shell, and gets the address once: it opens one browser only. */
#include "live_web.h"

#include "web/server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct live_web {
    myo_web *server;
    bool told_once;
    char told[128];
};

static size_t command(void *desk, const char *line, char *reply, size_t size)
{
    return myo_desk_command(desk, line, reply, size);
}

/* Forks twice, so that the browser is nobody's child and leaves no corpse. */
static void browser_start(const char *address)
{
    const pid_t middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            const int nowhere = open("/dev/null", O_RDWR);
            if (nowhere >= 0) {
                (void)dup2(nowhere, STDIN_FILENO);
                (void)dup2(nowhere, STDOUT_FILENO);
                (void)dup2(nowhere, STDERR_FILENO);
            }
            execlp("xdg-open", "xdg-open", address, (char *)NULL);
        }
        _exit(0);
    }
    if (middle > 0) {
        (void)waitpid(middle, NULL, 0);
    }
}

myo_status live_web_start(myo_desk *desk, const live_web_options *asked, live_web **web,
                          myo_why *why)
{
    myo_feed *feed = NULL;
    live_web *made = calloc(1, sizeof *made);
    myo_status status = made == NULL ? MYO_ERR_NO_MEMORY : myo_desk_attach(desk, &feed);
    if (status == MYO_OK) {
        const myo_web_options options = {.port = asked->port,
                                         .feed = feed,
                                         .command = command,
                                         .context = desk,
                                         .film = asked->film,
                                         .sound = asked->sound};
        status = myo_web_new(&options, &made->server, why);
    }
    if (status != MYO_OK) {
        free(made);
        return status;
    }
    *web = made;
    if (asked->open) {
        char address[128];
        myo_web_address(made->server, address, sizeof address);
        browser_start(address);
    }
    return MYO_OK;
}

bool live_web_news(live_web *web, char *text, size_t size)
{
    char address[sizeof web->told];
    if (web == NULL) {
        return false;
    }
    myo_web_address(web->server, address, sizeof address);
    if (strcmp(address, web->told) == 0) {
        return false;
    }
    (void)snprintf(text, size, "%s %s",
                   web->told_once ? "one more browser:" : "live page:", address);
    memcpy(web->told, address, sizeof web->told);
    web->told_once = true;
    return true;
}

void live_web_end(live_web *web)
{
    if (web != NULL) {
        myo_web_free(web->server);
        free(web);
    }
}
