// fixed_length: every frame has the same number of bytes, and nothing around them.
//
//   const frame::fixed_length records(16);
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::inline v0::frame {

class fixed_length {
public:
    static constexpr std::size_t largest = 1024 * 1024 * 1024;

    /// Throws std::invalid_argument for 0 and for more than 1 GiB.
    explicit fixed_length(std::size_t size);

    [[nodiscard]] decoded decode(const window& seen) const noexcept;   ///< as codec says
    /// unencodable for a shorter body, too_long for a longer one.
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    [[nodiscard]] std::size_t max_frame() const noexcept { return size_; }

private:
    std::size_t size_;
};

static_assert(codec<fixed_length>);

}   // namespace hawser::frame
