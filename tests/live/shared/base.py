# SPDX-License-Identifier: MIT
"""Words on stderr, waiting, and running commands."""
import os
import subprocess
import sys
import time

PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Fail(Exception):
    """An error to be told in one line, without a traceback."""


def say(*words):
    print(os.path.basename(sys.argv[0]) + ":", *words, file=sys.stderr, flush=True)


def run(*argv, check=True):
    """Runs a command and returns what it printed."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if check and done.returncode:
        raise Fail("%s: %s" % (" ".join(argv), done.stderr.strip() or "exit status %d" % done.returncode))
    return done.stdout


def wait_for(what, test, seconds, pause=0.05):
    """Calls test until it says something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        answer = test()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Fail("gave up after %g s waiting for %s" % (seconds, what))
        time.sleep(pause)
