# SPDX-License-Identifier: MIT
"""Extension orch._core and module orch.core, both out of core.i; liborch is found by pkg-config."""
import glob
import os
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

HERE = os.path.dirname(os.path.abspath(__file__))
MISSING = """
The Python package is built on liborch {version}, which pkg-config does not find{found}.
Install liborch-dev, or build liborch (cmake --install) and set PKG_CONFIG_PATH to the folder of liborch.pc."""


def version():
    """Of liborch, written once: in its header; in an archive of this folder alone, in what was made of it."""
    for name, pattern in (("../../include/orch/version.h", r'ORCH_VERSION "([\d.]+)"'),
                          ("PKG-INFO", r"(?m)^Version: (\S+)$")):
        path = os.path.join(HERE, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return re.search(pattern, file.read()).group(1)
    sys.exit("setup.py: neither include/orch/version.h nor PKG-INFO says which version this is")


def ask(*command):
    """What a program says; None where it fails or is not there."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def pkg_config(option, prefix):
    return [word.removeprefix(prefix) for word in ask("pkg-config", option, "liborch").split()]


class BuildExt(build_ext):
    """Only what compiles needs liborch: an archive of the sources is made without."""

    def build_extensions(self):
        for program, package in (("pkg-config", "pkg-config"), ("swig", "SWIG 4.1 or newer")):
            if not shutil.which(program):
                sys.exit(f"The Python package cannot be built: {package} is missing.")
        if ask("pkg-config", "--exists", f"liborch >= {version()}") is None:
            found = ask("pkg-config", "--modversion", "liborch")
            sys.exit(MISSING.format(version=version(), found=f" (it finds {found})" if found else ""))
        (core,) = self.extensions
        headers = pkg_config("--cflags-only-I", "-I") or ["/usr/include"]
        core.include_dirs += headers
        core.library_dirs += pkg_config("--libs-only-L", "-L")
        core.libraries += pkg_config("--libs-only-l", "-l")
        core.swig_opts += [f"-I{folder}" for folder in headers]
        super().build_extensions()


class BuildPy(build_py):
    """SWIG makes core.py: the extension comes before the .py files are collected."""

    def run(self):
        self.run_command("build_ext")
        super().run()


# The stable ABI: what SWIG writes is clean for it from 4.2 on.
swig = re.search(r"Version (\d+)\.(\d+)", ask("swig", "-version") or "")
abi3 = bool(swig) and tuple(map(int, swig.groups())) >= (4, 2)
macros = [("SWIG_TYPE_TABLE", "orch"), ("Py_LIMITED_API", "0x030A0000")][: 2 if abi3 else 1]

setup(
    version=version(),
    cmdclass={"build_ext": BuildExt, "build_py": BuildPy},
    options={"bdist_wheel": {"py_limited_api": "cp310"}} if abi3 else {},
    ext_modules=[
        Extension(
            "orch._core",
            ["core.i"],
            depends=glob.glob("*.h") + glob.glob("*.i"),
            include_dirs=["."],
            define_macros=macros,
            py_limited_api=abi3,
            # setuptools adds -python itself: SWIG 4.5 refuses it given twice
            swig_opts=["-keyword", "-doxygen", "-Wall", "-I.", "-outdir", "src/orch"],
        )
    ],
)
