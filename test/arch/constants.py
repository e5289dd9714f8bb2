"""constants.py ROOT COMPILER FLAG...: what makes no sense does not compile, and the compiler says what to do about it.

That is a constant layout (what is no constant is refused when the program runs: test/unit/length_field_test.cpp), and packets
and handlers: one sentence, within the first three lines that a compiler says of them. So is Asio when it is compiled otherwise than
in the libraries.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# ctest takes this for "skipped" (SKIP_RETURN_CODE).
SKIPPED = 77
GOOD = ("length_field::prefix_body(2)", "length_field::prefix_self()", "length_field::header_middle(2, 3, 1, 4096)",
        "length_field({.width = 2, .offset = 1, .adjust = -3, .strip = 3, .max_frame = 100})")
BAD = (
    ("length_field({.width = 5})", "width is 1, 2, 3, 4 or 8"),
    ("length_field({.offset = 65'536})", "offset <= 65535"),
    ("length_field({.width = 2, .offset = 1, .adjust = -4})", "adjust >= -(offset + width)"),
    ("length_field({.width = 2, .adjust = 3, .strip = 6})", "strip <= offset + width + max(adjust, 0)"),
    ("length_field({.width = 2, .adjust = -1, .strip = 3})", "strip <= offset + width + max(adjust, 0)"),
    ("length_field({.width = 1, .offset = 2, .max_frame = 259})", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_body(1, 257)", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_self(2, 65'536)", "max <= offset + width + (256^width - 1) + adjust"),
    ("length_field::prefix_self(4, 3)", "max >= offset + width + max(adjust, 0)"),
)

# Packets and handlers that are right, and what each mistake is told: (what uses them, the packet's name, the sentence).
HEADERS = "#pragma once\n" + "".join(f"#include <hawser/{name}.hpp>\n" for name in (
    "client/reconnecting_client", "client/requester", "frame/any_codec", "frame/length_field", "io/deadline", "io/group", "io/offload", "io/queue", "server/router", "server/server"))
PACKETS = """using namespace hawser;
struct told { static constexpr packet::command<std::uint8_t> code{0xa1}; packet::id id; packet::rest_text text; };
BOOST_DESCRIBE_STRUCT(told, (), (id, text))
struct own { static constexpr packet::command<std::uint8_t> code{0xa2}; packet::id id; std::string text; };
BOOST_DESCRIBE_STRUCT(own, (), (id, text))
struct ask { static constexpr packet::command<std::uint8_t> code{0x21}; using reply = told; packet::id id; packet::rest_text word; };
BOOST_DESCRIBE_STRUCT(ask, (), (id, word))
struct plain { static constexpr packet::command<std::uint8_t> code{0x22}; using reply = told; packet::id id; };
struct blind { packet::id id; };
BOOST_DESCRIBE_STRUCT(blind, (), (id))
struct named { static constexpr packet::command<std::uint8_t> code{0x23}; using reply = told; packet::text<std::uint8_t> id; };
BOOST_DESCRIBE_STRUCT(named, (), (id))
struct renaming { static constexpr packet::command<std::uint8_t> code{0x24}; using reply = told; packet::id id; std::string name; };
BOOST_DESCRIBE_STRUCT(renaming, (), (id, name))
struct note { std::string text; };
struct same { static constexpr packet::command<std::uint8_t> code{0x21}; packet::id id; };
BOOST_DESCRIBE_STRUCT(same, (), (id))
"""
HANDLERS = """void use(server::router& router, client::requester& via) {
    router.on<ask>([](server::context& here, const ask& a) { return here.answer(told{a.id, a.word}); });
    router.on<ask>([](server::context&, const ask& a) { return own{a.id, std::string(a.word)}; });
    router.on<ask>([](server::context&, const ask&) {});
    router.on<ask>([](server::context&, const ask& a) -> std::variant<own, std::monostate, server::breach> { return own{a.id, "x"}; });
    router.otherwise([](server::context&, const server::unhandled&) { return server::breach(); });
    router.on<ask>([](server::context& here, const ask& a) -> io::task<server::answered> { co_return here.answer(told{a.id, {}}); },
                   server::concurrent(2));
    static_cast<void>(via.request(ask{}, {}));
    router.on_open([](server::context&) {}).on_close([](server::context&, const server::ending&) { return 7; });
}
io::task<void> child() { co_return; }
void use(server::server& server) {
    server.on_datagram([](server::datagram& here, bytes asked) { here.answer(asked); });
    server.on_datagram([](server::datagram& here, bytes asked) -> io::task<void> { here.answer(told{{}, as_text(asked)}); co_return; });
}
void use(io::group& group) { group.spawn(child()); group.spawn(child); group.spawn([&] { return child(); }); }
void use_named(server::server& server, server::context& here, client::requester& via, io::queue<note>& notes, io::queue<std::string>& words,
               io::queue<std::function<void()>>& jobs) {
    const own said{};
    static_cast<void>(here.send(said)), static_cast<void>(here.push(said)), static_cast<void>(here.handle().send(said));
    static_cast<void>(server.publish(said)), static_cast<void>(via.send(said));
    renaming made{};
    static_cast<void>(via.request(made)), static_cast<void>(via.request(made, {}));
    static_cast<void>(here.send(told{})), static_cast<void>(server.publish(told{}));
    const note one{};
    static_cast<void>(notes.push(one)), static_cast<void>(words.push("word")), static_cast<void>(words.push(std::string("word")));
    const auto job = [made] {};
    static_cast<void>(jobs.push(job)), static_cast<void>(jobs.push(std::function<void()>(job))), static_cast<void>(jobs.push([&made] {}));
    const auto work = [made] { return made.name; };
    static_cast<void>(io::offload(work)), static_cast<void>(io::offload([&made] { return made.name; }));
    static_cast<void>(io::offload([only = std::unique_ptr<int>()] { return 7; }));
}
struct all : packet::protocol<ask, told, own> {};
all speaks;
struct bell {
    explicit bell(io::deadline_queue& queue) : late(queue, io::calling<&bell::ring>(*this)) {}
    void ring() noexcept {}
    io::deadline late;
};
"""
NOT_AWAITED = "this is called and not awaited"
CALLED_LATER = "what is called later takes nothing but its object and throws nothing"
MISTAKES = (
    ("router.on<ask>([](server::context&, const told&) {});", "ask", "a handler is called with its session and its packet"),
    ("router.on<ask>([](server::context&) { return 7; });", "ask", "a handler is called with its session and its packet"),
    ("router.on<ask>([](server::context&, const ask&) { return 7; });", "ask", "a handler returns a packet, server::answered, server::breach or nothing"),
    ("router.on<ask>([](server::context&, const ask& a) -> std::variant<own, int> { return own{a.id}; });", "ask", "a std::variant of packets"),
    ("router.on<ask>([](server::context&, const ask& a) -> std::variant<own, told> { return told{a.id, a.word}; });", "ask",
     "write 'return here.answer(packet)'"),
    ("router.otherwise([](server::context&, const std::string&, const server::unhandled&) {});", "context", "what handles the rest is called with its session and what that is"),
    ("router.otherwise([](server::context&, const ask&) {});", "context", "what handles the rest is called with its session and what that is"),
    ("router.on<ask>([](server::context&, const ask& a) { return told{a.id, a.word}; });", "ask", "write 'return here.answer(packet)'"),
    ("router.on<ask>([](server::context&, const ask& a) -> io::task<told> { co_return told{a.id, a.word}; });", "ask",
     "write 'return here.answer(packet)'"),
    ("router.on<ask>([](server::context&, const ask& a) { return told{a.id, a.word}; }, server::concurrent(2));", "ask",
     "only a coroutine can be under way several times"),
    ("router.on<plain>([](server::context&, const plain&) {});", "plain", "write BOOST_DESCRIBE_STRUCT("),
    ("router.on<blind>([](server::context&, const blind&) {});", "blind", "a packet has a command: write 'static constexpr"),
    ("struct all : packet::protocol<ask, plain> {};", "plain", "write BOOST_DESCRIBE_STRUCT("),
    ("struct all : packet::protocol<ask, blind> {};", "blind", "has a command: write 'static constexpr"),
    ("struct all : packet::protocol<ask, same> {};", "same", "each packet of a protocol has a command of its own"),
    ("router.on_open([](server::context&) -> io::task<void> { co_return; });", "context", NOT_AWAITED),
    ("router.on_close([](server::context&, const server::ending&) -> io::task<void> { co_return; });", "context", NOT_AWAITED),
    ("auto each(server::server& of) { return of.each([](server::context&) -> io::task<void> { co_return; }); }", "context", NOT_AWAITED),
    ("auto on(server::server& of) { return &of.on_datagram([](server::datagram&, bytes) { return 7; }); }", "datagram",
     "a handler of datagrams returns nothing, or an io::task<void>"),
    ("client::reconnecting_options with{.watch = [](std::size_t, const client::connection_state&) -> io::task<void> { co_return; }};",
     "connection_state", NOT_AWAITED),
    ("auto beside() { return io::offload([]() -> io::task<int> { co_return 7; }); }", "offload", "offload() calls a plain function on another thread"),
    ("void start(io::group& group) { group.spawn([] { return 7; }); }", "spawn", "a group spawns an io::task<void>"),
    ("struct bell { void ring(int) noexcept; }; auto late(bell& one) { return io::calling<&bell::ring>(one); }", "bell", CALLED_LATER),
    ("struct bell { void ring(); }; auto late(bell& one) { return io::calling<&bell::ring>(one); }", "bell", CALLED_LATER),
    ("struct bell { io::task<void> ring() noexcept; }; auto late(bell& one) { return io::calling<&bell::ring>(one); }", "bell", CALLED_LATER),
    ("enum class wide : std::uint32_t { most = 0x1000000 }; BOOST_DESCRIBE_ENUM(wide, most) packet::enum_as<wide, boost::endian::big_uint24_t> made;",
     "wide", "each value of the enum that has a name fits into the number's bytes"),
    ("struct mute { std::uint8_t one; }; template <> struct hawser::packet::layout<mute> : packet::raw_layout<mute> {};"
     "struct with { static constexpr packet::command<std::uint8_t> code{1}; mute one; }; BOOST_DESCRIBE_STRUCT(with, (), (one))"
     "struct has_mute : packet::protocol<with> {}; auto said = packet::describe<has_mute>();", "has_mute",
     "a layout of your own says what its field looks like: write 'using like ="),
    ("struct says { static constexpr packet::command<std::uint8_t> code{1}; packet::rest all; std::uint8_t more; };"
     "BOOST_DESCRIBE_STRUCT(says, (), (all, more)) packet::structure<says> made;", "says", "rest has no end of its own: it must be the last field"),
    ("struct late { static constexpr packet::command<std::uint8_t> code{1}; std::uint8_t how; packet::when<&late::how, 1, std::uint8_t> one; };"
     "BOOST_DESCRIBE_STRUCT(late, (), (one, how)) packet::structure<late> made;", "late", "what a packet::when depends on is a described member before it"),
    ("struct odd { static constexpr packet::command<std::uint8_t> code{1}; packet::rest how; packet::when<&odd::how, 1, std::uint8_t> one; };"
     "constexpr auto smallest = packet::layout<decltype(odd::one)>::smallest;", "odd", "a packet::when depends on a number, an enum, an enum_as or packet::flags"),
    ("struct off { std::uint8_t how; packet::when<&off::how, 0x100, std::uint8_t> one; };"
     "constexpr auto smallest = packet::layout<decltype(off::one)>::smallest;", "off", "the mask of a packet::when has bits, all of them of the member"),
    ("struct gap { packet::optional<std::uint8_t> one; std::uint8_t more; }; BOOST_DESCRIBE_STRUCT(gap, (), (one, more))"
     "constexpr auto count = packet::structure<gap>::smallest;", "gap", "a packet::optional may be absent: behind it are only others"),
    ("constexpr auto many = packet::layout<packet::until_end<packet::optional<std::uint8_t>>>::smallest;", "optional",
     "each element has an end, and takes a byte at least"),
    ("static_cast<void>(via.request(named{}, {}));", "named", "an answer is found by a member `id` of one fixed size"),
)


# How a program may not have Asio compiled that has tasks of ours: definitions (with ! none of that name), and what to do about it.
ELSEWHERE = "the libraries of hawser have Asio compiled otherwise: "
OTHERWISE = (
    (("BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING",), ELSEWHERE + "no BOOST_ASIO_..._RECYCLING"),
    (("BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING",), ELSEWHERE + "no BOOST_ASIO_..._RECYCLING"),
    (("BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16",), ELSEWHERE + "no BOOST_ASIO_..._RECYCLING"),
    (("BOOST_ASIO_NO_DEPRECATED", "!HAWSER_ASIO_NO_DEPRECATED"), ELSEWHERE + "no BOOST_ASIO_NO_DEPRECATED, or HAWSER_ASIO_NO_DEPRECATED"),
    (("!BOOST_ASIO_NO_DEPRECATED", "HAWSER_ASIO_NO_DEPRECATED"), ELSEWHERE + "define BOOST_ASIO_NO_DEPRECATED"),
)
# What may differ from the libraries: nothing of it is in what goes between them.
AS_WELL = (("BOOST_ASIO_SEPARATE_COMPILATION",), ("!BOOST_ASIO_SEPARATE_COMPILATION",), ("BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=2",),
           ("BOOST_ASIO_NO_DEPRECATED", "HAWSER_ASIO_NO_DEPRECATED"))
# What docs/from-asio.md says that a task does not do: (what uses it, how it is refused).
OWN_EXECUTOR = "a task goes on on its own executor: leave out bind_executor()"
OF_ASIO = "".join(f"#include <boost/asio/{name}.hpp>\n" for name in (
    "as_tuple", "bind_executor", "deferred", "experimental/awaitable_operators", "steady_timer", "thread_pool")) + """namespace asio = boost::asio;
using namespace hawser;
using namespace asio::experimental::awaitable_operators;
io::task<int> one() { co_return 1; }
"""
NOT_OF_A_TASK = (
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { co_await t.async_wait(asio::bind_executor(p, io::use_task)); }", OWN_EXECUTOR),
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { co_await t.async_wait(asio::bind_executor(p, asio::as_tuple(io::use_task))); }",
     OWN_EXECUTOR),
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { co_await t.async_wait(asio::as_tuple(asio::bind_executor(p, io::use_task))); }",
     OWN_EXECUTOR),
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { co_await t.async_wait(asio::bind_executor(p, asio::deferred)); }", OWN_EXECUTOR),
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { co_await t.async_wait(asio::as_tuple(asio::bind_executor(p, asio::deferred))); }",
     OWN_EXECUTOR),
    ("io::task<void> f(asio::steady_timer& t, asio::thread_pool& p) { auto w = t.async_wait(asio::bind_executor(p, asio::deferred)); co_await std::move(w); }",
     OWN_EXECUTOR),
    ("io::task<void> f() { co_await (one() || one()); }", "task<int>"),
    ("io::task<void> f() { co_await (one() && one()); }", "task<int>"),
    ("io::task<void> f() { static_cast<void>(co_await asio::this_coro::cancellation_state); }", "await_transform"),
)
# What a codec of a user's own is made of, and what it is told if that is missing or is another.
CODEC = {"decode": "frame::decoded decode(const frame::window& seen) const noexcept;",
         "encode": "error_code encode(bytes body, byte_buffer& out) const;",
         "max_frame": "std::size_t max_frame() const noexcept;",
         "equal": "bool operator==(const mine&) const = default;"}
NOT_A_CODEC = (
    ({"decode": ""}, "an own codec cuts: it needs"),
    ({"decode": "frame::decoded decode(const frame::window& seen) const;"}, "an own codec cuts: it needs"),
    ({"decode": "frame::decoded decode(const frame::window& seen) noexcept;"}, "an own codec cuts: it needs"),
    ({"encode": "void encode(bytes body, byte_buffer& out) const;"}, "an own codec makes frames: it needs"),
    ({"max_frame": "int max_frame() const noexcept;"}, "an own codec has a limit: it needs"),
    ({"equal": ""}, "an own codec is kept for ever, one of each value: it needs"),
    ({"more": "mutable_bytes unwrap(mutable_bytes body) const;"}, "unwrap() of a codec is"),
    ({"more": "mine with_max_frame(std::size_t size);"}, "with_max_frame() of a codec is"),
    ({"more": "int about() const;"}, "about() of a codec is"),
    ({"more": "std::string lua();"}, "lua() of a codec is"),
    ({"more": "struct memory {}; frame::decoded decode(const frame::window& seen, memory& known) const noexcept;"},
     "an own codec that remembers, decode(seen, memory), works in a frame::reader<CODEC> only"),
)
# What owns memory and is made where it is awaited: there g++ 12 would destroy it twice.
NAME_FIRST = "give it a name and await that"
UNNAMED = ("here.send(own{})", "here.push(own{})", "here.handle().send(own{})", "server.publish(own{})", "via.send(own{})",
           "via.request(renaming{})", "via.request(renaming{}, {})", "notes.push({.text = {}})", "jobs.push([made] {})",
           "io::offload([made] { return made.name; })")


class Compiler:
    """Reads the headers once: each text is compiled behind them."""

    def __init__(self, root, program, flags, folder, headers):
        includes = [f"-I{Path(root) / area / 'include'}" for area in ("libframe", "libio", "libpacket", "server", "client", "swarm")]
        self._command = [program, "-std=c++20", *flags, *includes]
        self._file, prelude = folder / "text.cpp", folder / "prelude.hpp"
        prelude.write_text(headers)
        subprocess.run([*self._command, "-x", "c++-header", str(prelude), "-o", f"{prelude}.gch"], check=True)
        self._alone = [*self._command, "-fsyntax-only"]
        self._command += ["-fsyntax-only", "-include", str(prelude)]

    def compile(self, text):
        return self._run(self._command, text)

    def compile_alone(self, text, *definitions):
        """Behind no header, with these instead of what the library defines of that name; with ! without it."""
        names = tuple(f"-D{one.lstrip('!').partition('=')[0]}" for one in definitions)
        others = [flag for flag in self._alone if flag.partition("=")[0] not in names]
        return self._run([*others, *(f"-D{one}" for one in definitions if not one.startswith("!"))], text)

    def _run(self, command, text):
        self._file.write_text(text)
        return subprocess.run([*command, str(self._file)], capture_output=True, text=True)


def text_of(*declarations):
    return "using namespace hawser::frame;\n" + "\n".join(declarations) + "\n"


def violations(compiler):
    good = [f"constexpr auto good_{i} = {layout};" for i, layout in enumerate(GOOD)]
    later = [f"const auto refused_when_it_runs_{i} = {layout};" for i, (layout, _) in enumerate(BAD)]
    done = compiler.compile(text_of(*good, *later))
    if done.returncode:
        yield f"what is good, or no constant, does not compile:\n{done.stderr}"
    for layout, rule in BAD:
        done = compiler.compile(text_of(f"constexpr auto bad = {layout};"))
        if done.returncode == 0:
            yield f"{layout} compiles, though it must be that {rule}"
        elif rule not in done.stderr:
            yield f"{layout} is refused without '{rule}':\n{done.stderr}"


def first_lines(said):
    """Of what it says itself: not where a header was included, nor the source that it quotes."""
    speaks = re.compile(r"error:|note:|In instantiation of|required from")
    return "\n".join([line for line in said.splitlines() if speaks.search(line)][:3])


def misunderstandings(compiler):
    done = compiler.compile(PACKETS + HANDLERS)
    if done.returncode:
        yield f"packets and handlers that are right do not compile:\n{done.stderr}"
    for mistake, name, sentence in MISTAKES:
        inside = mistake if mistake.startswith(("struct", "auto", "void", "client", "enum", "template")) else f"void use(server::router& router, client::requester& via) {{ {mistake} }}"
        said = compiler.compile(PACKETS + inside + "\n").stderr
        first = first_lines(said)
        if sentence not in first or name not in first:
            yield f"{mistake} is refused without '{sentence}' and '{name}' at the beginning:\n{said[:3000]}"


def not_codecs(compiler):
    def said_of(changes):
        body = " ".join((CODEC | changes).values())
        return compiler.compile(f"using namespace hawser;\nstruct mine {{ {body} }};\nauto made = frame::any_codec::own(mine());\n").stderr

    if said_of({}):
        yield f"a codec of one's own does not compile:\n{said_of({})[:3000]}"
    for changes, sentence in NOT_A_CODEC:
        said = said_of(changes)
        if sentence not in first_lines(said):
            yield f"a codec with {changes} is not refused with '{sentence}' at the beginning:\n{said[:3000]}"


def other_ways(compiler):
    text = "#include <hawser/io/task.hpp>\n"
    for definitions, sentence in OTHERWISE:
        done = compiler.compile_alone(text, *definitions)
        if done.returncode == 0 or sentence not in first_lines(done.stderr):
            yield f"with {definitions} tasks are not refused with '{sentence}' at the beginning:\n{done.stderr[:3000]}"
    for definitions in AS_WELL:
        done = compiler.compile_alone(text, *definitions)
        if done.returncode:
            yield f"with {definitions} tasks do not compile:\n{done.stderr[:3000]}"


def not_of_a_task(compiler):
    for use, how in NOT_OF_A_TASK:
        done = compiler.compile(OF_ASIO + use + "\n")
        first = next((line for line in done.stderr.splitlines() if "error:" in line), "")
        if done.returncode == 0 or how not in first:
            yield f"{use} is not refused with '{how}' first:\n{done.stderr[:3000]}"


def unnamed(compiler):
    text = PACKETS + "void use(server::server& server, server::context& here, client::requester& via, io::queue<note>& notes, io::queue<std::function<void()>>& jobs, renaming made) {\n"
    first = text.count("\n") + 1
    said = compiler.compile(text + "".join(f"static_cast<void>({call});\n" for call in UNNAMED) + "}\n").stderr
    for line, call in enumerate(UNNAMED, first):
        if not re.search(rf"text\.cpp:{line}:", said):
            yield f"{call} compiles, and is destroyed twice inside of a co_await"
    if said.count(f"{NAME_FIRST}: ") < len(UNNAMED):
        yield f"not all of {', '.join(UNNAMED)} are refused with '{NAME_FIRST}':\n{said[:3000]}"


def main(root, compiler, *flags):
    if compiler.endswith("-NOTFOUND"):
        print("skipped: there is no such compiler here (tools/setup check installs clang)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        behind = Compiler(root, compiler, flags, Path(folder), HEADERS)
        found = [*violations(behind), *misunderstandings(behind), *not_codecs(behind), *other_ways(behind), *not_of_a_task(behind), *unnamed(behind)]
    print("\n".join(found) if found else f"{len(BAD)} layouts, {len(MISTAKES)} packets and handlers, {len(NOT_A_CODEC)} codecs, {len(UNNAMED)} values without a name, "
          f"{len(NOT_OF_A_TASK)} uses of a task and {len(OTHERWISE)} ways to compile Asio are refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
