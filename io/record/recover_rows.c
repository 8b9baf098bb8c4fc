/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of an unclosed recording, row by row. */
#include "recover_self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const counted_table counted_tables[COUNTED] = {
    {"/intervals/reports", offsetof(record_file, reports), FLUSH_REPORTS},
    {"/intervals/events", offsetof(record_file, events), FLUSH_EVENTS},
    {"/acquisition/marks", offsetof(record_file, marks), FLUSH_MARKS},
};

/* What fails in the original is no failure of the copy, whose file takes note of every call that fails
 * (nwb_h5.c): reading is done between H5E_BEGIN_TRY and H5E_END_TRY. */

static int64_t rows_of(hid_t set)
{
    hsize_t rows = 0;
    hid_t space = H5Dget_space(set);
    if (H5Sget_simple_extent_ndims(space) == 1) {
        (void)H5Sget_simple_extent_dims(space, &rows, NULL);
    }
    (void)H5Sclose(space);
    return (int64_t)rows;
}

static bool rows_read(hid_t set, hid_t type, int64_t start, size_t rows, void *values)
{
    hsize_t from = (hsize_t)start, count = rows;
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(1, &count, NULL);
    bool ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, &from, NULL, &count, NULL) >= 0 &&
              H5Dread(set, type, memory, space, H5P_DEFAULT, values) >= 0;
    (void)H5Sclose(memory);
    (void)H5Sclose(space);
    return ok;
}

static hid_t column_open(hid_t in, const char *name)
{
    hid_t set = h5_exists(in, name) ? H5Dopen2(in, name, H5P_DEFAULT) : -1;
    if (set >= 0 && !h5_storage_is_safe(set)) {
        (void)H5Dclose(set);
        return -1;
    }
    return set;
}

/* The recorder packs nothing: more rows of numbers than the file has room for are not there, whatever a
 * damaged length says. */
static int64_t most_rows(hid_t in)
{
    hsize_t bytes = 0;
    (void)H5Fget_filesize(in, &bytes);
    return (int64_t)(bytes / sizeof(double));
}

int64_t recover_columns_open(hid_t in, const char *path, const nwb_table *like, hid_t *sets)
{
    const int64_t most = most_rows(in);
    int64_t rows = INT64_MAX;
    for (size_t c = 0; c < like->column_count; c++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s/%s", path, like->columns[c].name);
        H5E_BEGIN_TRY
        {
            sets[c] = column_open(in, name);
            int64_t here = sets[c] >= 0 ? rows_of(sets[c]) : INT64_MAX;
            rows = here < rows ? here : rows;
        }
        H5E_END_TRY
    }
    rows = rows == INT64_MAX ? 0 : rows;
    return rows < most ? rows : most;
}

void recover_columns_close(const nwb_table *like, const hid_t *sets)
{
    for (size_t c = 0; c < like->column_count; c++) {
        if (sets[c] >= 0) {
            H5E_BEGIN_TRY
            {
                (void)H5Dclose(sets[c]);
            }
            H5E_END_TRY
        }
    }
}

bool recover_batch_read(hid_t set, const nwb_column *column, int64_t start, size_t rows,
                        recover_batch *to)
{
    if (set < 0) {
        return true; /* another version wrote it: empty cells */
    }
    bool ok = false;
    hid_t type =
        column->text_bytes == 0 ? H5Tcopy(H5T_NATIVE_DOUBLE) : nwb_fixed_text(column->text_bytes);
    H5E_BEGIN_TRY
    {
        ok = rows_read(set, type, start, rows,
                       column->text_bytes == 0 ? (void *)to->numbers : to->texts);
    }
    H5E_END_TRY;
    (void)H5Tclose(type);
    return ok;
}

static bool batches_new(const nwb_table *like, recover_batch *batches)
{
    bool ok = true;
    for (size_t c = 0; c < like->column_count; c++) {
        batches[c].texts = calloc(RECOVER_BLOCK, like->columns[c].text_bytes + 1);
        ok = ok && batches[c].texts != NULL;
    }
    return ok;
}

/* A row whose page was never written has an empty text in it, which no row of ours has. */
static bool row_is_whole(const nwb_table *like, const recover_batch *batches, size_t row)
{
    for (size_t c = 0; c < like->column_count; c++) {
        const nwb_column *column = &like->columns[c];
        bool must = strcmp(column->name, "stage") == 0 || strcmp(column->name, "type") == 0 ||
                    strcmp(column->name, "why") == 0 || strcmp(column->name, "data") == 0;
        if (must && column->text_bytes > 0 && batches[c].texts[row * column->text_bytes] == '\0') {
            return false;
        }
    }
    return true;
}

static void row_fill(nwb_table *to, const recover_batch *batches, size_t row)
{
    for (size_t c = 0; c < to->column_count; c++) {
        size_t width = to->columns[c].text_bytes;
        if (width == 0) {
            nwb_table_number(to, c, batches[c].numbers[row]);
            continue;
        }
        char text[2048];
        (void)snprintf(text, sizeof text, "%.*s", (int)width, batches[c].texts + row * width);
        nwb_table_text(to, c, text);
    }
}

/* What is done with a row of the original, which @p table has as its row under way. */
typedef void row_use(recover_job *self, nwb_table *table, bool whole, void *data);

static void rows_pass(recover_job *self, nwb_table *table, const hid_t *sets,
                      recover_batch *batches, int64_t rows, row_use *use, void *data)
{
    for (int64_t start = 0; start < rows; start += RECOVER_BLOCK) {
        size_t count = rows - start < RECOVER_BLOCK ? (size_t)(rows - start) : RECOVER_BLOCK;
        bool ok = true;
        for (size_t c = 0; c < table->column_count && ok; c++) {
            ok = recover_batch_read(sets[c], &table->columns[c], start, count, &batches[c]);
        }
        for (size_t row = 0; row < count; row++) {
            row_fill(table, batches, row);
            use(self, table, ok && row_is_whole(table, batches, row), data);
        }
    }
}

/* Up to @p due rows of the table at @p path; -1 = all. */
static void table_pass(recover_job *self, const char *path, nwb_table *table, int64_t due,
                       row_use *use, void *data)
{
    hid_t sets[NWB_MAX_COLUMNS];
    recover_batch *batches = calloc(NWB_MAX_COLUMNS, sizeof *batches);
    if (batches == NULL) {
        self->out.nwb.failed = true;
        return;
    }
    int64_t rows = recover_columns_open(self->in, path, table, sets);
    if (batches_new(table, batches)) {
        rows_pass(self, table, sets, batches, due >= 0 && due < rows ? due : rows, use, data);
    } else {
        self->out.nwb.failed = true;
    }
    recover_columns_close(table, sets);
    for (size_t c = 0; c < NWB_MAX_COLUMNS; c++) {
        free(batches[c].texts);
    }
    free(batches);
}

static nwb_table *table_at(recover_job *self, size_t offset)
{
    return (nwb_table *)(void *)((char *)&self->out + offset);
}

static void row_copy(recover_job *self, nwb_table *table, bool whole, void *data)
{
    int64_t *copied = data;
    if (whole) {
        nwb_table_row_end(table);
    }
    *copied += whole;
    self->report->rows_lost += !whole;
}

void recover_tables_copy(recover_job *self)
{
    int64_t *const reported[COUNTED] = {&self->report->reports, &self->report->events,
                                        &self->report->marks};
    for (const record_table *t = record_tables; t->path != NULL; t++) {
        int64_t due = -1, copied = 0;
        for (size_t n = 0; n < COUNTED; n++) {
            due = t->offset == counted_tables[n].offset
                      ? (int64_t)self->last[counted_tables[n].flush_column]
                      : due;
        }
        table_pass(self, t->path, table_at(self, t->offset), due, row_copy, &copied);
        for (size_t n = 0; n < COUNTED; n++) {
            *reported[n] = t->offset == counted_tables[n].offset ? copied : *reported[n];
        }
    }
}

static void sum_add(recover_job *self, nwb_table *table, bool whole, void *data)
{
    recover_sums *sums = data;
    (void)whole;
    if (sums->rows % RECOVER_BLOCK == 0) {
        size_t size = ((size_t)sums->rows + RECOVER_BLOCK + 1) * sizeof *sums->of;
        uint32_t *more = realloc(sums->of, size);
        if (more != NULL) {
            sums->of = more;
        } else {
            self->out.nwb.failed = true;
        }
    }
    if (!self->out.nwb.failed) {
        uint32_t before = sums->rows > 0 ? sums->of[sums->rows] : 0;
        sums->of[++sums->rows] = before + nwb_table_row_hash(table);
    }
}

void recover_sums_make(recover_job *self)
{
    for (size_t n = 0; n < COUNTED; n++) {
        table_pass(self, counted_tables[n].path, table_at(self, counted_tables[n].offset), -1,
                   sum_add, &self->sums[n]);
    }
}
