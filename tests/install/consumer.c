/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's program: finds the installed engine, scores two lists of one item, prints F1. */
#include <myotwitch/myotwitch.h>

#include <stdio.h>

int main(void)
{
    const myo_score_item truth = {.onset_s = 1.000, .offset_s = 1.100};
    const myo_score_item event = {1.004, 1.090, 1.012, 1.150, false};
    myo_score *score = NULL;
    if (myo_score_new(0.05, &score) != MYO_OK) {
        return 1;
    }
    myo_score_result result;
    if (myo_score_add(score, &truth, 1, &event, 1, 60.0) != MYO_OK) {
        return 1;
    }
    myo_score_result_get(score, &result);
    myo_score_free(score);
    printf("%s %.1f\n", myo_version(), result.f1.value);
    return 0;
}
