/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command of the program shares: its shape and the exit statuses. */
#ifndef MYO_CLI_COMMAND_H
#define MYO_CLI_COMMAND_H

/** Exit statuses, documented in every man page. */
enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,      /**< failed while running */
    EXIT_USAGE = 2,       /**< wrong command line */
    EXIT_BAD_INPUT = 3,   /**< an input is unreadable or not supported */
    EXIT_DEVICE_LOST = 4, /**< a device was lost */
    EXIT_GATE = 5         /**< an acceptance gate was not met */
};

/** argv[0] is the command's own name. Returns an exit status. */
typedef int command_main(int argc, char **argv);

command_main command_analyze;
command_main command_batch;
command_main command_bench;
command_main command_bids;
command_main command_calibrate;
command_main command_check;
command_main command_convert;
command_main command_devices;
command_main command_info;
command_main command_live;
command_main command_model;
command_main command_recover;
command_main command_record;
command_main command_report;
command_main command_score;
command_main command_session;
command_main command_sync;
command_main command_synth;
command_main command_version;

#endif
