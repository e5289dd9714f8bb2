// material: what random packets are made of. The texts and bytes that it gives are views, valid until clear().
//
//   swarm::material stuff(random, nullptr);
//   reading.place = stuff.letters(12);
//   reading.note = stuff.payload();        // a code name, or bytes of the size that a plan asks for
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/swarm/code_name.hpp>
#include <hawser/swarm/random_source.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace hawser::swarm {

class material {
public:
    /// Both must outlive this; without `payloads` a payload is a code name.
    material(random_source& random, const payload_source* payloads) noexcept : random_(random), payloads_(payloads) {}

    /// A number of 64 bits.
    [[nodiscard]] std::uint64_t number() {
        const std::uint64_t high = random_();
        return high << 32 | random_();
    }
    /// 0 to `end` - 1.
    [[nodiscard]] std::size_t below(std::size_t end) { return hawser::swarm::below(end, random_); }
    /// Valid until the next payload(), too.
    [[nodiscard]] bytes payload();
    /// 1 to `most` small letters.
    [[nodiscard]] std::string_view letters(std::size_t most);
    /// Room that stays until clear().
    [[nodiscard]] mutable_bytes room(std::size_t size);
    /// The views that were given are no longer valid.
    void clear() noexcept { kept_.clear(); }

private:
    random_source& random_;
    const payload_source* payloads_;
    code_name name_;
    std::vector<std::unique_ptr<std::byte[]>> kept_;
};

}  // namespace hawser::swarm
