// What the peers' C++ servers share: the rules of the default protocol (docs/wire-format.md), as far as
// the benchmark needs them.
//
//   inbox in; acks out;
//   const std::span<char> room = in.room();
//   const ssize_t got = recv(fd, room.data(), room.size(), 0);
//   if (!in.take(got, out)) close(fd);            // a breach
//   send(fd, out.view()...); out.clear();         // one write for all frames of one read
//
// Invariant: an inbox holds less than one frame between two calls of take(). No hawser in here: the peers stand alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace bench {

constexpr std::size_t length_size = 4;
constexpr std::size_t id_size = 8;
constexpr std::size_t least_frame = length_size + 1 + id_size;
constexpr std::size_t most_frame = 1024 * 1024;
constexpr std::size_t ack_size = least_frame + 1;
constexpr std::size_t read_size = 64 * 1024;   // what is read at once, at most
constexpr char submit_command = 0x02;

[[nodiscard]] inline std::size_t length_at(const char* frame) noexcept {
    std::array<unsigned char, length_size> bytes;
    std::memcpy(bytes.data(), frame, bytes.size());
    return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 | bytes[3];
}

[[nodiscard]] constexpr bool is_length(std::size_t length) noexcept {
    return length >= least_frame && length <= most_frame;
}

/// The answers to one read.
class acks {
public:
    /// `id`: eight bytes, echoed.
    void add(const char* id) noexcept {
        constexpr std::array<char, ack_size> blank{0, 0, 0, ack_size, static_cast<char>(0x82)};
        char* at = bytes_.get() + size_;
        std::memcpy(at, blank.data(), blank.size());
        std::memcpy(at + length_size + 1, id, id_size);
        size_ += ack_size;
    }
    void clear() noexcept { size_ = 0; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    // One read of the smallest frames, and the frame that it finishes.
    static constexpr std::size_t capacity = (read_size / least_frame + 2) * ack_size;

    std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(capacity);
    std::size_t size_ = 0;
};

/// What has been read and not answered. It grows beyond 64 KiB only for a frame that is longer.
class inbox {
public:
    /// Where to read to: up to 64 KiB, never empty.
    [[nodiscard]] std::span<char> room() {
        if (size_ == capacity_ || capacity_ < frame_) grow();
        return {bytes_.get() + size_, std::min(read_size, capacity_ - size_)};
    }
    /// `count` bytes were read into room(): answers all frames that are whole. False: a breach of the protocol.
    [[nodiscard]] bool take(std::size_t count, acks& out) noexcept {
        size_ += count;
        std::size_t used = 0;
        for (;;) {
            const char* frame = bytes_.get() + used;
            const std::size_t left = size_ - used;
            frame_ = left < length_size ? 0 : length_at(frame);
            if (left < length_size) break;
            if (!is_length(frame_)) return false;
            if (left < frame_) break;
            if (frame[length_size] != submit_command) return false;
            out.add(frame + length_size + 1);
            used += frame_;
        }
        size_ -= used;
        if (used > 0 && size_ > 0) std::memmove(bytes_.get(), bytes_.get() + used, size_);
        return true;
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// Hands an unfinished frame over to an empty inbox, and is empty itself.
    void move_rest_to(inbox& other) {
        const std::size_t size = std::exchange(size_, 0);
        other.frame_ = std::exchange(frame_, 0);
        std::memcpy(other.room().data(), bytes_.get(), size);
        other.size_ = size;
    }
    /// Frees the memory of an empty inbox.
    void release() noexcept { *this = inbox(); }

private:
    void grow() {
        const std::size_t capacity = std::max(read_size, frame_);
        auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
    std::size_t frame_ = 0;   // length of the unfinished frame, 0 while that is unknown
};

}   // namespace bench
