// A call that a signal broke off is no end of anything: it is made again.
#include "interruption.hpp"

#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/listener.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace hawser::test {

int interruptions = 0;

bool is_interrupted() noexcept {
    if (interruptions == 0) return false;
    --interruptions;
    errno = EINTR;
    return true;
}

}   // namespace hawser::test

// The linker puts these in the place of the system's own (--wrap); those of recv and send are in system_calls_test.cpp.
extern "C" {
ssize_t __real_recvfrom(int descriptor, void* into, size_t size, int flags, sockaddr* from, socklen_t* length);
ssize_t __real_sendto(int descriptor, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length);
int __real_accept4(int descriptor, sockaddr* from, socklen_t* length, int flags);

ssize_t __wrap_recvfrom(int descriptor, void* into, size_t size, int flags, sockaddr* from, socklen_t* length) {
    return hawser::test::is_interrupted() ? -1 : __real_recvfrom(descriptor, into, size, flags, from, length);
}
ssize_t __wrap_sendto(int descriptor, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) {
    return hawser::test::is_interrupted() ? -1 : __real_sendto(descriptor, data, size, flags, to, length);
}
int __wrap_accept4(int descriptor, sockaddr* from, socklen_t* length, int flags) {
    return hawser::test::is_interrupted() ? -1 : __real_accept4(descriptor, from, length, flags);
}
}

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using namespace test;   // every word of a conversation

task<void> a_frame_crosses(transport ours, transport theirs) {
    frame_stream writer(std::move(ours), frame::any_codec());
    frame_stream reader(std::move(theirs), frame::any_codec());
    interruptions = 3;
    co_await sends(writer, "whole");
    const result<void> flushed = co_await writer.flush();
    BOOST_TEST(flushed.has_value());
    BOOST_TEST(interruptions == 0);
    interruptions = 3;
    co_await expects_frame(reader, "whole");
    BOOST_TEST(interruptions == 0);
    writer.close();
    reader.close();
    co_await writer.finish(0ms);
    co_await reader.finish(0ms);
}

task<void> a_datagram_crosses() {
    const executor here = co_await this_executor;
    const address local{.what = address::kind::udp, .host = "127.0.0.1", .port = 0};
    auto bound = listen_datagrams(here, local);
    BOOST_TEST_REQUIRE(bound.has_value());
    datagram_socket& socket = **bound;
    std::array<std::byte, 16> room{};
    interruptions = 2;
    const error_code failed = co_await socket.send_to(as_bytes("hello"), socket.local());
    BOOST_TEST(!failed);
    BOOST_TEST(interruptions == 0);
    interruptions = 2;
    const auto got = co_await socket.receive_from(room);
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(got->count == 5U);
    BOOST_TEST(interruptions == 0);
}

task<void> a_connection_is_accepted() {
    const executor here = co_await this_executor;
    const address local{.host = "127.0.0.1", .port = 0};
    auto listening = listen(here, local);
    BOOST_TEST_REQUIRE(listening.has_value());
    const address there{.host = "127.0.0.1", .port = (*listening)->port()};
    auto dialled = co_await dial(there, 5s);
    BOOST_TEST_REQUIRE(dialled.has_value());
    interruptions = 2;
    auto made = co_await (*listening)->accept(here);
    BOOST_TEST(made.has_value());
    BOOST_TEST(interruptions == 0);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(interruption)

BOOST_AUTO_TEST_CASE(an_interrupted_transfer_is_no_end_of_a_connection) {
    asio::io_context context;
    const address local{.host = "127.0.0.1", .port = 0};
    test::run(context, talk_over_sockets(local, a_frame_crosses));
}

BOOST_AUTO_TEST_CASE(an_interrupted_transfer_loses_no_datagram) {
    asio::io_context context;
    test::run(context, a_datagram_crosses());
}

BOOST_AUTO_TEST_CASE(an_interrupted_accept_is_made_again) {
    asio::io_context context;
    test::run(context, a_connection_is_accepted());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
