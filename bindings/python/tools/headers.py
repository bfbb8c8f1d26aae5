# SPDX-License-Identifier: MIT
"""Reads the public headers of liborch: structs, enumerations, lists of statuses, functions."""
from __future__ import annotations

import os
import re
from dataclasses import dataclass

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
HEADERS = os.path.join(ROOT, "include", "orch")
COMMENT = r"/\*\*(?P<{}>(?:(?!\*/).)*)\*/"


@dataclass(frozen=True)
class Member:
    type: str  # "const char *", "int64_t", "orch_kv_list"
    name: str
    doc: str


@dataclass(frozen=True)
class Struct:
    name: str  # without orch_
    doc: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Enum:
    name: str
    doc: str
    members: tuple[tuple[str, int, str], ...]  # (name without prefix, value, doc)


def read(name: str) -> str:
    with open(os.path.join(HEADERS, name), encoding="utf-8") as f:
        return f.read()


def plain(comment: str | None) -> str:
    """The words of a doc comment on one line, up to its first empty line."""
    text = re.sub(r"^\s*\*? ?", "", comment or "", flags=re.M).strip().lstrip("<").strip()
    text = re.split(r"\n\s*\n|@\w+", text)[0]
    return re.sub(r"\s+", " ", text).strip()


def members(body: str) -> tuple[Member, ...]:
    pattern = r"(?P<type>(?:const )?\w+(?: const)? \*?(?:const \*)?)(?P<name>\w+)(?:\[\d+\])?;\s*(?:" + COMMENT.format("doc") + ")?"
    return tuple(Member(m["type"].strip(), m["name"], plain(m["doc"])) for m in re.finditer(pattern, body, re.S))


def structs(text: str) -> dict[str, Struct]:
    pattern = r"(?:" + COMMENT.format("doc") + r"\n)?typedef struct orch_(?P<name>\w+) \{\n(?P<body>.*?)\n\} orch_(?P=name);"
    return {m["name"]: Struct(m["name"], plain(m["doc"]), members(m["body"])) for m in re.finditer(pattern, text, re.S)}


def rows(text: str, macro: str) -> list[tuple[str, int, str]]:
    """(name, value, text) of every row of an X-macro whose last column is a text."""
    block = re.search(rf"#define ORCH_{macro}\(X\)(.*?[^\\])\n", text, re.S)
    if block is None:
        return []
    found = re.findall(r'X\((\w+),\s*(-?\d+),(?:[^")]*,)?\s*"([^"]*)"\)', block[1])
    return [(name, int(value), words) for name, value, words in found]


def enums(text: str) -> dict[str, Enum]:
    pattern = COMMENT.format("doc") + r"\ntypedef enum orch_(?P<name>\w+) \{(?P<body>.*?)\} orch_(?P=name);"
    found = {}
    for m in re.finditer(pattern, text, re.S):
        values = []
        for macro in re.findall(r"ORCH_(\w+_MAP)\(", m["body"]):
            values += rows(text, macro)
        if not values:
            values = plain_members(m["body"])
        found[m["name"]] = Enum(m["name"], plain(m["doc"]), tuple(values))
    return found


def plain_members(body: str) -> list[tuple[str, int, str]]:
    pattern = r"(?P<name>ORCH_\w+)\s*=\s*(?P<value>-?\d+),?\s*(?:" + COMMENT.format("doc") + ")?"
    found = [(m["name"], int(m["value"]), plain(m["doc"])) for m in re.finditer(pattern, body, re.S)]
    names = [name for name, _, _ in found]
    prefix = re.sub(r"[^_]*$", "", os.path.commonprefix(names))
    return [(name[len(prefix):], value, doc) for name, value, doc in found]


def symbols() -> set[str]:
    """Every function that the library exports to programs."""
    found = set()
    for name in sorted(os.listdir(HEADERS)):
        if name.endswith(".h"):
            found |= set(re.findall(r"^(?:ORCH_API(?:_NOFAIL)?\([^)]*\)\s+)(orch_\w+)\(", read(name), re.M))
    return found
