/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which function judges which rule, and that data and functions are of one mind. */
#include "clinic/rules/rule.h"

#include "clinic/record.h"

#include <string.h>

static const myo_rule_row table[] = {
    {"C01", myo_rule_c01, "SHORT OK LONG", false},
    {"C02", myo_rule_c02, "TOO_BRIEF OK", false},
    {"C03", myo_rule_c03, "RELEASED", false},
    {"C04", myo_rule_c04, "NO_RELEASE", false},
    {"C05", myo_rule_c05, "EARLY EXPECTED LATE", false},
    {"C06", myo_rule_c06, "LOW OK HIGH", false},
    {"C07", myo_rule_c07, "GUARDING OK", false},
    {"C08", myo_rule_c08, "BREATH_HELD OK", false},
    {"C09", myo_rule_c09, "RAMP_FAST OK", false},
    {"C10", myo_rule_c10, "REPERFUSION", false},
    {"C11", myo_rule_c11, "OK JUMPED", false},
    {"C12", myo_rule_c12, "OK LIMIT OVER", false},
    {"X01", myo_rule_x01, "NEURAL! OK", false},
    {"X02", myo_rule_x02, "INFLAMED! REFER OK", true},
    {"X03", myo_rule_x03, "FORBIDDEN! OK", false},
    {"X04", myo_rule_x04, "ON_SPINE! STRADDLE OK", false},
    {"X05", myo_rule_x05, "NEEDLE_SELF! SPRAY_SELF IFC_SELF OK", false},
    {"X06", myo_rule_x06, "CAUTION AVOID OVERRIDDEN OK", false},
    {"X07", myo_rule_x07, "BILATERAL_LUNG OK", false},
    {"X08", myo_rule_x08, "STOPPED!", false},
    {"T01", myo_rule_t01, "FIT MISMATCH", false},
    {"T02", myo_rule_t02, "TOO_SOFT OK", false},
    {"T03", myo_rule_t03, "TOO_HARD OK", false},
    {"T04", myo_rule_t04, "START_MEDIUM OK", false},
    {"S01", myo_rule_s01, "MISSING GAP OK", false},
    {"S02", myo_rule_s02, "SHORT OK LONG", false},
    {"S03", myo_rule_s03, "BALLISTIC OK", false},
    {"N01", myo_rule_n01, "PLACEMENT_CONFIRMED", false},
    {"N02", myo_rule_n02, "NOT_CONFIRMED", false},
    {"N03", myo_rule_n03, "EXHAUSTED", false},
    {"N04", myo_rule_n04, "NO_TARGET OK", false},
    {"N05", myo_rule_n05, "PPT_UP ROM_UP UNCHANGED TENSION", true},
    {"P01", myo_rule_p01, "OK NO_STRETCH LATE", false},
    {"P02", myo_rule_p02, "SUGGEST_SPRAY", false},
    {"H01", myo_rule_h01, "OK ORDER", false},
    {"H02", myo_rule_h02, "SHORT OK LONG", false},
    {"H03", myo_rule_h03, "OK ORDER", false},
    {"H04", myo_rule_h04, "CONTRAST", false},
    {"E01", myo_rule_e01, "OK LATENT_ONLY", false},
    {"E02", myo_rule_e02, "SUGGEST_IFC", false},
    {"A01", myo_rule_a01, "ACTIVE LATENT ACTIVATED", false},
    {"A02", myo_rule_a02, "SATELLITE SECONDARY PRIMARY", false},
    {"A03", myo_rule_a03, "RECOGNISED MANUAL_LTR", false},
    {"A04", myo_rule_a04, "CONFIRMED UNCONFIRMED", true},
    {"A05", myo_rule_a05, "SYMPTOM_SITE OK", false},
    {"A06", myo_rule_a06, "LIKELY_DOMS TRP", false},
    {"A07", myo_rule_a07, "CANDIDATES", false},
    {"A08", myo_rule_a08, "MISSING_BASELINE TENSION OK", false},
    {"A09", myo_rule_a09, "PRIMARY_FIRST OK", false},
    {"K01", myo_rule_k01, "AHEAD ON_TRACK BEHIND", false},
    {"K02", myo_rule_k02, "REVISIT OK", false},
    {"K03", myo_rule_k03, "CLOSE OK WIDE", false},
    {"K04", myo_rule_k04, "EXPECTED PROLONGED UNUSUAL", false},
    {"K05", myo_rule_k05, "INCOMPLETE OK", false},
    {"K06", myo_rule_k06, "RECURRENT", false},
    {"K07", myo_rule_k07, "PASSIVE_ONLY OK", false},
    {"K08", myo_rule_k08, "TREAT_EARLY", false},
    {"K09", myo_rule_k09, "MAINTENANCE", false},
    {"K10", myo_rule_k10, "REPEAT", false},
    {"B01", myo_rule_b01, "OK LOW", false},
    {"B02", myo_rule_b02, "OK LONG_SIT", false},
    {"B03", myo_rule_b03, "DONE MISSED", false},
    {"B04", myo_rule_b04, "DONE MISSED", false},
    {"B05", myo_rule_b05, "OPEN_FACTOR OK", false},
};
#define ROWS (sizeof table / sizeof table[0])

const myo_rule_row *myo_rule_row_of(const char *id)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(table[i].id, id) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static const myo_outcome *outcome_of(const myo_rule *rule, const char *code, size_t length)
{
    for (size_t i = 0; i < rule->outcomes.count; i++) {
        const char *name = rule->outcomes.item[i].code;
        if (strlen(name) == length && strncmp(name, code, length) == 0) {
            return &rule->outcomes.item[i];
        }
    }
    return NULL;
}

static void check_rule(const myo_rule *rule, const myo_rule_row *row, myo_issues *issues)
{
    size_t codes = 0;
    bool has_stop = strchr(row->codes, '!') != NULL;
    if (has_stop && rule->locked != 1) {
        myo_issue(issues, &rule->record.place, "rule %s is a matter of safety: locked stays true",
                  rule->record.id);
    }
    for (const char *code = row->codes; *code != '\0'; codes++) {
        size_t length = strcspn(code, " !");
        bool stops = code[length] == '!';
        const myo_outcome *outcome = outcome_of(rule, code, length);
        if (outcome == NULL) {
            myo_issue(issues, &rule->record.place, "rule %s lacks the outcome %.*s",
                      rule->record.id, (int)length, code);
        } else if (stops && outcome->severity != MYO_SAYS_STOP) {
            myo_issue(issues, &outcome->record.place, "rule %s: %s stays a stop", rule->record.id,
                      outcome->code);
        }
        code += length + stops;
        code += *code == ' ';
    }
    if (rule->outcomes.count > codes) {
        myo_issue(issues, &rule->record.place, "rule %s has an outcome that it never says",
                  rule->record.id);
    }
    if (rule->scope == MYO_SCOPE_STEP && rule->steps == 0) {
        myo_issue(issues, &rule->record.place, "rule %s is about steps and names none",
                  rule->record.id);
    }
}

/* What the functions ask the model for by name. */
static const char *const params[] = {"hold_clinical",
                                     "hold_self",
                                     "hold_brief",
                                     "soften",
                                     "discomfort_self",
                                     "points_self",
                                     "stretch_hold",
                                     "heat",
                                     "spacing",
                                     "soreness",
                                     "doms",
                                     "revisit",
                                     "weekly_minutes",
                                     "evening_roll",
                                     "desk_break",
                                     "week",
                                     "guarding",
                                     "breath_gap",
                                     "ramp",
                                     "reperfusion",
                                     "recent_injury",
                                     "insertions_without_ltr",
                                     "fading_insertions",
                                     "fading_amplitude",
                                     "spray_gap",
                                     "stretch_gap",
                                     "contrast_turns",
                                     "baseline_quiet",
                                     "improvement_fraction",
                                     "improvement_points",
                                     "ltr_window"};

void myo_rules_check_table(const myo_clinic *clinic, myo_issues *issues)
{
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_RULES); i++) {
        const myo_rule *rule = myo_clinic_at(clinic, MYO_RULES, i);
        const myo_rule_row *row = myo_rule_row_of(rule->record.id);
        if (row == NULL) {
            myo_issue(issues, &rule->record.place, "rule %s: no function judges it",
                      rule->record.id);
        } else {
            check_rule(rule, row, issues);
        }
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (myo_clinic_find(clinic, MYO_RULES, table[i].id) == NULL) {
            myo_issue(issues, NULL, "rules: %s is missing", table[i].id);
        }
    }
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        if (myo_clinic_find(clinic, MYO_PARAMS, params[i]) == NULL) {
            myo_issue(issues, NULL, "params: %s is missing", params[i]);
        }
    }
}
