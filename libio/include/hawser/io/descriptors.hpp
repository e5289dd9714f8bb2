// descriptors: how many this process may have, and one in reserve for when there are no more.
//
//   io::spare_descriptor spare;                          // opened now, while there are some
//   if (out_of_descriptors && spare.release()) ...       // one can be opened: to turn somebody away politely
//   if (!spare.hold()) ...                               // whoever took it must give it back
#pragma once

#include <hawser/io/owned_descriptor.hpp>

#include <cstddef>

namespace hawser::inline v0::io {

/// How many descriptors this process may have now: the soft limit.
[[nodiscard]] std::size_t descriptor_limit() noexcept;
/// How many of those it has not opened; none if there is not even one for looking. Looks into /proc; without that, all.
[[nodiscard]] std::size_t free_descriptors() noexcept;
/// Raises the soft limit to the hard one, for the whole process and those that it starts, and says what it is now.
std::size_t raise_descriptor_limit() noexcept;

/// A descriptor kept for the moment when there is no other: with it a peer can be accepted, and turned away.
class spare_descriptor {
public:
    spare_descriptor() noexcept { static_cast<void>(hold()); }

    /// Opens it, if it is not open. False if there is none to be had.
    [[nodiscard]] bool hold() noexcept;
    /// Closes it. False if it was not open.
    [[nodiscard]] bool release() noexcept;

private:
    owned_descriptor held_;
};

}   // namespace hawser::io
