/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a confined process can still do, tried by one; and how a reader that breaks shows. */
#include "child.h"
#include "signal/guard.h"
#include "signal/sandbox.h"
#include "signal/source.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The status by which a child says that the instrumented build does not confine. */
enum { NOT_CONFINED = 77 };

static char folder[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", "/tmp/myo-sandbox-XXXXXX");
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("below", 0700) != 0) {
        return -1;
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"mine", "other", "below/deep"};
        FILE *file = fopen(names[i], "we");
        if (file == NULL || fputs("1 2 3\n", file) < 0 || fclose(file) != 0) {
            return -1;
        }
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink("mine");
    (void)unlink("other");
    (void)unlink("below/deep");
    (void)rmdir("below");
    return rmdir(folder);
}

/* Ways to be confined: to a file, to all that lies in its folder, to no file but what is open. */
typedef bool enter_fn(char *missing, size_t size);

static bool enter_file(char *missing, size_t size)
{
    return myo_sandbox_enter("mine", NULL, false, missing, size);
}

static bool enter_folder(char *missing, size_t size)
{
    return myo_sandbox_enter("mine", NULL, true, missing, size);
}

/* Runs @p deed confined; true if the deed says that it succeeded. */
static bool confined(bool (*deed)(void), enter_fn *enter)
{
    pid_t child = fork();
    if (child == 0) {
        char missing[64];
        bool good = enter(missing, sizeof missing);
        if (good && socket(AF_INET, SOCK_STREAM, 0) >= 0) {
            _exit(NOT_CONFINED);
        }
        _exit(good && missing[0] == '\0' ? deed() : 2);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    if (WEXITSTATUS(how) == NOT_CONFINED) {
        skip();
    }
    assert_in_range(WEXITSTATUS(how), 0, 1);
    return WEXITSTATUS(how) == 1;
}

static bool read_mine(void)
{
    char byte;
    int file = open("mine", O_RDONLY);
    return file >= 0 && read(file, &byte, 1) == 1;
}

static bool read_other(void)
{
    return open("other", O_RDONLY) >= 0;
}

static bool read_system(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool write_mine(void)
{
    return open("mine", O_RDWR) >= 0;
}

static bool make_new(void)
{
    return open("new", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool run_program(void)
{
    char *const nothing[] = {NULL};
    return execve("/bin/true", nothing, nothing) == 0;
}

static bool make_process(void)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return child > 0;
}

static bool take_half_the_limit(void)
{
    char *bytes = malloc(MYO_SANDBOX_MEMORY / 2);
    if (bytes != NULL) {
        memset(bytes, 1, MYO_SANDBOX_MEMORY / 2);
    }
    return bytes != NULL && bytes[100] == 1;
}

static bool take_over_the_limit(void)
{
    void *volatile bytes = malloc(MYO_SANDBOX_MEMORY + (1 << 20)); /* or clang thinks it away */
    return bytes != NULL;
}

static bool make_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static void test_its_own_file_can_be_read(void **state)
{
    (void)state;
    assert_true(confined(read_mine, enter_file));
    assert_true(confined(take_half_the_limit, enter_file));
}

static void test_nothing_else_can(void **state)
{
    (void)state;
    assert_false(confined(read_other, enter_file));
    assert_false(confined(read_system, enter_file));
    assert_false(confined(write_mine, enter_file));
    assert_false(confined(make_new, enter_file));
}

static void test_a_folder_is_for_reading_only(void **state)
{
    (void)state;
    assert_true(confined(read_other, enter_folder));
    assert_false(confined(read_system, enter_folder));
    assert_false(confined(write_mine, enter_folder));
    assert_false(confined(make_new, enter_folder));
}

static void test_no_process_code_or_memory(void **state)
{
    (void)state;
    assert_false(confined(run_program, enter_file));
    assert_false(confined(make_process, enter_file));
    assert_false(confined(make_code, enter_file));
    assert_false(confined(take_over_the_limit, enter_file));
}

static bool ask_the_terminal(void)
{
    struct winsize size;
    return ioctl(0, TIOCGWINSZ, &size) == 0 || errno != EPERM;
}

/* Standard input is no video device: it is asked, and says so. */
static bool ask_the_video(void)
{
    struct v4l2_capability about;
    return ioctl(0, VIDIOC_QUERYCAP, &about) == 0 || errno != EPERM;
}

static void test_a_capture_may_ask_its_device_alone(void **state)
{
    (void)state;
    assert_true(confined(ask_the_video, myo_sandbox_enter_device));
    assert_false(confined(ask_the_terminal, myo_sandbox_enter_device));
    assert_false(confined(read_mine, myo_sandbox_enter_device));
    assert_false(confined(make_process, myo_sandbox_enter_device));
    assert_false(confined(ask_the_video, enter_file));
}

/* A reader that is gone, whatever ended it, is a refusal with a reason; the program lives. */
static void test_an_ended_reader_is_a_refusal(void **state)
{
    (void)state;
    FILE *file = fopen("table.txt", "we");
    assert_non_null(file);
    for (int i = 0; i < 200000; i++) {
        assert_true(fprintf(file, "%d.5\n", i % 100) > 0);
    }
    assert_int_equal(fclose(file), 0);
    myo_source *source = NULL;
    myo_why why;
    myo_source_options options = {.rate_hz = 1000.0};
    assert_int_equal(myo_source_open("table.txt", &options, &source, &why), MYO_OK);

    assert_int_equal(kill(child_find(), SIGSEGV), 0);

    static float samples[8192];
    size_t got = 1, all = 0;
    myo_status status = MYO_OK;
    for (int i = 0; i < 100 && status == MYO_OK; i++) {
        status = myo_source_read(source, samples, 8192, &got, &why);
        all += got;
    }
    assert_int_equal(status, MYO_ERR_FORMAT);
    assert_true(all < 200000);
    assert_non_null(strstr(why.text, "reader"));
    assert_int_equal(myo_source_read(source, samples, 8192, &got, &why), MYO_ERR_FORMAT);
    assert_int_equal(got, 0);
    myo_source_free(source);
    assert_int_equal(unlink("table.txt"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_its_own_file_can_be_read),
        cmocka_unit_test(test_nothing_else_can),
        cmocka_unit_test(test_a_folder_is_for_reading_only),
        cmocka_unit_test(test_no_process_code_or_memory),
        cmocka_unit_test(test_a_capture_may_ask_its_device_alone),
        cmocka_unit_test(test_an_ended_reader_is_a_refusal),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
