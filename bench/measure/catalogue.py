"""The servers that are measured, by the names that --servers takes.

    server = catalogue.ALL["go-bufio"]
    server.title, server.program, server.options

How they are written is in bench/servers, each with a text at its top: which API and version, and what it does not do.
"""
import dataclasses

HAWSER, RAW, ASIO, PEER = "hawser", "raw", "asio", "peer"


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    title: str              # for people
    kind: str
    program: str            # what toolchains.py calls it
    options: tuple = ()
    threads: int = 1
    warm_up: float = 0      # seconds that it needs to be as fast as it gets
    everywhere: bool = True   # in scenarios that compare all of one thread
    path: tuple = ()        # of its program: the beginning of its command line

    @property
    def command(self):
        return [*self.path, *self.options, "--threads", self.threads]


def _two_threads(server, name, title, *options):
    return dataclasses.replace(server, name=name, title=title, threads=2, everywhere=False, options=server.options + options)


_ROUTER = Server("hawser", "hawser, router", HAWSER, "bench-hawser")
_SERVE = Server("hawser-serve", "hawser, serve coroutine", HAWSER, "bench-hawser", ("--serve",))
_READINESS = Server("asio-readiness", "Asio coroutine, borrowed buffer", ASIO, "bench-asio", ("--way", "readiness"))
_SHARED = dataclasses.replace(_READINESS, name="asio-shared-1", title="Asio, shared context, 1 thread", everywhere=False,
                              options=(*_READINESS.options, "--contexts", "shared"))

ALL = {one.name: one for one in [
    _ROUTER,
    _SERVE,
    Server("raw", "raw epoll loop", RAW, "bench-epoll"),
    Server("asio-naive", "Asio coroutine, as a tutorial has it", ASIO, "bench-asio", ("--way", "naive")),
    Server("asio-buffered", "Asio coroutine, its own buffer", ASIO, "bench-asio", ("--way", "buffered")),
    _READINESS,
    Server("libuv", "libuv", PEER, "bench-libuv"),
    Server("libevent", "libevent", PEER, "bench-libevent"),
    Server("go-tutorial", "Go net, the tutorial's way", PEER, "go-tutorial"),
    Server("go-bufio", "Go net with bufio", PEER, "go-bufio"),
    Server("gnet", "gnet (Go)", PEER, "gnet"),
    Server("netpoll", "netpoll (Go)", PEER, "netpoll"),
    Server("tokio", "tokio, tokio-util's codec", PEER, "tokio"),
    Server("netty", "Netty", PEER, "netty", warm_up=2),
    _two_threads(_ROUTER, "hawser-2", "hawser, router, 2 threads"),
    _two_threads(_READINESS, "asio-contexts-2", "Asio, context a thread, 2 threads"),
    _SHARED,
    _two_threads(_SHARED, "asio-shared-2", "Asio, shared context, 2 threads"),
]}


def title(name):
    return ALL[name].title if name in ALL else name


def is_hawser(name):
    return name in ALL and ALL[name].kind == HAWSER


def is_peer(name):
    return name in ALL and ALL[name].kind == PEER
