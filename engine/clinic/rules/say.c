/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a rule speaks: one annotation at a time, its message filled from the data. */
#include "clinic/rules/rule.h"

#include <math.h>
#include <string.h>

const char *rule_keep(myo_rules *rules, myo_string *text)
{
    const char *data = text->data != NULL ? text->data : "";
    const char *kept = text->failed ? NULL : myo_arena_copy(&rules->arena, data, text->length);
    rules->no_memory |= kept == NULL;
    myo_string_free(text);
    return kept != NULL ? kept : "";
}

void say_session(myo_rules *rules)
{
    rules->binding_count = 0;
    rules->draft = (myo_annotation){.t0 = (double)NAN,
                                    .t1 = (double)NAN,
                                    .rule = rules->rule->record.id,
                                    .label = rules->rule->label,
                                    .origin = rules->rule->origin,
                                    .value = (double)NAN,
                                    .shown = "",
                                    .expected = "",
                                    .text = ""};
    if (rules->rule->facts.count > 0) {
        rules->draft.fact = rules->rule->facts.item[0];
    }
}

void say_step(myo_rules *rules, const myo_step *step)
{
    say_session(rules);
    rules->draft.t0 = step->start;
    rules->draft.t1 = step->end;
    rules->draft.step = step->record.id;
    rules->draft.step_kind = step->kind;
    rules->draft.point = step->point;
}

void say_point(myo_rules *rules, const myo_point *point)
{
    say_session(rules);
    rules->draft.point = point->record.id;
    say_text(rules, "trp", point->record.id);
}

void say_text(myo_rules *rules, const char *name, const char *text)
{
    if (rules->binding_count < MYO_BINDINGS_MAX) {
        rules->binding[rules->binding_count].name = name;
        rules->binding[rules->binding_count++].text = text;
    }
}

void say_number(myo_rules *rules, const char *name, double value)
{
    myo_string text = {0};
    if (isnan(value)) {
        myo_string_add(&text, "unknown");
    } else {
        /* Two digits behind the point are enough for a person. */
        myo_string_add_number(&text, round(value * 100.0) / 100.0);
    }
    say_text(rules, name, rule_keep(rules, &text));
}

void say_value(myo_rules *rules, const char *name, double value, const char *unit)
{
    myo_string text = {0};
    say_number(rules, name, value);
    myo_string_add(&text, "%s%s%s", rules->binding[rules->binding_count - 1].text,
                   unit[0] == '\0' || unit[0] == '/' ? "" : " ", unit);
    rules->draft.value = value;
    rules->draft.shown = rule_keep(rules, &text);
}

void say_band(myo_rules *rules, const myo_param *band)
{
    myo_string text = {0};
    say_number(rules, "lo", band->lo);
    say_number(rules, "hi", band->hi);
    const char *low = rules->binding[rules->binding_count - 2].text;
    const char *high = rules->binding[rules->binding_count - 1].text;
    const char *unit = myo_unit_name(band->unit);
    bool bare =
        strcmp(unit, "count") == 0 || strcmp(unit, "score") == 0 || strcmp(unit, "ratio") == 0;
    if (isnan(band->lo)) {
        myo_string_add(&text, "up to %s", high);
    } else if (isnan(band->hi)) {
        myo_string_add(&text, "from %s", low);
    } else {
        myo_string_add(&text, "%s-%s", low, high);
    }
    myo_string_add(&text, "%s%s", bare ? "" : " ", bare ? "" : unit);
    rules->draft.expected = rule_keep(rules, &text);
    if (band->facts.count > 0) {
        rules->draft.fact = band->facts.item[0];
    }
}

static const char *bound(const myo_rules *rules, const char *name, size_t length)
{
    for (size_t i = 0; i < rules->binding_count; i++) {
        if (strlen(rules->binding[i].name) == length &&
            strncmp(rules->binding[i].name, name, length) == 0) {
            return rules->binding[i].text;
        }
    }
    return "{?}";
}

/* "Held {hold_s} s" with the bindings put in. */
static const char *filled(myo_rules *rules, const char *message)
{
    myo_string text = {0};
    while (*message != '\0') {
        size_t plain = strcspn(message, "{");
        myo_string_add(&text, "%.*s", (int)plain, message);
        message += plain;
        if (*message == '{') {
            size_t length = strcspn(message + 1, "}");
            myo_string_add(&text, "%s", bound(rules, message + 1, length));
            message += 1 + length + (message[1 + length] == '}');
        }
    }
    return rule_keep(rules, &text);
}

static void push_annotation(myo_rules *rules)
{
    myo_annotation *annotation = myo_arena_alloc(&rules->arena, sizeof *annotation);
    if (annotation == NULL || !myo_bag_push(&rules->arena, &rules->annotations, annotation)) {
        rules->no_memory = true;
        return;
    }
    *annotation = rules->draft;
}

void say(myo_rules *rules, const char *code)
{
    const myo_rule *rule = rules->rule;
    for (size_t i = 0; i < rule->outcomes.count; i++) {
        const myo_outcome *outcome = &rule->outcomes.item[i];
        if (strcmp(outcome->code, code) == 0) {
            rules->draft.code = outcome->code;
            rules->draft.severity = outcome->severity;
            rules->draft.action = outcome->action;
            /* A plain ok needs no words: the rule's own speak of what is wrong. */
            const char *words = strcmp(code, "OK") == 0 ? "" : rule->message;
            rules->draft.text = filled(rules, outcome->message != NULL ? outcome->message : words);
            push_annotation(rules);
            return;
        }
    }
}

void say_missing(myo_rules *rules, const char *missing)
{
    myo_string text = {0};
    myo_string_add(&text, "not recorded: %s", missing);
    rules->draft.code = "NOT_ASSESSED";
    rules->draft.severity = MYO_NOT_ASSESSED;
    rules->draft.text = rule_keep(rules, &text);
    push_annotation(rules);
}
