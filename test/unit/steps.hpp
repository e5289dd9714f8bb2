// steps: how much work something is, as a number that is the same each time and on every machine: the basic
// blocks that run in what is compiled with -fsanitize-coverage=trace-pc, and the bytes that memchr, memcpy
// and memmove are given there.
//
//   const std::uint64_t steps = test::steps_of([&] { decode_all(stream); });
#pragma once

#include <cstdint>

namespace hawser::test {

extern std::uint64_t steps;

template <class Function>
[[nodiscard]] std::uint64_t steps_of(Function work) {
    const std::uint64_t before = steps;
    work();
    return steps - before;
}

}   // namespace hawser::test
