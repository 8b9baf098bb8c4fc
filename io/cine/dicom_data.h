/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elements of a DICOM file, one after the other, in every transfer syntax. Private to io/cine.
 *
 * DICOM PS3.5 (7.1 data elements, 7.5 sequences, A.4 encapsulation) and PS3.10 (7.1 the file's own group).
 */
#ifndef MYO_IO_CINE_DICOM_DATA_H
#define MYO_IO_CINE_DICOM_DATA_H

#include "bytes.h"

/** Length of what ends with a delimiter. */
#define DICOM_UNDEFINED UINT32_MAX

/** A tag as one number. */
#define DICOM_TAG(group, element) ((uint32_t)(group) << 16 | (element))

enum { DICOM_MAX_DEPTH = 16 };

/** A data set: the file itself, or the whole of it unpacked in memory. */
typedef struct {
    const myo_bytes *bytes;
    uint8_t *memory; /**< owned; NULL: the file */
    int64_t size;
    bool is_explicit, is_big_endian;
} dicom_input;

typedef struct {
    uint32_t tag;
    char vr[3]; /**< "" when implicit */
    int64_t value;
    uint32_t length; /**< may be DICOM_UNDEFINED */
} dicom_element;

/** Where a walk through a data set is: nested sequences are walked into, and what is in them comes like the
 *  rest, with the depth. */
typedef struct {
    int64_t at;
    int depth;
    struct {
        uint32_t tag, items; /**< items begun */
        int64_t end;         /**< -1: at its delimiter */
        bool is_explicit;
    } sequence[DICOM_MAX_DEPTH];
    int elements; /**< so far; a limit keeps a file of empty elements from taking hours */
} dicom_walk;

/** Exactly @p size bytes; false if they are not there. */
bool dicom_at(const dicom_input *input, int64_t offset, void *to, size_t size);

/** The next element that is no sequence, item or delimiter. The pixels (7FE0,0010) of the data set itself end
 *  the walk: element->value is where they begin. *found false: the data set ends. Sequences of known length
 *  other than the ultrasound regions (0018,6011) are passed over. MYO_ERR_FORMAT. */
myo_status dicom_next(const dicom_input *input, dicom_walk *walk, dicom_element *element,
                      bool *found, myo_why *why);

/** Values of an element; 0 when it is too short. */
uint32_t dicom_u16(const dicom_input *input, const dicom_element *element, int index);
uint32_t dicom_u32(const dicom_input *input, const dicom_element *element);
double dicom_f64(const dicom_input *input, const dicom_element *element);

/** Text without the blanks and NULs around it; "" when longer than @p size. */
void dicom_text(const dicom_input *input, const dicom_element *element, char *text, size_t size);

/** A number as text; @p missing when it is none. */
double dicom_decimal(const dicom_input *input, const dicom_element *element, double missing);

#endif
