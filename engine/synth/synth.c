/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks the configuration, runs a generator block by block, hands out frames and labels. */
#include "myotwitch/synth.h"

#include "synth/converter.h"
#include "synth/generator.h"
#include "synth/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One row per generator. */
static const myo_generator *const generators[] = {
    &myo_generator_a,
    &myo_generator_b,
};

#define GENERATOR_COUNT (sizeof generators / sizeof generators[0])

struct myo_synth {
    myo_scene scene;
    myo_converter converter;
    const myo_generator *generator;
    void *state;
    size_t taken;        /**< frames of the block handed out; MYO_SYNTH_BLOCK: none left */
    int64_t read_frames; /**< handed out in all */
    float *block;        /**< MYO_SYNTH_BLOCK interleaved frames */
};

const char *myo_synth_scenario_name(size_t index, const char **about)
{
    const myo_scenario *scenario = myo_scenario_at(index);
    if (scenario == NULL) {
        return NULL;
    }
    if (about != NULL) {
        *about = scenario->about;
    }
    return scenario->name;
}

myo_status myo_synth_config_default(myo_synth_config *config, const char *scenario)
{
    const myo_scenario *found = myo_scenario_find(scenario);
    if (found == NULL) {
        return MYO_ERR_BAD_ARG;
    }
    *config = (myo_synth_config){.generator = 'a',
                                 .seed = 1,
                                 .rate_hz = found->rate_hz,
                                 .channels = found->channels,
                                 .duration_s = found->duration_s,
                                 .snr_db = (double)NAN};
    strncpy(config->scenario, scenario, sizeof config->scenario - 1);
    return MYO_OK;
}

static const myo_generator *find_generator(char name)
{
    for (size_t i = 0; i < GENERATOR_COUNT; i++) {
        if (generators[i]->name == name) {
            return generators[i];
        }
    }
    return NULL;
}

static bool config_is_valid(const myo_synth_config *config)
{
    return memchr(config->scenario, '\0', sizeof config->scenario) != NULL &&
           myo_scenario_find(config->scenario) != NULL &&
           find_generator(config->generator) != NULL && config->rate_hz >= 500.0 &&
           config->rate_hz <= 50000.0 && config->channels >= 1 &&
           config->channels <= MYO_SYNTH_CHANNELS && config->duration_s > 0.0 &&
           config->duration_s <= 360000.0 && config->full_scale_uv >= 0.0 &&
           config->full_scale_uv <= 1e9 && (isnan(config->snr_db) || fabs(config->snr_db) <= 100.0);
}

myo_status myo_synth_new(const myo_synth_config *config, myo_synth **synth)
{
    *synth = NULL;
    if (!config_is_valid(config)) {
        return MYO_ERR_BAD_ARG;
    }
    myo_synth *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->generator = find_generator(config->generator);
    self->taken = MYO_SYNTH_BLOCK;
    self->state = calloc(1, self->generator->state_size);
    self->block = calloc((size_t)MYO_SYNTH_BLOCK * config->channels, sizeof *self->block);
    const myo_scenario *scenario = myo_scenario_find(config->scenario);
    if (self->state == NULL || self->block == NULL ||
        myo_scene_init(&self->scene, scenario, config) != MYO_OK) {
        myo_synth_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    self->generator->start(self->state, &self->scene);
    myo_converter_start(&self->converter, &self->scene, config->full_scale_uv);
    *synth = self;
    return MYO_OK;
}

static void make_block(myo_synth *self)
{
    myo_scene *scene = &self->scene;
    self->generator->block(self->state, scene);
    myo_converter_block(&self->converter, scene, self->block);
    myo_scene_advance(scene);
    self->taken = 0;
}

size_t myo_synth_read(myo_synth *synth, float *samples_uv, size_t frames)
{
    const myo_scene *scene = &synth->scene;
    const int64_t left = scene->total_frames - synth->read_frames;
    const size_t wanted = (int64_t)frames < left ? frames : (size_t)left;
    size_t done = 0;
    while (done < wanted && scene->status == MYO_OK) {
        if (synth->taken == MYO_SYNTH_BLOCK) {
            make_block(synth);
        }
        const size_t ready = MYO_SYNTH_BLOCK - synth->taken;
        const size_t count = wanted - done < ready ? wanted - done : ready;
        memcpy(samples_uv + done * scene->channels, synth->block + synth->taken * scene->channels,
               count * scene->channels * sizeof *samples_uv);
        synth->taken += count;
        done += count;
    }
    synth->read_frames += (int64_t)done;
    return done;
}

bool myo_synth_next_truth(myo_synth *synth, myo_truth *truth)
{
    myo_scene *scene = &synth->scene;
    if (scene->truth_count == 0 || scene->truth[0].offset_frame > synth->read_frames ||
        scene->truth[0].onset_frame >= myo_converter_settled(&synth->converter)) {
        return false;
    }
    *truth = scene->truth[0];
    scene->truth_count--;
    memmove(scene->truth, scene->truth + 1, scene->truth_count * sizeof *scene->truth);
    return true;
}

double myo_synth_full_scale_uv(const myo_synth *synth)
{
    return synth->converter.full_scale_uv;
}

double myo_synth_noise_uv(const myo_synth *synth, uint32_t channel)
{
    return channel < synth->scene.channels ? synth->scene.noise_uv[channel] : 0.0;
}

myo_status myo_synth_status(const myo_synth *synth)
{
    return synth->scene.status;
}

void myo_synth_free(myo_synth *synth)
{
    if (synth == NULL) {
        return;
    }
    myo_scene_clean(&synth->scene);
    free(synth->block);
    free(synth->state);
    free(synth);
}
