/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records described by tables: one reader, one printer and one editor for every kind of record.
 *
 * Why libyaml's nodes and not libcyaml's loader: the references and ranges are checked after
 * loading and must still name file, line and column, also those of single list items. libcyaml
 * gives no positions after loading and accepts a key twice. libyaml's nodes carry their marks. */
#ifndef MYO_CLINIC_RECORD_H
#define MYO_CLINIC_RECORD_H

#include "clinic/arena.h"
#include "myotwitch/clinic.h"

#include <yaml.h>

typedef enum {
    FIELD_TEXT,    /* const char * */
    FIELD_TEXTS,   /* myo_ids */
    FIELD_DATE,    /* const char *, YYYY-MM-DD */
    FIELD_NUMBER,  /* double, NAN = not given */
    FIELD_NUMBERS, /* myo_numbers */
    FIELD_FLAG,    /* int, -1 = not given */
    FIELD_ENUM,    /* int, 0 = not given */
    FIELD_MASK,    /* uint32_t, bit 1u << value of each item */
    FIELD_REF,     /* const char *, id of a record of kind `target` */
    FIELD_REFS,    /* myo_ids of them */
    FIELD_LIST     /* myo_list of records of kind `sub`, one after the other */
} myo_field_kind;

/* Same layout as every typed list of the public headers. */
typedef struct {
    void *item;
    size_t count;
} myo_list;

enum { FIELD_REQUIRED = 1, FIELD_ARTICLE = 2, FIELD_HIDDEN = 4 };

typedef struct myo_record_kind myo_record_kind;

typedef struct {
    const char *name;
    myo_field_kind kind;
    size_t offset;
    unsigned flags;
    const char *const *names;   /* FIELD_ENUM, FIELD_MASK: names[0] is "", ends with NULL */
    int target;                 /* FIELD_REF, FIELD_REFS */
    const myo_record_kind *sub; /* FIELD_LIST */
    uint32_t only;              /* session steps: kinds that may have the field; 0 = all */
} myo_field;

struct myo_record_kind {
    const char *key;  /* "muscles" */
    const char *name; /* "muscle" */
    size_t size;
    const myo_field *fields;
    size_t field_count;
};

#define MYO_FIELDS_MAX 96

/* A reference whose target is looked up when all is read. */
typedef struct myo_pending {
    struct myo_pending *next;
    int target;
    const char *id;
    myo_place place;
} myo_pending;

typedef struct {
    myo_arena *arena;
    myo_issues *issues;
    const char *file;
    uint32_t first_line; /* line of the text's first line, for JSON Lines */
    bool lenient;        /* unknown keys are skipped */
    bool no_memory;
    yaml_document_t document;
    myo_pending *pending;
} myo_reader;

/** Adds a complaint. Line 0 leaves the place out. */
MYO_PRINTF(3, 4)
void myo_issue(myo_issues *issues, const myo_place *place, const char *format, ...);

/** Parses the one document of @p text; false after a complaint. Delete with myo_reader_close. */
bool myo_reader_open(myo_reader *reader, const char *text, size_t size);
void myo_reader_close(myo_reader *reader);

yaml_node_t *myo_reader_node(myo_reader *reader, int index);
myo_place myo_reader_place(const myo_reader *reader, const yaml_node_t *node);
/** Value of a mapping's key, or NULL. */
yaml_node_t *myo_reader_get(myo_reader *reader, yaml_node_t *mapping, const char *key);
/** Whether a text looks like 2026-01-31. */
bool myo_is_date(const char *text);
/** The text of a scalar without NUL inside, or NULL. */
const char *myo_reader_scalar(const yaml_node_t *node);

/** A record of that kind with nothing given; NULL when there is no memory. */
void *myo_record_new(myo_arena *arena, const myo_record_kind *kind);
void myo_record_blank(const myo_record_kind *kind, void *record);

/** Reads a mapping into @p record over what it holds; complaints go to the reader's issues. */
void myo_record_read(myo_reader *reader, yaml_node_t *node, const myo_record_kind *kind,
                     void *record);

/** Complains about required fields that were not given, also in lists. */
void myo_record_complete(myo_issues *issues, const myo_record_kind *kind, const void *record);

bool myo_field_given(const myo_field *field, const void *record);
/** Where field @p index of the record was given; the record's own place if it was not. */
myo_place myo_field_place(const myo_record_kind *kind, const void *record, const char *name);
const myo_field *myo_field_find(const myo_record_kind *kind, const char *name);
/** Enum value of a name, 0 if there is none. */
int myo_name_value(const char *const *names, const char *name);

/** The value of a field as JSON. */
void myo_field_json(myo_string *text, const myo_field *field, const void *record);
/** The record as a JSON object of the fields given, on one line. */
void myo_record_json(myo_string *text, const myo_record_kind *kind, const void *record,
                     unsigned needed);
/** The record as "name: value" lines for people; only fields with all @p needed flags. */
void myo_record_print(myo_string *text, const myo_record_kind *kind, const void *record,
                      unsigned needed);

#endif
