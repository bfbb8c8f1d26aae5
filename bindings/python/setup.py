# SPDX-License-Identifier: MIT
"""Extension orch._core and module orch.core, both out of core.i; liborch is found by pkg-config."""
import glob
import re
import subprocess

from setuptools import Extension, setup
from setuptools.command.build_py import build_py


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def pkg_config(option, prefix):
    return [word.removeprefix(prefix) for word in output("pkg-config", option, "liborch").split()]


class BuildPy(build_py):
    """SWIG makes core.py: the extension comes before the .py files are collected."""

    def run(self):
        self.run_command("build_ext")
        super().run()


include_dirs = pkg_config("--cflags-only-I", "-I") or ["/usr/include"]
# The stable ABI: what SWIG writes is clean for it from 4.2 on.
abi3 = tuple(map(int, re.search(r"Version (\d+)\.(\d+)", output("swig", "-version")).groups())) >= (4, 2)
macros = [("SWIG_TYPE_TABLE", "orch"), ("Py_LIMITED_API", "0x030A0000")][: 2 if abi3 else 1]

setup(
    version=output("pkg-config", "--modversion", "liborch").strip(),
    cmdclass={"build_py": BuildPy},
    options={"bdist_wheel": {"py_limited_api": "cp310"}} if abi3 else {},
    ext_modules=[
        Extension(
            "orch._core",
            ["core.i"],
            depends=glob.glob("*.h") + glob.glob("*.i"),
            include_dirs=[*include_dirs, "."],
            library_dirs=pkg_config("--libs-only-L", "-L"),
            libraries=pkg_config("--libs-only-l", "-l"),
            define_macros=macros,
            py_limited_api=abi3,
            # setuptools adds -python itself: SWIG 4.5 refuses it given twice
            swig_opts=["-keyword", "-doxygen", "-Wall", *(f"-I{d}" for d in include_dirs), "-I.", "-outdir", "src/orch"],
        )
    ],
)
