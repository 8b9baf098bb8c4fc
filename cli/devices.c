/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch devices`: the inputs and outputs that a live session can use. */
#include "command.h"
#include "options.h"
#include "talk.h"

#include "export/json.h"
#include "live/devices.h"

#include <stdlib.h>

typedef struct {
    bool json;
} settings;

static const option_row rows[] = {
    OPTION_FLAG_ROW(settings, json, "json", 0, "one JSON object a line"),
    OPTION_END,
};

static const option_page page = {
    "devices",
    "",
    "list the inputs and outputs for a live session",
    "One line a device: its number, audio system and name, channels in and out, its own rate, the\n"
    "shortest latency that it offers (where it says one that can be true), and the rates that its\n"
    "inputs take. '*' marks the defaults. Under JACK every program with outputs is an input here.",
    rows,
    NULL};

static void print_rates(const myo_device *device)
{
    const char *before = "  rates ";
    for (int i = 0; i < MYO_DEVICE_RATES; i++) {
        if (device->rate_works[i]) {
            printf("%s%g", before, myo_device_rates_hz[i]);
            before = " ";
        }
    }
}

static void print_device(const myo_device *device)
{
    printf("%3d  ", device->index);
    talk_clean(device->api, stdout);
    fputs(": ", stdout);
    talk_clean(device->name, stdout);
    printf("  in %d%s  out %d%s  %g Hz", device->inputs, device->default_input ? "*" : "",
           device->outputs, device->default_output ? "*" : "", device->rate_hz);
    const double latency_s =
        device->inputs > 0 ? device->input_latency_s : device->output_latency_s;
    if (latency_s > 0.0) {
        printf("  %.1f ms", 1e3 * latency_s);
    }
    if (device->inputs > 0) {
        print_rates(device);
    }
    putchar('\n');
}

static void print_latency(myo_json *json, const char *key, double latency_s)
{
    if (latency_s > 0.0) {
        myo_json_fixed(json, key, 1e3 * latency_s, 3);
    }
}

static void print_json(const myo_device *device)
{
    myo_json json;
    myo_json_start(&json, stdout);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "schema", "myotwitch.device/1");
    myo_json_integer(&json, "index", device->index);
    myo_json_string(&json, "api", device->api);
    myo_json_string(&json, "name", device->name);
    myo_json_integer(&json, "inputs", device->inputs);
    myo_json_integer(&json, "outputs", device->outputs);
    myo_json_bool(&json, "default_input", device->default_input);
    myo_json_bool(&json, "default_output", device->default_output);
    myo_json_number(&json, "rate_hz", device->rate_hz, 9);
    print_latency(&json, "input_latency_ms", device->input_latency_s);
    print_latency(&json, "output_latency_ms", device->output_latency_s);
    myo_json_array(&json, "input_rates_hz");
    for (int i = 0; i < MYO_DEVICE_RATES; i++) {
        if (device->rate_works[i]) {
            myo_json_number(&json, NULL, myo_device_rates_hz[i], 9);
        }
    }
    myo_json_end(&json);
    myo_json_end(&json);
    myo_json_line(&json);
}

int command_devices(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    const int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first < argc) {
        fputs("myotwitch devices: takes no operand\n", stderr);
        return EXIT_USAGE;
    }
    myo_device *devices = NULL;
    size_t count = 0;
    myo_why why = {""};
    if (myo_devices_list(NULL, &devices, &count, &why) != MYO_OK) {
        talk_file("devices", "audio system", why.text);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        (chosen.json ? print_json : print_device)(&devices[i]);
    }
    if (count == 0) {
        fputs("myotwitch devices: there is none; 'myotwitch live --replay FILE' needs none\n",
              stderr);
    }
    free(devices);
    return EXIT_DONE;
}
