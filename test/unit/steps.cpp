// The hook of hawser/testing/codec_work.hpp, which is not counted itself. The bytes that memchr, memcpy and memmove are
// given count too: the linker leads every call here (--wrap).
#define HAWSER_COUNTS_STEPS
#include <hawser/testing/codec_work.hpp>

#include <cstddef>

namespace {

// What the processor does at once with bytes in a row.
constexpr std::size_t bytes_a_step = 16;

}   // namespace

extern "C" {

void* __real_memchr(const void* data, int value, std::size_t size);
void* __wrap_memchr(const void* data, int value, std::size_t size) {
    void* found = __real_memchr(data, value, size);
    const auto* first = static_cast<const char*>(data);
    hawser::testing::steps += (found != nullptr ? static_cast<std::size_t>(static_cast<char*>(found) - first) : size) /
                              bytes_a_step;
    return found;
}

void* __real_memcpy(void* to, const void* from, std::size_t size);
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
    hawser::testing::steps += size / bytes_a_step;
    return __real_memcpy(to, from, size);
}

void* __real_memmove(void* to, const void* from, std::size_t size);
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
    hawser::testing::steps += size / bytes_a_step;
    return __real_memmove(to, from, size);
}

}   // extern "C"
