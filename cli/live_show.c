/* SPDX-License-Identifier: GPL-3.0-or-later */
/* While the terminal is taken nothing else may write on it: what is to be said goes through the
 * view. */
#include "live_show.h"

#include "live_talk.h"
#include "live_view.h"
#include "live_web.h"

#include <stdio.h>
#include <stdlib.h>

struct live_show {
    const myo_feed_head *head;
    live_web *web;
    live_view *view;
};

myo_status live_show_new(const live_show_options *options, myo_desk *desk,
                         const myo_feed_head *head, live_show **show, myo_why *why)
{
    live_show *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    made->head = head;
    myo_status status = MYO_OK;
    if (options->web) {
        const live_web_options web = {.port = options->port,
                                      .open = options->open,
                                      .sound = options->sound,
                                      .film = options->film};
        status = live_web_start(desk, &web, &made->web, why);
    }
    if (status == MYO_OK && options->view) {
        status = live_view_start(desk, head, &made->view, why);
    }
    if (status != MYO_OK) {
        live_show_free(made);
        return status;
    }
    *show = made;
    live_show_turn(made);
    return MYO_OK;
}

void live_show_take(live_show *show, const myo_feed_message *message)
{
    live_view_take(show->view, message);
    if (show->view == NULL) {
        live_talk_message(show->head, message);
    }
}

void live_show_turn(live_show *show)
{
    char text[192];
    if (live_web_news(show->web, text, sizeof text)) {
        if (show->view != NULL) {
            live_view_say(show->view, text);
        } else {
            fprintf(stderr, "%s\n", text);
        }
    }
    live_view_show(show->view);
}

void live_show_leave(live_show *show)
{
    if (show != NULL) {
        live_view_end(show->view);
        show->view = NULL;
    }
}

void live_show_free(live_show *show)
{
    if (show != NULL) {
        live_show_leave(show);
        live_web_end(show->web);
        free(show);
    }
}
