// What the kernel is asked while a connection is in conversation. It looks for the next request itself, after the
// others of its thread had their turn, instead of having the kernel tell it; who finds nothing waits as everybody does.
#include "interruption.hpp"

#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace {

struct asked {
    int to_be_told = 0;   // of bytes to read
    int in_vain = 0;      // to read when there was nothing
    int to_write = 0;
};
asked counted;

}   // namespace

// The linker puts these in the place of the system's own (--wrap).
extern "C" {
int __real_epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event);
ssize_t __real_recv(int descriptor, void* into, size_t size, int flags);
ssize_t __real_send(int descriptor, const void* data, size_t size, int flags);

int __wrap_epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) {
    if (operation == EPOLL_CTL_MOD) ++counted.to_be_told;
    return __real_epoll_ctl(epoll, operation, descriptor, event);
}

ssize_t __wrap_recv(int descriptor, void* into, size_t size, int flags) {
    if (hawser::test::is_interrupted()) return -1;
    const ssize_t count = __real_recv(descriptor, into, size, flags);
    if (count < 0 && errno == EAGAIN) ++counted.in_vain;
    return count;
}

ssize_t __wrap_send(int descriptor, const void* data, size_t size, int flags) {
    if (hawser::test::is_interrupted()) return -1;
    ++counted.to_write;
    return __real_send(descriptor, data, size, flags);
}
}

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using namespace test;   // every word of a conversation

// More than it takes until somebody looks, whether the look before found something or not.
constexpr int rounds = 40;

task<void> asks(frame_stream& frames, int count) {
    for (int number = 0; number < count; ++number) {
        const std::string body = std::to_string(number);
        co_await sends(frames, body);
        co_await expects_frame(frames, body);
    }
}

task<void> answers(frame_stream& frames, int count) {
    for (int number = 0; number < count; ++number) {
        const result<bytes> body = co_await frames.read_frame();
        if (!body) throw std::runtime_error(body.error().message());
        const result<void> sent = co_await frames.send(*body);
        BOOST_TEST(sent.has_value());
    }
    const result<void> flushed = co_await frames.flush();
    BOOST_TEST(flushed.has_value());
}

// The next request is always there: each is read by itself.
task<void> a_busy_conversation(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.turn_bytes = framed("x").size();
    frame_stream server(std::move(theirs), any_codec(), limits);
    constexpr int many = 500;
    co_await write_raw(client, framed(texts(many, "x")));
    counted = {};
    co_await answers(server, many);
    BOOST_TEST(counted.to_be_told <= rounds);
    BOOST_TEST(counted.in_vain == 0);
    client.close();
    co_await server.finish(linger);
}

// The next request is never there: looks find nothing, and get rare.
task<void> a_slow_conversation(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    constexpr int many = 500;
    group answering(server.get_executor());
    answering.spawn(answers(server, many));
    counted = {};
    for (int number = 0; number < many; ++number) {
        for (int turn = 0; turn < 3; ++turn) co_await yield();
        co_await write_raw(client, framed("x"));
    }
    co_await answering.join();
    BOOST_TEST(counted.in_vain > 0);
    BOOST_TEST(counted.in_vain < many / 16);
    BOOST_TEST(counted.to_be_told >= many - many / 16);   // two requests may come together
    client.close();
    co_await server.finish(linger);
}

// What is answered in 16 turns leaves in one write.
task<void> a_conversation_of_many_turns(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.turn_frames = 8;
    frame_stream server(std::move(theirs), any_codec(), limits);
    constexpr int many = 800;
    const std::string wire = framed(texts(many, "x"));
    co_await write_raw(client, wire);
    client.close_write();
    counted = {};
    co_await answers(server, many);
    BOOST_TEST(counted.to_write == 800 / 8 / 16 + 1);
    co_await together(expects_raw(client, wire, errc::end_of_stream), server.finish(linger));
}

// What comes upon a reader who waits, after so many rounds: in some of these waits it looks, in others it is told.
struct interruption {
    int round = 0;
    void (*what)(frame_stream& server) = nullptr;
    errc right{};
};
interruption interrupted_by;

task<void> interrupts(frame_stream& server) {
    interrupted_by.what(server);
    co_return;
}

task<void> an_interruption(transport ours, transport theirs) {
    frame_stream client(std::move(ours), any_codec(), patient);
    frame_stream server(std::move(theirs), any_codec(), patient);
    co_await together(asks(client, interrupted_by.round), answers(server, interrupted_by.round));
    co_await together(expects_error(server, interrupted_by.right), interrupts(server));
    client.close();
    server.close();
    co_await together(client.finish(linger), server.finish(linger));
}

void in_each_round(void (*what)(frame_stream& server), errc right) {
    for (int round = 0; round < rounds; ++round) {
        BOOST_TEST_CONTEXT("round " << round) {
            interrupted_by = {round, what, right};
            over_sockets(medium::tcp, an_interruption);
        }
    }
}

task<void> two_readers(transport ours, transport theirs) {
    frame_stream client(std::move(ours), any_codec(), patient);
    frame_stream server(std::move(theirs), any_codec(), patient);
    co_await together(asks(client, interrupted_by.round), answers(server, interrupted_by.round));
    co_await together(expects_error(server, errc::concurrent_read), expects_error(server, errc::concurrent_read));
    client.close();
    co_await together(client.finish(linger), server.finish(linger));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(system_calls)

BOOST_AUTO_TEST_CASE(a_busy_connection_does_not_ask_to_be_told) { over_sockets(medium::tcp, a_busy_conversation); }

BOOST_AUTO_TEST_CASE(whoever_finds_nothing_asks_to_be_told) { over_sockets(medium::tcp, a_slow_conversation); }

BOOST_AUTO_TEST_CASE(answers_of_many_turns_leave_together) { over_sockets(medium::tcp, a_conversation_of_many_turns); }

BOOST_AUTO_TEST_CASE(it_can_be_closed) {
    in_each_round([](frame_stream& server) { server.close(); }, errc::closed);
}

BOOST_AUTO_TEST_CASE(it_can_be_told_to_stop) {
    in_each_round([](frame_stream& server) { server.stop_reading(); }, errc::stopping);
}

BOOST_AUTO_TEST_CASE(its_deadline_can_pass) {
    in_each_round([](frame_stream& server) { server.set_read_deadline(clock::now() - 1s); }, errc::read_timeout);
}

BOOST_AUTO_TEST_CASE(a_second_reader_is_refused) {
    for (int round = 0; round < rounds; ++round) {
        BOOST_TEST_CONTEXT("round " << round) {
            interrupted_by = {.round = round};
            over_sockets(medium::tcp, two_readers);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
