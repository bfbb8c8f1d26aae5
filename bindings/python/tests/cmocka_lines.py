# SPDX-License-Identifier: MIT
"""A plugin of pytest that tells each verdict as cmocka does, which is what tests/live/run reads, and chooses tests by
ORCH_TEST_FILTER as the C programs do."""
import fnmatch
import os
import re

WORDS = {"passed": "       OK ", "failed": "  FAILED  ", "skipped": "  SKIPPED "}
verdicts = {}


def pytest_collection_modifyitems(items):
    pattern = os.environ.get("ORCH_TEST_FILTER")
    if pattern:
        items[:] = [item for item in items if fnmatch.fnmatch(item.originalname, pattern)]


def pytest_runtest_logreport(report):
    """Of set-up, call and tear-down: the worst counts."""
    test = re.sub(r"\W+", "_", report.nodeid.split("::")[-1]).strip("_")
    if report.failed or (report.skipped and verdicts.get(test) != "failed") or test not in verdicts:
        verdicts[test] = report.outcome
    if report.when == "teardown":
        print(f"\n[{WORDS[verdicts[test]]}] {test}", flush=True)


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 5 and os.environ.get("ORCH_TEST_FILTER"):  # none of these was chosen
        session.exitstatus = 0
