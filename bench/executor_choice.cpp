// Which executor should carry a connection: a strand on one shared io_context, or an io_context a thread?
//
// The measurement behind a decision in docs/design.md, kept so that it can be repeated. It runs the same small
// session coroutine (wait until readable, borrow the thread's buffer, one write a batch) under both, with a raw epoll
// load in a second process, and prints a row for each:
// requests a second, the server's processor time a request (the fair figure when load and server share the cores), and
// resident bytes an idle connection.
//
//   executor_choice [THREADS]        default 2
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t frame_size = 32;
constexpr std::size_t borrowed_size = 64 * 1024;

struct shared_strand {
    static constexpr const char* name = "one io_context, a strand a connection";
    using executor = asio::strand<asio::io_context::executor_type>;
    explicit shared_strand(unsigned threads) : threads_(threads) {}
    executor next() { return asio::make_strand(context_); }
    void run() {
        auto guard = asio::make_work_guard(context_);
        std::vector<std::thread> pool;
        for (unsigned i = 0; i < threads_; ++i) pool.emplace_back([this] { context_.run(); });
        for (auto& thread : pool) thread.join();
    }
    asio::io_context context_;
    unsigned threads_;
};

struct context_a_thread {
    static constexpr const char* name = "one io_context a thread";
    using executor = asio::io_context::executor_type;
    explicit context_a_thread(unsigned threads) {
        for (unsigned i = 0; i < threads; ++i) contexts_.push_back(std::make_unique<asio::io_context>(1));
    }
    executor next() { return contexts_[turn_++ % contexts_.size()]->get_executor(); }
    void run() {
        std::vector<std::thread> pool;
        for (auto& context : contexts_)
            pool.emplace_back([&context] {
                auto guard = asio::make_work_guard(*context);
                context->run();
            });
        for (auto& thread : pool) thread.join();
    }
    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::size_t turn_ = 0;
};

template <class Executor>
using socket_on = asio::basic_stream_socket<tcp, Executor>;

template <class Executor>
asio::awaitable<void, Executor> session(socket_on<Executor> socket) {
    static thread_local std::array<char, borrowed_size> buffer;
    boost::system::error_code error;
    socket.non_blocking(true, error);
    for (;;) {
        const asio::use_awaitable_t<Executor> token;
        co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(token, error));
        if (error) co_return;
        const std::size_t got = socket.read_some(asio::buffer(buffer), error);
        if (error == asio::error::would_block) continue;
        if (error) co_return;
        socket.write_some(asio::buffer(buffer.data(), got), error);   // small batches: the kernel takes them whole
    }
}

template <class Executor>
asio::awaitable<void, Executor> accept_loop(asio::basic_socket_acceptor<tcp, Executor>& acceptor, auto& pool) {
    for (;;) {
        const auto executor = pool.next();
        socket_on<Executor> socket = co_await acceptor.async_accept(executor, asio::use_awaitable_t<Executor>());
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(executor, session<Executor>(std::move(socket)), asio::detached);
    }
}

long resident(pid_t pid) {
    std::array<char, 64> path{};
    std::snprintf(path.data(), path.size(), "/proc/%d/statm", pid);
    long total = 0, pages = 0;
    if (FILE* file = std::fopen(path.data(), "r")) {
        if (std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
        std::fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

// User and system seconds that the process has used so far.
double cpu_seconds(pid_t pid) {
    std::array<char, 64> path{};
    std::snprintf(path.data(), path.size(), "/proc/%d/stat", pid);
    unsigned long user = 0, system = 0;
    if (FILE* file = std::fopen(path.data(), "r")) {
        if (std::fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) user = 0;
        std::fclose(file);
    }
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int dial(unsigned short port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) { std::perror("connect"); std::exit(1); }
    return fd;
}

struct figures {
    double rate;         // requests a second
    double cpu_micros;   // the server's processor time for each request
};

figures load(unsigned short port, pid_t server, std::size_t connections, std::size_t in_flight, double seconds) {
    std::vector<char> batch(frame_size * in_flight, 'x');
    std::vector<char> sink(batch.size());
    const int poll = ::epoll_create1(0);
    std::vector<int> sockets;
    for (std::size_t i = 0; i < connections; ++i) {
        const int fd = dial(port);
        epoll_event interest{.events = EPOLLIN, .data = {.fd = fd}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &interest);
        sockets.push_back(fd);
        if (::send(fd, batch.data(), batch.size(), 0) < 0) std::exit(1);
    }
    const double cpu_before = cpu_seconds(server);
    const auto start = std::chrono::steady_clock::now();
    double elapsed = 0;
    std::size_t bytes = 0;
    std::array<epoll_event, 256> events;
    while (elapsed < seconds) {
        const int ready = ::epoll_wait(poll, events.data(), 256, 1000);
        for (int i = 0; i < ready; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            const ssize_t got = ::recv(fd, sink.data(), sink.size(), 0);
            if (got <= 0) std::exit(1);
            bytes += static_cast<std::size_t>(got);
            if (::send(fd, sink.data(), static_cast<std::size_t>(got), 0) != got) std::exit(1);
        }
        elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    const double cpu = cpu_seconds(server) - cpu_before;
    for (int fd : sockets) ::close(fd);
    ::close(poll);
    const auto requests = static_cast<double>(bytes / frame_size);
    return {requests / elapsed, cpu * 1e6 / requests};
}

double idle_bytes(unsigned short port, pid_t server, std::size_t connections) {
    std::array<char, frame_size> frame{};
    std::vector<int> sockets;
    const long before = resident(server);
    for (std::size_t i = 0; i < connections; ++i) {
        sockets.push_back(dial(port));
        if (::send(sockets.back(), frame.data(), frame.size(), 0) < 0) std::exit(1);
        if (::recv(sockets.back(), frame.data(), frame.size(), MSG_WAITALL) < 0) std::exit(1);
    }
    const long after = resident(server);
    for (int fd : sockets) ::close(fd);
    return static_cast<double>(after - before) / static_cast<double>(connections);
}

template <class Pool>
void measure(unsigned threads) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::exit(1);
    const pid_t child = ::fork();
    if (child == 0) {
        Pool pool(threads);
        using executor = typename Pool::executor;
        asio::basic_socket_acceptor<tcp, executor> acceptor(pool.next(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        const unsigned short port = acceptor.local_endpoint().port();
        if (::write(pipe[1], &port, sizeof port) != sizeof port) std::exit(1);
        asio::co_spawn(acceptor.get_executor(), accept_loop<executor>(acceptor, pool), asio::detached);
        pool.run();
        std::_Exit(0);
    }
    unsigned short port = 0;
    if (::read(pipe[0], &port, sizeof port) != sizeof port) std::exit(1);
    const double idle = idle_bytes(port, child, 5000);
    const figures single = load(port, child, 10, 1, 3);
    const figures deep = load(port, child, 100, 64, 3);
    std::printf("%-39s threads=%u | 10 x 1: %7.0f req/s %6.3f us cpu | 100 x 64: %9.0f req/s %6.3f us cpu | %5.0f B idle\n",
                Pool::name, threads, single.rate, single.cpu_micros, deep.rate, deep.cpu_micros, idle);
    ::kill(child, SIGTERM);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned threads = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 2;
    for (int round = 0; round < 3; ++round) {
        measure<shared_strand>(threads);
        measure<context_a_thread>(threads);
    }
}
