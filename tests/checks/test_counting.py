#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is every test counted as what it was? A crash, a run that broke off and a run
without any test must not look like success."""
import os
import subprocess
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
CMOCKA = ("[==========] Running 4 test(s).\n[  SKIPPED ] needs_a_node\n"
          "[==========] 4 test(s) run.\n[  PASSED  ] 2 test(s).\n"
          "[  SKIPPED ] 1 test(s), listed below:\n[  SKIPPED ] needs_a_node\n"
          "[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] says_no\n")


def case(status, text, extra=""):
    return (f'<testcase name="a" status="{status}">{extra}'
            f"<system-out>{text}</system-out></testcase>")


class Counting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def count(self, *cases):
        path = os.path.join(self.folder, "junit.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write("<testsuite>" + "".join(cases) + "</testsuite>")
        ran = subprocess.run([os.path.join(SCRIPTS, "count-tests"), path], capture_output=True,
                             text=True, check=True)
        return ran.stdout.splitlines()

    def test_the_tests_inside_a_program_are_counted(self):
        said = self.count(case("fail", CMOCKA))
        self.assertEqual(said[-1], "2 passed, 1 failed, 1 skipped")
        self.assertIn("failed: a says_no", said)
        self.assertIn("skipped: a needs_a_node", said)

    def test_a_program_that_says_nothing_is_one_test(self):
        self.assertEqual(self.count(case("run", "")), ["1 passed, 0 failed, 0 skipped"])

    def test_a_crash_fails_whatever_was_said_before(self):
        text = "[==========] 2 test(s) run.\n[  PASSED  ] 2 test(s).\n"
        self.assertEqual(self.count(case("fail", text))[-1], "2 passed, 1 failed, 0 skipped")
        self.assertEqual(self.count(case("fail", "boom"))[-1], "0 passed, 1 failed, 0 skipped")

    def test_a_program_that_skips_itself_is_skipped(self):
        said = self.count(case("notrun", "skipped: no tool", "<skipped message=''/>"))
        self.assertEqual(said, ["skipped: a skipped: no tool", "0 passed, 0 failed, 1 skipped"])

    def test_scripts_and_python_are_counted_too(self):
        self.assertEqual(self.count(case("run", "ok  x\n14 passed, 0 failed, 2 skipped\n"),
                                    case("run", "Ran 5 tests in 1.0s\n\nOK (skipped=2)\n"))[-1],
                         "17 passed, 0 failed, 4 skipped")

    def test_no_results_at_all_is_a_failure(self):
        ran = subprocess.run([os.path.join(SCRIPTS, "count-tests"), "/nowhere"],
                             capture_output=True, text=True, check=True)
        self.assertEqual(ran.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")

    def parts(self, script):
        ran = subprocess.run(["bash", "-uc", f". {SCRIPTS}/parts.sh; {script}; summary"],
                             capture_output=True, text=True, check=False, cwd=self.folder)
        return ran.returncode, ran.stdout.splitlines()

    def test_a_program_that_breaks_off_is_a_failure(self):
        status, said = self.parts("counted one echo '3 passed, 0 failed, 1 skipped';"
                                  "counted two echo broken; counted three false")
        self.assertEqual((status, said[-1]), (1, "3 passed, 2 failed, 1 skipped"))

    def test_good_words_do_not_hide_a_bad_exit(self):
        status, said = self.parts(
            "counted one sh -c 'echo 3 passed, 0 failed, 0 skipped; exit 1'")
        self.assertEqual((status, said[-1]), (1, "3 passed, 1 failed, 0 skipped"))

    def test_what_has_to_be_there_counts_only_when_it_is_not(self):
        status, said = self.parts("need there true; step lint true")
        self.assertEqual((status, said[-1]), (0, "1 passed, 0 failed, 0 skipped"))
        status, said = self.parts("need there sh -c 'echo gone; exit 1'")
        self.assertEqual((status, said[-1]), (1, "0 passed, 1 failed, 0 skipped"))
        self.assertIn("   | gone", said)


if __name__ == "__main__":
    unittest.main()
