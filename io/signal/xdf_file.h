/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chunks of an XDF 1.0 file (LabRecorder), and what its streams say of themselves.
 *
 * Layout after the specification of XDF 1.0 (github.com/sccn/xdf/wiki/Specifications): chunks of
 * [bytes of the length][length][tag][stream][content], all little-endian; lengths are believed only
 * as far as the file goes. */
#ifndef MYO_IO_XDF_FILE_H
#define MYO_IO_XDF_FILE_H

#include "source.h"

/** A file of which small pieces are taken in order. */
typedef struct {
    int file;
    int64_t at, size; /**< next byte; bytes there are */
    int64_t held_at;  /**< where the buffer begins in the file */
    size_t held;      /**< bytes in the buffer */
    unsigned char buffer[65536];
} xdf_bytes;

/** Takes the next @p count bytes (up to 4096), valid until the next call; NULL: they are not there
 *  before @p end. */
const unsigned char *xdf_take(xdf_bytes *bytes, size_t count, int64_t end);

uint64_t xdf_number(const unsigned char *bytes, size_t count);
double xdf_double(const unsigned char *bytes);

/** A length as XDF writes it: how many bytes it takes, then these. False when there is none. */
bool xdf_length(xdf_bytes *bytes, int64_t end, uint64_t *length);

enum { XDF_STREAM_HEADER = 2, XDF_SAMPLES = 3, XDF_CLOCK_OFFSET = 4 };

typedef struct {
    unsigned tag;
    uint32_t stream;      /**< 0 where the tag has none */
    int64_t content, end; /**< bytes of the file */
} xdf_chunk;

typedef enum { XDF_CHUNK, XDF_END, XDF_CUT } xdf_step;

/** Goes to the content of the chunk at @p at. XDF_CUT: the file ends inside it, or no chunk is
 *  there; chunk->content is then where. */
xdf_step xdf_chunk_at(xdf_bytes *bytes, int64_t at, xdf_chunk *chunk);

/** A straight line through points, by least squares around the mean. Zero-initialise. */
typedef struct {
    double count, x, y; /**< points so far and their means */
    double xx, xy;      /**< sums of squares and products around the means */
} xdf_line;

void xdf_line_add(xdf_line *line, double x, double y);

/** Slope, @p otherwise when fewer than two places are known. */
double xdf_line_slope(const xdf_line *line, double otherwise);

typedef enum {
    XDF_FLOAT32,
    XDF_DOUBLE64,
    XDF_STRING,
    XDF_INT8,
    XDF_INT16,
    XDF_INT32,
    XDF_INT64,
    XDF_UNKNOWN
} xdf_format;

typedef struct {
    uint32_t id;
    char name[64], type[32];
    xdf_format format;
    uint32_t channels;
    double rate_hz;     /**< nominal; 0 = irregular */
    int64_t header_at;  /**< of its XML, for what is said of each channel */
    size_t header_size; /**< bytes */
    xdf_line offset;    /**< seconds to add to its clock, over its clock */
} xdf_stream;

/** Bytes of one value; 0 for texts. */
size_t xdf_value_bytes(xdf_format format);

/** The value at @p bytes. */
double xdf_value(const unsigned char *bytes, xdf_format format);

/** Copies what stands between <name> and </name> in @p xml, without blanks around it; "" and false
 *  if there is none. Entities stay as they are but for the five of XML. */
bool xdf_xml_text(const char *xml, const char *name, char *text, size_t size);

/** Fills in a stream from its header. */
void xdf_stream_read(xdf_stream *stream, const char *xml);

#endif
