# SPDX-License-Identifier: MIT
"""What the binding makes of each struct and enumeration of the headers: names, kinds, types, words.

Nearly all of it follows from the headers; what does not stands in the three tables below."""
from __future__ import annotations

import re
from dataclasses import dataclass

import headers
from headers import Enum, Member, Struct

# The headers with something to convert, in the order in which one builds on another.
SOURCES = ("error.h", "client.h", "capability.h", "deployment.h", "instance.h", "namespace.h", "trace.h", "sim.h")
# Not converted member by member: an exception, lists that stay in C, pairs and texts that have kinds of their own.
LEFT_OUT = ("error", "constraint_list", "deployments", "instances", "namespaces", "kv", "kv_list", "string_list")
# Public names of enumerations that would be too short, and members that are called otherwise here.
CLASSES = {"cap": "Capability", "level": "Level"}
NAMES = {"ns": "namespace"}  # a word of C++

HIDDEN = re.compile(r"struct_size|reserved|\w+_payload|interrupted")
PLAIN = {"const char *": "STR", "orch_string_list": "STRINGS", "orch_kv_list": "PAIRS"}


@dataclass(frozen=True)
class Field:
    struct: str
    member: str
    kind: str              # of orch_py.h: STR INT BOOL ENUM STRINGS PAIRS PART ITEMS CALL
    of: str = ""           # struct of a PART or ITEMS, enumeration of a number, callback of a CALL
    optional: bool = True
    doc: str = ""

    @property
    def name(self) -> str:
        return NAMES.get(self.member, self.member)


@dataclass(frozen=True)
class Shape:
    struct: Struct
    fields: tuple[Field, ...]
    is_input: bool         # has an initialiser

    @property
    def name(self) -> str:
        return self.struct.name


def class_name(c_name: str) -> str:
    return CLASSES.get(c_name) or "".join(word.capitalize() for word in c_name.split("_"))


def all_enums() -> dict[str, Enum]:
    found: dict[str, Enum] = {}
    for source in SOURCES:
        found.update(headers.enums(headers.read(source)))
    return found


def shapes() -> dict[str, Shape]:
    """In the order of the headers: parts come before what they are parts of."""
    found: dict[str, Shape] = {}
    enums = all_enums()
    for source in SOURCES:
        text = headers.read(source)
        for struct in headers.structs(text).values():
            if struct.name in LEFT_OUT:
                continue
            is_input = f"define ORCH_{struct.name.upper()}_INIT" in text
            fields = tuple(field(struct, m, is_input, found, enums) for m in struct.members if not HIDDEN.fullmatch(m.name))
            found[struct.name] = Shape(struct, fields, is_input)
    return found


def field(struct: Struct, m: Member, is_input: bool, known: dict[str, Shape], enums: dict[str, Enum]) -> Field:
    kind, of = kind_of(struct, m, known, enums)
    return Field(struct.name, m.name, kind, of, is_optional(struct, m, kind, is_input), words(m.doc, kind == "BOOL"))


def kind_of(struct: Struct, m: Member, known: dict[str, Shape], enums: dict[str, Enum]) -> tuple[str, str]:
    base = m.type.replace("const ", "").replace(" *", "").removeprefix("orch_")
    said = re.match(r"::orch_(\w+)", m.doc)
    if m.type in PLAIN:
        return PLAIN[m.type], ""
    if m.type == "int64_t":
        if said and said[1] in enums and said[1] != "status":
            return "INT", said[1]
        return ("BOOL" if re.search(r"(^|: )1: ", m.doc) else "INT"), ""
    if base in enums:
        return "ENUM", "" if base == "status" else base
    if base in known:
        return "PART", base
    if base.removesuffix("_list") in known:
        return "ITEMS", base.removesuffix("_list")
    if base.endswith("_fn"):
        return "CALL", base
    raise SystemExit(f"orch_{struct.name}.{m.name}: no kind for {m.type}")


def is_optional(struct: Struct, m: Member, kind: str, is_input: bool) -> bool:
    if is_input:
        return "Required." not in m.doc and not (struct.name.startswith("sim_") and m.name == "name")
    if struct.name == "constraint":
        return False
    if kind in ("STR", "PART"):
        return not re.search(r"Never NULL|or \"\"", m.doc) and (struct.name, m.name) not in NEVER_NONE
    return kind == "PAIRS" or "ORCH_UNSET" in m.doc


NEVER_NONE = {("client_info", "backend"), ("client_info", "url"), ("client_info", "chosen_by"), ("client_info", "ns"),
              ("trace_event", "method"), ("trace_event", "path")}

SENTENCES = re.compile(r"_INIT|Grows at the end|Read-only|Frozen|size is fixed|Everything it points|Borrowed: valid|^NULL: none.$")


def words(doc: str, is_bool: bool = False) -> str:
    """A comment of the headers in the words of Python."""
    doc = re.sub(r"^::orch_\w+(\.|;) ?", "", doc)  # the type says it already
    if is_bool:
        doc = re.sub(r"(^|: |\. )1: ", r"\1True: ", doc)
        doc = re.sub(r"(\. |; )0: ", r"\1False: ", doc)
        doc = re.sub(r"(Default )?\b([01])\.(?= |$)", lambda m: f"Default {bool(int(m[2]))}.", doc)
    doc = re.sub(r"::ORCH_UNSET|\bNULL\b", "None", doc)
    doc = re.sub(r"(::)?orch_(deployment|namespace|instance)_(\w+)\(\)", r"\2s.\3()", doc)
    doc = re.sub(r"::ORCH_CAP_(\w+)", r"Capability.\1", doc)
    doc = re.sub(r"::ORCH_(E_\w+)", lambda m: exception(m[1]), doc)
    doc = re.sub(r"::ORCH_OK", "0", doc)
    doc = re.sub(r"::ORCH_(\w+)", lambda m: enumerator(m[1]), doc)
    doc = re.sub(r"::orch_(\w+)", lambda m: class_name(m[1]), doc)
    return " ".join(s for s in re.split(r"(?<=\.) (?=[A-Z:])", doc) if not SENTENCES.search(s))


def exception(status: str) -> str:
    from gen_errors import CLASSES as exceptions

    return exceptions[status][0]


def enumerator(name: str) -> str:
    for enum in all_enums().values():
        for member, _, _ in enum.members:
            prefix = enum.name.upper().rsplit("_", 1)[0]
            if name == f"{prefix}_{member}":
                return f"{class_name(enum.name)}.{member}"
    return name
