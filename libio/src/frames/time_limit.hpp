// When a time-out that begins now ends.
#pragma once

#include <hawser/io/clock.hpp>

namespace hawser::inline v0::io {

/// Zero is off.
[[nodiscard]] inline time_point limit(time_point from, duration timeout) noexcept {
    return timeout == duration::zero() ? time_point::max() : after(from, timeout);
}

}   // namespace hawser::io
