# SPDX-License-Identifier: MIT
"""What the scripts/check-* share: which files there are, C without its comments
and strings, and one way to report.

Every check takes --root (default: the tree it lies in), prints one line per
finding, `file:line: what`, and exits 0 without findings, 1 with some, and 77
when it cannot look at all, which it then says."""

import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SKIPPED = 77


class Check:
    def __init__(self, about, *arguments):
        parser = argparse.ArgumentParser(description=about)
        parser.add_argument("--root", default=HERE, help="tree to look at")
        for names, options in arguments:
            parser.add_argument(*names, **options)
        self.args = parser.parse_args()
        self.root = os.path.abspath(self.args.root)
        self.findings = []

    def path(self, name):
        return os.path.join(self.root, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def files(self, pattern):
        """Names below root, tracked or new but not ignored, that match a regular expression."""
        return [f for f in all_files(self.root) if re.search(pattern, f)]

    def found(self, where, what):
        self.findings.append(f"{where}: {what}")

    def skip(self, why):
        print(f"skipped: {why}")
        sys.exit(SKIPPED)

    def done(self, summary="nothing found"):
        for line in self.findings:
            print(line)
        print(f"{len(self.findings)} found" if self.findings else summary)
        sys.exit(1 if self.findings else 0)


def all_files(root):
    """As git sees them; without git (an archive), all but build/."""
    git = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if git.returncode == 0:
        names = git.stdout.decode(errors="surrogateescape").split("\0")
        return sorted({f for f in names if f and os.path.isfile(os.path.join(root, f))})
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [d for d in folders if d not in (".git", "build", "__pycache__")]
        names += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted(names)


TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def code_only(text):
    """C with comments and the contents of strings blanked, line by line in place."""
    def blank(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[-1]
    return TOKEN.sub(blank, text)


def includes(text):
    """(line, "path" or <path> with its brackets) of every #include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(<[^>]+>|"[^"]+")', line)
        if match:
            yield number, match.group(1)
