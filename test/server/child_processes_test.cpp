// What a program that a handler starts gets of ours: nothing. A connection that it kept would stay open when we close
// it, and a port would be in use after our end.
#include <support/raw_peer.hpp>
#include <support/server_at_both.hpp>

#include <hawser/client/client.hpp>
#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/offload.hpp>
#include <hawser/io/signal_watch.hpp>
#include <hawser/io/stop_signals.hpp>
#include <hawser/io/stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <string>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// The open descriptors that a child would get, and what they are, by /proc.
std::set<std::string> inherited() {
    std::set<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
        std::ifstream info(entry.path());
        std::string word;
        while (info >> word && word != "flags:") info.ignore();
        unsigned flags = O_CLOEXEC;
        info >> std::oct >> flags;
        const std::string number = entry.path().filename().string();
        std::error_code gone;
        const std::string what = std::filesystem::read_symlink("/proc/self/fd/" + number, gone).string();
        if (!gone && (flags & O_CLOEXEC) == 0) all.insert(number + " " + what);
    }
    return all;
}

struct everything {
    std::unique_ptr<io::stream> tcp;
    std::unique_ptr<io::stream> unix_socket;
    std::unique_ptr<io::stream> given;
    std::unique_ptr<io::datagram_socket> bound;
    std::unique_ptr<io::datagram_socket> connected;
    std::unique_ptr<io::datagram_socket> given_datagrams;
};

std::unique_ptr<io::stream> stream_on(result<io::transport> made) {
    BOOST_TEST_REQUIRE(made.has_value());
    return std::make_unique<io::stream>(std::move(*made));
}

io::task<void> use_all(everything& all, std::uint16_t port, std::string path) {
    const io::executor here = co_await io::this_executor;
    const io::address tcp{.host = "127.0.0.1", .port = port};
    const io::address unix_path{.what = io::address::kind::unix_path, .path = path};
    all.tcp = stream_on(co_await io::dial(tcp, 5s));
    all.unix_socket = stream_on(co_await io::dial(unix_path, 5s));
    io::socket users(here);   // as a program of Asio's opens it
    const io::asio::ip::tcp::endpoint where(io::asio::ip::address_v4::loopback(), port);
    users.connect(where);
    all.given = std::make_unique<io::stream>(io::transport(std::move(users)));
    io::address datagrams{.what = io::address::kind::udp, .host = "127.0.0.1"};
    result<std::unique_ptr<io::datagram_socket>> bound = io::listen_datagrams(here, datagrams);
    BOOST_TEST_REQUIRE(bound.has_value());
    all.bound = std::move(*bound);
    datagrams.port = all.bound->local().port;
    result<std::unique_ptr<io::datagram_socket>> connected = co_await io::dial_datagrams(datagrams, 5s);
    BOOST_TEST_REQUIRE(connected.has_value());
    all.connected = std::move(*connected);
    const io::asio::ip::udp::endpoint any_port(io::asio::ip::address_v4::loopback(), 0);
    // Opened by Asio.
    all.given_datagrams = std::make_unique<io::datagram_socket>(io::datagram_socket::carrier(here, any_port));
    const auto nothing = [] {};
    co_await io::offload(nothing);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(children)

BOOST_AUTO_TEST_CASE(no_descriptor_is_inherited_by_a_program_that_is_started) {
    const std::set<std::string> before = inherited();
    server_at_both at_both("s", 2);
    const io::stop_signals caught;
    io::asio::io_context context;
    everything all;
    const io::signal_watch watch(context.get_executor(), [](io::stop_signals::wish) {});
    auto used = io::asio::co_spawn(context, use_all(all, at_both.server.port(), at_both.path), io::asio::use_future);
    while (used.wait_for(0s) != std::future_status::ready) context.run_one();
    used.get();
    BOOST_TEST(eventually([&] { return at_both.server.connections() == 3; }));
    std::set<std::string> ours = inherited();
    for (const std::string& one : before) ours.erase(one);
    BOOST_TEST(ours.empty(), (ours.empty() ? "" : *ours.begin()));
}

BOOST_AUTO_TEST_SUITE_END()
