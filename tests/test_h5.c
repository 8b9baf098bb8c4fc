/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of HDF5 recordings come back in the right order, scale and channel. */
#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <hdf5.h>

enum { FRAMES = 9001, CHANNELS = 3 };

static char path[] = "/tmp/myo_h5_XXXXXX";
static hid_t file;

static int file_begin(void **state)
{
    (void)state;
    memcpy(strrchr(path, '_') + 1, "XXXXXX", 6);
    close(mkstemp(path));
    file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    return file < 0;
}

static int file_end(void **state)
{
    (void)state;
    return unlink(path);
}

/* Depends on both indices, and fits 12 bits. */
static int number_at(int frame, int channel)
{
    return (frame * 5 + channel * 1009) % 4096;
}

static void attribute_number(hid_t object, const char *name, int value)
{
    hsize_t one = 1;
    hid_t space = H5Screate_simple(1, &one, NULL);
    hid_t attribute = H5Acreate2(object, name, H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_INT, &value) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void attribute_text(hid_t object, const char *name, const char *text, size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, size);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    char padded[64] = "";
    strncpy(padded, text, sizeof padded - 1);
    const void *value = size == H5T_VARIABLE ? (const void *)&text : padded;
    assert_true(H5Awrite(attribute, type, value) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/* Writes rows x columns numbers; turned: rows are channels. Returns the open data set. */
static hid_t set_write(hid_t place, const char *name, hid_t type, int columns, bool turned,
                       int first_channel)
{
    static int numbers[FRAMES * CHANNELS];
    hsize_t size[2] = {turned ? (hsize_t)columns : FRAMES, turned ? FRAMES : (hsize_t)columns};
    hsize_t chunk[2] = {turned ? 1 : 1024, turned ? 1000 : 1};
    for (int i = 0; i < FRAMES * columns; i++) {
        numbers[i] = turned ? number_at(i % FRAMES, first_channel + i / FRAMES)
                            : number_at(i / columns, first_channel + i % columns);
    }
    hid_t space = H5Screate_simple(2, size, NULL), storage = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(storage, 2, chunk);
    H5Pset_shuffle(storage);
    H5Pset_deflate(storage, 4);
    hid_t set = H5Dcreate2(place, name, type, space, H5P_DEFAULT, storage, H5P_DEFAULT);
    assert_true(H5Dwrite(set, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
    H5Pclose(storage);
    H5Sclose(space);
    return set;
}

/* Reads everything in pieces of 1000 frames and compares with scale * number + shift. */
static void check_samples(const myo_source_options *options, int channels, double scale,
                          double shift)
{
    static float samples[(FRAMES + 1000) * CHANNELS];
    myo_source *source = NULL;
    myo_why why = {""};
    myo_status status = myo_source_open_here(path, options, &source, &why);
    assert_string_equal(why.text, "");
    assert_int_equal(status, MYO_OK);
    size_t got = 0, total = 0;
    do {
        float *at = samples + total * (size_t)channels;
        assert_int_equal(myo_source_read(source, at, 1000, &got, &why), MYO_OK);
        total += got;
    } while (got > 0);
    assert_int_equal(total, FRAMES);
    assert_int_equal(myo_source_info_get(source)->channels, channels);
    for (int f = 0; f < FRAMES; f++) {
        for (int c = 0; c < channels; c++) {
            uint32_t number = myo_source_info_get(source)->channel_number[c];
            assert_true((double)samples[f * channels + c] ==
                        number_at(f, (int)number) * scale + shift);
        }
    }
    myo_source_free(source);
}

static void test_frames_by_channels(void **state)
{
    (void)state;
    H5Dclose(set_write(file, "emg", H5T_STD_I16BE, CHANNELS, false, 0));
    H5Fclose(file);
    check_samples(&(myo_source_options){.dataset = "/emg", .rate_hz = 2000.0}, CHANNELS,
                  1.0 / 32768.0, 0.0);
    check_samples(&(myo_source_options){.dataset = "emg", .rate_hz = 2000.0, .channels = "1"}, 1,
                  1.0 / 32768.0, 0.0);
}

static void test_channels_by_frames(void **state)
{
    (void)state;
    H5Dclose(set_write(file, "emg", H5T_IEEE_F64LE, CHANNELS, true, 0));
    H5Fclose(file);
    check_samples(
        &(myo_source_options){.dataset = "emg", .rate_hz = 2000.0, .channels_first = true},
        CHANNELS, 1.0, 0.0);
    check_samples(
        &(myo_source_options){
            .dataset = "emg", .rate_hz = 2000.0, .channels_first = true, .channels = "0,2"},
        2, 1.0, 0.0);
}

/* Two devices' worth of OpenSignals: 12 bit codes as uint16 and uint32, one sensor not EMG. */
static void opensignals_write(void)
{
    static const int numbers[] = {1, 4, 6}, bits[] = {12, 12, 12};
    static const char *const sensors[] = {"EMG", "ECG", "EMG"};
    hsize_t three = 3;
    hid_t device = H5Gcreate2(file, "00:07:80:D8:A7:F9", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t raw = H5Gcreate2(device, "raw", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &three, NULL);
    hid_t a = H5Acreate2(device, "channels", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    hid_t b = H5Acreate2(device, "resolution", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(a, H5T_NATIVE_INT, numbers);
    H5Awrite(b, H5T_NATIVE_INT, bits);
    H5Aclose(a);
    H5Aclose(b);
    H5Sclose(space);
    attribute_number(device, "sampling rate", 1000);
    attribute_text(device, "device", "biosignalsplux", H5T_VARIABLE);
    attribute_text(device, "date", "2019-10-15", H5T_VARIABLE);
    attribute_text(device, "time", "17:7:28.685", 16);
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "channel_%d", numbers[i]);
        hid_t set = set_write(raw, name, i == 2 ? H5T_STD_U32LE : H5T_STD_U16LE, 1, false, i);
        attribute_text(set, "sensor", sensors[i], H5T_VARIABLE);
        attribute_text(set, "label", "CH", H5T_VARIABLE);
        H5Dclose(set);
    }
    H5Gclose(raw);
    H5Gclose(device);
    H5Fclose(file);
}

static void test_opensignals_reads_emg_only(void **state)
{
    (void)state;
    opensignals_write();
    check_samples(&(myo_source_options){0}, 2, 1.0 / 2048.0, -1.0);
    check_samples(&(myo_source_options){.channels = "all"}, 3, 1.0 / 2048.0, -1.0);
}

static void test_opensignals_is_calibrated(void **state)
{
    (void)state;
    myo_source *source = NULL;
    myo_why why;
    opensignals_write();
    assert_int_equal(myo_source_open_here(path, &(myo_source_options){0}, &source, &why), MYO_OK);
    const myo_source_info *info = myo_source_info_get(source);
    assert_true(fabs(info->full_scale_uv - 1500.0) < 1e-9); /* half of 3 V / 1000 */
    assert_true(info->rate_hz == 1000.0 && info->frames == FRAMES);
    assert_true(info->rail_low[1] == -1.0 && info->rail_high[1] == 1.0 - 1.0 / 2048.0);
    assert_string_equal(info->start_time, "2019-10-15T17:07:28.685");
    assert_string_equal(info->channel_name[1], "CH EMG");
    assert_int_equal(info->channel_number[1], 2);
    myo_source_free(source);
    /* The ECG sensor has another gain: with it among the channels nothing is in uV. */
    assert_int_equal(
        myo_source_open_here(path, &(myo_source_options){.channels = "0-1"}, &source, &why),
        MYO_OK);
    assert_true(myo_source_info_get(source)->full_scale_uv == 0.0);
    myo_source_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_frames_by_channels, file_begin, file_end),
        cmocka_unit_test_setup_teardown(test_channels_by_frames, file_begin, file_end),
        cmocka_unit_test_setup_teardown(test_opensignals_reads_emg_only, file_begin, file_end),
        cmocka_unit_test_setup_teardown(test_opensignals_is_calibrated, file_begin, file_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
