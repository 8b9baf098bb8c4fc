/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks through the elements of a DICOM data set without recursion. */
#include "dicom_data.h"

#include "signal/decimal.h"

#include <string.h>

#define ITEM         DICOM_TAG(0xFFFE, 0xE000)
#define ITEM_END     DICOM_TAG(0xFFFE, 0xE00D)
#define SEQUENCE_END DICOM_TAG(0xFFFE, 0xE0DD)
#define PIXELS       DICOM_TAG(0x7FE0, 0x0010)
#define REGIONS      DICOM_TAG(0x0018, 0x6011)

/* The largest file seen has 400. */
enum { MAX_ELEMENTS = 200000 };

bool dicom_at(const dicom_input *input, int64_t offset, void *to, size_t size)
{
    if (input->memory == NULL) {
        return myo_bytes_at(input->bytes, offset, to, size);
    }
    if (offset < 0 || (int64_t)size > input->size || offset > input->size - (int64_t)size) {
        return false;
    }
    memcpy(to, input->memory + offset, size);
    return true;
}

static uint32_t u16_of(const dicom_input *input, const uint8_t *from)
{
    return input->is_big_endian ? (uint32_t)from[0] << 8 | from[1]
                                : (uint32_t)from[1] << 8 | from[0];
}

static uint32_t u32_of(const dicom_input *input, const uint8_t *from)
{
    return input->is_big_endian ? u16_of(input, from) << 16 | u16_of(input, from + 2)
                                : u16_of(input, from + 2) << 16 | u16_of(input, from);
}

/* Representations with two spare bytes and a length of 32 bits, PS3.5 table 7.1-1. */
static bool vr_is_long(const char *vr)
{
    static const char names[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV ";
    for (const char *name = names; *name != '\0'; name += 3) {
        if (name[0] == vr[0] && name[1] == vr[1]) {
            return true;
        }
    }
    return false;
}

static myo_status bad(int64_t at, const char *what, myo_why *why)
{
    return myo_why_set(why, MYO_ERR_FORMAT, "byte %lld: %s", (long long)at, what);
}

static myo_status explicit_read(const dicom_input *input, dicom_walk *walk, const uint8_t *head,
                                dicom_element *element, myo_why *why)
{
    uint8_t more[4];
    element->vr[0] = (char)head[4];
    element->vr[1] = (char)head[5];
    element->vr[2] = '\0';
    if (head[4] < 'A' || head[4] > 'Z' || head[5] < 'A' || head[5] > 'Z') {
        return bad(walk->at + 4, "no value representation", why);
    }
    if (!vr_is_long(element->vr)) {
        element->length = u16_of(input, head + 6);
        element->value = walk->at + 8;
        return MYO_OK;
    }
    if (!dicom_at(input, walk->at + 8, more, sizeof more)) {
        return bad(walk->at + 8, "the file ends in an element", why);
    }
    element->length = u32_of(input, more);
    element->value = walk->at + 12;
    return MYO_OK;
}

/* Delimiters and items have no representation in any syntax. */
static myo_status header_read(const dicom_input *input, dicom_walk *walk, bool is_explicit,
                              dicom_element *element, myo_why *why)
{
    uint8_t head[8];
    if (!dicom_at(input, walk->at, head, sizeof head)) {
        return bad(walk->at, "the file ends in an element", why);
    }
    *element = (dicom_element){.tag = u16_of(input, head) << 16 | u16_of(input, head + 2)};
    if (is_explicit && element->tag >> 16 != 0xFFFE) {
        return explicit_read(input, walk, head, element, why);
    }
    element->length = u32_of(input, head + 4);
    element->value = walk->at + 8;
    return MYO_OK;
}

static bool walk_is_explicit(const dicom_input *input, const dicom_walk *walk)
{
    return walk->depth > 0 ? walk->sequence[walk->depth - 1].is_explicit : input->is_explicit;
}

static myo_status sequence_enter(const dicom_input *input, dicom_walk *walk,
                                 const dicom_element *element, myo_why *why)
{
    if (walk->depth == DICOM_MAX_DEPTH) {
        return bad(walk->at, "sequences nested too deep", why);
    }
    /* What is UN and of undefined length is encoded implicitly, PS3.5 6.2.2. */
    bool is_unknown = strcmp(element->vr, "UN") == 0;
    bool is_explicit = walk_is_explicit(input, walk) && !is_unknown;
    walk->sequence[walk->depth].tag = element->tag;
    walk->sequence[walk->depth].items = 0;
    walk->sequence[walk->depth].is_explicit = is_explicit;
    walk->sequence[walk->depth].end =
        element->length == DICOM_UNDEFINED ? -1 : element->value + element->length;
    walk->depth++;
    walk->at = element->value;
    return MYO_OK;
}

static bool is_delimiter(const dicom_element *element)
{
    return element->tag == ITEM || element->tag == ITEM_END || element->tag == SEQUENCE_END;
}

static myo_status delimiter_take(dicom_walk *walk, const dicom_element *element, myo_why *why)
{
    if (walk->depth == 0) {
        return bad(walk->at, "an item outside of a sequence", why);
    }
    if (element->tag == ITEM) {
        walk->sequence[walk->depth - 1].items++;
    } else if (element->tag == SEQUENCE_END) {
        walk->depth--;
    }
    walk->at = element->value;
    return MYO_OK;
}

static bool is_entered(const dicom_walk *walk, const dicom_element *element)
{
    bool is_pixels = element->tag == PIXELS && walk->depth == 0;
    return !is_pixels &&
           (element->length == DICOM_UNDEFINED || (element->tag == REGIONS && walk->depth == 0));
}

/* Passes over the value; the pixels of the data set itself end the walk, whether they are all there
 * or not. */
static myo_status value_pass(const dicom_input *input, dicom_walk *walk,
                             const dicom_element *element, bool *found, myo_why *why)
{
    *found = true;
    if (element->tag == PIXELS && walk->depth == 0) {
        walk->at = input->size;
        return MYO_OK;
    }
    if (element->length > input->size - element->value) {
        return bad(walk->at, "the file ends in an element", why);
    }
    walk->at = element->value + element->length;
    return MYO_OK;
}

static void sequences_leave(dicom_walk *walk)
{
    while (walk->depth > 0 && walk->sequence[walk->depth - 1].end >= 0 &&
           walk->at >= walk->sequence[walk->depth - 1].end) {
        walk->depth--;
    }
}

myo_status dicom_next(const dicom_input *input, dicom_walk *walk, dicom_element *element,
                      bool *found, myo_why *why)
{
    myo_status status = MYO_OK;
    for (*found = false; status == MYO_OK && !*found;) {
        sequences_leave(walk);
        if (walk->at >= input->size) {
            return MYO_OK;
        }
        if (++walk->elements > MAX_ELEMENTS) {
            return bad(walk->at, "more elements than any file has", why);
        }
        status = header_read(input, walk, walk_is_explicit(input, walk), element, why);
        if (status != MYO_OK) {
            return status;
        }
        status = is_delimiter(element)       ? delimiter_take(walk, element, why)
                 : is_entered(walk, element) ? sequence_enter(input, walk, element, why)
                                             : value_pass(input, walk, element, found, why);
    }
    return status;
}

uint32_t dicom_u16(const dicom_input *input, const dicom_element *element, int index)
{
    uint8_t bytes[2];
    return element->length >= 2U * ((unsigned)index + 1U) &&
                   dicom_at(input, element->value + 2 * (int64_t)index, bytes, sizeof bytes)
               ? u16_of(input, bytes)
               : 0;
}

uint32_t dicom_u32(const dicom_input *input, const dicom_element *element)
{
    uint8_t bytes[4];
    return element->length >= 4 && dicom_at(input, element->value, bytes, sizeof bytes)
               ? u32_of(input, bytes)
               : 0;
}

double dicom_f64(const dicom_input *input, const dicom_element *element)
{
    uint8_t bytes[8];
    double value = 0.0;
    if (element->length < 8 || !dicom_at(input, element->value, bytes, sizeof bytes)) {
        return 0.0;
    }
    uint64_t first = u32_of(input, bytes), second = u32_of(input, bytes + 4);
    uint64_t bits = input->is_big_endian ? first << 32 | second : second << 32 | first;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void dicom_text(const dicom_input *input, const dicom_element *element, char *text, size_t size)
{
    size_t length = element->length;
    bool fits = length < size && dicom_at(input, element->value, text, length);
    length = fits ? length : 0;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\0')) {
        length--;
    }
    text[length] = '\0';
    memmove(text, text + strspn(text, " "), length + 1 - strspn(text, " "));
}

double dicom_decimal(const dicom_input *input, const dicom_element *element, double missing)
{
    char text[64];
    double value = missing;
    dicom_text(input, element, text, sizeof text);
    return myo_decimal_read(text, strlen(text), false, &value) ? value : missing;
}
