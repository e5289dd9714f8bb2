#include "work.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

namespace bench {

namespace {

// Few enough to stay in the cache nearest to the core, enough that neighbours do not look alike.
constexpr std::size_t most_ring = 512;
constexpr std::size_t ring_bytes = 64 * 1024;

// A frame's first 13 bytes.
void put_head(char* to, std::size_t length, char command, std::size_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) *to++ = static_cast<char>(length >> shift);
    *to++ = command;
    std::string id = std::to_string(number + 1);
    id.insert(0, 8 - id.size(), '0');
    std::memcpy(to, id.data(), id.size());
}

}   // namespace

work::work(std::size_t payload, std::size_t at_once)
    : frame_size_(head_size + payload),
      ring_(std::clamp<std::size_t>(ring_bytes / frame_size_, 2, most_ring)),
      requests_((ring_ + std::min(at_once, ring_)) * frame_size_, 'x'),
      acks_(ring_ * ack_size) {
    for (std::size_t i = 0; i * frame_size_ < requests_.size(); ++i)
        put_head(requests_.data() + i * frame_size_, frame_size_, 0x02, i % ring_);
    for (std::size_t i = 0; i < ring_; ++i) put_head(acks_.data() + i * ack_size, ack_size, static_cast<char>(0x82), i);
}

std::span<const char> work::requests(std::uint64_t offset) const noexcept {
    return std::span<const char>(requests_).subspan(offset % (ring_ * frame_size_));
}

bool work::are_acks(std::uint64_t offset, std::span<const char> received) const noexcept {
    while (!received.empty()) {
        const auto expected = std::span<const char>(acks_).subspan(offset % acks_.size());
        const std::size_t count = std::min(expected.size(), received.size());
        if (std::memcmp(expected.data(), received.data(), count) != 0) return false;
        received = received.subspan(count);
        offset += count;
    }
    return true;
}

}   // namespace bench
