# SPDX-License-Identifier: MIT
"""What the tests share."""
import os
import signal
import threading
import time

import pytest

import orch

ROOT = os.environ.get("ORCH_SOURCE_DIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))


@pytest.fixture
def root():
    """The sources that this package was built of."""
    return ROOT


@pytest.fixture
def client():
    """A client of a simulator of its own."""
    with orch.connect("sim://") as opened:
        yield opened


@pytest.fixture
def stuck(client):
    """The name of a deployment that nobody will ever see complete."""
    client.deployments.apply(name="stuck", image="x:1", cpu_request_milli=1000000)
    return "stuck"


@pytest.fixture
def wait_for_ever(client, stuck):
    """A wait that only a cancel or an exception ends, also where time is virtual."""
    return lambda **options: client.deployments.wait(stuck, timeout=1e12, stall=1e12, **options)


@pytest.fixture
def interrupt():
    """Calls a function, and presses Ctrl-C while it runs; returns the seconds from there to KeyboardInterrupt."""

    def press(function, after=0.2):
        pressed = []

        def now():
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        timer = threading.Timer(after, now)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
        try:
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                function()
            timer.join()
        finally:
            signal.signal(signal.SIGINT, before)
        return time.monotonic() - pressed[0]

    return press
