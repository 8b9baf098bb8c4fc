/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about what is done: compression, safety, tools, stretch, needle, spray, heat, current. */
#include "rule_case.h"

/* clang-format off: the cases are sentences, a table of them reads best as it is */
static void test_hold_borders(void **state)
{
    (void)state;
    const char *hold = POINT "steps:\n - {id: s, kind: compress, point: p, start: 0, end: %g}\n";
    expect_number(CLINICAL, hold, 29, "C01", "SHORT");
    expect_number(CLINICAL, hold, 30, "C01", "OK");
    expect_number(CLINICAL, hold, 90, "C01", "OK");
    expect_number(CLINICAL, hold, 91, "C01", "LONG");
    expect_number(SELF, hold, 59, "C01", "SHORT");
    expect_number(SELF, hold, 60, "C01", "OK");
    expect_number(SELF, hold, 120, "C01", "OK");
    expect_number(SELF, hold, 121, "C01", "LONG");
    expect_number(SELF, hold, 15, "C02", "TOO_BRIEF");
    expect_number(SELF, hold, 16, "C02", "OK");
}

static void test_other_borders(void **state)
{
    (void)state;
    const char *stretch = "steps:\n - {id: s, kind: stretch, start: 0, end: %g}\n";
    expect_number(SELF, stretch, 19, "S02", "SHORT");
    expect_number(SELF, stretch, 20, "S02", "OK");
    expect_number(SELF, stretch, 30, "S02", "OK");
    expect_number(SELF, stretch, 31, "S02", "LONG");
    const char *heat = "steps:\n - {id: s, kind: heat, start: 0, end: %g}\n";
    expect_number(SELF, heat, 14 * 60, "H02", "SHORT");
    expect_number(SELF, heat, 15 * 60, "H02", "OK");
    expect_number(SELF, heat, 20 * 60, "H02", "OK");
    expect_number(SELF, heat, 21 * 60, "H02", "LONG");
    const char *soft = STEP("kind: compress, start: 0, end: 200, released_s: %g");
    expect_number(SELF, soft, 29, "C05", "EARLY");
    expect_number(SELF, soft, 30, "C05", "EXPECTED");
    expect_number(SELF, soft, 60, "C05", "EXPECTED");
    expect_number(SELF, soft, 61, "C05", "LATE");
    const char *pain = STEP("kind: compress, start: 0, end: 80, discomfort: %g");
    expect_number(SELF, pain, 5, "C06", "LOW");
    expect_number(SELF, pain, 6, "C06", "OK");
    expect_number(SELF, pain, 7, "C06", "OK");
    expect_number(SELF, pain, 8, "C06", "HIGH");
}

static void test_points_in_a_session(void **state)
{
    (void)state;
    static const char *const expected[] = {"OK", "OK", "OK", "OK", "LIMIT", "OVER"};
    for (int n = 1; n <= 6; n++) {
        char body[2048] = "points:\n";
        for (int i = 0; i < n; i++) {
            snprintf(body + strlen(body), sizeof body - strlen(body),
                     " - {id: p%d, muscle: soleus}\n", i);
        }
        strcat(body, "steps:\n");
        for (int i = 0; i < n; i++) {
            snprintf(body + strlen(body), sizeof body - strlen(body),
                     " - {id: s%d, kind: compress, point: p%d, start: %d, end: %d}\n"
                     " - {id: r%d, kind: compress, point: p%d, start: %d, end: %d}\n",
                     i, i, 200 * i, 200 * i + 70, i, i, 200 * i + 80, 200 * i + 150);
        }
        expect(SELF, body, "C12", expected[n - 1]);
        expect(CLINICAL, body, "C12", "");
    }
}

static void test_compression(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, STEP("kind: compress, start: 0"), "C01", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, start: 0"), "C02", "NOT_ASSESSED"},
        /* a release ends the hold, even before the band */
        {SELF, STEP("kind: compress, start: 0, end: 40, released_s: 35"), "C01", "OK"},
        {SELF, STEP("kind: compress, start: 0, end: 40, released_s: 35"), "C03", "RELEASED"},
        {SELF, STEP("kind: compress, start: 0, end: 40"), "C03", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, start: 0, end: 40"), "C05", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, start: 0, end: 119"), "C04", ""},
        {SELF, STEP("kind: compress, start: 0, end: 120"), "C04", "NOT_ASSESSED"},
        {SELF ", relaxation_usable: yes", STEP("kind: compress, start: 0, end: 120"), "C04",
         "NO_RELEASE"},
        {SELF,
         STEP("kind: compress, start: 0, end: 130") "findings:\n - {id: f, type: relaxation, at: "
                                                    "5, verdict: unusable}\n",
         "C04", "NOT_ASSESSED"},
        {SELF,
         STEP("kind: compress, start: 0, end: 130") "findings:\n - {id: f, type: relaxation, at: "
                                                    "5, verdict: not_released}\n",
         "C04", "NO_RELEASE"},
        {SELF,
         STEP("kind: compress, start: 10, end: 130") "findings:\n - {id: f, type: release, at: "
                                                     "52}\n",
         "C03", "RELEASED"},
        {SELF, STEP("kind: compress, start: 0, end: 80"), "C06", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: compress, start: 0, end: 80, discomfort: 9"), "C06", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: compress, start: 0, end: 80, discomfort: 9, tolerated: yes"), "C06",
         "OK"},
        {CLINICAL, STEP("kind: compress, start: 0, end: 80, discomfort: 5, tolerated: no"), "C06",
         "HIGH"},
        {SELF, STEP("kind: compress, guarding_ratio: 1.6"), "C07", "GUARDING"},
        {SELF, STEP("kind: compress, guarding_ratio: 1.5"), "C07", "OK"},
        {SELF, STEP("kind: compress"), "C07", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, breath: held"), "C08", "BREATH_HELD"},
        {SELF, STEP("kind: compress, breath_gap_s: 16"), "C08", "BREATH_HELD"},
        {SELF, STEP("kind: compress, breath: free"), "C08", "OK"},
        {SELF, STEP("kind: compress"), "C08", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, ramp_s: 2"), "C09", "RAMP_FAST"},
        {SELF, STEP("kind: compress, ramp_s: 3"), "C09", "OK"},
        {SELF, STEP("kind: compress, ramp_s: 5, first_discomfort: 8"), "C09", "RAMP_FAST"},
        {SELF, STEP("kind: compress"), "C09", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, start: 0, end: 80"), "C10", "REPERFUSION"},
        {SELF, STEP("kind: compress, start: 0"), "C10", "NOT_ASSESSED"},
    };
    RUN(rows);
}

#define TWO(first_end, second)                                                                     \
    "steps:\n - {id: a, kind: compress, muscle: soleus, start: 0, end: " first_end "}\n"           \
    " - {id: b, kind: compress, " second "start: 200, end: 270}\n"

static void test_between_points(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, TWO("30", "muscle: gastrocnemius, "), "C11", "JUMPED"},
        {SELF, TWO("30", "muscle: soleus, "), "C11", "OK"},
        {SELF, TWO("70", "muscle: gastrocnemius, "), "C11", "OK"},
        {SELF, TWO("70", ""), "C11", "NOT_ASSESSED"},
        {SELF, TWO("70", "muscle: soleus, "), "S01", "MISSING"},
        {SELF,
         TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: soleus, start: 280, end: "
                                       "305}\n",
         "S01", "OK"},
        {SELF,
         TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: soleus, start: 571, end: "
                                       "600}\n",
         "S01", "GAP"},
        {SELF,
         TWO("70", "muscle: soleus, ") " - {id: t, kind: stretch, muscle: piriformis, start: 280, "
                                       "end: 305}\n",
         "S01", "MISSING"},
        {SELF, STEP("kind: compress, start: 0, end: 70"), "S01", "NOT_ASSESSED"},
        {SELF, STEP("kind: stretch, start: 0"), "S02", "NOT_ASSESSED"},
        {SELF, STEP("kind: stretch, style: ballistic"), "S03", "BALLISTIC"},
        {SELF, STEP("kind: stretch, style: slow"), "S03", "OK"},
        {SELF, STEP("kind: stretch"), "S03", "NOT_ASSESSED"},
        {SELF,
         STEP("kind: stretch, style: slow, start: 0, end: 25") "findings:\n - {id: f, type: "
                                                               "contraction, at: 3}\n",
         "S03", "BALLISTIC"},
        {CLINICAL,
         "steps:\n - {id: a, kind: spray, muscle: soleus, start: 0, end: 10}\n"
         " - {id: b, kind: stretch, muscle: soleus, start: 20, end: 45}\n",
         "P01", "OK"},
        {CLINICAL,
         "steps:\n - {id: a, kind: spray, muscle: soleus, start: 0, end: 10}\n"
         " - {id: b, kind: stretch, muscle: soleus, start: 21, end: 45}\n",
         "P01", "LATE"},
        {CLINICAL, STEP("kind: spray, muscle: soleus, start: 0, end: 10"), "P01", "NO_STRETCH"},
        {CLINICAL, STEP("kind: spray, start: 0, end: 10"), "P01", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: compress, tolerated: no"), "P02", "SUGGEST_SPRAY"},
        {CLINICAL, STEP("kind: compress, discomfort: 8, full_pressure: no"), "P02",
         "SUGGEST_SPRAY"},
        {CLINICAL, STEP("kind: compress"), "P02", "NOT_ASSESSED"},
    };
    RUN(rows);
}

#define LUNGS(one, two)                                                                            \
    "points:\n - {id: p, muscle: rhomboids, " one "}\n - {id: q, muscle: trapezius_lower, " two    \
    "}\nsteps:\n - {id: a, kind: needle, point: p}\n - {id: b, kind: needle, point: q}\n"

static void test_safety(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, STEP("kind: compress, pain_quality: sharp"), "X01", "NEURAL"},
        {SELF, STEP("kind: compress, pain_quality: shooting"), "X01", "NEURAL"},
        {CLINICAL, STEP("kind: needle, pain_quality: electric"), "X01", "NEURAL"},
        {SELF, STEP("kind: diary, pain_quality: electric"), "X01", "NEURAL"},
        {SELF, STEP("kind: compress, pain_quality: dull"), "X01", "OK"},
        {SELF, STEP("kind: compress"), "X01", "NOT_ASSESSED"},
        {SELF, STEP("kind: inspect, swelling: yes"), "X02", "INFLAMED REFER"},
        {SELF, STEP("kind: inspect, warmth: yes"), "X02", "INFLAMED REFER"},
        {SELF, STEP("kind: palpate, discoloration: yes"), "X02", "INFLAMED REFER NOT_ASSESSED"},
        {SELF, STEP("kind: inspect, swelling: no, warmth: no, discoloration: no"), "X02", "OK"},
        {SELF, STEP("kind: inspect, swelling: no"), "X02", "NOT_ASSESSED"},
        {SELF, STEP("kind: rest"), "X02", "NOT_ASSESSED"},
        /* warm skin right after a release is expected, swelling is not, nor warmth later on */
        {SELF,
         "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: "
         "100, warmth: yes, swelling: no, discoloration: no}\n",
         "X02", "OK"},
        {SELF,
         "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: "
         "100, swelling: yes}\n",
         "X02", "INFLAMED REFER"},
        {SELF,
         "steps:\n - {id: a, kind: compress, start: 0, end: 70}\n - {id: b, kind: inspect, start: "
         "191, warmth: yes}\n",
         "X02", "INFLAMED REFER"},
        {SELF, STEP("kind: compress, muscle: scalenes"), "X03", "FORBIDDEN"},
        {SELF, STEP("kind: compress, muscle: soleus, anterior_neck: yes"), "X03", "FORBIDDEN"},
        {SELF, STEP("kind: compress, muscle: soleus, on_spine: yes"), "X03", "FORBIDDEN"},
        {SELF ", injury_date: 2026-10-23", STEP("kind: compress, muscle: soleus"), "X03",
         "FORBIDDEN"},
        {SELF ", injury_date: 2026-10-22", STEP("kind: compress, muscle: soleus, on_spine: no"),
         "X03", "OK"},
        {SELF, STEP("kind: compress, muscle: soleus, on_spine: no, recent_injury: no"), "X03",
         "OK"},
        {SELF, STEP("kind: compress, muscle: soleus, on_spine: no"), "X03", "NOT_ASSESSED"},
        {"setting: self, injury_date: 2026-10-22",
         STEP("kind: compress, muscle: soleus, on_spine: no"), "X03", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress"), "X03", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: compress, muscle: scalenes"), "X03", ""},
        {SELF, STEP("kind: compress, on_spine: yes"), "X04", "ON_SPINE"},
        {SELF, STEP("kind: compress, on_spine: no, tool: double_ball"), "X04", "STRADDLE"},
        {SELF, STEP("kind: compress, on_spine: no"), "X04", "OK"},
        {SELF, STEP("kind: compress"), "X04", "NOT_ASSESSED"},
        {SELF, STEP("kind: needle"), "X05", "NEEDLE_SELF"},
        {SELF, STEP("kind: spray"), "X05", "SPRAY_SELF"},
        {SELF, STEP("kind: ifc"), "X05", "IFC_SELF"},
        {"setting: clinical, qualified: no", STEP("kind: needle"), "X05", "NEEDLE_SELF"},
        {"setting: clinical", STEP("kind: needle"), "X05", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: needle"), "X05", "OK"},
        {CLINICAL, STEP("kind: needle, muscle: levator_scapulae"), "X06", "CAUTION"},
        {CLINICAL, STEP("kind: needle, muscle: diaphragm"), "X06", "AVOID"},
        {CLINICAL, STEP("kind: needle, muscle: diaphragm, override_reason: ''"), "X06", "AVOID"},
        {CLINICAL, STEP("kind: needle, muscle: diaphragm, override_reason: guided by ultrasound"),
         "X06", "OVERRIDDEN"},
        {CLINICAL, STEP("kind: needle, muscle: soleus"), "X06", "OK"},
        {CLINICAL, STEP("kind: needle"), "X06", "NOT_ASSESSED"},
        {CLINICAL, LUNGS("side: left", "side: right"), "X07", "BILATERAL_LUNG"},
        {CLINICAL, LUNGS("side: left", "side: left"), "X07", "OK"},
        {CLINICAL, LUNGS("side: left", "site: x"), "X07", "NOT_ASSESSED"},
        {CLINICAL, STEP("kind: needle, muscle: soleus, side: left"), "X07", ""},
        {CLINICAL, STEP("kind: rest, stop_sign: patient asks to stop"), "X08", "STOPPED"},
        {SELF, STEP("kind: compress, stop_sign: dizzy"), "X08", "STOPPED"},
        {SELF, STEP("kind: compress, stop_sign: ''"), "X08", ""},
        {SELF, STEP("kind: compress"), "X08", ""},
    };
    RUN(rows);
}

static void test_tools(void **state)
{
    (void)state;
    static const row rows[] = {
        {CLINICAL, STEP("kind: compress, muscle: piriformis, tool: thumb"), "T01", "MISMATCH"},
        {CLINICAL, STEP("kind: compress, muscle: piriformis, tool: elbow"), "T01", "FIT"},
        {SELF, STEP("kind: compress, muscle: piriformis, tool: dense_ball"), "T01", "FIT"},
        {SELF, STEP("kind: compress, muscle: piriformis"), "T01", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, tool: massage_ball, discomfort: 5, full_pressure: yes"), "T02",
         "TOO_SOFT"},
        {SELF, STEP("kind: compress, tool: massage_ball, discomfort: 6, full_pressure: yes"), "T02",
         "OK"},
        {SELF, STEP("kind: compress, tool: massage_ball, discomfort: 5"), "T02", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, tool: dense_ball, sensitive: yes"), "T03", "TOO_HARD"},
        {SELF, STEP("kind: compress, tool: foam_roller, sensitive: yes"), "T03", "OK"},
        {SELF, STEP("kind: compress, bruise: yes"), "T03", "TOO_HARD"},
        {SELF, STEP("kind: compress, tool: dense_ball"), "T03", "NOT_ASSESSED"},
        {SELF, STEP("kind: compress, tool: dense_ball"), "T04", "START_MEDIUM"},
        {SELF, STEP("kind: compress, tool: massage_ball"), "T04", "OK"},
        {SELF, STEP("kind: compress"), "T04", "NOT_ASSESSED"},
        {SELF ", number: 4", STEP("kind: compress, tool: dense_ball"), "T04", ""},
    };
    RUN(rows);
}

#define NEEDLED                                                                                    \
    "points:\n - {id: p, muscle: soleus}\nsteps:\n - {id: s, kind: needle, point: p, start: 0, "   \
    "end: 100}\n"
#define IN(id, at) " - {id: " id ", at: " at "}\n"

static void test_needling(void **state)
{
    (void)state;
    static const row rows[] = {
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100"),
         "N01", "PLACEMENT_CONFIRMED"},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "6.1", "100"),
         "N01", ""},
        {CLINICAL, NEEDLED "findings:\n" LTR("f1", "6.1", "100"), "N01", "NOT_ASSESSED"},
        {CLINICAL, NEEDLED, "N02", "NOT_ASSESSED"},
        {CLINICAL,
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9"),
         "N02", "NOT_ASSESSED"},
        {CLINICAL ", channels: [emg]",
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9"),
         "N02", "NOT_CONFIRMED"},
        {CLINICAL ", channels: [emg]",
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7"), "N02",
         ""},
        {CLINICAL,
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") "findings:\n" LTR("f1", "5.1", "50"),
         "N02", ""},
        {CLINICAL,
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") IN("i6", "11") "findings:\n" LTR("f1", "1.1", "300")
                 LTR("f2", "3.1", "200") LTR("f3", "7.1", "50"),
         "N03", "EXHAUSTED"},
        {CLINICAL,
         NEEDLED "insertions:\n" IN("i1", "1") IN("i2", "3") IN("i3", "5") IN("i4", "7")
             IN("i5", "9") IN("i6", "11") "findings:\n" LTR("f1", "1.1", "300")
                 LTR("f3", "7.1", "250"),
         "N03", ""},
        {CLINICAL, NEEDLED "insertions:\n" IN("i1", "1"), "N03", "NOT_ASSESSED"},
        {CLINICAL, NEEDLED, "N04", "OK"},
        {CLINICAL, STEP("kind: needle, muscle: soleus"), "N04", "NO_TARGET"},
        {CLINICAL,
         "steps:\n - {id: a, kind: baseline, start: 0, ppt: 20, rom: 40}\n - {id: b, kind: "
         "recheck, start: 9, ppt: 25, rom: 45}\n",
         "N05", "PPT_UP ROM_UP"},
        {CLINICAL,
         "steps:\n - {id: a, kind: baseline, start: 0, ppt: 20, rom: 40, tension: 1}\n - {id: b, "
         "kind: recheck, start: 9, ppt: 20, rom: 39, tension: 0.7}\n",
         "N05", "TENSION UNCHANGED"},
        {CLINICAL, STEP("kind: recheck, ppt: 20"), "N05", "NOT_ASSESSED"},
    };
    RUN(rows);
}

/* A stimulator masks what is found while it is on. */
static void test_tens_masks(void **state)
{
    (void)state;
    const char *plain = NEEDLED "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100");
    const char *masked = "points:\n - {id: p, muscle: soleus}\nsteps:\n"
                         " - {id: t, kind: tens, start: 4, end: 6}\n"
                         " - {id: s, kind: needle, point: p, start: 4.5, end: 100}\n"
                         "insertions:\n" IN("i1", "5") "findings:\n" LTR("f1", "5.2", "100");
    expect(CLINICAL, plain, "N01", "PLACEMENT_CONFIRMED");
    expect(CLINICAL, masked, "N01", "");
}

#define HC(one, two, three)                                                                        \
    "steps:\n - {id: a, kind: " one ", start: 0, end: 900}\n - {id: b, kind: " two                 \
    ", start: 910, end: 980}\n - {id: c, kind: " three ", start: 990, end: 1900}\n"

static void test_heat_cold_current(void **state)
{
    (void)state;
    static const row rows[] = {
        {SELF, HC("heat", "compress", "rest"), "H01", "OK"},
        {SELF, HC("rest", "compress", "heat"), "H01", "ORDER"},
        {SELF,
         HC("rest", "compress",
            "heat") " - {id: d, kind: aftercare, start: 2000, moist_heat: yes}\n",
         "H01", "OK"},
        {SELF, "steps:\n - {id: a, kind: heat}\n", "H01", "NOT_ASSESSED"},
        {SELF, STEP("kind: heat, start: 0"), "H02", "NOT_ASSESSED"},
        {SELF, HC("rest", "compress", "cold"), "H03", "OK"},
        {SELF, HC("cold", "compress", "rest"), "H03", "ORDER"},
        {SELF, "steps:\n - {id: a, kind: cold}\n", "H03", "NOT_ASSESSED"},
        {SELF, "steps:\n - {id: a, kind: compress}\n - {id: b, kind: heat, start: 9}\n", "H01",
         "NOT_ASSESSED"},
        {SELF, "steps:\n - {id: a, kind: compress}\n - {id: b, kind: cold, start: 9}\n", "H03",
         "NOT_ASSESSED"},
        {SELF, HC("heat", "cold", "heat"), "H04", "CONTRAST"},
        {SELF, HC("heat", "cold", "heat"), "H01", ""},
        {SELF, HC("heat", "cold", "heat"), "H03", ""},
        {SELF, HC("heat", "cold", "rest"), "H04", ""},
        {SELF, ACTIVE STEP("kind: tens, point: p"), "E01", "OK"},
        {SELF,
         "points:\n - {id: p, muscle: soleus, activity: latent}\n" STEP("kind: tens, point: p"),
         "E01", "LATENT_ONLY"},
        {SELF, STEP("kind: tens"), "E01", "NOT_ASSESSED"},
        {CLINICAL, "points:\n - {id: p, muscle: quadratus_lumborum}\n", "E02", "SUGGEST_IFC"},
        {CLINICAL, "points:\n - {id: p, muscle: soleus}\n", "E02", ""},
        {SELF, "points:\n - {id: p, muscle: quadratus_lumborum}\n", "E02", ""},
    };
    RUN(rows);
}

/* clang-format on */

static void test_all_rules_said_all_they_can(void **state)
{
    (void)state;
    expect_all_said("CXTSNPHE", 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold_borders),
        cmocka_unit_test(test_other_borders),
        cmocka_unit_test(test_points_in_a_session),
        cmocka_unit_test(test_compression),
        cmocka_unit_test(test_between_points),
        cmocka_unit_test(test_safety),
        cmocka_unit_test(test_tools),
        cmocka_unit_test(test_needling),
        cmocka_unit_test(test_tens_masks),
        cmocka_unit_test(test_heat_cold_current),
        cmocka_unit_test(test_all_rules_said_all_they_can),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
