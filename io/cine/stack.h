/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames that stand one after the other in a file as plain numbers. Private to io/cine.
 *
 * What MetaImage, Clarius, NumPy, MATLAB and raw files have in common: a reader of one of these finds out where
 * the numbers are and what they mean; the reading is done here.
 */
#ifndef MYO_IO_CINE_STACK_H
#define MYO_IO_CINE_STACK_H

#include "reader.h"
#include "unzip.h"

typedef enum {
    MYO_STACK_U8,
    MYO_STACK_I8,
    MYO_STACK_U16,
    MYO_STACK_I16,
    MYO_STACK_U32,
    MYO_STACK_I32,
    MYO_STACK_F32,
    MYO_STACK_F64
} myo_stack_type;

/** Bytes of a number. */
size_t myo_stack_bytes(myo_stack_type type);

/** Zero-initialise; info of the reader tells width, height and kind (IQ: two numbers a sample). Numbers of a frame
 *  stand together. */
typedef struct {
    const myo_bytes *bytes; /**< where they are, unless there is unzip or memory */
    myo_bytes own;          /**< a file beside the one that was opened; file < 0: none */
    myo_unzip *unzip;       /**< frames come out of here in turn, owned */
    uint8_t *memory;        /**< owned; @p bytes' place is taken by this */
    size_t memory_size;

    int64_t offset;     /**< of frame 0 */
    int64_t frame_step; /**< bytes from frame to frame */
    int64_t frame_skip; /**< bytes before the numbers of a frame (Clarius' time) */
    myo_stack_type type;
    bool is_big_endian;
    size_t row_step, column_step; /**< numbers; one of them is each, the other spans it */
    size_t part_step;             /**< numbers from in phase to quadrature */

    double *times_s;   /**< of each frame, owned; NULL: none */
    double interval_s; /**< 0: none */
    int64_t *sequence; /**< numbers of the frames, rising, owned; NULL: 0, 1, 2 ... */
    bool has_stamps;   /**< 8 bytes of ns before each frame, little endian */

    uint8_t *raw; /* filled by start */
    uint8_t *gray;
    float *values;
    int64_t number;
} myo_stack;

/** An empty stack as reader->state. MYO_ERR_NO_MEMORY. */
myo_status myo_stack_new(myo_cine_reader *reader, const myo_bytes *bytes, myo_stack **stack,
                         myo_why *why);

/** To be called when all is known: checks sizes, takes memory and sets info's is_float and clock. */
myo_status myo_stack_start(myo_cine_reader *reader, myo_why *why);

/** next() and close() of a reader whose state is a stack. */
myo_status myo_stack_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got, myo_why *why);
void myo_stack_close(myo_cine_reader *reader);

#endif
