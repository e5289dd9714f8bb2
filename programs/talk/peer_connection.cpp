#include "peer_connection.hpp"

#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

namespace hawser::talk {

namespace {

using namespace std::chrono_literals;

// How long the peer may take nothing of what we send; and, when we leave, how long it has to close too.
constexpr io::duration stall = 30s;
constexpr io::duration linger = 100ms;

class framed_connection final : public peer_connection {
public:
    framed_connection(io::transport carrier, const frame::any_codec& codec)
        : frames_(std::move(carrier), codec, limits(codec.max_frame())), longest_(codec.max_frame()) {}

    io::task<result<bytes>> receive() override { return frames_.read_frame(); }
    io::task<result<void>> send(bytes data) override { return frames_.send(data); }

    io::task<void> close_write(io::time_point until) override {
        frames_.set_read_deadline(until);
        frames_.set_write_deadline(until);
        static_cast<void>(co_await frames_.close_write());   // if it fails, receive() says why
    }
    void interrupt() noexcept override {
        frames_.set_read_deadline(io::time_point::min());
        frames_.set_write_deadline(io::clock::now() + linger);
    }
    io::task<void> finish() override { return frames_.finish(linger); }

    std::size_t longest() const noexcept override { return longest_; }
    std::string error_position() const override {
        const bytes seen = frames_.in().unread();
        return "offset " + std::to_string(frames_.in().position()) + ": " +
               escaped(seen.first(std::min<std::size_t>(seen.size(), 16)));
    }

private:
    // No time-outs for silence: people think, and servers may send nothing for hours.
    static io::frame_limits limits(std::size_t max_frame) {
        io::frame_limits limits;
        limits.outbound_cap = std::max(limits.outbound_cap, max_frame);
        limits.first_frame_timeout = limits.idle_timeout = 0s;
        limits.write_stall_timeout = stall;
        return limits;
    }

    io::frame_stream frames_;
    std::size_t longest_;
};

class raw_connection final : public peer_connection {
public:
    explicit raw_connection(io::transport carrier) : stream_(std::move(carrier)) {}

    io::task<result<bytes>> receive() override {
        const auto count = co_await stream_.read_some(buffer_);
        if (!count) co_return count.error();
        co_return bytes(buffer_).first(*count);
    }
    io::task<result<void>> send(bytes data) override {
        stream_.set_write_deadline(io::clock::now() + stall);
        const auto written = co_await stream_.write_all(data);
        if (written.error) co_return written.error;
        co_return result<void>();
    }
    io::task<void> close_write(io::time_point until) override {
        stream_.set_read_deadline(until);
        stream_.close_write();
        co_return;
    }
    void interrupt() noexcept override {
        stream_.set_read_deadline(io::time_point::min());
        stream_.set_write_deadline(io::time_point::min());
    }
    // Closed with unread input, a socket would reset the connection, and what we said last could be lost.
    io::task<void> finish() override {
        stream_.close_write();
        stream_.set_read_deadline(io::clock::now() + linger);
        for (bool more = true; more;) {
            const auto count = co_await stream_.read_some(buffer_);
            more = count.has_value();
        }
        stream_.close();
    }
    std::size_t longest() const noexcept override { return std::numeric_limits<std::size_t>::max(); }
    std::string error_position() const override { return {}; }

private:
    io::stream stream_;
    std::array<std::byte, 16 * 1024> buffer_;
};

// One datagram a line, both ways. Datagrams have no end of a connection.
class datagram_connection final : public peer_connection {
public:
    explicit datagram_connection(std::unique_ptr<io::datagram_socket> dialled)
        : socket_(std::move(dialled)), room_(io::datagram_socket::max_datagram) {}

    io::task<result<bytes>> receive() override {
        const auto got = co_await socket_->receive_from(room_);
        if (!got) co_return got.error();
        co_return bytes(room_).first(got->count);
    }
    io::task<result<void>> send(bytes data) override {
        socket_->set_write_deadline(io::clock::now() + stall);
        error_code error;
        if (data.size() > io::datagram_socket::max_datagram) error = errc::too_long;
        else error = co_await socket_->send(data);
        if (error) co_return error;
        co_return result<void>();
    }
    io::task<void> close_write(io::time_point until) override {
        socket_->set_read_deadline(until);
        co_return;
    }
    void interrupt() noexcept override { socket_->set_deadline(io::time_point::min()); }
    io::task<void> finish() override {
        socket_->close();
        co_return;
    }
    std::size_t longest() const noexcept override { return io::datagram_socket::max_datagram; }
    std::string error_position() const override { return {}; }

private:
    std::unique_ptr<io::datagram_socket> socket_;
    std::vector<std::byte> room_;
};

}   // namespace

io::task<result<std::unique_ptr<peer_connection>>> dial_peer(io::address where, std::optional<frame::any_codec> codec,
                                                             io::duration timeout, std::stop_token stop) {
    std::unique_ptr<peer_connection> dialled;
    if (where.what == io::address::kind::udp) {
        auto socket = co_await io::dial_datagrams(where, timeout);
        if (!socket) co_return socket.error();
        dialled = std::make_unique<datagram_connection>(std::move(*socket));
    } else {
        auto carrier = co_await io::dial(where, timeout, stop);
        if (!carrier) co_return carrier.error();
        if (codec) dialled = std::make_unique<framed_connection>(std::move(*carrier), *codec);
        else dialled = std::make_unique<raw_connection>(std::move(*carrier));
    }
    co_return dialled;
}

}   // namespace hawser::talk
