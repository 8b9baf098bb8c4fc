/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body's outline and the places of the zones on it. */
#include "report_zones.h"

#include <string.h>

/* Standing, palms forward in front: the thumb is the outer finger. */
static const report_zone zones[] = {
    {"vertex", false, 0, 9, 8, 5},
    {"forehead", false, 0, 18, 10, 5},
    {"eye", false, 7, 26, 4, 3},
    {"temple", false, 14, 23, 3, 6},
    {"ear", false, 17, 31, 2, 4},
    {"tmj", false, 14, 35, 2, 3},
    {"cheek", false, 8, 34, 4, 4},
    {"jaw", false, 9, 44, 4, 3},
    {"teeth", false, 3, 39, 4, 2},
    {"mouth_throat", false, 0, 46, 4, 3},
    {"occiput", true, 0, 32, 11, 9},
    {"neck_ant", false, 0, 56, 5, 4},
    {"neck_lat", false, 9, 56, 2, 6},
    {"neck_post", true, 0, 54, 7, 6},
    {"neck_angle", true, 14, 66, 7, 4},
    {"shoulder_top", true, 32, 72, 9, 4},
    {"shoulder_ant", false, 40, 84, 6, 8},
    {"shoulder_lat", false, 49, 90, 3, 10},
    {"shoulder_post", true, 43, 86, 7, 9},
    {"scap_over", true, 26, 94, 10, 11},
    {"scap_medial", true, 13, 96, 3, 14},
    {"scap_inf", true, 22, 114, 6, 5},
    {"interscap", true, 5, 92, 4, 13},
    {"thoracic_mid", true, 5, 118, 4, 10},
    {"thoracolumbar", true, 6, 140, 6, 7},
    {"chest_upper", false, 18, 80, 11, 5},
    {"sternum", false, 0, 96, 4, 14},
    {"breast", false, 18, 100, 10, 9},
    {"chest_lat", false, 33, 112, 4, 13},
    {"epigastric", false, 0, 128, 14, 9},
    {"flank", true, 29, 152, 4, 10},
    {"abd_lower", false, 13, 170, 11, 14},
    {"groin", false, 17, 204, 9, 6},
    {"perineum", false, 0, 216, 5, 5},
    {"lumbar", true, 10, 161, 7, 11},
    {"iliac_crest", true, 24, 174, 10, 4},
    {"sacroiliac", true, 7, 186, 6, 8},
    {"coccyx", true, 0, 204, 4, 6},
    {"buttock", true, 21, 203, 13, 12},
    {"buttock_lower", true, 21, 222, 12, 5},
    {"hip_lat", false, 40, 208, 3, 11},
    {"arm_ant", false, 49, 118, 4, 15},
    {"arm_lat", false, 55, 120, 2, 14},
    {"arm_post", true, 50, 120, 5, 17},
    {"arm_med", false, 44, 124, 2, 13},
    {"elbow_lat", false, 61, 152, 2, 7},
    {"elbow_med", false, 50, 154, 2, 6},
    {"elbow_ant", false, 56, 153, 3, 6},
    {"elbow_post", true, 56, 153, 5, 6},
    {"forearm_rad", false, 68, 182, 2, 15},
    {"forearm_dors", true, 62, 182, 5, 17},
    {"forearm_volar", false, 63, 182, 3, 16},
    {"forearm_uln", false, 58, 184, 2, 14},
    {"wrist_dors", true, 68, 207, 4, 4},
    {"wrist_volar", false, 68, 207, 4, 4},
    {"thumb", false, 78, 222, 3, 7},
    {"hand_dors", true, 71, 221, 5, 8},
    {"palm", false, 70, 220, 4, 7},
    {"fingers_rad", false, 74, 240, 3, 7},
    {"fingers_uln", false, 68, 240, 2, 7},
    {"thigh_ant", false, 23, 258, 7, 27},
    {"thigh_med", false, 9, 248, 3, 18},
    {"thigh_lat", false, 36, 258, 3, 26},
    {"thigh_post", true, 22, 262, 11, 27},
    {"knee_ant", false, 22, 316, 6, 7},
    {"knee_med", false, 13, 316, 2, 7},
    {"knee_lat", false, 31, 316, 2, 7},
    {"knee_post", true, 22, 316, 8, 7},
    {"leg_ant", false, 21, 356, 5, 24},
    {"leg_lat", false, 30, 354, 2, 20},
    {"calf", true, 22, 350, 9, 20},
    {"achilles", true, 19, 394, 4, 10},
    {"ankle_ant", false, 19, 404, 4, 4},
    {"ankle_lat", false, 26, 406, 2, 4},
    {"heel", true, 18, 418, 6, 5},
    {"sole", true, 20, 431, 6, 3},
    {"ball_of_foot", false, 24, 426, 7, 3},
    {"foot_dors", false, 22, 417, 5, 5},
    {"great_toe", false, 17, 434, 3, 3},
    {"toes_lesser", false, 27, 434, 5, 3},
};

static const int outline[][2] = {
    {0, 2},    {8, 3},    {15, 9},   {18, 20},  {17, 34},  {13, 45},  {9, 50},   {9, 60},
    {16, 66},  {30, 70},  {42, 74},  {50, 82},  {53, 95},  {56, 115}, {59, 135}, {64, 152},
    {70, 175}, {74, 205}, {80, 212}, {83, 224}, {80, 230}, {77, 226}, {78, 240}, {75, 250},
    {68, 252}, {64, 244}, {63, 225}, {63, 208}, {57, 190}, {52, 170}, {49, 152}, {45, 130},
    {42, 108}, {39, 104}, {38, 118}, {35, 140}, {33, 155}, {36, 172}, {41, 192}, {43, 212},
    {41, 245}, {37, 280}, {33, 305}, {32, 320}, {34, 345}, {31, 372}, {26, 396}, {27, 410},
    {34, 430}, {32, 439}, {22, 441}, {13, 437}, {13, 420}, {14, 400}, {12, 375}, {11, 345},
    {13, 318}, {11, 295}, {6, 255},  {1, 222},
};

const report_zone *report_zones(size_t *count)
{
    *count = sizeof zones / sizeof zones[0];
    return zones;
}

const report_zone *report_zone_find(const char *id)
{
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (strcmp(zones[i].id, id) == 0) {
            return &zones[i];
        }
    }
    return NULL;
}

const int (*report_outline(size_t *count))[2]
{
    *count = sizeof outline / sizeof outline[0];
    return outline;
}
