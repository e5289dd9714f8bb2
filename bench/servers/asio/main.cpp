// Plain Boost.Asio, without hawser: three ways to write the session, two ways to use threads. Boost 1.81.
//
//   bench-asio-server --way naive                           as a tutorial has it
//   bench-asio-server --way buffered                        a buffer a connection, answers in one write
//   bench-asio-server --way readiness                       waits for readability and borrows the thread's buffer
//   bench-asio-server --threads 2 --contexts shared         one io_context with strands, instead of one a thread
//
// No deadlines, no limits on connections, no drain.
#include "../program.hpp"
#include "contexts.hpp"
#include "sessions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <exception>
#include <string>

namespace {

using bench::tcp;
namespace asio = boost::asio;

struct naive {
    template <class Executor>
    using socket = tcp::socket;
    template <class Executor>
    static asio::awaitable<void> session(tcp::socket one) {
        return bench::naive_session(std::move(one));
    }
};

struct buffered {
    template <class Executor>
    using socket = bench::socket_on<Executor>;
    template <class Executor>
    static auto session(bench::socket_on<Executor> one) {
        return bench::buffered_session<Executor>(std::move(one));
    }
};

struct readiness {
    template <class Executor>
    using socket = bench::socket_on<Executor>;
    template <class Executor>
    static auto session(bench::socket_on<Executor> one) {
        return bench::readiness_session<Executor>(std::move(one));
    }
};

template <class Way, class Contexts>
asio::awaitable<void> accept_all(tcp::acceptor& acceptor, Contexts& contexts) {
    using executor = typename Contexts::executor;
    for (;;) {
        typename Way::template socket<executor> socket(contexts.next());
        co_await acceptor.async_accept(socket, asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        const auto where = socket.get_executor();
        asio::co_spawn(where, Way::template session<executor>(std::move(socket)), asio::detached);
    }
}

void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

template <class Way, class Contexts>
void serve(std::size_t threads) {
    Contexts contexts(threads);
    tcp::acceptor acceptor(contexts.next(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    asio::co_spawn(acceptor.get_executor(), accept_all<Way>(acceptor, contexts), rethrow);
    bench::announce(acceptor.local_endpoint().port());
    contexts.run();
}

template <class Way>
void serve(std::size_t threads, bool with_strands) {
    if (with_strands) serve<Way, bench::shared>(threads);
    else serve<Way, bench::per_thread>(threads);
}

}   // namespace

int main(int argc, char** argv) {
    bench::program program("bench-asio-server",
                           "Answers submits with plain Boost.Asio: no deadlines, no limits, no drain.");
    std::string way;
    std::string contexts;
    auto add = program.options.add_options();
    add("way", bench::po::value(&way)->default_value("naive"), "naive, buffered or readiness");
    add("contexts", bench::po::value(&contexts)->default_value("per-thread"),
        "shared (one, with strands) or per-thread");
    if (const auto status = program.parse(argc, argv)) return *status;
    const bool with_strands = contexts == "shared";
    if (!with_strands && contexts != "per-thread") return program.refuse("--contexts is shared or per-thread");
    if (way == "naive") serve<naive>(program.threads(), with_strands);
    else if (way == "buffered") serve<buffered>(program.threads(), with_strands);
    else if (way == "readiness") serve<readiness>(program.threads(), with_strands);
    else return program.refuse("--way is naive, buffered or readiness");
}
