"""Builds the servers of bench/servers, each with its own language's toolchain, into build/bench (C++: build/bench-build).

    for peer in toolchains.peers(root):                  # or peers(root, ["gnet", "netty"])
        peer.command(2) or peer.why_missing              # ["build/bench/go/gnet", "--threads", "2"], or "go: not found"
        peer.versions                                    # {"gnet": "2.9.8", "go": "1.26.8"}

A peer that cannot be built costs a line, never the run. What has been built is built again from what is on the disk: the
registries are asked only the first time. What a build says is in build/bench/log.
"""
import dataclasses
import functools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tomllib

BUILT_WITHIN = 600   # seconds; the first time, everything is fetched and compiled


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    title: str
    versions: dict = dataclasses.field(default_factory=dict)   # of its libraries, then of its toolchain
    program: tuple = ()                                        # the command line, without options
    why_missing: str | None = None

    def command(self, threads):
        """To start it, or None if it is missing."""
        return None if self.why_missing else [*self.program, "--threads", str(threads)]


class Missing(Exception):
    """Why there is no such peer, in one line."""


def peers(root, names=None, say=lambda line: None):
    """All of them, or those of these names, in the order of the table; missing ones too."""
    toolchains = {kind: kind(pathlib.Path(root)) for kind in (CMake, Go, Cargo, Maven)}
    wanted = [row for row in TABLE if names is None or row.name in names]
    return [_peer(row, toolchains[row.toolchain], say) for row in wanted]


def _peer(row, toolchain, say):
    say(f"building {row.name}")
    try:
        program = toolchain.build(row.source)
        return Peer(row.name, row.title, toolchain.versions(row.libraries), tuple(map(str, program)))
    except Missing as reason:
        return Peer(row.name, row.title, why_missing=str(reason))


class Toolchain:
    """What is common: its tools are looked for, run within a time limit, and their words kept in a log."""
    tools = ()
    says = ()              # whose own versions matter
    beside_the_path = ()   # where installers put tools that may not be on the PATH
    environment = {}

    def __init__(self, root):
        self.root = root.resolve()   # builds run in folders below it
        self.out = self.root / "build" / "bench"

    def tool(self, name):
        found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(os.path.expanduser, self.beside_the_path)))
        if not found:
            raise Missing(f"{name}: not found")
        return found

    def run(self, name, *command, folder):
        """What it says; `name` is the log's. The folder is below the root."""
        places = [os.path.dirname(self.tool(tool)) for tool in self.tools]
        environment = {"PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), *places]), **self.environment}
        path = self.out / "log" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w") as log:
            status = _run_within(BUILT_WITHIN, [self.tool(command[0]), *map(str, command[1:])], cwd=self.root / folder,
                                 env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        said = path.read_text(errors="replace")
        if status is None:
            raise Missing(f"not built within {BUILT_WITHIN} s ({path.relative_to(self.root)})")
        if status:
            raise Missing(f"{_reason(said)} ({path.relative_to(self.root)})")
        return said

    def versions(self, libraries):
        known = self.known()
        return {name: known.get(name, "unknown") for name in (*libraries, *self.says)}

    def said(self, pattern, *command):
        """What a tool says of itself."""
        try:
            done = subprocess.run([self.tool(command[0]), *command[1:]], capture_output=True, text=True, timeout=60)
        except (Missing, OSError, subprocess.TimeoutExpired):
            return "unknown"
        return _found(pattern, done.stdout + done.stderr)


class CMake(Toolchain):
    """The C++ servers, and what else of bench is built with them: its preset."""
    tools, says = ("cmake", "c++"), ("compiler",)

    def build(self, target):
        if left_out := re.search(rf"bench: (no .*), so {target} is left out(.*)", self._configured):
            raise Missing(left_out[1] + left_out[2])
        self.run(target, "cmake", "--build", "--preset", "bench", "--target", target, folder=".")
        return [self.root / "build" / "bench-build" / "bin" / target]

    @functools.cached_property
    def _configured(self):
        return self.run("cmake", "cmake", "--preset", "bench", folder=".")

    def known(self):
        boost = pathlib.Path("/usr/include/boost/version.hpp")
        text = boost.read_text(errors="replace") if boost.exists() else ""
        return {"compiler": self.said(r"(.+)", "c++", "--version"),
                "Boost": _found(r'BOOST_LIB_VERSION "([^"]+)"', text).replace("_", "."),
                "libuv": self.said(r"(\S+)", "pkg-config", "--modversion", "libuv"),
                "libevent": self.said(r"(\S+)", "pkg-config", "--modversion", "libevent")}


class Go(Toolchain):
    tools, says = ("go",), ("go",)
    beside_the_path = ("/usr/local/go/bin", "~/go/bin")
    environment = {"GOTOOLCHAIN": "local"}   # this one, not one that it would fetch

    def build(self, command):
        program = self.out / "go" / command
        self.run(f"go-{command}", "go", "build", "-trimpath", "-buildvcs=false", "-o", program, f"./cmd/{command}",
                 folder="bench/servers/go")
        return [program]

    def known(self):
        text = (self.root / "bench/servers/go/go.mod").read_text()
        modules = {_found(r"([^/]+?)(?:/v\d+)?$", path): version
                   for path, version in re.findall(r"^\s*(?:require )?(\S+/\S+) v(\S+)", text, re.M)}
        return modules | {"go": self.said(r"go(\d\S+)", "go", "version")}


class Cargo(Toolchain):
    tools, says = ("cargo",), ("rustc",)
    beside_the_path = ("~/.cargo/bin",)

    def build(self, package):
        self.run(package, "cargo", "build", "--release", "--locked", "--target-dir", self.out / "tokio", folder="bench/servers/tokio")
        return [self.out / "tokio" / "release" / package]

    def known(self):
        lock = tomllib.loads((self.root / "bench/servers/tokio/Cargo.lock").read_text())
        return {one["name"]: one["version"] for one in lock["package"]} | {"rustc": self.said(r"rustc (\S+)", "rustc", "--version")}


class Maven(Toolchain):
    tools, says = ("mvn", "java"), ("java",)

    def build(self, jar):
        self.run(jar, "mvn", "--batch-mode", "--quiet", "package", f"-Doutput={self.out / 'netty'}", folder="bench/servers/netty")
        return [self.tool("java"), "-jar", self.out / "netty" / f"{jar}.jar"]

    def known(self):
        text = (self.root / "bench/servers/netty/pom.xml").read_text()
        return {"netty": _found(r"<netty.version>(.+)</netty.version>", text), "java": self.said(r'version "([^"]+)"', "java", "-version")}


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    toolchain: type
    source: str            # a CMake target, a command of the Go module, a Cargo package, a jar
    libraries: tuple = ()  # whose versions matter


TABLE = (
    Row("bench-hawser", "hawser", CMake, "bench-hawser-server", ("Boost",)),
    Row("bench-epoll", "raw epoll loop", CMake, "bench-epoll-server"),
    Row("bench-asio", "Asio without the framework", CMake, "bench-asio-server", ("Boost",)),
    Row("bench-libuv", "libuv", CMake, "bench-libuv-server", ("libuv",)),
    Row("bench-libevent", "libevent", CMake, "bench-libevent-server", ("libevent",)),
    Row("go-tutorial", "Go net, the tutorial's way", Go, "tutorial"),
    Row("go-bufio", "Go net with bufio", Go, "bufio"),
    Row("gnet", "gnet (Go)", Go, "gnet", ("gnet",)),
    Row("netpoll", "netpoll (Go)", Go, "netpoll", ("netpoll",)),
    Row("tokio", "tokio, tokio-util's codec", Cargo, "bench-tokio", ("tokio", "tokio-util")),
    Row("netty", "Netty", Maven, "bench-netty", ("netty",)),
)


def _run_within(seconds, command, **options):
    """The exit status, or None if it took too long: then it and what it started are ended."""
    started = subprocess.Popen(command, start_new_session=True, **options)
    try:
        return started.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _reason(text):
    """The line of a log that says why it failed: the first that tells of an error, or the last."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b|not available|undefined", line, re.I) and not line.startswith("warning")]
    return (errors or lines[-1:] or ["failed without a word"])[0].removeprefix("[ERROR] ")[:200]


def _found(pattern, text):
    match = re.search(pattern, text)
    return match[1].strip() if match else "unknown"


if __name__ == "__main__":
    sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
    import command_line
    command_line.watch_standard_output("toolchains.py")
    for one in peers(pathlib.Path(__file__).resolve().parents[2], sys.argv[1:] or None):
        print(f"{one.name}: {one.why_missing or ' '.join(one.command(1))}  {one.versions or ''}")
