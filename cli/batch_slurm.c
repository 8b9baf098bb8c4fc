/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts for Slurm: an array of shards, then a merge. */
#include "batch_slurm.h"

#include "command.h"
#include "talk.h"

#include "export/outfile.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void quoted(const char *text, FILE *out)
{
    fputc('\'', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') {
            fputs("'\\''", out);
        } else {
            fputc(*c, out);
        }
    }
    fputc('\'', out);
}

static bool is_left(const char *name, const char *const *left)
{
    for (; *left != NULL; left++) {
        if (strcmp(name, *left) == 0) {
            return true;
        }
    }
    return false;
}

static void option_write(const option_row *row, const void *field, FILE *out)
{
    double number = 0.0;
    switch (row->kind) {
    case OPTION_FLAG:
        fputs(*(const bool *)field ? " --" : "", out);
        fputs(*(const bool *)field ? row->name : "", out);
        return;
    case OPTION_TEXT:
        if (*(const char *const *)field != NULL) {
            fprintf(out, " --%s ", row->name);
            quoted(*(const char *const *)field, out);
        }
        return;
    case OPTION_NUMBER:
        number = *(const double *)field;
        if (number < 0.0 || number > 0.0) {
            fprintf(out, " --%s %.17g", row->name, number);
        }
    }
}

void batch_options_write(const option_row *rows, const void *settings, const char *const *left,
                         FILE *out)
{
    for (const option_row *row = rows; row->name != NULL; row++) {
        if (!is_left(row->name, left)) {
            option_write(row, (const char *)settings + row->offset, out);
        }
    }
}

/* Jobs start in another folder, and on another machine. */
static bool absolute(const char *path, FILE *out)
{
    char *full = realpath(path, NULL);
    if (full == NULL) {
        talk_file("batch", path, strerror(errno));
        return false;
    }
    fputc(' ', out);
    quoted(full, out);
    free(full);
    return true;
}

static bool command_write(const batch_slurm *job, const char *extra, FILE *out)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL) {
        talk_file("batch", ".", strerror(errno));
        return false;
    }
    fputs("cd ", out);
    quoted(here, out);
    fputs(" || exit 1\n", out);
    bool sound = absolute("/proc/self/exe", out);
    fputs(" batch --quiet", out);
    batch_options_write(job->rows, job->settings, job->left, out);
    fputs(" --out", out);
    sound = absolute(job->out, out) && sound;
    fprintf(out, " %s --", extra);
    for (int t = 0; t < job->trees; t++) {
        sound = absolute(job->tree[t], out) && sound;
    }
    fputc('\n', out);
    return sound;
}

static bool shard_write(const batch_slurm *job, FILE *out)
{
    fputs("#!/bin/sh\n"
          "#SBATCH --job-name=myotwitch\n"
          "#SBATCH --requeue\n"
          "#SBATCH --open-mode=append\n",
          out);
    fprintf(out, "#SBATCH --cpus-per-task=%d\n", job->jobs);
    fputs("# One shard. Run again it goes on where it was; recordings that failed are the merge's "
          "to\n"
          "# tell, so they are no failure of the task.\n",
          out);
    char extra[120];
    (void)snprintf(extra, sizeof extra,
                   "--jobs %d --shard \"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT\"", job->jobs);
    bool sound = command_write(job, extra, out);
    fputs("status=$?\n[ \"$status\" -ne 3 ] || status=0\nexit \"$status\"\n", out);
    return sound;
}

static bool merge_write(const batch_slurm *job, FILE *out)
{
    fputs("#!/bin/sh\n"
          "#SBATCH --job-name=myotwitch-merge\n"
          "#SBATCH --requeue\n"
          "#SBATCH --open-mode=append\n"
          "# The tables of all shards; refuses while a recording is missing.\n",
          out);
    return command_write(job, "--merge", out);
}

static bool submit_write(const batch_slurm *job, FILE *out)
{
    fputs("#!/bin/sh\n# Puts the shards and, after all of them, the merge into the queue.\n"
          "set -eu\ncd \"$(dirname \"$0\")\"\n",
          out);
    fprintf(out,
            "shards=$(sbatch --parsable --array=1-%d --output=shard-%%a.log \"$@\" shard.sh)\n",
            job->tasks);
    fputs("merge=$(sbatch --parsable --dependency=\"afterany:${shards%%;*}\" --output=merge.log "
          "\"$@\" merge.sh)\n"
          "echo \"shards ${shards%%;*}, merge ${merge%%;*}\"\n",
          out);
    return true;
}

typedef bool script_fill(const batch_slurm *job, FILE *out);

static bool script_write(const batch_slurm *job, const char *name, script_fill *fill)
{
    char *path = NULL;
    myo_outfile *file = NULL;
    myo_why why = {"out of memory"};
    bool written = asprintf(&path, "%s/slurm/%s", job->out, name) >= 0 &&
                   myo_outfile_open(path, true, &file, &why) == MYO_OK;
    if (written && !fill(job, myo_outfile_stream(file))) {
        myo_outfile_discard(file);
        free(path);
        return false;
    }
    written = written && myo_outfile_commit(file, &why) == MYO_OK;
    if (!written) {
        fprintf(stderr, "myotwitch batch: %s\n", why.text);
    }
    free(path);
    return written;
}

bool batch_slurm_write(const batch_slurm *job)
{
    char *folder = NULL;
    if (asprintf(&folder, "%s/slurm", job->out) < 0) {
        return false;
    }
    bool made = mkdir(folder, 0777) == 0 || errno == EEXIST;
    if (!made) {
        talk_file("batch", folder, strerror(errno));
    }
    free(folder);
    return made && script_write(job, "shard.sh", shard_write) &&
           script_write(job, "merge.sh", merge_write) &&
           script_write(job, "submit.sh", submit_write);
}

int batch_slurm_submit(const batch_slurm *job)
{
    char *path = NULL;
    int status = 0;
    if (asprintf(&path, "%s/slurm/submit.sh", job->out) < 0) {
        return EXIT_FAILED;
    }
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", path, (char *)NULL);
        _exit(EXIT_FAILED);
    }
    bool submitted =
        pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!submitted) {
        talk_file("batch", path, "did not succeed; is this a host where sbatch works?");
    }
    free(path);
    return submitted ? EXIT_DONE : EXIT_FAILED;
}
