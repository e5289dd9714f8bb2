// allocations: how often the threads of a server ask for memory.
//
//   const allocations counted = allocations_during([&] { converse(peer); });
//   BOOST_TEST(counted.times == 0U, counted.first);
//
// malloc and its kin are replaced in the whole program (allocations.cpp): operator new, aligned allocation and what
// libraries ask for lead there. All threads are counted but the one that calls.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace hawser::test {

struct allocations {
    std::uint64_t times = 0;
    std::string first;   ///< who asked first: the functions on the stack, one a line
};

/// What other threads allocate while `work` runs on this one.
[[nodiscard]] allocations allocations_during(const std::function<void()>& work);

}   // namespace hawser::test
