// Not counted itself. The linker leads every call of memchr, memcpy and memmove here (--wrap).
#include "steps.hpp"

#include <cstddef>

namespace hawser::test {

std::uint64_t steps = 0;

namespace {

// What the processor does at once with bytes in a row.
constexpr std::size_t bytes_a_step = 16;

}   // namespace

}   // namespace hawser::test

extern "C" {

void __sanitizer_cov_trace_pc() { ++hawser::test::steps; }

void* __real_memchr(const void* data, int value, std::size_t size);
void* __wrap_memchr(const void* data, int value, std::size_t size) {
    void* found = __real_memchr(data, value, size);
    const auto* first = static_cast<const char*>(data);
    hawser::test::steps += (found != nullptr ? static_cast<std::size_t>(static_cast<char*>(found) - first) : size) /
                           hawser::test::bytes_a_step;
    return found;
}

void* __real_memcpy(void* to, const void* from, std::size_t size);
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
    hawser::test::steps += size / hawser::test::bytes_a_step;
    return __real_memcpy(to, from, size);
}

void* __real_memmove(void* to, const void* from, std::size_t size);
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
    hawser::test::steps += size / hawser::test::bytes_a_step;
    return __real_memmove(to, from, size);
}

}   // extern "C"
