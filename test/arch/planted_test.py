"""The checks find what they are for: each test plants a violation in a small tree, beside what is right."""
import json
import shutil
import tempfile
import unittest
from pathlib import Path

import coroutines
import floors
import format
import headers
import house
import proofs
import reference
import snippets
import source

GOOD = {
    "libframe/CMakeLists.txt": "hawser_library(frame\n SOURCES src/bytes.cpp src/codec.cpp)",
    "libframe/include/hawser/bytes.hpp": "// bytes\n#pragma once\n#include <span>\n#include <boost/system/result.hpp>\n",
    "libframe/include/hawser/frame/codec.hpp": "#pragma once\n#include <hawser/bytes.hpp>\n",
    "libframe/src/bytes.cpp": "#include <hawser/bytes.hpp>\n",
    "libframe/src/codec.cpp": "#include <hawser/frame/codec.hpp>\n#include <boost/endian/conversion.hpp>\n",
    "libio/CMakeLists.txt": "hawser_library(io SOURCES src/coroutines/asio.cpp src/sockets/stream.cpp src/frames/frame_stream.cpp USES x)",
    "libio/include/hawser/io/asio.hpp": "#pragma once\n",
    "libio/include/hawser/io/stream.hpp": "#pragma once\n#include <hawser/io/asio.hpp>\n#include <boost/asio/awaitable.hpp>\n",
    "libio/include/hawser/io/frame_stream.hpp": "#pragma once\n#include <hawser/io/stream.hpp>\n",
    "libio/src/coroutines/asio.cpp": "#include <hawser/io/asio.hpp>\n",
    "libio/src/sockets/stream.cpp": "#include <hawser/io/stream.hpp>\n#include <sys/socket.h>\n",
    "libio/src/frames/frame_stream.cpp": "#include <hawser/io/frame_stream.hpp>\n",
    "libpacket/CMakeLists.txt": "hawser_library(packet SOURCES src/packet.cpp)",
    "libpacket/include/hawser/packet/packet.hpp": "#pragma once\n#include <hawser/bytes.hpp>\n",
    "libpacket/include/hawser/protocol/framed.hpp":
        "#pragma once\n#include <hawser/packet/packet.hpp>\n#include <hawser/frame/codec.hpp>\n",
    "libpacket/src/packet.cpp": "#include <hawser/packet/packet.hpp>\n",
    "server/CMakeLists.txt": "hawser_library(server SOURCES src/server.cpp)",
    "server/include/hawser/server.hpp": "#pragma once\n#include <hawser/server/server.hpp>\n",
    "server/include/hawser/server/server.hpp": "#pragma once\n#include <hawser/io/stream.hpp>\n",
    "server/src/session.hpp": "#pragma once\n#include <hawser/server.hpp>\n",
    "server/src/server.cpp": '#include "session.hpp"\n#include <boost/asio/co_spawn.hpp>\n',
    "server/log/CMakeLists.txt": "hawser_library(log SOURCES sink.cpp)",
    "server/log/sink.cpp": "#include <hawser/server.hpp>\n#include <boost/log/core.hpp>\n",
    "programs/server/main.cpp": "#include <boost/log/core.hpp>\n#include <boost/program_options.hpp>\n",
    "client/include/hawser/client/client.hpp": "#pragma once\n#include <hawser/io/stream.hpp>\n",
}


class Tree(unittest.TestCase):
    GROUND = GOOD   # what is there before anything is planted

    def plant(self, files=()):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in {**self.GROUND, **dict(files)}.items():
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder.name

    def assert_found(self, check, files, *wanted):
        found = list(check.violations(self.plant(files)))
        self.assertEqual(len(found), len(wanted), found)
        for line, text in zip(found, wanted):
            self.assertIn(text, line)


class Floors(Tree):
    def added(self, name, line):
        return {name: GOOD[name] + line + "\n"}

    def test_a_tree_that_keeps_the_rules_passes(self):
        self.assert_found(floors, {})

    def test_upward_edges_are_found(self):
        for name, include, why in [
            ("libframe/include/hawser/bytes.hpp", "<hawser/frame/codec.hpp>", "base may not name frame"),
            ("libframe/src/bytes.cpp", "<hawser/frame/codec.hpp>", "base may not name frame"),
            ("libframe/include/hawser/frame/codec.hpp", "<hawser/io/stream.hpp>", "frame may not name io"),
            ("libpacket/src/packet.cpp", "<hawser/protocol/framed.hpp>", "packet may not name protocol"),
            ("libio/src/sockets/stream.cpp", "<hawser/server.hpp>", "io may not name server"),
            ("server/include/hawser/server/server.hpp", "<hawser/log/sink.hpp>", "server may not name log"),
        ]:
            with self.subTest(name):
                self.assert_found(floors, self.added(name, f"#include {include}"), why)

    def test_sideways_edges_are_found(self):
        for name, include, why in [
            ("libframe/include/hawser/frame/codec.hpp", "<hawser/packet/packet.hpp>", "frame may not name packet"),
            ("libpacket/include/hawser/packet/packet.hpp", "<hawser/frame/codec.hpp>", "packet may not name frame"),
            ("libio/include/hawser/io/stream.hpp", "<hawser/protocol/framed.hpp>", "io may not name protocol"),
            ("libpacket/include/hawser/protocol/framed.hpp", "<hawser/io/stream.hpp>", "protocol may not name io"),
            ("server/src/server.cpp", "<hawser/client/client.hpp>", "server may not name client"),
            ("client/include/hawser/client/client.hpp", "<hawser/server.hpp>", "client may not name server"),
        ]:
            with self.subTest(name):
                self.assert_found(floors, self.added(name, f"#include {include}"), why)

    def test_libio_has_floors_of_its_own(self):
        up = "#include <hawser/io/frame_stream.hpp>"
        self.assert_found(floors, self.added("libio/src/sockets/stream.cpp", up), "sockets may not name frames")
        self.assert_found(floors, self.added("libio/include/hawser/io/stream.hpp", up), "sockets may not name frames")
        self.assert_found(floors, {"libio/include/hawser/io/stray.hpp": "#pragma once\n"}, "stray.hpp: no folder of libio/src")

    def test_a_violation_in_a_private_header_is_found(self):
        self.assert_found(floors, self.added("server/src/session.hpp", "#include <hawser/client/client.hpp>"),
                          "session.hpp:3: <hawser/client/client.hpp>")

    def test_boost_has_floors_too(self):
        for name, include, why in [
            ("libframe/include/hawser/bytes.hpp", "<boost/endian/buffers.hpp>", "base may not name Boost.endian"),
            ("libframe/src/codec.cpp", "<boost/asio/buffer.hpp>", "frame may not name Boost.asio"),
            ("libpacket/include/hawser/protocol/framed.hpp", "<boost/asio.hpp>", "protocol may not name Boost.asio"),
            ("libio/src/sockets/stream.cpp", "<boost/log/core.hpp>", "Boost.log is not for io"),
            ("server/src/server.cpp", "<boost/log/trivial.hpp>", "Boost.log is not for server"),
            ("server/log/sink.cpp", "<boost/program_options.hpp>", "Boost.program_options is not for log"),
            ("server/src/server.cpp", "<boost/asio/ip/tcp.hpp>", "names a socket"),
            ("programs/server/main.cpp", "<boost/test/unit_test.hpp>", "Boost.Test is for tests"),
        ]:
            with self.subTest(name):
                self.assert_found(floors, self.added(name, f"#include {include}"), why)

    def test_the_system_is_for_io_only(self):
        self.assert_found(floors, self.added("libframe/src/codec.cpp", "#include <unistd.h>"), "nothing of the system")

    def test_quotes_stay_in_their_folder(self):
        self.assert_found(floors, self.added("server/src/server.cpp", '#include "../../libio/src/sockets/stream.cpp"'),
                          "reaches into another folder")
        self.assert_found(floors, self.added("server/src/server.cpp", '#include "gone.hpp"'), "not beside this file")

    def test_a_source_in_no_library_is_found(self):
        self.assert_found(floors, {"server/src/stray.cpp": ""}, "stray.cpp: in no hawser_library()")
        self.assert_found(floors, {"server/src/stray.hpp": ""}, "stray.hpp: nobody includes it")

    def test_a_new_namespace_needs_a_floor(self):
        self.assert_found(floors, {"libframe/include/hawser/attic/box.hpp": "#pragma once\n"}, "attic is no floor")

    def test_comments_and_build_trees_are_not_looked_at(self):
        name = "libframe/src/codec.cpp"
        self.assert_found(floors, {**self.added(name, "// #include <hawser/io/stream.hpp>"), "build/x/server/src/a.cpp": "",
                                   "out/CMakeCache.txt": "", "out/server/src/b.cpp": ""})


class Coroutines(unittest.TestCase):
    def lines(self, text):
        return sorted({line for line, _ in coroutines.violations_in(text)})

    def test_a_capturing_lambda_that_is_a_coroutine_is_found(self):
        for captures in ["&", "=", "this", "x", "&x, y = 3", "x = std::move(x)"]:
            for head in ["() -> task<void>", "(int a, std::map<int, int> b) mutable -> task<std::pair<int, int>>", ""]:
                with self.subTest(captures + head):
                    self.assertEqual(self.lines(f"auto f = [{captures}]{head} {{\n  co_return 1;\n}};"), [2])
        self.assertEqual(self.lines("spawn(\n[&]() -> task<> { co_await x(); }());"), [2])
        self.assertEqual(self.lines("return [x]<class T>(T t) noexcept { for (;;) { if (t) co_yield t; } };"), [1])

    def test_a_lambda_that_captures_nothing_may_be_one(self):
        self.assertEqual(self.lines("spawn([](int x) -> task<void> { co_await f(x); }(3));"), [])

    def test_a_lambda_that_captures_and_is_none_is_fine(self):
        self.assertEqual(self.lines("auto f = [x] { return g(x); };\nco_await f();"), [])

    def test_a_coroutine_inside_a_plain_lambda_counts_for_itself(self):
        self.assertEqual(self.lines("auto f = [x] { return [](int y) -> task<int> { co_return y; }(x); };"), [])
        self.assertEqual(self.lines("auto f = [x] { return\n[y](int) -> task<int> { co_return y; }(x); };"), [2])
        self.assertEqual(self.lines("auto f = [](int a) -> task<> { auto g = [&] { return a; }; co_await h(g()); };"), [])
        self.assertEqual(self.lines("auto f = [a]() -> task<> { auto g = [] { return 1; };\nco_await h(g()); };"), [2])

    def test_what_is_awaited_is_not_chosen_there(self):
        self.assertEqual(self.lines("\nauto x = co_await (a ? f() : g());"), [2])
        self.assertEqual(self.lines("co_await ((a) && b ? f() : g());"), [1])
        self.assertEqual(self.lines("co_await f(a ? b : c); co_await (f(a ? b : c));"), [])

    def test_what_only_looks_like_a_lambda_is_none(self):
        for text in ["auto [a, b] = f();\nfor (auto& [a, b] : c) { co_await a; }", "a[i] = 1; { co_await x; }",
                     "[[nodiscard]] task<int> f() { co_return 1; }", "T& operator[](int i) { co_return 1; }",
                     "delete[] p; { co_await x; }", "int a[] = {1}; { co_await x; }"]:
            with self.subTest(text):
                self.assertEqual(self.lines(text), [])

    def test_comments_strings_and_macros_are_not_code(self):
        self.assertEqual(self.lines('auto f = [x] { // co_await\n g("co_await", \'"\', R"(co_await )")"); /* co_return */ };'), [])
        self.assertEqual(self.lines("#define F [x] { co_await y; }\n"), [])
        self.assertEqual(self.lines("int a = 1'000'000; auto f = [x] { co_return 1'0; };"), [1])

    def test_a_capturing_lambda_in_one_expression_with_co_await_is_found(self):
        self.assertEqual(self.lines("co_await post([x] { f(x); });"), [1])
        self.assertEqual(self.lines("auto a = g([x] { f(x); }, co_await h());"), [1])
        self.assertEqual(self.lines("if (auto a = co_await g([&] { return 1; })) return;"), [1])
        self.assertEqual(self.lines("auto f = [x] { return x; };\nauto y = co_await g(f);\nh([y] {});"), [])
        self.assertEqual(self.lines("if (co_await g()) { h([x] { return x; }); }"), [])
        self.assertEqual(self.lines("while (auto a = co_await g()) h([x] { return x; });"), [])

    def test_co_await_inside_a_conditional_is_found(self):
        for text in ["x = a ? co_await f() : b;", "x = a ? b : co_await f();", "return co_await f() ? a : b;",
                     "g(a ? (co_await f()).x : b);", "co_return a ? b : c ? d : co_await e();"]:
            with self.subTest(text):
                self.assertEqual(self.lines(text), [1])

    def test_co_await_beside_a_conditional_is_fine(self):
        for text in ["co_await f(a ? b : c);", "auto x = co_await f();\nreturn x ? a : b;", "g(co_await f(), a ? b : c);",
                     "co_return x ? a : b; co_await y;", "f(a ? b : c); if (x) co_await g();"]:
            with self.subTest(text):
                self.assertEqual(self.lines(text), [])


@unittest.skipIf(format.skipped(), "there is no clang-format of that version here")
class Format(Tree):
    GROUND = {".clang-format": (Path(__file__).resolve().parents[2] / ".clang-format").read_text()}

    def test_files_that_are_not_formatted_are_named_in_one_line_with_what_mends_them(self):
        name, other = "server/src/x.cpp", "server/src/y.hpp"
        self.assert_found(format, {name: "int   x;\nint   y;\n", other: "#pragma once\nint f() {return 1;}\n"},
                          f"not as .clang-format says: {name}, {other}; tools/format mends that")
        self.assert_found(format, {name: "int x;\n"})

    def test_each_of_many_files_is_looked_at(self):
        many = {f"test/x/{i}.cpp": "int x;\n" for i in range(3 * format.MANY)}
        self.assert_found(format, {**many, "test/x/wrong.cpp": "int   x;\n"}, "test/x/wrong.cpp;")

    def test_lines_that_it_leaves_too_long_are_found(self):
        comment = "// " + 118 * "x"
        self.assert_found(format, {"test/x.cpp": f"int x;\n{comment}\n"}, "test/x.cpp:2: 121 columns, more than 120")
        self.assert_found(format, {"test/x.cpp": comment[:120] + "\n"})


class House(Tree):
    def test_vague_names_are_found(self):
        for name in ["libframe/src/util.cpp", "tools/string_helpers.hpp", "test/common/x.cpp", "server/src/session-manager.hpp"]:
            with self.subTest(name):
                self.assert_found(house, {name: ""}, "says nothing")

    def test_a_folder_with_too_many_files_is_found(self):
        def files(folder, count):
            return {f"{folder}/{i}.hpp": "#pragma once\n" for i in range(count)}
        self.assert_found(house, files("libframe/src/x", 22))
        self.assert_found(house, files("libframe/src/x", 23), "libframe/src/x: 23 files, more than 22")
        self.assert_found(house, files("libio/include/hawser/x", 50))
        self.assert_found(house, files("libio/include/hawser/x", 58), "libio/include/hawser/x: 58 files, more than 57")
        self.assert_found(house, files("test/unit", 100))

    def test_a_detail_folder_is_found(self):
        self.assert_found(house, {"server/src/detail/x.cpp": ""}, "no detail folder")
        self.assert_found(house, {"client/src/x.cpp": "// packet::ping\nauto made = packet::ping{};\n"}, "client/src/x.cpp:2: packet::ping")
        self.assert_found(house, {"server/src/x.cpp": "packet::pinged()\n", "swarm/x.cpp": "packet::ping{};\n"})

    def test_public_headers_are_short_define_nothing_and_begin_with_pragma_once(self):
        name = "libframe/include/hawser/frame/codec.hpp"
        self.assert_found(house, {name: "#pragma once\n" + "\n" * 275}, "276 lines")
        self.assert_found(house, {name: "#pragma once\n  # define X\n// #define Y\n"}, "codec.hpp:2: a public header defines no macro")
        self.assert_found(house, {name: "#include <span>\n#pragma once\n"}, "#pragma once")
        self.assert_found(house, {"server/src/long.hpp": "#define X\n" * 300})

    def test_a_public_header_that_has_asio_without_the_look_at_its_definitions_is_found(self):
        name = "libio/include/hawser/io/timer.hpp"
        timer = "#include <boost/asio/steady_timer.hpp>\n"
        self.assert_found(house, {name: "#pragma once\n" + timer}, "timer.hpp: it has Asio, so it includes <hawser/io/asio.hpp>")
        self.assert_found(house, {name: "#pragma once\n#include <hawser/io/stream.hpp>\n" + timer})
        self.assert_found(house, {"libio/src/time/timer.hpp": "#pragma once\n" + timer})

    def test_what_is_still_to_be_filled_in_is_found(self):
        self.assert_found(house, {"examples/parrot.cpp": "\n// " + "FILL IN: the one idea\n"}, "examples/parrot.cpp:2: FILL IN: the one idea")

    def test_numbers_that_a_locale_would_change_are_found(self):
        name = "server/src/x.cpp"
        stream = "std::ostringstream text;\n    text"
        self.assert_found(house, {name: stream + ".imbue(std::locale::classic());\n"})
        self.assert_found(house, {name: stream + " << 1234;\n"}, "x.cpp:1: a stream has the locale of whoever uses it")
        self.assert_found(house, {name: 'int x;\nstd::snprintf(a, n, "%d %.1f", 1, 0.5);\n'}, "x.cpp:2: printf")
        self.assert_found(house, {name: 'std::snprintf(a, n, "%llu of %08zx", 1, 2);\n'})
        self.assert_found(house, {"test/x.cpp": stream + " << 1234;\n"})
        for begun in ("std::istringstream text(line);\n", "std::stringstream text;\n", "std::ifstream text(path);\n", "std::fstream text;\n"):
            self.assert_found(house, {name: begun + "text.imbue(std::locale::classic());\n"})
            self.assert_found(house, {name: begun + "text >> number;\n"}, "x.cpp:1: a stream has the locale of whoever uses it; text.imbue")
        for begun in ("std::ofstream(path) << 1234;\n", "std::istringstream(line) >> number;\n", "std::ofstream{path} << 1234;\n"):
            self.assert_found(house, {name: begun}, "x.cpp:1: a stream has the locale of whoever uses it; give it a name")
        self.assert_found(house, {name: "std::ofstream text{path};\ntext << number;\n"}, "x.cpp:1: a stream has the locale of whoever uses it")
        self.assert_found(house, {name: "std::ifstream lines(path);\nwhile (std::getline(lines, line)) continue;\nstd::ifstream opened(int path);\n"})

    def test_numbers_that_a_locale_would_change_are_found_on_pages_too(self):
        code = "```cpp\nint x;\nstd::ofstream(path) << 1234;\n```\n"
        for page in ("README.md", "docs/how-to/deploy.md"):
            self.assert_found(house, {page: "text\n" + code}, f"{page}:4: a stream")
            self.assert_found(house, {page: code.replace("cpp", "text")})


class Snippets(Tree):
    def found(self, document, files=(), compiled=()):
        root = self.plant({"README.md": document, **dict(files)})
        commands = [{"directory": root, "file": str(Path(root) / name)} for name in compiled]
        return list(snippets.violations(root, json.dumps(commands)))

    CPP = "text\n```cpp\nint a;\n\n    int b;\n```\n"

    def test_a_block_that_stands_in_a_compiled_file_passes(self):
        self.assertEqual(self.found(self.CPP, {"examples/a.cpp": "// a\nint a;\n\n    int b;\n"}, ["examples/a.cpp"]), [])

    def test_a_block_that_differs_is_found(self):
        for text in ["int a;\nint b;\n", "int a;\n\n  int b;\n", "int a;\n\n    int b; \n", "int a;\nx\n    int b;\n"]:
            with self.subTest(text):
                found = self.found(self.CPP, {"examples/a.cpp": text}, ["examples/a.cpp"])
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0].startswith("README.md:2:"), found)

    def test_a_file_that_nobody_compiles_does_not_count(self):
        self.assertEqual(len(self.found(self.CPP, {"examples/a.cpp": "int a;\n\n    int b;\n"})), 1)
        self.assertEqual(len(self.found(self.CPP, {"server/a.cpp": "int a;\n\n    int b;\n"}, ["server/a.cpp"])), 1)

    def test_a_header_counts_when_it_is_included(self):
        header = {"test/a.hpp": "int a;\n\n    int b;\n"}
        self.assertEqual(len(self.found(self.CPP, header)), 1)
        self.assertEqual(self.found(self.CPP, {**header, "test/b.cpp": '#include "a.hpp"\n'}, ["test/b.cpp"]), [])

    def test_a_whole_file_of_a_page_that_is_followed_is_built_from_there_and_a_piece_of_one_is_not(self):
        named = "**`a.cpp`**\n\n```cpp\nint a;\n```\n"
        for document, text, count in (("docs/how-to/a.md", named, 0), ("docs/how-to/a.md", named + "\n" + self.CPP, 1),
                                      ("docs/how-to/a.md", named.replace("**", ""), 1), ("docs/a.md", named, 1),
                                      ("docs/tutorial.md", named, 0), ("docs/tutorial.md", named + "\n" + self.CPP, 1)):
            with self.subTest(document=document, text=text):
                self.assertEqual(len(list(snippets.violations(self.plant({document: text})))), count)

    def test_python_blocks_count_too(self):
        block = "1. step\n\n   ```python\n   import socket\n   ```\n"
        script = {"test/e2e/a.py": "import socket\n"}
        self.assertEqual(len(self.found(block, script)), 1)
        self.assertEqual(self.found(block, {**script, "test/e2e/CMakeLists.txt": "add_test(NAME a COMMAND python a.py)"}), [])

    def test_other_blocks_and_other_documents_are_free(self):
        self.assertEqual(self.found("```\nx\n```\n```sh\n./demo\n```\n", {"CHANGELOG.md": self.CPP}), [])
        root = self.plant({"docs/tutorial.md": self.CPP})
        self.assertEqual(len(list(snippets.violations(root))), 1)


class Proofs(Tree):
    TEST = {"test/unit/a_test.cpp": "BOOST_AUTO_TEST_CASE(it_works) {\n", "test/e2e/b.py": "    def test_it_works_too(self):\n"}

    def page(self, *rows, heading="proved by"):
        return {**self.TEST, "docs/page.md": "\n".join(["| Go | " + heading + " |", "|---|---|", *rows, ""])}

    def test_rows_whose_tests_exist_pass(self):
        self.assert_found(proofs, self.page("| `a` | `it_works`, `test_it_works_too` |"))

    def test_a_test_that_does_not_exist_is_found(self):
        self.assert_found(proofs, self.page("| a | `it_works` |", "| b | `it_works`, `it_flies` |"),
                          "docs/page.md:4: there is no test it_flies")

    def test_a_row_without_a_test_is_found(self):
        self.assert_found(proofs, self.page("| `it_works` | |"), "docs/page.md:3: this row names no test")

    def test_other_tables_are_free(self):
        self.assert_found(proofs, self.page("| a | `it_flies` |", heading="when"))


class Headers(Tree):
    def test_asio_is_found_by_whatever_way(self):
        root = self.plant({
            "libframe/include/hawser/frame/codec.hpp": '#pragma once\n#include "../../more/boost/asio.hpp"\n',
            "libframe/include/more/boost/asio.hpp": "#pragma once\n"})
        found = list(headers.check_asio(root, "c++", []))
        self.assertEqual(len(found), 2, found)   # frame, and protocol which includes it
        self.assertIn("frame pull in", found[0])


class Reference(Tree):
    HEADER = "client/include/hawser/client/client.hpp"
    PAGE = {"docs/reference.md": "# Reference\n\n| header | what |\n|---|---|\n| `hawser/client/client.hpp` | a client |\n"}
    TEXT = """// client: asks.
//
//   client::client one;   // as it is used, a < b
//
// It is used on one thread, for what is `<new>` & \\xNN too.
#pragma once

namespace hawser::client {

class client {
public:
    client(int where);

    // Asking: with a time-out.

    /// One answer.
    int ask();
    int simple() const { return asked; }
    int asked = 0;
};

/// Two.
void ask_twice();

}  // namespace hawser::client
"""

    def found(self, before="", after=""):
        self.assertIn(before, self.TEXT)
        root = self.plant({**self.PAGE, self.HEADER: self.TEXT.replace(before, after, 1)})
        shutil.rmtree(Path(root, "libframe"))   # those of the tree have no comments
        for other in ("libpacket", "server"):
            shutil.rmtree(Path(root, other))
        with tempfile.TemporaryDirectory() as folder:
            return reference.make.violations(root, folder, shutil.which("doxygen"))

    def assert_line(self, number, text, found):
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{self.HEADER}:{number}: "), found)
        self.assertIn(text, found[0])

    @unittest.skipIf(shutil.which("doxygen") is None, "there is no doxygen")
    def test_what_lacks_a_comment_is_found_where_it_is(self):
        self.assertEqual(self.found(), [])
        self.assert_line(10, "client is not documented", self.found("// client: asks.", "// Asks."))
        self.assert_line(17, "ask() (function)", self.found("/// One answer."))
        self.assert_line(23, "ask_twice() (function)", self.found("/// Two."))

    def test_a_page_that_names_no_header_or_lacks_one_is_found(self):
        self.assert_found(Entries, self.PAGE)
        self.assert_found(Entries, {"docs/reference.md": self.PAGE["docs/reference.md"] * 2}, "client.hpp is there twice")
        self.assert_found(Entries, {"docs/reference.md": self.PAGE["docs/reference.md"].replace("/client.hpp", "/none.hpp")},
                          "there is no header hawser/client/none.hpp")
        self.assert_found(Entries, {**self.PAGE, "examples/a.cpp": "#include <hawser/bytes.hpp>\n"}, "examples/a.cpp:1: hawser/bytes.hpp")


class Entries:
    violations = staticmethod(reference.entries)


class Source(unittest.TestCase):
    def test_lines_stay_lines(self):
        text = 'a /* x\ny */ b\n"s\\"//" R"x(\n)" )x" // c\nd'
        self.assertEqual(source.without_comments(text).count("\n"), text.count("\n"))
        self.assertNotIn("y", source.without_comments(text))


if __name__ == "__main__":
    unittest.main()
