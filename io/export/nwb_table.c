/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of numbers and texts, appended in batches. */
#include "nwb_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A live table of a row every 50 ms has 1400 chunks after 20 h: their index stays in pages that a
 * power cut cannot tear (record_file.c). */
enum { CHUNK_ROWS = 256, CELL_BYTES = 16, LIVE_CHUNK_ROWS = 1024, LIVE_TEXT_CHUNK_BYTES = 65536 };

void nwb_table_open(nwb_table *table, nwb_file *nwb, const char *path)
{
    *table = (nwb_table){.nwb = nwb, .text_bytes = NWB_TEXT_BYTES};
    table->columns = calloc(NWB_MAX_COLUMNS, sizeof *table->columns);
    table->group = nwb_group(nwb, path);
    nwb->failed = nwb->failed || table->columns == NULL;
}

static void set_close(nwb_column *column)
{
    if (column->set > 0) {
        (void)H5Dclose(column->set);
        column->set = -1;
    }
}

/* HDF5 keeps some 10 kB for each data set that is open: those of a file that is not live are open only
 * while a batch is written. */
static void sets_let_go(nwb_table *table)
{
    for (size_t c = 0; !table->nwb->live && c < table->column_count; c++) {
        set_close(&table->columns[c]);
    }
}

static size_t chunk_rows(const nwb_table *table, const nwb_column *column)
{
    if (!table->nwb->live) {
        return CHUNK_ROWS;
    }
    return column->text_bytes > 0 ? LIVE_TEXT_CHUNK_BYTES / column->text_bytes : LIVE_CHUNK_ROWS;
}

static hid_t column_type(const nwb_table *table, const nwb_column *column)
{
    if (column->kind == NWB_TEXT) {
        return column->text_bytes > 0 ? nwb_fixed_text(column->text_bytes)
                                      : H5Tcopy(table->nwb->text_type);
    }
    return H5Tcopy(column->kind == NWB_INTEGER ? H5T_STD_I64LE : H5T_IEEE_F64LE);
}

hid_t nwb_table_column(nwb_table *table, const char *name, nwb_kind kind)
{
    nwb_file *nwb = table->nwb;
    if (nwb->failed || table->column_count == NWB_MAX_COLUMNS) {
        nwb->failed = true;
        return -1;
    }
    sets_let_go(table);
    nwb_column *column = &table->columns[table->column_count++];
    (void)snprintf(column->name, sizeof column->name, "%s", name);
    column->kind = kind;
    column->text_bytes = nwb->live && kind == NWB_TEXT ? table->text_bytes : 0;
    hid_t type = column_type(table, column);
    column->set = nwb_growing_set(nwb, table->group, name, type, 0, chunk_rows(table, column));
    (void)H5Tclose(type);
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
        free(table->columns[column].texts[table->batched]);
        table->columns[column].texts[table->batched] = copy;
    }
}

/* Bytes of @p text that a cell takes: less than its width, and no letter of several bytes in part. */
static size_t fixed_length(const char *text, size_t width)
{
    size_t length = strnlen(text, width);
    if (length == width) {
        length--;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    return length;
}

/* Texts of a width side by side, cut or filled up with zeros. */
static void fixed_append(nwb_table *table, const nwb_column *column)
{
    size_t width = column->text_bytes;
    hid_t type = nwb_fixed_text(width);
    char *rows = calloc(table->batched, width);
    table->nwb->failed = table->nwb->failed || rows == NULL;
    for (size_t row = 0; rows != NULL && row < table->batched; row++) {
        if (column->texts[row] != NULL) {
            memcpy(rows + row * width, column->texts[row], fixed_length(column->texts[row], width));
        }
    }
    nwb_append(table->nwb, column->set, type, table->rows, table->batched, 0, rows);
    free(rows);
    (void)H5Tclose(type);
}

static void column_flush(nwb_table *table, nwb_column *column)
{
    if (column->set <= 0 && !table->nwb->failed) {
        column->set = nwb_growing_set_open(table->nwb, table->group, column->name,
                                           (size_t)CHUNK_ROWS * CELL_BYTES);
    }
    if (column->text_bytes > 0) {
        fixed_append(table, column);
    } else {
        bool is_text = column->kind == NWB_TEXT;
        nwb_append(table->nwb, column->set, is_text ? table->nwb->text_type : H5T_NATIVE_DOUBLE,
                   table->rows, table->batched, 0,
                   is_text ? (const void *)column->texts : (const void *)column->numbers);
    }
    for (size_t row = 0; row < NWB_BATCH_ROWS; row++) {
        free(column->texts[row]);
        column->texts[row] = NULL;
    }
}

static void ids_append(nwb_table *table, hid_t set, int64_t start, size_t count)
{
    int64_t ids[CHUNK_ROWS];
    for (size_t i = 0; i < count; i++) {
        ids[i] = start + (int64_t)i;
    }
    nwb_append(table->nwb, set, H5T_NATIVE_INT64, start, count, 0, ids);
}

void nwb_table_flush(nwb_table *table)
{
    for (size_t c = 0; c < table->column_count && table->batched > 0; c++) {
        column_flush(table, &table->columns[c]);
    }
    if (table->ids > 0 && table->batched > 0) {
        ids_append(table, table->ids, table->rows, table->batched);
    }
    table->rows += (int64_t)table->batched;
    table->batched = 0;
    sets_let_go(table);
}

uint32_t nwb_table_row_hash(const nwb_table *table)
{
    uint64_t hash = NWB_HASH_START;
    for (size_t c = 0; c < table->column_count; c++) {
        const nwb_column *column = &table->columns[c];
        const char *text = column->texts[table->batched];
        if (column->kind != NWB_TEXT) {
            hash = nwb_hash(hash, &column->numbers[table->batched], sizeof(double));
        } else if (text != NULL) {
            hash = nwb_hash(hash, text, fixed_length(text, column->text_bytes));
        }
    }
    return (uint32_t)(hash ^ hash >> 32);
}

int64_t nwb_table_rows(const nwb_table *table)
{
    return table->rows + (int64_t)table->batched;
}

void nwb_table_row_end(nwb_table *table)
{
    if (table->nwb->live && !table->nwb->failed) {
        table->hash += nwb_table_row_hash(table);
    }
    if (!table->nwb->failed && ++table->batched == NWB_BATCH_ROWS) {
        nwb_table_flush(table);
    }
}

void nwb_table_close(nwb_table *table)
{
    if (table->nwb == NULL) {
        return;
    }
    nwb_table_flush(table);
    for (size_t c = 0; table->columns != NULL && c < table->column_count; c++) {
        set_close(&table->columns[c]);
        for (size_t row = 0; row < NWB_BATCH_ROWS; row++) {
            free(table->columns[c].texts[row]); /* of a row that was begun and not ended */
        }
    }
    if (table->ids > 0) {
        (void)H5Dclose(table->ids);
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
    sets_let_go(table);
}

static hid_t ids_create(nwb_table *table)
{
    nwb_file *nwb = table->nwb;
    hid_t set = nwb_growing_set(nwb, table->group, "id", H5T_STD_I64LE, 0,
                                nwb->live ? LIVE_CHUNK_ROWS : CHUNK_ROWS);
    nwb_type(nwb, set, "hdmf-common", "ElementIdentifiers");
    return set;
}

void nwb_dynamic_ids(nwb_table *table)
{
    nwb_table_flush(table);
    hid_t set = ids_create(table);
    for (int64_t start = 0; start < table->rows; start += CHUNK_ROWS) {
        int64_t left = table->rows - start;
        ids_append(table, set, start, left < CHUNK_ROWS ? (size_t)left : CHUNK_ROWS);
    }
    (void)H5Dclose(set);
}

void nwb_dynamic_ids_open(nwb_table *table)
{
    table->ids = ids_create(table);
}
