#include "support/busy_socket.hpp"
#include "support/print.hpp"
#include "support/run.hpp"
#include "support/temporary_directory.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/io/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

address unix_at(const std::string& path) { return {.what = address::kind::unix_path, .path = path}; }

address loopback(std::uint16_t port) { return {.host = "127.0.0.1", .port = port}; }

task<void> dials(address where, duration timeout, error_code& error) {
    const result<transport> made = co_await dial(where, timeout);
    error = made ? error_code() : made.error();
}

task<void> accepts(listener& from, error_code& error) {
    const executor here = co_await asio::this_coro::executor;
    const result<accepted> made = co_await from.accept(here);
    error = made ? error_code() : made.error();
}

error_code dialled(const address& where, duration timeout = test::long_enough) {
    asio::io_context context;
    error_code error;
    test::run(context, dials(where, timeout, error));
    test::expect_nothing_left(context);
    return error;
}

std::unique_ptr<listener> listening(asio::io_context& context, const address& where) {
    result<std::unique_ptr<listener>> made = listen(context.get_executor(), where);
    BOOST_TEST_REQUIRE(made.has_value(), (made ? "" : made.error().message()));
    return std::move(*made);
}

error_code refusal(asio::io_context& context, const address& where) {
    const result<std::unique_ptr<listener>> made = listen(context.get_executor(), where);
    return made ? error_code() : made.error();
}

bool exists(const std::string& path) { return std::filesystem::exists(std::filesystem::symlink_status(path)); }

int opened_folder(const test::temporary_directory& of) {
    return ::open(of.file("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool is_locked(const test::temporary_directory& folder) {
    const int looking = opened_folder(folder);
    const bool is_free = ::flock(looking, LOCK_EX | LOCK_NB) == 0;
    ::close(looking);
    return !is_free;
}

// Looks at the system in the moment in which a path is unlinked, and makes the mode of a file unchangeable:
// see the end of this file.
struct path_calls {
    std::function<void()> before_unlink;
    bool chmod_fails = false;
};
path_calls calls;

struct watching {
    watching() = default;
    watching(const watching&) = delete;
    watching& operator=(const watching&) = delete;
    ~watching() { calls = {}; }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(listeners)

BOOST_AUTO_TEST_CASE(a_listener_tells_the_port_that_the_system_gave) {
    asio::io_context context;
    const auto on_ipv4 = listening(context, loopback(0));
    BOOST_TEST(on_ipv4->port() != 0);
    BOOST_TEST(on_ipv4->text() == "127.0.0.1:" + std::to_string(on_ipv4->port()));
    const auto everywhere = listening(context, {});
    BOOST_TEST(everywhere->port() != 0);
    BOOST_TEST(everywhere->text() == "*:" + std::to_string(everywhere->port()));
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_refused) {
    asio::io_context context;
    const auto first = listening(context, loopback(0));
    const error_code error = refusal(context, loopback(first->port()));
    BOOST_TEST((error == asio::error::address_in_use));
    BOOST_TEST((error == condition::misuse));
    first->close();
    BOOST_TEST(!refusal(context, loopback(first->port())));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_ours_is_refused) {
    asio::io_context context;
    BOOST_TEST(refusal(context, {.host = "192.0.2.1"}).failed());   // of the documentation, nobody's
}

BOOST_AUTO_TEST_CASE(an_empty_host_is_reached_over_ipv4_and_shown_as_ipv4) {
    asio::io_context context;
    const auto everywhere = listening(context, {});
    struct seen {
        static task<void> talk(listener& from, std::uint16_t port, std::string& peer, endpoint::kind& kind) {
            const executor here = co_await asio::this_coro::executor;
            address where;
            where.host = "127.0.0.1";
            where.port = port;
            const result<transport> ours = co_await dial(where, test::long_enough);
            const result<accepted> theirs = co_await from.accept(here);
            if (!ours || !theirs) co_return;
            peer = theirs->peer.text();
            kind = theirs->peer.what;
            BOOST_TEST(theirs->carrier.remote().text() == peer);
            BOOST_TEST(peer == ours->local().text());
        }
    };
    std::string peer;
    endpoint::kind kind{};
    test::run(context, seen::talk(*everywhere, everywhere->port(), peer, kind));
    BOOST_TEST(peer.starts_with("127.0.0.1:"), peer);
    BOOST_TEST((kind == endpoint::kind::ipv4));
}

BOOST_AUTO_TEST_CASE(a_peer_that_reset_before_it_was_accepted_is_known_all_the_same) {
    asio::io_context context;
    const auto open = listening(context, loopback(0));
    struct gone {
        static task<void> before_accept(listener& from) {
            const executor here = co_await asio::this_coro::executor;
            const address where{.host = "127.0.0.1", .port = from.port()};
            result<transport> ours = co_await dial(where, test::long_enough);
            BOOST_TEST_REQUIRE(ours.has_value());
            const std::string name = ours->local().text();
            ours->reset();
            const result<accepted> theirs = co_await from.accept(here);
            BOOST_TEST_REQUIRE(theirs.has_value());
            BOOST_TEST((theirs->carrier.remote().what == endpoint::kind::none));
            BOOST_TEST(theirs->peer.text() == name);
        }
    };
    test::run(context, gone::before_accept(*open));
}

BOOST_AUTO_TEST_CASE(closing_wakes_who_accepts_with_closed_and_is_idempotent) {
    const test::temporary_directory directory;
    for (const address& where : {loopback(0), unix_at(directory.file("s"))}) {
        asio::io_context context;
        const auto open = listening(context, where);
        error_code error;
        group waiting(context.get_executor());
        waiting.spawn(accepts(*open, error));
        test::settle(context);
        open->close();
        open->close();
        test::run(context, waiting.join());
        BOOST_TEST(error == errc::closed);
        test::run(context, accepts(*open, error));
        BOOST_TEST(error == errc::closed);
        test::expect_nothing_left(context);
    }
}

BOOST_AUTO_TEST_CASE(a_unix_path_is_unlinked_at_close_and_at_destruction) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    {
        const auto open = listening(context, unix_at(path));
        BOOST_TEST(open->text() == "unix:" + path);
        BOOST_TEST(open->port() == 0);
        BOOST_TEST(exists(path));
        open->close();
        BOOST_TEST(!exists(path));
    }
    { const auto open = listening(context, unix_at(path)); }
    BOOST_TEST(!exists(path));
}

// A successor that comes meanwhile finds it alive, or finds nothing: it never binds a path that
// is about to be unlinked.
BOOST_AUTO_TEST_CASE(a_unix_path_is_unlinked_while_its_folder_is_locked_and_its_socket_still_open) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    const auto open = listening(context, unix_at(path));
    const watching until_the_end;
    int unlinked = 0;
    calls.before_unlink = [&] {
        ++unlinked;
        BOOST_TEST(is_locked(directory));
        BOOST_TEST(!dialled(unix_at(path)));
    };
    open->close();
    BOOST_TEST(unlinked == 1);
    BOOST_TEST(!is_locked(directory));
}

BOOST_AUTO_TEST_CASE(of_a_unix_path_that_could_not_be_made_ready_nothing_is_left) {
    const test::temporary_directory directory;
    asio::io_context context;
    const watching until_the_end;
    calls.chmod_fails = true;
    BOOST_TEST(refusal(context, unix_at(directory.file("s"))).failed());
    BOOST_TEST(!exists(directory.file("s")));
}

BOOST_AUTO_TEST_CASE(a_live_unix_path_is_refused_and_goes_on_working) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    const auto first = listening(context, unix_at(path));
    BOOST_TEST(refusal(context, unix_at(path)) == errc::address_in_use);
    BOOST_TEST(exists(path));
    BOOST_TEST(!dialled(unix_at(path)));
}

BOOST_AUTO_TEST_CASE(a_live_unix_path_whose_queue_is_full_is_refused_without_waiting) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    const test::busy_socket busy(path);
    asio::io_context context;
    BOOST_TEST(refusal(context, unix_at(path)) == errc::address_in_use);
}

BOOST_AUTO_TEST_CASE(a_dead_unix_path_is_replaced) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    { const test::busy_socket died(path); }
    BOOST_TEST(exists(path));
    BOOST_TEST((dialled(unix_at(path)) == asio::error::connection_refused));
    asio::io_context context;
    const auto open = listening(context, unix_at(path));
    BOOST_TEST(!dialled(unix_at(path)));
}

// Between look and bind there was room for another one, whose path the first then unlinked: both listened,
// and one was never reached.
BOOST_AUTO_TEST_CASE(of_many_that_start_at_once_over_a_dead_unix_path_one_listens) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    for (int round = 0; round < 50; ++round) {
        {
            const test::busy_socket died(path);
        }
        std::barrier together(4);
        std::atomic<int> listening_now = 0;
        std::atomic<int> refused = 0;
        const auto start = [&] {
            asio::io_context context;
            together.arrive_and_wait();
            const result<std::unique_ptr<listener>> made = listen(context.get_executor(), unix_at(path));
            if (made) ++listening_now;
            else if (made.error() == errc::address_in_use) ++refused;
            together.arrive_and_wait();
        };
        {
            const std::array<std::jthread, 4> all{std::jthread(start), std::jthread(start), std::jthread(start),
                                                  std::jthread(start)};
        }
        BOOST_TEST(listening_now == 1);
        BOOST_TEST(refused == 3);
    }
}

BOOST_AUTO_TEST_CASE(who_listens_at_a_unix_path_can_be_told) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    BOOST_TEST(!listening_process(unix_at(path)).has_value());
    asio::io_context context;
    const auto open = listening(context, unix_at(path));
    BOOST_TEST(listening_process(unix_at(path)).value_or(0) == ::getpid());
    BOOST_TEST(!listening_process(loopback(1)).has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_somebody_else_has_locked_is_waited_for_and_not_for_ever_and_the_error_says_so) {
    const test::temporary_directory directory;
    const int folder = opened_folder(directory);
    BOOST_TEST_REQUIRE(::flock(folder, LOCK_EX) == 0);
    asio::io_context context;
    const error_code error = refusal(context, unix_at(directory.file("s")));
    BOOST_TEST(error == errc::path_locked);
    BOOST_TEST((error == condition::misuse));
    ::close(folder);
    BOOST_TEST(!refusal(context, unix_at(directory.file("s"))));
}

// What is left is a dead path, which the next start replaces.
BOOST_AUTO_TEST_CASE(closing_does_not_wait_long_for_a_lock_either_and_then_leaves_the_path_alone) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    const auto first = listening(context, unix_at(path));
    const int folder = opened_folder(directory);
    BOOST_TEST_REQUIRE(::flock(folder, LOCK_EX) == 0);
    const time_point start = clock::now();
    first->close();
    BOOST_TEST((clock::now() - start < test::long_enough));
    BOOST_TEST(exists(path));
    BOOST_TEST((dialled(unix_at(path)) == asio::error::connection_refused));
    ::close(folder);
    const auto second = listening(context, unix_at(path));
    BOOST_TEST(!dialled(unix_at(path)));
}

BOOST_AUTO_TEST_CASE(a_unix_path_has_the_mode_that_was_asked_for_whatever_the_umask_is) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    for (const mode_t mask : {0U, 022U, 0777U})
        for (const unsigned mode : {0660U, 0600U, 0666U}) {
            const mode_t before = ::umask(mask);
            const auto made = listen(context.get_executor(), unix_at(path), {.unix_mode = mode});
            ::umask(before);
            BOOST_TEST_REQUIRE(made.has_value());
            struct stat found{};
            BOOST_TEST(::stat(path.c_str(), &found) == 0);
            BOOST_TEST((found.st_mode & 0777U) == mode);
        }
    BOOST_TEST(socket_options().unix_mode == 0660U);
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_is_refused_and_left_alone) {
    const test::temporary_directory directory;
    asio::io_context context;
    const std::string file = directory.file("file");
    std::ofstream(file) << "precious";
    BOOST_TEST(refusal(context, unix_at(file)) == errc::address_in_use);
    std::string content;
    std::ifstream(file) >> content;
    BOOST_TEST(content == "precious");

    const std::string folder = directory.file("folder");
    std::filesystem::create_directory(folder);
    BOOST_TEST(refusal(context, unix_at(folder)) == errc::address_in_use);
    BOOST_TEST(exists(folder));

    const std::string link = directory.file("link");
    std::filesystem::create_symlink(file, link);
    BOOST_TEST(refusal(context, unix_at(link)) == errc::address_in_use);
    BOOST_TEST(exists(link));
}

BOOST_AUTO_TEST_CASE(a_path_in_no_directory_is_an_error) {
    const test::temporary_directory directory;
    asio::io_context context;
    BOOST_TEST(refusal(context, unix_at(directory.file("nowhere/s"))).failed());
}

BOOST_AUTO_TEST_CASE(a_path_that_somebody_else_has_taken_meanwhile_is_not_unlinked) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    asio::io_context context;
    const auto first = listening(context, unix_at(path));
    std::filesystem::rename(path, directory.file("moved"));   // the old one stays, so that its inode is not used again
    const auto second = listening(context, unix_at(path));
    first->close();
    BOOST_TEST(exists(path));
    BOOST_TEST(!dialled(unix_at(path)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(dialling)

BOOST_AUTO_TEST_CASE(a_listener_is_reached_by_number_by_name_and_by_an_empty_host) {
    asio::io_context context;
    const auto open = listening(context, {});
    for (const std::string_view host : {"127.0.0.1", "localhost", ""}) {
        address where{.host = std::string(host), .port = open->port()};
        BOOST_TEST(!dialled(where), host);
    }
}

BOOST_AUTO_TEST_CASE(where_nobody_listens_a_dial_is_refused) {
    asio::io_context context;
    const auto closed = listening(context, loopback(0));
    closed->close();
    for (const std::string_view host : {"127.0.0.1", "localhost", ""}) {
        address where{.host = std::string(host), .port = closed->port()};
        BOOST_TEST((dialled(where) == asio::error::connection_refused), host);
    }
    const test::temporary_directory directory;
    BOOST_TEST(dialled(unix_at(directory.file("nothing"))).failed());
}

// From the very port that it dials, as it happens to who dials a dead port of this machine often enough.
BOOST_AUTO_TEST_CASE(a_dial_does_not_find_itself) {
    asio::io_context context;
    auto closed = listening(context, loopback(0));
    const std::uint16_t port = closed->port();
    closed->close();
    struct from_the_same_port {
        static task<void> dials(std::uint16_t port, error_code& error) {
            const address where = loopback(port);
            socket_options options;
            options.source = {.what = endpoint::kind::ipv4, .port = port, .host = {127, 0, 0, 1}};
            const result<transport> made = co_await dial(where, test::long_enough, options);
            error = made ? error_code() : made.error();
        }
    };
    error_code error;
    test::run(context, from_the_same_port::dials(port, error));
    BOOST_TEST((error == asio::error::connection_refused));
    BOOST_TEST(!refusal(context, loopback(port)), "it keeps the port from the real one");
}

BOOST_AUTO_TEST_CASE(where_nobody_answers_a_dial_ends_in_time) {
    const test::busy_socket busy;
    const time_point start = clock::now();
    const error_code error = dialled(loopback(busy.port()), 10ms);
    BOOST_TEST(error == errc::connect_timeout);
    BOOST_TEST((clock::now() >= start + 10ms));
    BOOST_TEST((error == condition::timeout));
}

task<void> dials_until(std::stop_token stop, const address& where, error_code& error) {
    const result<transport> made = co_await dial(where, test::long_enough, stop);
    error = made ? error_code() : made.error();
}

BOOST_AUTO_TEST_CASE(a_dial_that_is_stopped_is_abandoned_at_once) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    const test::busy_socket silent;
    const test::busy_socket full(path);
    for (const address& where : {loopback(silent.port()), unix_at(path)}) {
        asio::io_context context;
        std::stop_source stop;
        error_code error;
        group dialling(context.get_executor());
        dialling.spawn(dials_until(stop.get_token(), where, error));
        test::settle(context);
        BOOST_TEST(dialling.running() == 1U);
        stop.request_stop();
        test::run(context, dialling.join());
        BOOST_TEST(error == errc::closed);
        test::expect_nothing_left(context);
    }
}

BOOST_AUTO_TEST_CASE(a_dial_that_was_stopped_before_makes_no_connection) {
    const test::busy_socket silent;
    std::stop_source stop;
    stop.request_stop();
    asio::io_context context;
    error_code error;
    test::run(context, dials_until(stop.get_token(), loopback(silent.port()), error));
    BOOST_TEST(error == errc::closed);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_whose_queue_is_full_is_no_connection) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    const test::busy_socket busy(path);
    BOOST_TEST(dialled(unix_at(path), 20ms) == errc::connect_timeout);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_dialled_again_until_its_queue_has_room) {
    const test::temporary_directory directory;
    const std::string path = directory.file("s");
    test::busy_socket busy(path);
    asio::io_context context;
    error_code error = errc::closed;
    group dialling(context.get_executor());
    dialling.spawn(dials(unix_at(path), test::long_enough, error));
    test::settle(context);
    BOOST_TEST(dialling.running() == 1U);
    busy.accept_one();
    busy.accept_one();
    test::run(context, dialling.join());
    BOOST_TEST(!error);
}

BOOST_AUTO_TEST_CASE(a_path_that_no_socket_can_have_is_refused_where_an_address_is_made_of_it) {
    BOOST_CHECK_THROW(unix_at(std::string(200, 'p')), std::length_error);
    BOOST_TEST((address::parse("unix:" + std::string(200, 'p')).error() == errc::bad_address));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory_listeners)

namespace {

task<void> accepts_and_reads(memory_listener& from, std::string& got) {
    const executor here = co_await asio::this_coro::executor;
    result<accepted> made = co_await from.accept(here);
    BOOST_TEST_REQUIRE(made.has_value());
    stream conn(std::move(made->carrier));
    std::array<std::byte, 16> room{};
    const result<std::size_t> count = co_await conn.read_some(room);
    BOOST_TEST_REQUIRE(count.has_value());
    got = as_text(bytes(room).first(*count));
}

}   // namespace

BOOST_AUTO_TEST_CASE(who_connects_is_accepted_whether_anybody_waits_or_not) {
    asio::io_context context;
    memory_listener open(context.get_executor());
    BOOST_TEST(open.text() == "memory");
    BOOST_TEST(open.port() == 0);
    for (const bool waits : {false, true}) {
        std::string got;
        group accepting(context.get_executor());
        if (waits) accepting.spawn(accepts_and_reads(open, got));
        test::settle(context);
        result<transport> ours = open.connect(context.get_executor());
        BOOST_TEST_REQUIRE(ours.has_value());
        stream conn(std::move(*ours));
        BOOST_TEST(conn.try_write(as_bytes("hello")).value() == 5U);
        if (!waits) accepting.spawn(accepts_and_reads(open, got));
        test::run(context, accepting.join());
        BOOST_TEST(got == "hello");
    }
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(who_connects_on_another_thread_is_accepted) {
    asio::io_context context;
    asio::io_context theirs;
    memory_listener open(context.get_executor());
    std::string got;
    std::optional<transport> kept;
    std::thread other([&open, &theirs, &kept] {
        result<transport> ours = open.connect(theirs.get_executor());
        if (!ours) return;
        kept.emplace(std::move(*ours));
        static_cast<void>(kept->try_write(as_bytes("from afar")));
    });
    test::run(context, accepts_and_reads(open, got));
    other.join();
    BOOST_TEST(got == "from afar");
}

BOOST_AUTO_TEST_CASE(a_closed_memory_listener_refuses_and_resets_who_waits) {
    asio::io_context context;
    memory_listener open(context.get_executor());
    result<transport> early = open.connect(context.get_executor());
    BOOST_TEST_REQUIRE(early.has_value());
    open.close();
    open.close();
    error_code error;
    test::run(context, accepts(open, error));
    BOOST_TEST(error == errc::closed);
    BOOST_TEST(open.connect(context.get_executor()).error() == errc::closed);
    std::array<std::byte, 1> room{};
    stream conn(std::move(*early));
    BOOST_TEST(conn.try_read(room).has_error());
}

BOOST_AUTO_TEST_CASE(those_who_wait_are_accepted_without_waiting_and_after_the_queue_is_closed_nobody_else) {
    asio::io_context context;
    const executor here = context.get_executor();
    memory_listener in_memory(here);
    const auto on_a_socket = listening(context, loopback(0));
    for (listener* open : {static_cast<listener*>(&in_memory), on_a_socket.get()}) {
        BOOST_TEST(open->accept_waiting(here).error() == asio::error::would_block);
        const auto connect = [&] {
            if (open == &in_memory) return in_memory.connect(here).has_value();
            error_code error;
            test::run(context, dials(loopback(open->port()), test::long_enough, error));
            return !error;
        };
        for (int i = 0; i < 3; ++i) BOOST_TEST(connect());
        BOOST_TEST(open->accept_waiting(here).has_value());
        open->close_queue();
        if (open == &in_memory) BOOST_TEST(!connect());
        for (int i = 0; i < 2; ++i) BOOST_TEST(open->accept_waiting(here).has_value());
        BOOST_TEST(open->accept_waiting(here).error() == asio::error::would_block);
        open->close();
        BOOST_TEST(open->accept_waiting(here).error() == errc::closed);
    }
}

BOOST_AUTO_TEST_CASE(closing_wakes_who_accepts_from_memory) {
    asio::io_context context;
    memory_listener open(context.get_executor());
    error_code error;
    group waiting(context.get_executor());
    waiting.spawn(accepts(open, error));
    test::settle(context);
    open.close();
    test::run(context, waiting.join());
    BOOST_TEST(error == errc::closed);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io

// The linker puts these in the place of the system's own (--wrap).
extern "C" {
int __real_unlink(const char* path);
int __real_chmod(const char* path, mode_t mode);

int __wrap_unlink(const char* path) {
    if (hawser::io::calls.before_unlink) hawser::io::calls.before_unlink();
    return __real_unlink(path);
}
int __wrap_chmod(const char* path, mode_t mode) {
    if (!hawser::io::calls.chmod_fails) return __real_chmod(path, mode);
    errno = EPERM;
    return -1;
}
}
