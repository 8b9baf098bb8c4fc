/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching by type, the confusion table, and the list of misses and false alarms. */
#include "score_pairs.h"

#include <math.h>
#include <stdlib.h>

#define ALL_TYPES ((1u << MYO_EVENT_TYPE_COUNT) - 1u)

/** What else was there is told from this far around a miss or a false alarm. */
#define NEAR_S 0.25

/** Labels and events of one recording, reduced to some types. */
typedef struct {
    myo_score_item *truths, *events;
    size_t *truth_places, *event_places; /**< where each stood in its list */
    bool *used;                          /**< events that have a label */
    size_t truth_count, event_count;
} selection;

static void selection_free(selection *s)
{
    free(s->truths);
    free(s->events);
    free(s->truth_places);
    free(s->event_places);
    free(s->used);
}

static bool selection_new(selection *s, size_t truths, size_t events)
{
    s->truths = calloc(truths + 1, sizeof *s->truths);
    s->events = calloc(events + 1, sizeof *s->events);
    s->truth_places = calloc(truths + 1, sizeof *s->truth_places);
    s->event_places = calloc(events + 1, sizeof *s->event_places);
    s->used = calloc(events + 1, sizeof *s->used);
    return s->truths != NULL && s->events != NULL && s->truth_places != NULL &&
           s->event_places != NULL && s->used != NULL;
}

/** The labels of @p types as items; @p places gets where each stood. Returns how many. */
static size_t select_items(const myo_label_list *list, uint32_t types, const score_summary *summary,
                           myo_score_item *items, size_t *places)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const myo_label *label = &list->labels[i];
        if (types >> label->type & 1u) {
            places[count] = i;
            items[count++] = (myo_score_item){
                label->onset_s, label->offset_s, label->reported_s, label->confirmed_s,
                label->snr_db < summary->min_snr_db || label->snr_db > summary->max_snr_db};
        }
    }
    return count;
}

static myo_status match(const score_summary *summary, myo_score *score, const uint32_t types[2],
                        const myo_label_list *const lists[2], selection *s)
{
    s->truth_count = select_items(lists[0], types[0], summary, s->truths, s->truth_places);
    s->event_count = select_items(lists[1], types[1], summary, s->events, s->event_places);
    return myo_score_add(score, s->truths, s->truth_count, s->events, s->event_count,
                         lists[0]->duration_s);
}

/** Every label and every event is counted once: in its pair, or against "none". */
static void count_confusion(const selection *s, const int64_t *matches,
                            const myo_label_list *const lists[2], score_summary *summary)
{
    for (size_t i = 0; i < lists[1]->count; i++) {
        summary->confusion[SCORE_NONE][lists[1]->labels[i].type]++;
    }
    for (size_t i = 0; i < s->truth_count; i++) {
        int event = matches[i] >= 0 ? (int)lists[1]->labels[matches[i]].type : SCORE_NONE;
        summary->confusion[lists[0]->labels[i].type][event]++;
        if (event != SCORE_NONE) {
            summary->confusion[SCORE_NONE][event]--;
        }
    }
}

static const myo_label *nearest(const myo_label_list *list, double onset_s)
{
    const myo_label *best = NULL;
    double least_s = NEAR_S;
    for (size_t i = 0; i < list->count; i++) {
        const myo_label *label = &list->labels[i];
        bool is_around = label->onset_s <= onset_s && onset_s < label->offset_s;
        double distance_s = is_around ? 0.0 : fabs(label->onset_s - onset_s);
        if (distance_s <= least_s) {
            least_s = distance_s;
            best = label;
        }
    }
    return best;
}

static void list_one(const char *verdict, const myo_label *label, const myo_label_list *others,
                     const score_pairs *pairs, const char *name)
{
    const myo_label *other = nearest(others, label->onset_s);
    fprintf(pairs->list, "%-7s %-12s %12.6f-%.6f s  %6.1f dB  ", verdict,
            myo_event_type_name(label->type), label->onset_s, label->offset_s, label->snr_db);
    if (other != NULL) {
        fprintf(pairs->list, "there: %s %.6f-%.6f s %.1f dB  ", myo_event_type_name(other->type),
                other->onset_s, other->offset_s, other->snr_db);
    }
    fprintf(pairs->list, "%s\n", name);
}

static void list_errors(const score_pairs *pairs, selection *s,
                        const myo_label_list *const lists[2], const char *name)
{
    const int64_t *matches = myo_score_matches(pairs->chosen);
    for (size_t i = 0; i < s->truth_count; i++) {
        if (matches[i] >= 0) {
            s->used[matches[i]] = true;
        } else if (!s->truths[i].ignored) {
            list_one("missed", &lists[0]->labels[s->truth_places[i]], lists[1], pairs, name);
        }
    }
    for (size_t i = 0; i < s->event_count; i++) {
        if (!s->used[i]) {
            list_one("false", &lists[1]->labels[s->event_places[i]], lists[0], pairs, name);
        }
    }
}

myo_status score_pairs_add(score_pairs *pairs, const myo_label_list *truth,
                           const myo_label_list *events, const char *name)
{
    const myo_label_list *const lists[2] = {truth, events};
    const uint32_t all[2] = {ALL_TYPES, ALL_TYPES};
    const uint32_t chosen[2] = {pairs->summary->truth_types, pairs->summary->event_types};
    selection s = {0};
    myo_status status = selection_new(&s, truth->count, events->count) ? MYO_OK : MYO_ERR_NO_MEMORY;
    if (status == MYO_OK) {
        status = match(pairs->summary, pairs->all, all, lists, &s);
    }
    if (status == MYO_OK) {
        count_confusion(&s, myo_score_matches(pairs->all), lists, pairs->summary);
        status = match(pairs->summary, pairs->chosen, chosen, lists, &s);
    }
    if (status == MYO_OK && pairs->list != NULL) {
        list_errors(pairs, &s, lists, name);
    }
    selection_free(&s);
    return status;
}
