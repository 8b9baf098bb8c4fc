/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the header of a .npy file and items of its list. */
#include "npy.h"

#include "decimal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_HEADER = 4096 };

/* "'key': " and what follows it. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    at = at == NULL ? NULL : strchr(at, ':');
    return at == NULL ? "" : at + 1 + strspn(at + 1, " ");
}

static bool number_at(const char *text, int64_t *value)
{
    return myo_decimal_whole(text, strspn(text, "0123456789"), value);
}

/* "{'descr': '<i8', 'fortran_order': False, 'shape': (5,), }" */
static bool header_read(const char *header, npy_list *list)
{
    const char *type = value_of(header, "'descr'"), *shape = value_of(header, "'shape'");
    if (type[0] != '\'' || type[1] == '\0' || type[2] == '\0' || shape[0] != '(') {
        return false;
    }
    list->is_text = type[2] == 'S';
    bool is_number = type[2] == 'i' && (type[1] == '<' || type[1] == '|');
    if ((!list->is_text && !is_number) || !number_at(type + 3, &list->width) ||
        !number_at(shape + 1, &list->count)) {
        return false;
    }
    shape += 1 + strspn(shape + 1, "0123456789");
    bool is_width = list->width == 1 || list->width == 2 || list->width == 4 || list->width == 8;
    return strcspn(shape, ")") == strspn(shape, ", ") &&
           (list->is_text ? list->width >= 1 && list->width <= MAX_HEADER : is_width);
}

static bool list_read(npy_list *list)
{
    unsigned char head[12];
    char header[MAX_HEADER + 1];
    struct stat about;
    if (pread(list->file, head, sizeof head, 0) != sizeof head ||
        memcmp(head, "\x93NUMPY", 6) != 0 || head[6] < 1 || head[6] > 3) {
        return false;
    }
    size_t size = (size_t)(head[8] | head[9] << 8);
    size_t start = head[6] == 1 ? 10 : 12; /* later versions have four bytes for the size */
    if (size > MAX_HEADER || (start == 12 && (head[10] | head[11]) != 0) ||
        pread(list->file, header, size, (off_t)start) != (ssize_t)size) {
        return false;
    }
    header[size] = '\0';
    list->offset = (int64_t)(start + size);
    return header_read(header, list) && fstat(list->file, &about) == 0 &&
           list->count <= (about.st_size - list->offset) / list->width;
}

myo_status npy_open(int file, npy_list *list, myo_why *why)
{
    *list = (npy_list){.file = file};
    if (!list_read(list)) {
        npy_close(list);
        return myo_why_set(why, MYO_ERR_FORMAT, "not a list of numbers or texts in NumPy's format");
    }
    return MYO_OK;
}

/* Bytes of item @p index in the buffer, which is filled from there on. */
static const unsigned char *item(npy_list *list, int64_t index)
{
    if (index < list->first || index >= list->first + list->held) {
        ssize_t got = pread(list->file, list->buffer, sizeof list->buffer,
                            (off_t)(list->offset + index * list->width));
        list->first = index;
        list->held = got < 0 ? 0 : got / list->width;
    }
    return list->held == 0 ? NULL : list->buffer + (index - list->first) * list->width;
}

int64_t npy_number(npy_list *list, int64_t index)
{
    const unsigned char *bytes = index < 0 || index >= list->count ? NULL : item(list, index);
    uint64_t bits = 0;
    if (bytes == NULL || list->is_text) {
        return 0;
    }
    for (int64_t i = 0; i < list->width; i++) {
        bits |= (uint64_t)bytes[i] << 8 * i;
    }
    uint64_t sign = (uint64_t)1 << (8 * list->width - 1);
    return (int64_t)((bits ^ sign) - sign);
}

void npy_text(npy_list *list, int64_t index, char *text, size_t size)
{
    const unsigned char *bytes = index < 0 || index >= list->count ? NULL : item(list, index);
    size_t length = bytes == NULL || !list->is_text ? 0 : (size_t)list->width;
    length = length < size ? length : size - 1;
    memcpy(text, bytes == NULL ? (const void *)"" : bytes, length);
    text[length] = '\0';
}

void npy_close(npy_list *list)
{
    if (list->file >= 0) {
        (void)close(list->file);
    }
    list->file = -1;
}
