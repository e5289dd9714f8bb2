// connection: one client of the server that is measured. It counts what it has sent and what was acknowledged.
//
//   connection one(port, submits, 17);          // blocks until connected
//   one.send_until(64);                         // as much of the first 64 requests as the socket takes, in one send
//   const std::uint64_t more = one.receive(buffer);
//
// Invariant: acked() never counts a request whose ack was not, byte by byte, the expected one. After a wrong byte or
// the end of the stream it is lost, and does nothing any more.
#pragma once

#include "work.hpp"

#include <cstdint>
#include <span>

namespace bench {

class connection {
public:
    /// `first`: where in the ring of requests it begins. Throws std::system_error.
    connection(std::uint16_t port, const work& submits, std::size_t first);
    connection(connection&& other) noexcept;
    connection& operator=(connection&&) = delete;
    ~connection();

    /// Sends what is missing of the first `frames` requests. One send, unless they are more than the work has in a row.
    void send_until(std::uint64_t frames) noexcept;
    /// Reads once; the requests that this acknowledged.
    std::uint64_t receive(std::span<char> buffer) noexcept;
    /// Says that no more comes, and waits until the server has closed too, seconds at most.
    void finish() noexcept;

    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    /// Requests of which at least a byte was sent.
    [[nodiscard]] std::uint64_t begun() const noexcept {
        return (sent_ + work_->frame_size() - 1) / work_->frame_size();
    }
    [[nodiscard]] std::uint64_t acked() const noexcept { return received_ / work::ack_size; }
    /// The socket was full in the middle of a send.
    [[nodiscard]] bool wants_room() const noexcept { return wants_room_; }
    [[nodiscard]] bool is_lost() const noexcept { return lost_; }
    /// Something else came than the ack that was due.
    [[nodiscard]] bool was_wrong() const noexcept { return wrong_; }

private:
    const work* work_;
    std::uint64_t first_;          // in frames
    std::uint64_t sent_ = 0;       // bytes
    std::uint64_t received_ = 0;   // bytes
    int fd_ = -1;
    bool wants_room_ = false;
    bool lost_ = false;
    bool wrong_ = false;
};

}   // namespace bench
