// The twin of router_server.cpp in Asio alone, as its tutorials and examples write a server: all of Asio included, a
// coroutine a connection, the frames and packets of docs/wire-format.md taken apart by hand, the three same answers,
// SIGINT and SIGTERM. It has no deadlines, no bounds but the longest frame, no drain and no threads.
#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t max_frame = 1024 * 1024, header = 4, id_size = 8, least_body = 1 + id_size;
enum command : std::uint8_t { conn = 0x01, submit = 0x02, ping = 0x03, answer = 0x80 };

std::uint32_t load(const std::array<std::uint8_t, header>& bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

std::vector<std::uint8_t> frame_of(std::uint8_t code, std::span<const std::uint8_t> id) {
    std::vector<std::uint8_t> frame(header + least_body);
    frame[header] = code;
    std::copy(id.begin(), id.end(), frame.begin() + header + 1);
    return frame;
}

std::vector<std::uint8_t> finished(std::vector<std::uint8_t> frame) {
    frame[3] = static_cast<std::uint8_t>(frame.size());   // no answer is long
    return frame;
}

std::vector<std::uint8_t> with_result(std::vector<std::uint8_t> frame, bool good) {
    frame.push_back(good ? 0 : 1);
    return finished(std::move(frame));
}

std::vector<std::uint8_t> on_submit(std::span<const std::uint8_t> id, std::span<const std::uint8_t> payload) {
    return with_result(frame_of(submit | answer, id), !payload.empty());
}

std::vector<std::uint8_t> on_conn(std::span<const std::uint8_t> id, std::span<const std::uint8_t> payload) {
    return with_result(frame_of(conn | answer, id), payload.size() <= 100);
}

std::vector<std::uint8_t> on_ping(std::span<const std::uint8_t> id) { return finished(frame_of(ping | answer, id)); }

// Empty: a packet that breaks the protocol.
std::vector<std::uint8_t> answer_to(std::span<const std::uint8_t> body) {
    const std::span<const std::uint8_t> id = body.subspan(1, id_size), payload = body.subspan(least_body);
    switch (body[0]) {
        case submit: return on_submit(id, payload);
        case conn: return on_conn(id, payload);
        case ping: return payload.empty() ? on_ping(id) : std::vector<std::uint8_t>();
        default: return {};
    }
}

asio::awaitable<void> serve(tcp::socket socket) {
    try {
        socket.set_option(tcp::no_delay(true));
        for (;;) {
            std::array<std::uint8_t, header> prefix{};
            co_await asio::async_read(socket, asio::buffer(prefix), asio::use_awaitable);
            const std::size_t length = load(prefix);
            if (length < header + least_body || length > max_frame) co_return;
            std::vector<std::uint8_t> body(length - header);
            co_await asio::async_read(socket, asio::buffer(body), asio::use_awaitable);
            const std::vector<std::uint8_t> reply = answer_to(body);
            if (reply.empty()) co_return;
            co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {   // the peer has ended
    }
}

asio::awaitable<void> accept(tcp::acceptor acceptor) {
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

}   // namespace

int main() {
    try {
        asio::io_context context(1);
        asio::signal_set signals(context, SIGINT, SIGTERM);
        signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
        asio::co_spawn(context, accept(tcp::acceptor(context, {tcp::v6(), 8888})), asio::detached);
        context.run();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
