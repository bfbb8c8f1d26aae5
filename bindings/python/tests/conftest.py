# SPDX-License-Identifier: MIT
"""What the tests share. They run on whatever ORCH_TEST_URL names, as tests/conformance does: by default the simulator."""
import gc
import os

import pytest

import orch


@pytest.fixture
def sim():
    """A client of a simulator of its own."""
    with orch.connect("sim://") as client:
        yield client
    gc.collect()


@pytest.fixture
def root():
    """The sources that this package was built of."""
    return os.environ["ORCH_SOURCE_DIR"]
