/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of channels: numbers, ranges, names. */
#include "channels.h"

#include "why.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "7" or "2-4"; false when the word is neither and so must be a name. */
static bool range_parse(const char *word, unsigned long *first, unsigned long *last)
{
    char *end = NULL;
    if (!isdigit((unsigned char)word[0])) {
        return false;
    }
    *first = *last = strtoul(word, &end, 10);
    if (*end == '-' && isdigit((unsigned char)end[1])) {
        *last = strtoul(end + 1, &end, 10);
    }
    return *end == '\0';
}

static bool word_choose(const char *word, const myo_source_info *info, bool *chosen)
{
    unsigned long first = 0, last = 0;
    bool is_range = range_parse(word, &first, &last);
    unsigned long hits = 0;
    for (uint32_t c = 0; c < info->channels; c++) {
        uint32_t number = info->channel_number[c];
        bool hit =
            is_range ? number >= first && number <= last : strcmp(word, info->channel_name[c]) == 0;
        chosen[c] = chosen[c] || hit;
        hits += hit;
    }
    return is_range ? first <= last && hits == last - first + 1 : hits > 0;
}

myo_status myo_channel_list(const char *list, const myo_source_info *info,
                            bool chosen[MYO_MAX_CHANNELS], myo_why *why)
{
    bool all = strcmp(list, "all") == 0;
    for (uint32_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        chosen[c] = all && c < info->channels;
    }
    for (const char *at = list; !all && at != NULL;) {
        const char *comma = strchr(at, ',');
        size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
        char word[64] = "";
        if (length < sizeof word) {
            memcpy(word, at, length);
        }
        if (word[0] == '\0' || !word_choose(word, info, chosen)) {
            return myo_why_set(why, MYO_ERR_BAD_ARG, "no channel '%.*s' among %u", (int)length, at,
                               info->channels);
        }
        at = comma == NULL ? NULL : comma + 1;
    }
    return MYO_OK;
}
