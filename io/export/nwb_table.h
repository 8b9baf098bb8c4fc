/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table that grows row by row: HDMF's DynamicTable, or bare columns side by side. Private.
 *
 * Rows are gathered and written in batches; memory does not grow with their number.
 */
#ifndef MYO_IO_NWB_TABLE_H
#define MYO_IO_NWB_TABLE_H

#include "nwb_h5.h"

enum { NWB_MAX_COLUMNS = 40, NWB_BATCH_ROWS = 64, NWB_TEXT_BYTES = 64 };

typedef enum { NWB_NUMBER, NWB_INTEGER, NWB_TEXT } nwb_kind;

typedef struct {
    char name[32];
    nwb_kind kind;
    hid_t set;         /**< > 0: open */
    size_t text_bytes; /**< of a text in a live file; longer ones are cut. 0 = any length */
    double numbers[NWB_BATCH_ROWS];
    char *texts[NWB_BATCH_ROWS]; /* owned */
} nwb_column;

/** Zero-initialise. */
typedef struct {
    nwb_file *nwb;
    hid_t group;
    nwb_column *columns; /**< NWB_MAX_COLUMNS of them */
    size_t column_count;
    size_t text_bytes; /**< width of the next columns of texts in a live file; NWB_TEXT_BYTES */
    size_t batched;    /**< rows not yet written */
    int64_t rows;      /**< rows written */
    hid_t ids;         /**< > 0: ids are written with the rows */
    uint32_t hash;     /**< of a live file: sum of nwb_table_row_hash of all rows that were ended */
} nwb_table;

/** Creates the group at @p path; on lack of memory nwb->failed is set. */
void nwb_table_open(nwb_table *table, nwb_file *nwb, const char *path);

/** Adds a column; returns its data set, to which attributes may be added until the next call for the
 *  table. */
hid_t nwb_table_column(nwb_table *table, const char *name, nwb_kind kind);

/** Sets a cell of the row under way. */
void nwb_table_number(nwb_table *table, size_t column, double value);
void nwb_table_text(nwb_table *table, size_t column, const char *text);

void nwb_table_row_end(nwb_table *table);

/** Of the row under way in a live file: FNV-1a over its cells as they will stand in the file. */
uint32_t nwb_table_row_hash(const nwb_table *table);

/** Rows that were ended, written or not. */
int64_t nwb_table_rows(const nwb_table *table);

/** Writes the rows that were ended. */
void nwb_table_flush(nwb_table *table);

/** Writes what is left, closes everything and frees. A table that was never opened is fine. */
void nwb_table_close(nwb_table *table);

/** Column of a DynamicTable: VectorData with a description. */
void nwb_dynamic_column(nwb_table *table, const char *name, nwb_kind kind, const char *about);

/** Makes the table a DynamicTable of @p type ("TimeIntervals" of "core", "DynamicTable" of
 *  "hdmf-common") after the last column was added; adds the ids when it is closed. */
void nwb_dynamic_table(nwb_table *table, const char *name_space, const char *type,
                       const char *about);

/** Appends the ids 0, 1, 2 ... that a DynamicTable must have; before nwb_table_close. */
void nwb_dynamic_ids(nwb_table *table);

/** Instead of it, before the first row: lets the ids grow with the rows. */
void nwb_dynamic_ids_open(nwb_table *table);

#endif
