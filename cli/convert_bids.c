/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sidecars of a BIDS data set, names and fields after the schema of BIDS 1.11.1, "emg". */
#include "convert_bids.h"

#include "batch_entry.h"

#include "export/json.h"
#include "export/outfile.h"

#include "myotwitch/version.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Longer tables of recordings or participants are none. */
static const long max_table_bytes = 16 << 20;

/** Parts of ROOT/sub-L/[ses-L/]emg/NAME_emg.bdf; all point into the path. */
typedef struct {
    const char *path, *root_end, *subject, *session, *folder, *name, *suffix;
} bids_place;

/* Start of the component that ends before @p end. */
static const char *component(const char *path, const char *end)
{
    while (end > path && end[-1] != '/') {
        end--;
    }
    return end;
}

static bool label_is_good(const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)at[i])) {
            return false;
        }
    }
    return length > 0;
}

/* Takes "KEY-LABEL_" at *at; with @p same the label must be the one that stands there. */
static bool entity_take(const char **at, const char *key, const char *same)
{
    size_t length = strlen(key), label = strcspn(*at + length, "_");
    if (strncmp(*at, key, length) != 0 || !label_is_good(*at + length, label) ||
        (*at)[length + label] != '_') {
        return false;
    }
    if (same != NULL && (strncmp(same, *at, length + label) != 0 || same[length + label] != '/')) {
        return false;
    }
    *at += length + label + 1;
    return true;
}

static bool name_parse(const bids_place *place)
{
    const char *at = place->name;
    bool good = entity_take(&at, "sub-", place->subject) &&
                (place->session == NULL || entity_take(&at, "ses-", place->session)) &&
                entity_take(&at, "task-", NULL);
    if (good) {
        (void)entity_take(&at, "acq-", NULL);
        (void)entity_take(&at, "run-", NULL);
        (void)entity_take(&at, "recording-", NULL);
    }
    return good && (strcmp(at, "emg.edf") == 0 || strcmp(at, "emg.bdf") == 0);
}

static bool place_find(const char *path, bids_place *place)
{
    *place = (bids_place){.path = path, .name = component(path, path + strlen(path))};
    if (place->name == path || place->name - path < 4) {
        return false;
    }
    place->folder = component(path, place->name - 1);
    if (strncmp(place->folder, "emg/", 4) != 0 || place->folder == path) {
        return false;
    }
    const char *above = component(path, place->folder - 1);
    if (strncmp(above, "ses-", 4) == 0 && above > path) {
        place->session = above;
        above = component(path, above - 1);
    }
    place->subject = above;
    place->root_end = above;
    place->suffix = strlen(place->name) > 8 ? path + strlen(path) - strlen("emg.bdf") : NULL;
    return strncmp(above, "sub-", 4) == 0 && place->suffix != NULL && name_parse(place);
}

bool convert_bids_name_is_good(const char *path)
{
    bids_place place;
    return place_find(path, &place);
}

static void emg_json(FILE *out, const convert_bids_options *options, const bids_place *place)
{
    char task[128];
    myo_json json;
    const char *label = strstr(place->name, "_task-") + strlen("_task-");
    (void)snprintf(task, sizeof task, "%.*s", (int)strcspn(label, "_"), label);
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "TaskName", task);
    myo_json_string(&json, "EMGPlacementScheme", "Other");
    myo_json_string(&json, "EMGPlacementSchemeDescription",
                    "not recorded; to be filled in by who placed the electrodes");
    myo_json_string(&json, "EMGReference", "ChannelSpecific");
    myo_json_number(&json, "SamplingFrequency", options->info->rate_hz, 17);
    if (options->line_hz > 0.0) {
        myo_json_number(&json, "PowerLineFrequency", options->line_hz, 17);
    } else {
        myo_json_string(&json, "PowerLineFrequency", "n/a");
    }
    myo_json_string(&json, "RecordingType", "continuous");
    myo_json_string(&json, "SoftwareFilters", "n/a");
    myo_json_number(&json, "RecordingDuration", (double)options->frames / options->info->rate_hz,
                    17);
    myo_json_integer(&json, "EMGChannelCount", options->info->channels);
    myo_json_end(&json);
    myo_json_line(&json);
}

static void channels_tsv(FILE *out, const convert_bids_options *options, const bids_place *place)
{
    (void)place;
    const myo_source_info *info = options->info;
    char rate[64];
    (void)myo_number_print(rate, sizeof rate, info->rate_hz, 17);
    fputs("name\ttype\tunits\treference\ttarget_muscle\tsampling_frequency\n", out);
    for (uint32_t c = 0; c < info->channels; c++) {
        char name[40];
        convert_channel_name(info, c, name, sizeof name);
        fprintf(out, "%s\tEMG\t%s\tn/a\tn/a\t%s\n", name, info->full_scale_uv > 0.0 ? "uV" : "n/a",
                rate);
    }
}

static void events_tsv(FILE *out, const convert_bids_options *options, const bids_place *place)
{
    (void)place;
    convert_print_tsv(out, options->marks, options->info->rate_hz);
}

static void column_describe(myo_json *json, const char *name, const char *description)
{
    myo_json_object(json, name);
    myo_json_string(json, "Description", description);
    myo_json_end(json);
}

static void events_json(FILE *out, const convert_bids_options *options, const bids_place *place)
{
    (void)place;
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    column_describe(&json, "trial_type",
                    options->marks->events > 0
                        ? "mark of the recording, or type of an event found by myotwitch"
                        : "mark of the recording");
    column_describe(&json, "channel", "name of the channel in which it was seen");
    myo_json_end(&json);
    myo_json_line(&json);
}

static void description_json(FILE *out, const convert_bids_options *options,
                             const bids_place *place)
{
    (void)options;
    (void)place;
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "Name", "EMG recordings");
    myo_json_string(&json, "BIDSVersion", "1.11.1");
    myo_json_string(&json, "DatasetType", "raw");
    myo_json_array(&json, "GeneratedBy");
    myo_json_object(&json, NULL);
    myo_json_string(&json, "Name", "myotwitch convert");
    myo_json_string(&json, "Version", myo_version());
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_line(&json);
}

static void readme(FILE *out, const convert_bids_options *options, const bids_place *place)
{
    (void)options;
    (void)place;
    fputs("EMG recordings, brought into BIDS by myotwitch convert. Say here who was recorded, how "
          "and why,\nwho may use the data and how it is to be cited.\n",
          out);
}

typedef void text_fill(FILE *out, const convert_bids_options *options, const bids_place *place);

static myo_status text_write(const convert_bids_options *options, const bids_place *place,
                             char *path, bool replace, text_fill *fill, myo_why *why)
{
    myo_outfile *out = NULL;
    if (path == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_outfile_open(path, replace, &out, why);
    free(path);
    if (status == MYO_OK) {
        fill(myo_outfile_stream(out), options, place);
        status = myo_outfile_commit(out, why);
    }
    return status;
}

/* @p length bytes of the recording's path, then @p ending; the caller frees it. */
static char *path_make(const bids_place *place, const char *end, const char *ending)
{
    char *path = NULL;
    return asprintf(&path, "%.*s%s", (int)(end - place->path), place->path, ending) < 0 ? NULL
                                                                                        : path;
}

static myo_status once_write(const convert_bids_options *options, const bids_place *place,
                             const char *name, text_fill *fill, myo_why *why)
{
    char *path = path_make(place, place->root_end, name);
    FILE *there = path == NULL ? NULL : fopen(path, "re");
    if (there != NULL) {
        (void)fclose(there);
        free(path);
        return MYO_OK;
    }
    return text_write(options, place, path, false, fill, why);
}

/* The whole of a table, "" when there is none; the caller frees it. NULL when it cannot be read, or is no
 * text: a zero byte would end it here, and what is behind would be lost. */
static char *table_load(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return errno == ENOENT ? strdup("") : NULL;
    }
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *text = size >= 0 && size <= max_table_bytes ? calloc(1, (size_t)size + 1) : NULL;
    rewind(file);
    if (text != NULL &&
        (fread(text, 1, (size_t)size, file) != (size_t)size || strlen(text) != (size_t)size)) {
        free(text);
        text = NULL;
    }
    (void)fclose(file);
    return text;
}

/* Whether the first column is that of @p header, as BIDS wants it; a mark of the byte order may stand before. */
static bool is_like(const char *table, const char *header)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t length = strcspn(header, "\t\n");
    table += strncmp(table, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    return strncmp(table, header, length) == 0 && strchr("\t\r\n", table[length]) != NULL;
}

static bool has_row(const char *table, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = table, *end; at != NULL; at = end == NULL ? NULL : end + 1) {
        end = strchr(at, '\n');
        if (strncmp(at, key, length) == 0 && strchr("\t\r\n", at[length]) != NULL) {
            return true;
        }
    }
    return false;
}

/* A row under the columns of the table's first line: the key, @p value under @p column. */
static void row_print(FILE *out, const char *header, const char *key, const char *column,
                      const char *value)
{
    fputs(key, out);
    const char *end = header + strcspn(header, "\r\n");
    for (const char *at = strchr(header, '\t'); at != NULL && at < end; at = strchr(at + 1, '\t')) {
        size_t length = strcspn(at + 1, "\t\r\n");
        bool is_it = column != NULL && length == strlen(column) && value[0] != '\0' &&
                     strncmp(at + 1, column, length) == 0;
        fprintf(out, "\t%s", is_it ? value : "n/a");
    }
    fputc('\n', out);
}

/* Adds a row to a table that may not be there yet; one that is there stays. Takes over @p path. */
static myo_status row_add(char *path, const char *header, const char *key, const char *column,
                          const char *value, myo_why *why)
{
    myo_outfile *out = NULL;
    char *table = path == NULL ? NULL : table_load(path);
    myo_status status = MYO_OK;
    if (table == NULL) {
        status = myo_why_set(why, MYO_ERR_READ, "%.200s: cannot be read as text",
                             path == NULL ? "memory" : path);
    } else if (table[0] != '\0' && !is_like(table, header)) {
        status = myo_why_set(why, MYO_ERR_FORMAT, "%.200s: its first column is not %.*s", path,
                             (int)strcspn(header, "\t\n"), header);
    } else if (!has_row(table, key)) {
        status = myo_outfile_open(path, true, &out, why);
    }
    if (out != NULL) {
        size_t length = strlen(table);
        FILE *file = myo_outfile_stream(out);
        fputs(length > 0 ? table : header, file);
        fputs(length > 0 && table[length - 1] != '\n' ? "\n" : "", file);
        row_print(file, length > 0 ? table : header, key, column, value);
        status = myo_outfile_commit(out, why);
    }
    free(table);
    free(path);
    return status;
}

static myo_status rows_add(const convert_bids_options *options, const bids_place *place,
                           myo_why *why)
{
    char subject[128], scan[512], scans[256];
    int length = (int)strcspn(place->subject, "/");
    (void)snprintf(subject, sizeof subject, "%.*s", length, place->subject);
    (void)snprintf(scan, sizeof scan, "emg/%s", place->name);
    (void)snprintf(scans, sizeof scans, "%s%s%.*s_scans.tsv", subject,
                   place->session != NULL ? "_" : "",
                   place->session != NULL ? (int)strcspn(place->session, "/") : 0,
                   place->session != NULL ? place->session : "");
    myo_status status = row_add(path_make(place, place->root_end, "participants.tsv"),
                                "participant_id\n", subject, NULL, "", why);
    if (status != MYO_OK) {
        return status;
    }
    return row_add(path_make(place, place->folder, scans), "filename\tacq_time\n", scan, "acq_time",
                   options->info->start_time, why);
}

myo_status convert_bids_write(const convert_bids_options *options, myo_why *why)
{
    static const struct {
        const char *ending;
        text_fill *fill;
    } files[] = {{"emg.json", emg_json},
                 {"channels.tsv", channels_tsv},
                 {"events.tsv", events_tsv},
                 {"events.json", events_json}};
    bids_place place;
    myo_status status = place_find(options->path, &place) ? MYO_OK : MYO_ERR_BAD_ARG;
    for (size_t i = 0; status == MYO_OK && i < sizeof files / sizeof files[0]; i++) {
        status = text_write(options, &place, path_make(&place, place.suffix, files[i].ending),
                            options->replace, files[i].fill, why);
    }
    if (status == MYO_OK) {
        status = once_write(options, &place, "dataset_description.json", description_json, why);
    }
    if (status == MYO_OK) {
        status = once_write(options, &place, "README", readme, why);
    }
    return status == MYO_OK ? rows_add(options, &place, why) : status;
}
