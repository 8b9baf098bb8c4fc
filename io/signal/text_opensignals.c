/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the header of OpenSignals text: '# {"MAC": {"sampling rate": 1000, "column": [...], ...}}'. */
#include "text_opensignals.h"

#include "opensignals.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const cJSON *list, int index)
{
    const cJSON *item = cJSON_GetArrayItem(list, index);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* Channels are the last columns of a device; resolutions are listed for the last columns too. */
static void device_take(text_layout *layout, const cJSON *device, int *column)
{
    const cJSON *names = cJSON_GetObjectItem(device, "column");
    const cJSON *sensors = cJSON_GetObjectItem(device, "sensor");
    const cJSON *bits = cJSON_GetObjectItem(device, "resolution");
    const cJSON *rate = cJSON_GetObjectItem(device, "sampling rate");
    const cJSON *kind = cJSON_GetObjectItem(device, "device");
    int count = cJSON_GetArraySize(names);
    int first_sensor = count - cJSON_GetArraySize(sensors);
    int first_bits = count - cJSON_GetArraySize(bits);
    for (int i = 0; i < count && *column < TEXT_MAX_COLUMNS; i++, (*column)++) {
        text_column *to = &layout->column[*column];
        const char *sensor = i >= first_sensor ? text_of(sensors, i - first_sensor) : "";
        const cJSON *depth = cJSON_GetArrayItem(bits, i - first_bits);
        (void)snprintf(to->name, sizeof to->name, "%.23s%s%.7s", text_of(names, i),
                       sensor[0] == '\0' ? "" : " ", sensor);
        to->is_time = sensor[0] == '\0'; /* sequence number, digital input */
        to->is_emg_sensor = strcmp(sensor, "EMG") == 0;
        bool is_depth = i >= first_bits && i >= first_sensor && cJSON_IsNumber(depth) &&
                        depth->valuedouble >= 1.0 && depth->valuedouble <= 32.0;
        to->bits = is_depth ? depth->valuedouble : 0.0;
    }
    if (cJSON_IsNumber(rate)) {
        layout->rate_hz = rate->valuedouble;
    }
    if (cJSON_IsString(kind)) {
        layout->full_scale_uv = opensignals_full_scale_uv(kind->valuestring);
    }
    layout->is_opensignals = count > 0;
}

void text_opensignals_take(text_layout *layout, const char *line)
{
    size_t start = strspn(line, "# \t");
    cJSON *root = line[0] == '#' && line[start] == '{' ? cJSON_Parse(line + start) : NULL;
    int column = 0;
    for (const cJSON *device = root == NULL ? NULL : root->child; device != NULL;
         device = device->next) {
        device_take(layout, device, &column);
    }
    cJSON_Delete(root);
}
