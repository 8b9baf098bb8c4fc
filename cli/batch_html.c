/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns the tables of a batch into one page. */
#include "batch_html.h"

#include "options.h"
#include "talk.h"

#include "export/outfile.h"

#include "myotwitch/version.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 128 };

typedef enum { CELL_TEXT, CELL_NUMBERS, CELL_COUNT } cell_kind;

/* What of recordings.tsv the page shows, where any recording has something; the rest is for
 * statistics. */
static const struct {
    const char *column, *heading;
    cell_kind kind;
} shown[] = {
    {"recording", "recording", CELL_TEXT},
    {"status", "status", CELL_TEXT},
    {"subject", "subject", CELL_TEXT},
    {"duration_s", "seconds", CELL_NUMBERS},
    {"channels", "channels", CELL_TEXT},
    {"full_scale_uv", "full scale, uV", CELL_TEXT},
    {"floor_rms", "noise RMS, uV or of full scale", CELL_NUMBERS},
    {"hum_hz", "hum, Hz", CELL_NUMBERS},
    {"ltr", "twitches", CELL_TEXT},
    {"ltr_per_min", "a minute", CELL_NUMBERS},
    {"single_unit", "single units", CELL_COUNT},
    {"contraction", "contractions", CELL_COUNT},
    {"cardiac", "heart beats", CELL_COUNT},
    {"motion", "movements", CELL_COUNT},
    {"click", "clicks", CELL_COUNT},
    {"stimulus", "stimuli", CELL_COUNT},
    {"saturation", "saturations", CELL_COUNT},
    {"gap", "gaps", CELL_COUNT},
    {"refused_too_small", "refused: nothing in the measure band", CELL_COUNT},
    {"refused_stimulator", "refused: stimulator", CELL_COUNT},
    {"refused_floor", "refused: floor moved", CELL_COUNT},
};

enum { SHOWN = sizeof shown / sizeof shown[0] };

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>myotwitch batch</title>\n"
    "<style>\n"
    ":root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#ccc;--bad:#a40000}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#161616;--line:#444;"
    "--bad:#ff8a80}}\n"
    "body{font:15px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
    "margin:2em auto;max-width:90em;padding:0 1em}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{border-bottom:1px solid var(--line);padding:.25em .7em;text-align:right;"
    "vertical-align:top}\n"
    "th{cursor:pointer}\n"
    "th:first-child,td:first-child,.text td,.text th{text-align:left}\n"
    "td:first-child{overflow-wrap:anywhere;min-width:12em}\n"
    ".wide th,.wide td{padding:.25em .4em}\n"
    ".wide th{vertical-align:bottom}\n"
    ".wide th:not(:first-child){writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;"
    "max-height:11em;padding:.4em .25em}\n"
    ".fold{display:none}\n"
    "@media(max-width:56em){.wide tr>:nth-child(n+12){display:none}.fold{display:inline}}\n"
    ".bad{color:var(--bad)}\n"
    "</style>\n";

/* Sorts by the column that is clicked, numbers as numbers; a second click turns the order. */
static const char script[] =
    "<script>\n"
    "document.querySelectorAll('th').forEach(function(th){th.onclick=function(){\n"
    "var body=th.closest('table').tBodies[0],k=th.cellIndex,up=th.dataset.up!=='1';\n"
    "th.dataset.up=up?'1':'0';\n"
    "Array.from(body.rows).sort(function(a,b){\n"
    "var x=a.cells[k].textContent,y=b.cells[k].textContent,d=parseFloat(x)-parseFloat(y);\n"
    "var o=isNaN(d)?x.localeCompare(y):d;return up?o:-o;}).forEach(function(r){"
    "body.appendChild(r);});};});\n"
    "</script>\n";

static void text_write(const char *text, FILE *out)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*c, out);
        }
    }
}

/* Cuts a line at its tabs. */
static int cells_cut(char *line, char *cells[MAX_COLUMNS])
{
    int count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *rest = line; rest != NULL && count < MAX_COLUMNS; count++) {
        cells[count] = strsep(&rest, "\t");
    }
    return count;
}

static int column_find(char *cells[MAX_COLUMNS], int count, const char *name)
{
    int column = 0;
    while (column < count && strcmp(cells[column], name) != 0) {
        column++;
    }
    return column < count ? column : -1;
}

/* One a channel, each in a line of its own, to four digits. */
static void numbers_write(char *text, FILE *out)
{
    for (char *rest = text, *one; (one = strsep(&rest, "|")) != NULL;) {
        double value = 0.0;
        if (options_number(one, &value)) {
            fprintf(out, fabs(value) < 1000.0 ? "%.4g" : "%.0f", value);
        } else {
            text_write(one, out);
        }
        fputs(rest != NULL ? "<br>" : "", out);
    }
}

static bool cell_empty(const char *text, cell_kind kind)
{
    return strcmp(text, "n/a") == 0 || (kind == CELL_COUNT && strcmp(text, "0") == 0);
}

static void cell_write(char *text, cell_kind kind, FILE *out)
{
    fputs("<td>", out);
    if (kind == CELL_NUMBERS) {
        numbers_write(text, out);
    } else if (!cell_empty(text, kind)) {
        text_write(text, out);
    }
    fputs("</td>", out);
}

/* Where the columns are in the table; -1 for those that have something for no recording. */
static void columns_choose(FILE *table, int where[SHOWN])
{
    char *cells[MAX_COLUMNS], *line = NULL;
    size_t room = 0;
    int found[SHOWN];
    int count = getline(&line, &room, table) > 0 ? cells_cut(line, cells) : 0;
    for (int s = 0; s < SHOWN; s++) {
        found[s] = column_find(cells, count, shown[s].column);
        where[s] = -1;
    }
    while (getline(&line, &room, table) > 0) {
        count = cells_cut(line, cells);
        for (int s = 0; s < SHOWN; s++) {
            bool there = found[s] >= 0 && found[s] < count;
            where[s] = there && !cell_empty(cells[found[s]], shown[s].kind) ? found[s] : where[s];
        }
    }
    free(line);
}

static void recordings_write(FILE *table, FILE *out)
{
    char *cells[MAX_COLUMNS], *line = NULL;
    size_t room = 0;
    int where[SHOWN];
    columns_choose(table, where);
    fputs("<div class=\"wide\"><table>\n<thead><tr>", out);
    for (int s = 0; s < SHOWN; s++) {
        if (where[s] >= 0) {
            fprintf(out, "<th>%s</th>", shown[s].heading);
        }
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    rewind(table);
    bool has_names = getline(&line, &room, table) > 0;
    while (has_names && getline(&line, &room, table) > 0) {
        int count = cells_cut(line, cells);
        fputs("<tr>", out);
        for (int s = 0; s < SHOWN; s++) {
            if (where[s] >= 0 && where[s] < count) {
                cell_write(cells[where[s]], shown[s].kind, out);
            }
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
    free(line);
}

static void failures_write(FILE *table, FILE *out)
{
    char *cells[MAX_COLUMNS], *line = NULL;
    size_t room = 0;
    fputs("<table class=\"text\">\n<thead><tr><th>recording</th><th>status</th><th>reason</th></tr>"
          "</thead>\n<tbody>\n",
          out);
    bool has_names = getline(&line, &room, table) > 0;
    while (has_names && getline(&line, &room, table) > 0) {
        int count = cells_cut(line, cells);
        fputs("<tr class=\"bad\">", out);
        for (int c = 0; c < count; c++) {
            fputs("<td>", out);
            text_write(cells[c], out);
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
    free(line);
}

static void page_write(FILE *recordings, FILE *failures, const batch_totals *totals, FILE *out)
{
    size_t all = totals->done + totals->damaged + totals->failed;
    fputs(head, out);
    fprintf(out,
            "<h1>Batch of %zu recordings</h1>\n<p>%zu done, %zu damaged and analysed as far as "
            "they go, %zu failed. ",
            all, totals->done, totals->damaged, totals->failed);
    fprintf(out, "myotwitch %s, detector %s.</p>\n<p><em>", myo_version(), myo_detector_version());
    text_write(myo_honest_sentence(), out);
    fputs("</em></p>\n", out);
    if (totals->damaged + totals->failed > 0) {
        fputs("<h2>Damaged and failed</h2>\n", out);
        failures_write(failures, out);
    }
    fputs("<h2>Recordings</h2>\n", out);
    recordings_write(recordings, out);
    fputs(
        "<p>Columns that are empty for all recordings are left out<span class=\"fold\">, and those "
        "for "
        "which this window has no room</span>. Everything that was counted: recordings.tsv; every "
        "event: events.tsv.</p>\n",
        out);
    fputs(script, out);
    fputs("</html>\n", out);
}

static FILE *table_open(const char *out, const char *name)
{
    char *path = NULL;
    FILE *file = asprintf(&path, "%s/%s", out, name) < 0 ? NULL : fopen(path, "re");
    if (file == NULL) {
        talk_file("batch", path == NULL ? out : path, strerror(errno));
    }
    free(path);
    return file;
}

bool batch_html_write(const char *out, const batch_totals *totals)
{
    char *path = NULL;
    myo_outfile *page = NULL;
    myo_why why = {"out of memory"};
    FILE *recordings = table_open(out, "recordings.tsv"),
         *failures = table_open(out, "failures.tsv");
    bool written = recordings != NULL && failures != NULL &&
                   asprintf(&path, "%s/overview.html", out) >= 0 &&
                   myo_outfile_open(path, true, &page, &why) == MYO_OK;
    if (written) {
        page_write(recordings, failures, totals, myo_outfile_stream(page));
        written = myo_outfile_commit(page, &why) == MYO_OK;
    }
    if (!written) {
        fprintf(stderr, "myotwitch batch: overview: %s\n", why.text);
    }
    if (recordings != NULL) {
        (void)fclose(recordings);
    }
    if (failures != NULL) {
        (void)fclose(failures);
    }
    free(path);
    return written;
}
