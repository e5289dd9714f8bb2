// random_values: random numbers, words and bytes to fill packets with. Words and bytes are views, valid until clear().
//
//   swarm::random_values values(random, nullptr);
//   reading.city = values.letters(12);
//   reading.note = values.payload();        // a code name, or bytes of the size that a plan asks for
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/swarm/code_name.hpp>
#include <hawser/swarm/random_source.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace hawser::inline v0::swarm {

class random_values {
public:
    /// Both must outlive this. Without `payloads` a payload is a code name.
    random_values(random_source& random, const payload_source* payloads) noexcept
        : random_(random), payloads_(payloads) {}

    /// A number of 64 bits.
    [[nodiscard]] std::uint64_t number() {
        const std::uint64_t high = random_();
        return high << 32 | random_();
    }
    /// 0 to `end` - 1.
    [[nodiscard]] std::size_t below(std::size_t end) { return hawser::swarm::below(end, random_); }
    /// A code name is valid only until the next payload().
    [[nodiscard]] bytes payload();
    /// 1 to `most` small letters.
    [[nodiscard]] std::string_view letters(std::size_t most);
    /// Memory that stays until clear().
    [[nodiscard]] mutable_bytes room(std::size_t size);
    /// Ends all views that were given out.
    void clear() noexcept { kept_.clear(); }

private:
    random_source& random_;
    const payload_source* payloads_;
    code_name name_;
    std::vector<std::unique_ptr<std::byte[]>> kept_;
};

}   // namespace hawser::swarm
