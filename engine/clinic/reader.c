/* SPDX-License-Identifier: GPL-3.0-or-later */
/* YAML (or JSON, its subset) texts into nodes that know where they stand. */
#include "clinic/record.h"

#include <string.h>

/* libyaml gives a byte offset, not a mark, when the bytes are no UTF-8. */
static uint32_t line_of_offset(const char *text, size_t size, size_t offset)
{
    uint32_t line = 0;
    for (size_t i = 0; i < offset && i < size; i++) {
        line += text[i] == '\n';
    }
    return line;
}

static void complain(myo_reader *reader, const yaml_parser_t *parser, const char *text, size_t size)
{
    myo_place place = {reader->file, 0, 0};
    if (parser->error == YAML_MEMORY_ERROR) {
        reader->no_memory = true;
        return;
    }
    if (parser->error == YAML_READER_ERROR) {
        place.line = reader->first_line + line_of_offset(text, size, parser->problem_offset) + 1;
        place.column = 1;
    } else {
        place.line = reader->first_line + (uint32_t)parser->problem_mark.line + 1;
        place.column = (uint32_t)parser->problem_mark.column + 1;
    }
    myo_issue(reader->issues, &place, "%s",
              parser->problem != NULL ? parser->problem : "malformed");
}

/* libyaml's time grows with the square of the depth of brackets: 100000 of them would take half a
 * minute. Brackets in quoted text count, too, so the limit is far above what any model or session has. */
static bool depth_is_sane(myo_reader *reader, const char *text, size_t size)
{
    enum { MAX_DEPTH = 1000 };
    int depth = 0, line = 1;
    for (size_t i = 0; i < size && depth <= MAX_DEPTH; i++) {
        depth += text[i] == '[' || text[i] == '{';
        depth -= (text[i] == ']' || text[i] == '}') && depth > 0;
        line += text[i] == '\n';
    }
    if (depth > MAX_DEPTH) {
        myo_place place = {reader->file, reader->first_line + line, 1};
        myo_issue(reader->issues, &place, "more than %d brackets are open", MAX_DEPTH);
    }
    return depth <= MAX_DEPTH;
}

bool myo_reader_open(myo_reader *reader, const char *text, size_t size)
{
    yaml_parser_t parser;
    if (!depth_is_sane(reader, text, size)) {
        return false;
    }
    if (!yaml_parser_initialize(&parser)) {
        reader->no_memory = true;
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    bool fine = yaml_parser_load(&parser, &reader->document) != 0;
    if (!fine) {
        complain(reader, &parser, text, size);
    } else if (yaml_document_get_root_node(&reader->document) == NULL) {
        myo_place place = {reader->file, reader->first_line + 1, 1};
        myo_issue(reader->issues, &place, "holds no data");
        yaml_document_delete(&reader->document);
        fine = false;
    } else {
        yaml_document_t second;
        if (!yaml_parser_load(&parser, &second)) {
            complain(reader, &parser, text, size);
            fine = false;
        } else {
            const yaml_node_t *root = yaml_document_get_root_node(&second);
            if (root != NULL) {
                myo_place place = myo_reader_place(reader, root);
                myo_issue(reader->issues, &place, "a second document in one file");
                fine = false;
            }
            yaml_document_delete(&second);
        }
        if (!fine) {
            yaml_document_delete(&reader->document);
        }
    }
    yaml_parser_delete(&parser);
    return fine;
}

void myo_reader_close(myo_reader *reader)
{
    yaml_document_delete(&reader->document);
}

yaml_node_t *myo_reader_node(myo_reader *reader, int index)
{
    return yaml_document_get_node(&reader->document, index);
}

myo_place myo_reader_place(const myo_reader *reader, const yaml_node_t *node)
{
    return (myo_place){reader->file, reader->first_line + (uint32_t)node->start_mark.line + 1,
                       (uint32_t)node->start_mark.column + 1};
}

const char *myo_reader_scalar(const yaml_node_t *node)
{
    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return NULL;
    }
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : NULL;
}

yaml_node_t *myo_reader_get(myo_reader *reader, yaml_node_t *mapping, const char *key)
{
    if (mapping->type != YAML_MAPPING_NODE) {
        return NULL;
    }
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *name = myo_reader_scalar(myo_reader_node(reader, pair->key));
        if (name != NULL && strcmp(name, key) == 0) {
            return myo_reader_node(reader, pair->value);
        }
    }
    return NULL;
}
