// code_name: payloads for a load: code names that a person can find again in a log, or bytes of a given size.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/swarm/random_source.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::inline v0::swarm {

/// Such as "credible-otter-33e1".
class code_name {
public:
    /// No code name has more letters.
    static constexpr std::size_t longest = 23;

    /// Makes a new one.
    void draw(random_source& random);
    /// Valid until the next draw().
    [[nodiscard]] std::string_view text() const noexcept { return {letters_.data(), size_}; }

private:
    std::array<char, 32> letters_;
    std::size_t size_ = 0;
};

/// Printable payloads of one size. Each is another part of one text, so none has to be made.
class payload_source {
public:
    payload_source(std::size_t size, random_source& random);
    /// A view, valid as long as this is.
    [[nodiscard]] bytes next(random_source& random) const;

private:
    std::size_t size_;
    std::string text_;   // longer than size_: each payload is a part of it
};

}   // namespace hawser::swarm
