// Payloads for a load: code names that a human can find again in a log, or bytes of a given size.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/swarm/random_source.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::swarm {

/// Such as "credible-otter-33e1".
class code_name {
public:
    /// The letters that none has more of.
    static constexpr std::size_t longest = 23;

    /// Another one.
    void draw(random_source& random);
    /// Valid until the next.
    [[nodiscard]] std::string_view text() const noexcept { return {letters_.data(), size_}; }

private:
    std::array<char, 32> letters_;
    std::size_t size_ = 0;
};

/// Printable bytes of one size, different each time without being made each time.
class payload_source {
public:
    payload_source(std::size_t size, random_source& random);
    /// A view, valid as long as this is.
    [[nodiscard]] bytes next(random_source& random) const;

private:
    std::size_t size_;
    std::string text_;   // longer than size_: each payload is a window on it
};

}  // namespace hawser::swarm
