"""Who may include whom: docs/design.md, "Floors", as a table. Every #include of a library is held against it. libio has floors of its own."""
import re
from dataclasses import dataclass
from pathlib import Path

import source

# Parts of Boost that a library may never name: they are for programs and tests.
PROGRAM_BOOST = {"log", "program_options", "json", "test"}
SMALL_BOOST = {"system", "assert", "config", "endian", "crc", "describe", "mp11"}
BASE64_BOOST = {"archive"}   # its data-flow iterators, headers alone
BACKLOG_BOOST = {"multi_index", "multi_index_container"}


@dataclass(frozen=True)
class Area:
    """What a namespace may name: other areas, and parts of Boost (None: all that libraries may)."""
    below: frozenset
    boost: frozenset | None
    system: bool = False   # POSIX headers


def _area(below, boost, system=False):
    return Area(frozenset(below.split()), None if boost is None else frozenset(boost), system)


AREAS = {
    "base": _area("", {"system"}),                                          # floor 1: bytes.hpp, error.hpp, figures.hpp
    "frame": _area("base", SMALL_BOOST | BASE64_BOOST | BACKLOG_BOOST),                     # floor 2
    "testing": _area("base frame", set()),                                  # for tests of a user's codec
    "packet": _area("base", SMALL_BOOST),
    "io": _area("base frame packet", None, system=True),                    # floor 3
    "protocol": _area("base frame packet", SMALL_BOOST),
    "server": _area("base frame packet io protocol", None),                 # floor 4
    "client": _area("base frame packet io protocol", None),
    "swarm": _area("base frame packet io protocol client", None),
    "log": _area("base frame packet io protocol server", None),
}
# What a file that is in none of the folders below belongs to: programs, which may name everything.
LIBRARY_FOLDERS = ("libframe", "libio", "libpacket", "server/include", "server/src", "server/log", "client/include", "client/src",
                   "swarm/include", "swarm/src")
BASE_HEADERS = {"hawser/bytes.hpp", "hawser/error.hpp", "hawser/figures.hpp"}
BASE_SOURCES = {"libframe/src/bytes.cpp", "libframe/src/error.cpp", "libframe/src/figures.cpp"}
# The folders of libio/src, from below. Time and coroutines are one floor: who waits does so until an instant, and sleep() is a wait.
IO_FLOORS = ({"time", "coroutines"}, {"system"}, {"sockets"}, {"frames"})
# A header is of the folder that has its source. Those without one:
IO_HEADERS = {
    "coroutines": "alarm bell call callback next_turn operation operation_memory plain_function queue spawn task task_chain use_task waiting_line",
    "system": "owned_descriptor run",
    "sockets": "bounded_text carrier endpoint",
    "frames": "frame_memory held_memory limits lookout memory_charge",
}
# "Nothing above floor 3 names a socket type": it would not run over a stream in memory.
SOCKETS = re.compile(r"boost/asio/(ip|local|generic|ssl)/|boost/asio/.*(socket|acceptor)|boost/asio/connect\.hpp")


def area_of_name(name):
    """The area of a header by the name one includes it by."""
    if name in BASE_HEADERS:
        return "base"
    return re.split(r"[/.]", name)[1]


def libraries(root):
    """{source file: library} from the hawser_library() calls."""
    found = {}
    for cmake in source.all_files(root):
        if cmake.name != "CMakeLists.txt":
            continue
        text = re.sub(r"#.*", "", (Path(root) / cmake).read_text())
        for name, body in re.findall(r"hawser_library\(\s*(\w+)([^)]*)\)", text):
            for word in re.findall(r"\S+\.cpp", body):
                found[(cmake.parent / word).as_posix()] = name
    return found


def _forbidden(area, name):
    """Why a file of this area may not include <name>, or None."""
    rules = AREAS[area]
    if name.startswith("hawser/"):
        other = area_of_name(name)
        if other == area or other in rules.below:
            return None
        return f"{area} may not name {other}" if other in AREAS else f"{name} belongs to no floor"
    if name.startswith("boost/"):
        part = re.split(r"[/.]", name)[1]
        if part == "log" and area == "log":
            return None
        if part in PROGRAM_BOOST:
            return f"Boost.{part} is not for {area}"
        if rules.boost is not None and part not in rules.boost:
            return f"{area} may not name Boost.{part}"
        if area in ("server", "client", "swarm", "log") and SOCKETS.match(name):
            return "above floor 3 nothing names a socket"
        return None
    if "/" in name or name.endswith(".h"):
        return None if rules.system else f"{area} names nothing of the system"
    return None


def _check(root, path, area, where, seen):
    """Violations of one file and of the private headers that it includes."""
    text = (root / path).read_text()
    for line, name, quoted in source.includes(text):
        if not quoted:
            why = _forbidden(area, name)
            if why:
                yield f"{path}:{line}: <{name}>: {why}"
            continue
        target = Path(root / path.parent / name).resolve()
        if not target.exists():
            yield f"{path}:{line}: \"{name}\" is not beside this file; headers of other folders go in <>"
            continue
        target = target.relative_to(Path(root).resolve())
        if folder_of(target) != where or source.is_public(target):
            yield f"{path}:{line}: \"{name}\" reaches into another folder"
        elif target not in seen:
            seen.add(target)
            yield from _check(root, target, area, where, seen)


def folder_of(path):
    """The library folder that a file is in, or None for programs."""
    for folder in LIBRARY_FOLDERS:
        if path.as_posix().startswith(folder + "/"):
            return folder
    return None


def _io_folders(root):
    """{header of hawser::io without its .hpp: folder of libio/src}"""
    found = {name: folder for folder, names in IO_HEADERS.items() for name in names.split()}
    return found | {path.stem: path.parts[2] for path in source.cpp_files(root) if path.match("libio/src/*/*.cpp")}


def _check_io(root):
    """Violations of the floors within libio."""
    floor_of = {folder: floor for floor, folders in enumerate(IO_FLOORS) for folder in folders}
    folders = _io_folders(root)
    for path in source.cpp_files(root):
        if path.parts[0] != "libio":
            continue
        folder = folders.get(path.stem) if source.is_public(path) else path.parts[2]
        if folder not in floor_of:
            yield f"{path}: no folder of libio/src is known to be its own; floors.py has the list"
            continue
        for line, name, _ in source.includes((root / path).read_text()):
            other = folders.get(Path(name).stem) if name.startswith("hawser/io/") else Path(name).parts[1] if name.startswith("../") else None
            if other in floor_of and floor_of[other] > floor_of[folder]:
                yield f"{path}:{line}: <{name}>: {folder} may not name {other}"


def violations(root):
    root = Path(root)
    library_of = libraries(root)
    reached = set()
    private = []
    for path in source.cpp_files(root):
        folder = folder_of(path)
        if folder is None:
            yield from _check_program(root, path)
            continue
        if source.is_public(path):
            area = area_of_name(source.public_name(path))
            if area not in AREAS:
                yield f"{path}: {area} is no floor"
                continue
        elif path.suffix == ".cpp":
            area = library_of.get(path.as_posix())
            if area is None:
                yield f"{path}: in no hawser_library()"
                continue
            if path.as_posix() in BASE_SOURCES:
                area = "base"
        else:
            private.append(path)   # checked as part of whoever includes it
            continue
        yield from _check(root, path, area, folder, seen := set())
        reached |= seen
    for path in private:
        if path not in reached:
            yield f"{path}: nobody includes it"
    yield from _check_io(root)


def _check_program(root, path):
    if path.parts[0] == "test":
        return
    for line, name, _ in source.includes((root / path).read_text()):
        if name.startswith("boost/test/"):
            yield f"{path}:{line}: <{name}>: Boost.Test is for tests"
