#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does each scripts/check-* find what it is there for, and nothing in a tree that
is as it should be? A check that never fails proves nothing."""
import os
import subprocess
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
LICENCE = "/* SPDX-License-Identifier: MIT */\n"
FOUND, FINE, SKIPPED = 1, 0, 77


class Tree:
    """A small source tree of its own for one test."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def check(self, name, *arguments, path=None):
        env = dict(os.environ, **({"PATH": path} if path is not None else {}))
        return subprocess.run(
            [os.sys.executable, os.path.join(SCRIPTS, "check-" + name), "--root", self.root,
             *arguments], capture_output=True, text=True, check=False, env=env)

    def build(self, source, *options):
        """The object or library made of a text of C."""
        out = os.path.join(self.root, "out")
        subprocess.run(["cc", "-xc", "-", "-fPIC", *options, "-o", out], input=source, text=True,
                       check=True)
        return out


class Checks(unittest.TestCase):
    def setUp(self):
        self.tree = Tree()
        self.addCleanup(self.tree.folder.cleanup)

    def expect(self, status, ran, *words):
        said = ran.stdout + ran.stderr
        self.assertEqual(ran.returncode, status, said)
        for word in words:
            self.assertIn(word, said)

    def layers(self, status, *words):
        self.expect(status, self.tree.check("layers"), *words)

    def test_a_file_may_include_lower_layers(self):
        self.tree.write("lib/util/buf.h", LICENCE)
        self.tree.write("lib/backend/sim/node.h", LICENCE)
        self.tree.write("lib/backend/sim/node.c",
                        '#include "backend/sim/node.h"\n#include "util/buf.h"\n')
        self.layers(FINE)

    def test_a_file_must_not_include_upper_layers(self):
        self.tree.write("lib/core/client.h", LICENCE)
        self.tree.write("lib/backend/sim/node.c", '\n#include "core/client.h"\n')
        self.layers(FOUND, "lib/backend/sim/node.c:2: backend/sim must not include core")

    def test_a_backend_must_not_include_another(self):
        self.tree.write("lib/backend/sim/node.h", LICENCE)
        self.tree.write("lib/backend/swarm/node.c", '#include "backend/sim/node.h"\n')
        self.layers(FOUND, "backend/swarm must not include backend/sim")

    def test_json_and_net_do_not_know_each_other(self):
        self.tree.write("lib/json/table.h", LICENCE)
        self.tree.write("lib/net/http.c", '#include "json/table.h"\n')
        self.layers(FOUND, "net must not include json")

    def test_a_third_party_header_stays_behind_its_seam(self):
        self.tree.write("lib/net/http.c", "#include <curl/curl.h>\n")
        for name in "abc":
            self.tree.write(f"lib/json/{name}.c", "#include <yajl/yajl_parse.h>\n")
        self.layers(FOUND, "lib/net/http.c: includes <curl/...>", "in more than 2 files")

    def test_examples_see_public_headers_only(self):
        self.tree.write("lib/util/buf.h", LICENCE)
        self.tree.write("examples/a.c", '#include "util/buf.h"\n#include <orch/sys/backend.h>\n')
        self.layers(FOUND, "which is not public", "for those who write backends")

    def test_a_folder_that_is_no_layer_is_found(self):
        self.tree.write("lib/misc/a.c", LICENCE)
        self.layers(FOUND, "lib/misc/a.c: is in no known layer")

    def test_a_banned_call_is_found_but_not_its_name_in_text(self):
        self.tree.write("lib/util/a.c", '/* strcpy() */ char s[] = "exit(1)";\nstrcpy(a, b);\n')
        ran = self.tree.check("banned")
        self.expect(FOUND, ran, "lib/util/a.c:2: strcpy()", "1 found")

    def test_a_member_of_that_name_is_no_banned_call(self):
        self.tree.write("lib/util/a.c", "ops->free(x);\nops.time(x);\norch__free(x);\n")
        self.expect(FINE, self.tree.check("banned"))

    def test_memory_and_time_have_one_file_each(self):
        self.tree.write("lib/util/alloc.c", "p = realloc(p, n);\n")
        self.tree.write("lib/core/a.c", "p = malloc(n);\nnanosleep(&t, NULL);\n")
        self.expect(FOUND, self.tree.check("banned"), "a.c:1: malloc()", "a.c:2: nanosleep()",
                    "2 found")

    def test_a_mutable_static_is_found(self):
        out = self.tree.build("static int calls;\nint f(void) { static int n = 3; "
                              "return n++ + calls++; }\n", "-c")
        self.expect(FOUND, self.tree.check("statics", out), "calls in .bss", "n in .data")

    def test_constants_and_once_flags_are_not_mutable(self):
        out = self.tree.build("#include <pthread.h>\nstatic pthread_once_t start_once;\n"
                              "static const char *const names[] = { \"a\" };\n"
                              "void g(void);\nconst char *f(int i) {\n"
                              "pthread_once(&start_once, g); return names[i]; }\n", "-c")
        self.expect(FINE, self.tree.check("statics", out))

    def test_a_source_without_a_licence_line_is_found(self):
        self.tree.write("lib/util/a.c", LICENCE)
        self.tree.write("lib/util/b.c", "int b;\n")
        self.tree.write("scripts/x", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n")
        self.tree.write("scripts/y", "#!/bin/sh\ntrue\n")
        self.tree.write("README.md", "text\n")
        self.expect(FOUND, self.tree.check("spdx"), "lib/util/b.c:", "scripts/y:", "2 found")

    def test_another_format_is_found(self):
        style = os.path.join(SCRIPTS, "..", ".clang-format")
        with open(style, encoding="utf-8") as f:
            self.tree.write(".clang-format", f.read())
        self.tree.write("lib/util/a.c", "int   a;\n")
        ran = self.tree.check("format")
        if ran.returncode == SKIPPED:
            self.skipTest(ran.stdout)
        self.expect(FOUND, ran, "lib/util/a.c:1")

    def test_no_formatter_is_said_and_no_success(self):
        self.tree.write("lib/util/a.c", "int a;\n")
        self.expect(SKIPPED, self.tree.check("format", path="/nowhere"), "not installed")

    def test_backends_hold_the_same_files(self):
        for name in ("sim/node.c", "swarm/node.c", "swarm/frames.c", "sim/clock.c"):
            self.tree.write("lib/backend/" + name, LICENCE)
        self.tree.write("docs/architecture.md", "| file | reason |\n|---|---|\n"
                        "| `lib/backend/swarm/frames.c` | a wire format |\n")
        self.expect(FOUND, self.tree.check("parity"), "lib/backend/sim/clock.c: swarm has no",
                    "1 found")

    def test_a_reason_goes_with_its_file(self):
        self.tree.write("lib/backend/sim/node.c", LICENCE)
        self.tree.write("docs/architecture.md", "| `lib/backend/sim/clock.c` | why |\n")
        self.expect(FOUND, self.tree.check("parity"), "clock.c has a reason but does not exist")

    def test_a_function_is_called_after_its_slot(self):
        self.tree.write("lib/backend/sim/backend.c",
                        "static const struct orch_node_ops node = {\n\t.get = sim_node_get,\n"
                        "\t.put = sim_node_write,\n};\nconst struct orch_backend_ops sim_backend = {\n"
                        "\t.open = sim_open,\n\t.node = &node,\n};\n")
        self.expect(FOUND, self.tree.check("parity"),
                    "sim_node_write fills the slot put: call it sim_node_put", "1 found")

    def test_long_functions_and_files_are_found(self):
        self.tree.write("lib/util/a.c", "int f(void)\n{\n" + "\n" * 79 + "\treturn 0;\n}\n")
        self.tree.write("tests/unit/b.c", "\n" * 801)
        ran = self.tree.check("sizes")
        self.expect(FOUND, ran, "tests/unit/b.c: 801 lines")
        if "universal-ctags" not in ran.stdout:
            self.assertIn("lib/util/a.c:1: f(): 83 lines", ran.stdout)

    def test_an_export_is_listed(self):
        self.tree.write("tests/abi/symbols", "orch_gone\norch_known\n")
        out = self.tree.build("void orch_known(void) {}\nvoid orch_new(void) {}\n"
                              "void orch__inner(void) {}\n", "-shared")
        self.expect(FOUND, self.tree.check("exports", out), "orch_new: is exported, but not in",
                    "orch_gone: is in", "orch__inner: is exported and must not be")
        self.tree.write("tests/abi/symbols", "orch__inner\norch_known\norch_new\n")
        self.expect(FOUND, self.tree.check("exports", out), "1 found")

    def test_the_debian_package_lists_the_exports_too(self):
        self.tree.write("tests/abi/symbols", "orch_a\norch_new\n")
        self.tree.write("include/orch/version.h", '#define ORCH_VERSION "0.1.2"\n')
        debian = self.tree.write("debian/liborch0.1.symbols", "liborch.so.0.1 liborch0.1\n"
                                 " LIBORCH_0.1@LIBORCH_0.1 0.1.0\n orch_a@LIBORCH_0.1 0.1.0\n"
                                 " orch_gone@LIBORCH_0.1 0.1.0\n")
        out = self.tree.build("void orch_a(void) {}\nvoid orch_new(void) {}\n", "-shared")
        self.expect(FOUND, self.tree.check("exports", out), "lacks orch_new", "still has orch_gone")
        self.expect(FINE, self.tree.check("exports", "--write", out))
        with open(debian, encoding="ascii") as f:
            self.assertEqual(f.read().splitlines()[2:],
                             [" orch_a@LIBORCH_0.1 0.1.0", " orch_new@LIBORCH_0.1 0.1.2"])

    def test_a_member_that_moved_is_found(self):
        self.tree.write("include/orch/a.h", "struct orch_a { int x; int y; };\n"
                        "enum orch_e { ORCH_ONE = 1, ORCH_LOST = -2 };\n")
        self.tree.write("tests/abi/layout", "orch_a 4 bytes\n\tx at 0\n"
                        "orch_e 4 bytes\n\tORCH_ONE = 2\n\tORCH_LOST = -2\n")
        self.expect(FOUND, self.tree.check("layout"), "orch_a: is no longer `orch_a 4 bytes`",
                    "orch_a: has `y at 4`", "orch_e: is no longer `ORCH_ONE = 2`", "5 found")
        self.expect(FINE, self.tree.check("layout", "--write"))
        self.expect(FINE, self.tree.check("layout"), "2 types as written down")

    def test_a_public_function_has_a_comment_with_since(self):
        self.tree.write("include/orch/a.h", "/** @file a */\n"
                        "/** Good. @since 0.1 */\nORCH_API(orch_status) orch_good(int x);\n"
                        "/** Bad. */\nORCH_API_NOFAIL(const char *)\norch_undated(void);\n"
                        "ORCH_API(orch_status) orch_bare(void);\n"
                        "typedef struct orch_naked {\n\tint x;\n} orch_naked;\n")
        self.expect(FOUND, self.tree.check("comments"), "a.h:6: orch_undated() does not say @since",
                    "a.h:7: orch_bare() has no comment", "a.h:8: orch_naked has no comment",
                    "3 found")

    def test_words_that_are_not_the_products_are_found(self):
        self.tree.write("docs/a.md", "see /ho" + "me/me/liborch\n")
        self.tree.write("lib/util/a.c", "// quick\nint a; /* TO" + "DO */\n")
        self.tree.write("lib/util/b.c", 'char t[] = "/tmp/orch-XXXXXX"; /* http://x */\n')
        self.expect(FOUND, self.tree.check("words"), "docs/a.md:1", "a.c:1: // comment",
                    "finish it", "3 found")

    def docs(self, status, text, *words):
        build = os.environ.get("ORCH_BUILD_DIR")
        if not build:
            self.skipTest("ORCH_BUILD_DIR does not name a build of liborch")
        self.tree.write("README.md", text)
        self.expect(status, self.tree.check("docs", build), *words)

    def test_code_blocks_compile_and_run(self):
        main = "#include <stdio.h>\n#include <orch/orch.h>\nint main(void)\n{ puts(\"hi\"); return %d; }\n"
        self.docs(FINE, f"```c run file=a.c\n{main % 0}```\n```text output\nhi\n```\n"
                  "```sh run\ncc a.c $(pkg-config --cflags --libs liborch) -o a && ./a\n```\n"
                  "```c\nputs(orch_version());\n```\n```c\nstatic int f(void);\n```\n",
                  "5 code blocks, 2 of them ran")
        self.docs(FOUND, f"```c run\n{main % 3}```\n", "README.md:1: exits with 3")

    def test_code_blocks_that_are_wrong_are_found(self):
        self.docs(FOUND, "```c\norch_deployment_apply(client, 0);\n```\n"
                  "```sh run\nfalse\n```\n```text output\nx\n```\n"
                  "```\nbare\n```\n```sh\nif\n```\n[a](gone.md)\n",
                  "README.md:1: does not compile", "README.md:4: exits with 1",
                  "README.md:7: is not what", "README.md:10: a block of nothing",
                  "README.md:13: is not well formed", "a link to gone.md", "6 found")

    def test_code_blocks_in_python_compile_and_run(self):
        build = os.environ.get("ORCH_BUILD_DIR", "")
        ran = 2 if os.path.exists(os.path.join(build, "python", "orch", "core.py")) else 0
        self.docs(FINE, "```python run\nimport orch\nprint(orch.__name__)\n```\n```text output\norch\n```\n"
                  "```python run\nprint(client.deployments.get('web').ready)\n```\n```text output\n3\n```\n"
                  "```python\nawait undefined()\n```\n", f"5 code blocks, {ran} of them ran")
        self.docs(FOUND, "```python\nif\n```\n", "README.md:1: does not compile")
        if ran:
            self.docs(FOUND, "```python run\nclient.gone\n```\n", "README.md:1: exits with 1")

    def test_a_library_that_grew_is_found(self):
        out = self.tree.build("const char big[500000] = { 1 };\n", "-shared")
        self.expect(FOUND, self.tree.check("size", out), "bytes when stripped, not below")
        out = self.tree.build("int small;\n", "-shared")
        self.expect(FINE, self.tree.check("size", out))


if __name__ == "__main__":
    unittest.main()
