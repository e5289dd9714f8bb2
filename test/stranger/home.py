"""The home folder of a stranger: a clone of hawser in it, with a build, and nothing else.

    home = home.Home(folder)            # folder/home, whose ~/hawser/build/release is the build that is tested
    with page.Shell(home.empty_folder(), home.environment) as shell: ...

What the stranger builds is built as the page says. Only hawser's own sources are compiled with other options and from where they are (a
page says `set(HAWSER ... CACHE PATH ...)`), so that the compiler's cache knows them from the build that is tested.

ctest sets HAWSER_BUILD (that build), HAWSER_CXX, HAWSER_FLAGS, HAWSER_UNITY and HAWSER_WERROR.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
_LISTENING = f'"{sys.executable}" "{pathlib.Path(__file__).with_name("listening.py")}"'
_SERVER = re.compile(r"^(?P<start>\S*server\b(?P<options>.*) & (?:\w+=\$!\n)?)sleep 1$", re.M)

_TOOLCHAIN = """set(CMAKE_CXX_COMPILER "{compiler}")
set(CMAKE_PROJECT_hawser_INCLUDE "{options}")
set(HAWSER "{root}" CACHE PATH "")
"""
_OPTIONS = """set(CMAKE_BUILD_TYPE "")
set(CMAKE_CXX_FLAGS "{flags}")
set(HAWSER_UNITY {unity})
set(HAWSER_WERROR {werror})
"""


def cache_of_the_compiler():
    """It would be looked for in the new home."""
    if not shutil.which("ccache"):
        return {}
    asked = subprocess.run(["ccache", "--get-config", "cache_dir"], stdout=subprocess.PIPE, text=True, check=True, timeout=30)
    return {"CCACHE_DIR": asked.stdout.strip()}


def wait_for_servers(text, usual=""):
    """A reader waits a second for a server that it has started. A busy machine may need longer, so here it is waited for. `usual`: where
    a server listens whose options do not say so."""
    def waiting(match):
        address = re.search(r"\S*:\d+", match["options"])
        return f"{match['start']}{_LISTENING} {address[0] if address else usual}"

    return _SERVER.sub(waiting, text)


class Home:
    def __init__(self, folder):
        self._folder = pathlib.Path(folder).resolve()
        self.path = self._folder / "home"
        self.clone = self.path / "hawser"
        self.clone.mkdir(parents=True)
        for entry in ROOT.iterdir():
            if entry.name not in ("build", ".git"):
                (self.clone / entry.name).symlink_to(entry)
        (self.clone / "build").mkdir()
        (self.clone / "build" / "release").symlink_to(os.environ["HAWSER_BUILD"])
        self.environment = {"HOME": str(self.path), "CMAKE_BUILD_PARALLEL_LEVEL": "2", "CMAKE_TOOLCHAIN_FILE": str(self._toolchain()),
                            **cache_of_the_compiler()}

    def _toolchain(self):
        options, toolchain = self._folder / "options.cmake", self._folder / "toolchain.cmake"
        told = os.environ
        options.write_text(_OPTIONS.format(flags=told["HAWSER_FLAGS"], unity=told["HAWSER_UNITY"], werror=told["HAWSER_WERROR"]))
        toolchain.write_text(_TOOLCHAIN.format(compiler=told["HAWSER_CXX"], options=options, root=ROOT))
        return toolchain

    def empty_folder(self):
        made = self.path / "work"
        made.mkdir()
        return made
