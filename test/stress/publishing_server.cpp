// publishing_server: tells all its clients what one of them asks for.
//
//   publishing_server --listen 127.0.0.1:0 --port-file port --memory-budget 100MiB
//
// 0x02 (submit) is acked: a client that sent one is a listener. 0x30 is acked when so many listen as its count says.
// 0x31 publishes its payload to all others. 0x32 publishes `count` frames of `size` bytes in a plain handler, which
// lets nobody of its thread do anything meanwhile; 0x33 does it in a coroutine that waits for threads that are behind.
// Each publication is another frame. The last lines on standard error say what was published, and the report.
#include "program.hpp"

#include <chrono>
#include <iostream>
#include <string>

namespace stress {

struct await_listeners {
    static constexpr packet::command<std::uint8_t> code{0x30};
    using reply = packet::submit_ack;
    packet::id id = {};
    boost::endian::big_uint32_t count{};
};
BOOST_DESCRIBE_STRUCT(await_listeners, (), (id, count))

struct tell_others {
    static constexpr packet::command<std::uint8_t> code{0x31};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(tell_others, (), (id, payload))

struct flood {
    static constexpr packet::command<std::uint8_t> code{0x32};
    using reply = packet::submit_ack;
    packet::id id = {};
    boost::endian::big_uint32_t count{};
    boost::endian::big_uint32_t size{};
};
BOOST_DESCRIBE_STRUCT(flood, (), (id, count, size))

struct steady_flood {
    static constexpr packet::command<std::uint8_t> code{0x33};
    using reply = packet::submit_ack;
    packet::id id = {};
    boost::endian::big_uint32_t count{};
    boost::endian::big_uint32_t size{};
};
BOOST_DESCRIBE_STRUCT(steady_flood, (), (id, count, size))

namespace {

struct news {
    server::server* in = nullptr;
    std::atomic<std::uint32_t> listeners = 0;
    std::atomic<std::uint64_t> published = 0;   // frames
    std::atomic<std::uint64_t> refused = 0;     // that could not be made, or that nobody was offered

    void count(const error_code& error) { ++(error ? refused : published); }
};

result<frame::shared_frame> frame_of(news& all, std::uint32_t number, std::size_t size) {
    const std::string text(size, static_cast<char>('a' + number % 26));
    return all.in->frame_of(packet::submit{packet::serial::from_number(number), as_bytes(text)});
}

io::task<packet::submit_ack> wait_for_listeners(server::context&, const await_listeners& asked, news& all) {
    const packet::submit_ack ack{asked.id, packet::outcome::ok};
    const std::uint32_t count = asked.count;
    while (all.listeners < count) co_await io::sleep(std::chrono::milliseconds(5));
    co_return ack;
}

io::task<packet::submit_ack> publish_steadily(server::context& here, const steady_flood& asked, news& all) {
    const packet::submit_ack ack{asked.id, packet::outcome::ok};
    const std::uint32_t count = asked.count;
    const std::size_t size = asked.size;
    const server::push_as waiting{.policy = frame::slow_consumer::wait};
    for (std::uint32_t number = 0; number < count; ++number) {
        const result<frame::shared_frame> made = frame_of(all, number, size);
        error_code error = made ? error_code() : made.error();
        if (made) {
            const result<void> told = co_await all.in->publish(*made, waiting, here.peer().number);
            if (!told) error = told.error();
        }
        all.count(error);
    }
    co_return ack;
}

packet::submit_ack publish_at_once(server::context& here, const flood& asked, news& all) {
    for (std::uint32_t number = 0; number < asked.count; ++number) {
        const result<frame::shared_frame> made = frame_of(all, number, asked.size);
        all.count(made ? all.in->try_publish(*made, {}, here.peer().number) : made.error());
    }
    return {asked.id, packet::outcome::ok};
}

server::router routes(news& all) {
    server::router router;
    router.on<packet::submit>([&all](server::context&, const packet::submit& asked) {
        ++all.listeners;
        return packet::submit_ack{asked.id, packet::outcome::ok};
    });
    router.on<await_listeners>([&all](server::context& here, const await_listeners& asked) {
        return wait_for_listeners(here, asked, all);
    });
    router.on<tell_others>([&all](server::context& here, const tell_others& asked) {
        const result<frame::shared_frame> made = all.in->frame_of(packet::submit{asked.id, asked.payload});
        all.count(made ? all.in->try_publish(*made, {}, here.peer().number) : made.error());
        return packet::submit_ack{asked.id, packet::outcome::ok};
    });
    router.on<flood>([&all](server::context& here, const flood& asked) { return publish_at_once(here, asked, all); });
    router.on<steady_flood>([&all](server::context& here, const steady_flood& asked) {
        return publish_steadily(here, asked, all);
    });
    return router;
}

}   // namespace

}   // namespace stress

int main(int argc, char** argv) {
    using namespace hawser;
    stress::program program("publishing_server", "Tells all its clients what one of them asks for.", argc, argv);
    server::config config = program.config();
    config.pushes.otherwise = frame::slow_consumer::drop_oldest;
    config.sockets.send_buffer = 64 * 1024;   // what a client does not read waits here, not in the kernel
    config.drain_timeout = std::chrono::minutes(2);
    config.request_timeout = std::chrono::minutes(5);
    config.limits.idle_timeout = std::chrono::minutes(10);
    config.limits.write_stall_timeout = std::chrono::minutes(10);
    stress::news all;
    server::server server(std::move(config), stress::routes(all));
    all.in = &server;
    const int status = program.run(server);
    std::cerr << "published " << all.published << " frames, " << all.refused << " refused\n";
    return status;
}
