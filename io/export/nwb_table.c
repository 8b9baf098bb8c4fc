/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of numbers and texts, appended in batches. */
#include "nwb_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 256 };

void nwb_table_open(nwb_table *table, nwb_file *nwb, const char *path)
{
    *table = (nwb_table){.nwb = nwb};
    table->columns = calloc(NWB_MAX_COLUMNS, sizeof *table->columns);
    table->group = nwb_group(nwb, path);
    nwb->failed = nwb->failed || table->columns == NULL;
}

hid_t nwb_table_column(nwb_table *table, const char *name, nwb_kind kind)
{
    nwb_file *nwb = table->nwb;
    if (nwb->failed || table->column_count == NWB_MAX_COLUMNS) {
        nwb->failed = true;
        return -1;
    }
    nwb_column *column = &table->columns[table->column_count++];
    hid_t type = kind == NWB_TEXT      ? nwb->text_type
                 : kind == NWB_INTEGER ? H5T_STD_I64LE
                                       : H5T_IEEE_F64LE;
    (void)snprintf(column->name, sizeof column->name, "%s", name);
    column->kind = kind;
    column->set = nwb_growing_set(nwb, table->group, name, type, 0, CHUNK_ROWS);
    return column->set;
}

void nwb_table_number(nwb_table *table, size_t column, double value)
{
    if (!table->nwb->failed) {
        table->columns[column].numbers[table->batched] = value;
    }
}

void nwb_table_text(nwb_table *table, size_t column, const char *text)
{
    if (!table->nwb->failed) {
        char *copy = strdup(text);
        table->nwb->failed = copy == NULL;
        table->columns[column].texts[table->batched] = copy;
    }
}

static void column_flush(nwb_table *table, nwb_column *column)
{
    bool is_text = column->kind == NWB_TEXT;
    nwb_append(table->nwb, column->set, is_text ? table->nwb->text_type : H5T_NATIVE_DOUBLE,
               table->rows, table->batched, 0,
               is_text ? (const void *)column->texts : (const void *)column->numbers);
    for (size_t row = 0; row < NWB_BATCH_ROWS; row++) {
        free(column->texts[row]);
        column->texts[row] = NULL;
    }
}

static void batch_flush(nwb_table *table)
{
    for (size_t c = 0; c < table->column_count && table->batched > 0; c++) {
        column_flush(table, &table->columns[c]);
    }
    table->rows += (int64_t)table->batched;
    table->batched = 0;
}

void nwb_table_row_end(nwb_table *table)
{
    if (!table->nwb->failed && ++table->batched == NWB_BATCH_ROWS) {
        batch_flush(table);
    }
}

void nwb_table_close(nwb_table *table)
{
    if (table->nwb == NULL) {
        return;
    }
    batch_flush(table);
    for (size_t c = 0; table->columns != NULL && c < table->column_count; c++) {
        (void)H5Dclose(table->columns[c].set);
    }
    (void)H5Gclose(table->group);
    free(table->columns);
    *table = (nwb_table){0};
}

void nwb_dynamic_column(nwb_table *table, const char *name, nwb_kind kind, const char *about)
{
    hid_t set = nwb_table_column(table, name, kind);
    if (set >= 0) {
        nwb_type(table->nwb, set, "hdmf-common", "VectorData");
        nwb_text(table->nwb, set, "description", about);
    }
}

void nwb_dynamic_table(nwb_table *table, const char *name_space, const char *type,
                       const char *about)
{
    const char *names[NWB_MAX_COLUMNS];
    for (size_t c = 0; c < table->column_count; c++) {
        names[c] = table->columns[c].name;
    }
    nwb_type(table->nwb, table->group, name_space, type);
    nwb_text(table->nwb, table->group, "description", about);
    nwb_texts(table->nwb, table->group, "colnames", names, table->column_count);
}

void nwb_dynamic_ids(nwb_table *table)
{
    nwb_file *nwb = table->nwb;
    batch_flush(table);
    hid_t set = nwb_growing_set(nwb, table->group, "id", H5T_STD_I64LE, 0, CHUNK_ROWS);
    nwb_type(nwb, set, "hdmf-common", "ElementIdentifiers");
    for (int64_t start = 0; start < table->rows; start += CHUNK_ROWS) {
        int64_t ids[CHUNK_ROWS];
        size_t count = 0;
        for (; count < CHUNK_ROWS && start + (int64_t)count < table->rows; count++) {
            ids[count] = start + (int64_t)count;
        }
        nwb_append(nwb, set, H5T_NATIVE_INT64, start, count, 0, ids);
    }
    (void)H5Dclose(set);
}
