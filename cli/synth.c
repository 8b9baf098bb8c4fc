/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch synth`: labelled synthetic sessions. */
#include "command.h"
#include "options.h"
#include "synth_cine.h"
#include "synth_record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const char *generator, *out, *output, *truth, *format;
    double seed, count, duration_s, rate_hz, channels, snr_db, full_scale_uv;
    bool force, list;
} settings;

/* Whole numbers up to 2^53 are exact in the option table's doubles. */
#define LARGEST_SEED 9007199254740992.0

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, generator, "generator", 'g', "a|b",
                    "which of the two models of signal and noise (default a)"),
    OPTION_NUMBER_ROW(settings, seed, "seed", 's', "N", "first seed (default 1)", 0, LARGEST_SEED),
    OPTION_NUMBER_ROW(settings, count, "count", 'n', "N",
                      "make N records with the seeds that follow (default 1)", 1, 1000000),
    OPTION_NUMBER_ROW(settings, duration_s, "duration", 'd', "S", "seconds", 0.001, 360000),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 'r', "HZ",
                      "frames a second, a whole number; of ultrasound 5 to 5000", 5, 50000),
    OPTION_NUMBER_ROW(settings, channels, "channels", 'c', "N", "number of channels", 1, 16),
    OPTION_NUMBER_ROW(settings, snr_db, "snr", 0, "DB",
                      "peak SNR of all twitches instead of the scenario's range", -100, 100),
    OPTION_TEXT_ROW(settings, out, "out", 'o', "DIR",
                    "write into DIR, made if missing (default: the working directory)"),
    OPTION_TEXT_ROW(settings, output, "output", 0, "FILE.wav",
                    "write one record to this file instead"),
    OPTION_TEXT_ROW(settings, truth, "truth", 0, "FILE.json",
                    "with --output: labels go here instead of beside it"),
    OPTION_TEXT_ROW(settings, format, "format", 'f', "pcm16|pcm24|float",
                    "encoding of the WAV file (default pcm16)"),
    OPTION_NUMBER_ROW(settings, full_scale_uv, "full-scale-uv", 0, "X",
                      "rail of the converter instead of one drawn from 1500 to 16000", 1, 1e9),
    OPTION_FLAG_ROW(settings, force, "force", 0, "replace existing files"),
    OPTION_FLAG_ROW(settings, list, "list", 'l', "list the scenarios"),
    OPTION_END};

static const char *const examples[] = {"myotwitch synth clean --seed 7",
                                       "one minute to clean-a-7.wav and clean-a-7-truth.json",
                                       "myotwitch synth needling -g b -n 40 -o records",
                                       "40 records with seeds 1 to 40",
                                       "myotwitch synth us-twitch --seed 3",
                                       "an ultrasound phantom to us-twitch-3.nut",
                                       NULL};

static const option_page page = {
    "synth",
    "SCENARIO",
    "make labelled synthetic sessions",
    "Writes SCENARIO-GENERATOR-SEED.wav and beside it SCENARIO-GENERATOR-SEED-truth.json with "
    "every\n"
    "event's type, onset, end, channel, peak and SNR (schema myotwitch.truth/1). The same seed\n"
    "gives the same bytes on every machine. The uV of full scale stand in the truth file and in "
    "the\n"
    "WAV file's comment.\n\n"
    "Scenarios us-... are ultrasound: SCENARIO-SEED.nut, a lossless video, and its truth file;\n"
    "us-iq and us-rf are lines of echoes: SCENARIO-SEED.raw with its .yml, as Clarius writes "
    "them.\n\n"
    "An SNR is the peak of the clean event over the RMS of noise floor and resting activity, both\n"
    "in 20-450 Hz; hum and heart beat do not count as noise.",
    rows,
    examples};

static int refuse(const char *what, const char *value)
{
    fprintf(stderr, "myotwitch synth: %s '%s'; see --help\n", what, value);
    return EXIT_USAGE;
}

static int list_scenarios(void)
{
    const char *about = NULL;
    const char *name = NULL;
    for (size_t i = 0; (name = myo_synth_scenario_name(i, &about)) != NULL; i++) {
        printf("%-20s %s\n", name, about);
    }
    for (size_t i = 0; (name = myo_cine_scenario_name(i, &about)) != NULL; i++) {
        printf("%-20s ultrasound: %s\n", name, about);
    }
    return EXIT_DONE;
}

static bool is_whole(double x)
{
    return isnan(x) || x == floor(x);
}

static void apply(const settings *chosen, myo_synth_config *config)
{
    config->generator = chosen->generator[0];
    config->snr_db = chosen->snr_db;
    if (!isnan(chosen->duration_s)) {
        config->duration_s = chosen->duration_s;
    }
    if (!isnan(chosen->rate_hz)) {
        config->rate_hz = chosen->rate_hz;
    }
    if (!isnan(chosen->channels)) {
        config->channels = (uint32_t)chosen->channels;
    }
    if (!isnan(chosen->full_scale_uv)) {
        config->full_scale_uv = chosen->full_scale_uv;
    }
}

static bool encoding_of(const char *name, myo_wav_encoding *encoding)
{
    static const char *const names[] = {"pcm16", "pcm24", "float"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *encoding = (myo_wav_encoding)i;
            return true;
        }
    }
    return false;
}

/* EXIT_DONE if the command line makes sense and @p record is filled but for names and seed. */
static int check(const settings *chosen, const char *scenario, synth_record *record)
{
    if (myo_synth_config_default(&record->config, scenario) != MYO_OK) {
        fprintf(stderr, "myotwitch synth: no scenario '%s'; see --list\n", scenario);
        return EXIT_USAGE;
    }
    if (strcmp(chosen->generator, "a") != 0 && strcmp(chosen->generator, "b") != 0) {
        return refuse("no generator", chosen->generator);
    }
    if (!encoding_of(chosen->format, &record->encoding)) {
        return refuse("no format", chosen->format);
    }
    if (!is_whole(chosen->seed) || !is_whole(chosen->count) || !is_whole(chosen->rate_hz) ||
        !is_whole(chosen->channels)) {
        return refuse("seed, count, rate and channels are whole numbers:", "not so");
    }
    if (chosen->output != NULL && (chosen->out != NULL || chosen->count > 1.0)) {
        return refuse("neither --out nor --count goes with --output", chosen->output);
    }
    if (chosen->truth != NULL && chosen->output == NULL) {
        return refuse("--truth needs --output:", chosen->truth);
    }
    apply(chosen, &record->config);
    record->replace = chosen->force;
    return EXIT_DONE;
}

/* PATH.wav -> PATH-truth.json; so do the videos' names. */
static char *truth_beside(const char *wav)
{
    const size_t length = strlen(wav);
    const char *end = length > 4 ? wav + length - 4 : "";
    const bool has_end = strcmp(end, ".wav") == 0 || strcmp(end, ".nut") == 0 ||
                         strcmp(end, ".mkv") == 0 || strcmp(end, ".raw") == 0;
    const int stem = (int)(has_end ? length - 4 : length);
    char *path = NULL;
    return asprintf(&path, "%.*s-truth.json", stem, wav) < 0 ? NULL : path;
}

static int report(myo_status status, const myo_why *why)
{
    if (status == MYO_OK) {
        return EXIT_DONE;
    }
    fprintf(stderr, "myotwitch synth: %s\n", why->text);
    return status == MYO_ERR_BAD_ARG ? EXIT_USAGE : EXIT_FAILED;
}

static int write_one(const settings *chosen, synth_record *record)
{
    char *wav = NULL;
    char *truth = NULL;
    const myo_synth_config *config = &record->config;
    if (chosen->output != NULL) {
        wav = strdup(chosen->output);
    } else if (asprintf(&wav, "%s/%s-%c-%llu.wav", chosen->out == NULL ? "." : chosen->out,
                        config->scenario, config->generator,
                        (unsigned long long)config->seed) < 0) {
        wav = NULL;
    }
    if (wav != NULL) {
        truth = chosen->truth != NULL ? strdup(chosen->truth) : truth_beside(wav);
    }
    myo_why why = {"out of memory"};
    myo_status status = MYO_ERR_NO_MEMORY;
    if (truth != NULL) {
        record->wav_path = wav;
        record->truth_path = truth;
        status = synth_record_write(record, &why);
    }
    free(truth);
    free(wav);
    return report(status, &why);
}

static bool is_echoes(const char *scenario)
{
    return strcmp(scenario, "us-iq") == 0 || strcmp(scenario, "us-rf") == 0;
}

static int cine_write_one(const settings *chosen, synth_cine *record)
{
    char *cine = NULL, *truth = NULL;
    const myo_cine_synth_config *config = &record->config;
    if (chosen->output != NULL) {
        cine = strdup(chosen->output);
    } else if (asprintf(&cine, "%s/%s-%llu.%s", chosen->out == NULL ? "." : chosen->out,
                        config->scenario, (unsigned long long)config->seed,
                        is_echoes(config->scenario) ? "raw" : "nut") < 0) {
        cine = NULL;
    }
    if (cine != NULL) {
        truth = chosen->truth != NULL ? strdup(chosen->truth) : truth_beside(cine);
    }
    myo_why why = {"out of memory"};
    myo_status status = MYO_ERR_NO_MEMORY;
    if (truth != NULL) {
        record->cine_path = cine;
        record->truth_path = truth;
        status = synth_cine_write(record, &why);
    }
    free(truth);
    free(cine);
    return report(status, &why);
}

static int make_directory(const char *path)
{
    if (path == NULL || mkdir(path, 0777) == 0 || errno == EEXIST) {
        return EXIT_DONE;
    }
    fprintf(stderr, "myotwitch synth: %s: %s\n", path, strerror(errno));
    return EXIT_FAILED;
}

/* Scenarios of ultrasound: only seed, count, duration and rate change them. */
static int cines_write(const settings *chosen, const char *scenario)
{
    synth_cine record = {.replace = chosen->force};
    if (myo_cine_synth_config_default(&record.config, scenario) != MYO_OK) {
        fprintf(stderr, "myotwitch synth: no scenario '%s'; see --list\n", scenario);
        return EXIT_USAGE;
    }
    if (!is_whole(chosen->seed) || !is_whole(chosen->count) ||
        (chosen->output != NULL && (chosen->out != NULL || chosen->count > 1.0))) {
        return refuse("whole numbers of seeds, and one of --out, --count and --output:", scenario);
    }
    if (!isnan(chosen->duration_s)) {
        record.config.duration_s = chosen->duration_s;
    }
    if (!isnan(chosen->rate_hz)) {
        record.config.rate_hz = chosen->rate_hz;
    }
    int status = make_directory(chosen->out);
    for (double i = 0.0; status == EXIT_DONE && i < chosen->count; i += 1.0) {
        record.config.seed = (uint64_t)(chosen->seed + i);
        status = cine_write_one(chosen, &record);
    }
    return status;
}

int command_synth(int argc, char **argv)
{
    const double unset = (double)NAN;
    settings chosen = {.generator = "a",
                       .format = "pcm16",
                       .seed = 1.0,
                       .count = 1.0,
                       .duration_s = unset,
                       .rate_hz = unset,
                       .channels = unset,
                       .snr_db = unset,
                       .full_scale_uv = unset};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (chosen.list) {
        return list_scenarios();
    }
    if (argc - first != 1) {
        fprintf(stderr, "myotwitch synth: give one scenario; see --list\n");
        return EXIT_USAGE;
    }
    if (strncmp(argv[first], "us-", 3) == 0) {
        return cines_write(&chosen, argv[first]);
    }
    synth_record record = {0};
    status = check(&chosen, argv[first], &record);
    if (status == EXIT_DONE) {
        status = make_directory(chosen.out);
    }
    for (double i = 0.0; status == EXIT_DONE && i < chosen.count; i += 1.0) {
        record.config.seed = (uint64_t)(chosen.seed + i);
        status = write_one(&chosen, &record);
    }
    return status;
}
