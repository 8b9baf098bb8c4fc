#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller closed, filled up or limited: no result is lost in silence, none lands in another file.

usage: standard.py PROGRAM
"""
import os
import pathlib
import resource
import subprocess
import sys
import unittest

from recording import InFolder, noise_with_bursts, wav_bytes

PROGRAM = os.path.abspath(sys.argv.pop(1))
SAYING = (["--help"], ["--version"], ["version", "--all"], ["analyze", "--help"], ["model", "muscles"],
          ["model", "why", "C04"], ["synth", "--list"], ["info", "a.wav"], ["analyze", "a.wav"],
          ["analyze", "-q", "--events", "-", "a.wav"])


class Standard(InFolder):
    program = PROGRAM

    def setUp(self):
        super().setUp()
        self.write("a.wav", wav_bytes(noise_with_bursts()))

    def without(self, *closed, arguments):
        """The command with these descriptors closed."""
        pid = os.fork()
        if pid == 0:
            os.chdir(self.folder)
            for number in closed:
                os.close(number)
            os.execv(PROGRAM, [PROGRAM, *arguments])
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_a_full_standard_output_is_a_failure_that_is_told(self):
        for arguments in SAYING:
            with self.subTest(arguments), open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("No space left on device", done.stderr)

    def test_a_closed_one_is_too_and_what_is_printed_goes_into_no_file(self):
        for arguments in SAYING:
            self.assertEqual(self.without(1, arguments=arguments), 1, arguments)
        self.run_program("analyze", "-e", "open.jsonl", "-o", "open", "a.wav")
        self.without(0, 1, 2, arguments=["analyze", "-e", "shut.jsonl", "-o", "shut", "a.wav"])
        self.assertEqual(self.read("open.jsonl"), self.read("shut.jsonl"))
        self.assertEqual(self.read("open/a.events.tsv"), self.read("shut/a.events.tsv"))

    def test_a_limit_on_the_size_of_files_ends_in_order(self):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        try:
            done = self.run_program("analyze", "-e", "a.jsonl", "a.wav")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.jsonl: File too large", done.stderr)
        self.assertEqual(self.files(), ["a.wav"])


COMPLETION = pathlib.Path(__file__).resolve().parents[2] / "cli/completion/myotwitch.bash"


class Completion(unittest.TestCase):
    def complete(self, *words):
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _myotwitch; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", COMPLETION, PROGRAM, *words], capture_output=True, text=True,
                              timeout=60, check=True)
        return done.stdout.split()

    def test_commands_options_verbs_scenarios_and_ids(self):
        for words, some in (((("an",)), {"analyze"}), (("session", ""), {"new", "relax", "at"}), (("synth", "need"), {"needling"}),
                            (("analyze", "--base"), {"--baseline"}), (("model", "why", "C0"), {"C04"}),
                            (("model", "muscle", "piri"), {"piriformis"}), (("model", "lookup", "--pain", "arm_l"), {"arm_lat"})):
            self.assertLessEqual(some, set(self.complete(*words)), words)
        self.assertEqual(self.complete("session", "add", ""), [])


if __name__ == "__main__":
    unittest.main()
