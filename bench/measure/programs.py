"""What there is to measure: built, looked at, and named if it is missing.

    built = programs.build(["hawser", "raw", "netty"], [], say)
    built.servers["hawser"].command, built.paths["bench-load"], built.missing["netty"]      # "java: not found"

How a program is built is in toolchains.py. A server that does not answer as the benchmark's work asks is missing too. Only
without bench-load there is nothing to measure.
"""
import dataclasses

from . import catalogue, probe, process, toolchains
from .machine import ROOT

BUILD = ROOT / "build" / "bench"
LOAD = "bench-load"


@dataclasses.dataclass
class Built:
    servers: dict = dataclasses.field(default_factory=dict)     # catalogue.Server by name
    paths: dict = dataclasses.field(default_factory=dict)       # of the programs that are no servers
    missing: dict = dataclasses.field(default_factory=dict)     # names, and why
    versions: list = dataclasses.field(default_factory=list)    # rows: what, version


class NothingToMeasure(Exception):
    """And why."""


def build(names, beside, say):
    """`names`: of servers in the catalogue; `beside`: of CMake's targets that are no servers."""
    built = Built()
    ours = toolchains.CMake(ROOT)
    for program in (LOAD, *beside):
        say(f"building {program}")
        try:
            built.paths[program], = ours.build(program)
        except toolchains.Missing as reason:
            built.missing[program] = str(reason)
    if LOAD not in built.paths:
        raise NothingToMeasure(f"there is no load generator: {built.missing[LOAD]}")
    servers = [catalogue.ALL[name] for name in names]
    peers = {one.name: one for one in toolchains.peers(ROOT, {one.program for one in servers}, say)}
    for server in servers:
        _add(built, server, peers[server.program])
    built.versions = _versions(peers.values())
    return built


def _add(built, server, peer):
    if reason := peer.why_missing:
        built.missing[server.name] = reason
        return
    server = dataclasses.replace(server, path=tuple(peer.program))
    if reason := _wrong(server):
        built.missing[server.name] = f"does not answer as it should: {reason}"
    else:
        built.servers[server.name] = server


def _wrong(server):
    """Why it cannot be measured, or nothing."""
    try:
        with process.Server(server.command) as running:
            probe.check(running.port)
    except (process.Failed, probe.Wrong) as reason:
        return str(reason)
    return ""


def _versions(peers):
    """Of what was built: each library and toolchain once, but for those that are facts of the machine."""
    known = {}
    for peer in peers:
        if not peer.why_missing:
            known |= peer.versions
    return [[name, version] for name, version in sorted(known.items(), key=lambda one: one[0].lower()) if name not in ("Boost", "compiler")]
