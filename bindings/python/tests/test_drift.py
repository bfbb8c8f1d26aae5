# SPDX-License-Identifier: MIT
"""The binding is that of these headers: nothing is missing, nothing is out of date."""
import ast
import dataclasses
import inspect
import os
import re
import subprocess
import sys

import pytest

import orch
from orch import _errors, _model, core

# Public functions that Python does without, and why.
LEFT_OUT = {
    "orch_error_last": "raised as exceptions; by the time Python asks it is too late",
    "orch_client_ref": "a Python object owns one reference",
    "orch_cap_at": "orch.Capability lists them",
    "orch_set_allocator": "for the whole process, before anything else: not for one library of it to say",
}
# What gives memory back: destructors and results that were read.
RELEASED = re.compile(r"orch_\w+_(free|close)")


@pytest.fixture
def headers(root):
    sys.path.insert(0, os.path.join(root, "bindings", "python", "tools"))
    import headers

    return headers


def test_every_public_function_is_wrapped_or_left_out_for_a_reason(headers):
    public = {name for name in headers.symbols() if not RELEASED.fullmatch(name)}
    wrapped = {f"orch_{name}" for name in dir(core) if callable(getattr(core, name)) and not name.startswith("_")}
    assert public - wrapped == set(LEFT_OUT)
    assert not set(LEFT_OUT) & wrapped


def test_what_is_generated_is_up_to_date(root):
    tool = os.path.join(root, "bindings", "python", "tools", "generate")
    run = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_exceptions_are_those_of_the_status_list():
    assert {v for v in core._statuses() if v < 0} == set(_errors.BY_STATUS)
    for value, (cls, text) in _errors.BY_STATUS.items():
        name, words = core._statuses()[value]
        assert cls.status == value and words == text
        assert core.status_name(value) == f"ORCH_{name}" and core.status_text(value) == text
        assert getattr(orch, cls.__name__) is cls


def test_tuples_and_dataclasses_have_the_same_members():
    for struct, members in core._layout().items():
        cls = getattr(_model, "".join(word.capitalize() for word in struct.split("_")))
        names = {f.name for f in dataclasses.fields(cls)}
        assert names == {"namespace" if m == "ns" else m for m in members}, struct


def test_the_keyword_arguments_of_apply_are_the_members_of_a_spec():
    arguments = set(inspect.signature(orch.Deployments.apply).parameters)
    members = {f.name for f in dataclasses.fields(orch.DeploymentSpec)}
    assert arguments - members == {"self", "spec", "version", "force", "timeout", "wait", "progress"}
    assert members <= arguments


def test_the_keyword_arguments_of_connect_are_the_client_options():
    members = {f.name.removesuffix("_ms") for f in dataclasses.fields(_model.ClientOptions)}
    assert set(inspect.signature(orch.connect).parameters) == members | {"url"}


def test_capabilities_are_those_of_the_library():
    for capability in orch.Capability:
        assert core.cap_name(capability) == capability.name and core.cap_text(capability)


def test_docstrings_come_from_the_headers():
    assert "Change how many instances a deployment runs" in core.deployment_scale.__doc__


def test_type_checkers_see_the_names_that_there_are():
    tree = ast.parse(inspect.getsource(orch))
    seen = next(node.body for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name))
    imported = {alias.name: statement.module for statement in seen for alias in statement.names}
    assert imported == orch._MODULES and sorted(imported) == sorted(orch.__all__)
    assert set(_errors.__all__) <= set(imported) and set(orch.__all__) <= set(dir(orch))
    with pytest.raises(AttributeError, match="colour"):
        orch.colour


def test_what_is_public_has_a_docstring():
    for name in orch.__all__:
        thing = getattr(orch, name)
        assert thing.__doc__, name
        if inspect.isclass(thing):
            for attribute, member in vars(thing).items():
                if inspect.isfunction(member) and not attribute.startswith("_"):
                    assert member.__doc__, f"{name}.{attribute}"


def test_every_call_that_can_fail_lets_other_threads_run(headers, root, tmp_path):
    """Those that never wait may keep the GIL."""
    swig, wrapper = os.path.join(root, "bindings", "python"), tmp_path / "wrap.c"
    run = subprocess.run(
        ["swig", "-python", "-keyword", "-doxygen", "-Wall", f"-I{root}/include", "-outdir", tmp_path, "-o", wrapper, "core.i"],
        cwd=swig, capture_output=True, text=True)
    assert run.returncode == 0 and run.stderr == ""
    bodies = re.split(r"^SWIGINTERN PyObject \*_wrap_", wrapper.read_text(), flags=re.M)[1:]
    fallible = {b.split("(")[0]: b for b in bodies if "orch_status result;" in b}
    held = {name for name, body in fallible.items() if "SWIG_PYTHON_THREAD_BEGIN_ALLOW" not in body}
    assert len(fallible) > 15 and held == {"client_with_namespace", "client_with_timeout"}
