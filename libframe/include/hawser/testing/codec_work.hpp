// How much work a codec does, counted and not timed, so that it is the same each time: whatever a peer sends, twice the
// stream is twice the work.
//
//   #define HAWSER_COUNTS_STEPS                      // in one source of the test
//   #include <hawser/testing/codec_work.hpp>
//
//   laws::work_is_in_proportion(netstring(), [](std::size_t size) { return std::string(size, '\xff'); });
//
// What is counted are the basic blocks that run in what is compiled with -fsanitize-coverage=trace-pc (g++ and clang),
// and 16 bytes at a time what memchr, memcpy and memmove are given there, also by std::string_view::find(). So compile
// the test, and the codec if it has sources of its own, with that; and have the linker lead these calls here:
// -Wl,--wrap=memchr,--wrap=memcpy,--wrap=memmove. Not together with another sanitizer.
#pragma once

#include <hawser/frame/reader.hpp>
#include <hawser/testing/cutting.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace hawser::inline v0::laws {

/// What has been counted. Of one thread.
inline std::uint64_t steps = 0;
/// What a processor does at once with bytes in a row.
inline constexpr std::size_t bytes_a_step = 16;

/// How much of it `work` is.
template <class Function>
[[nodiscard]] std::uint64_t steps_of(Function work) {
    const std::uint64_t before = steps;
    work();
    return steps - before;
}

/// The work of reading all of the stream, `piece` bytes at a time, from a block of 64 KiB.
template <frame::codec Codec>
[[nodiscard]] std::uint64_t work_of(const Codec& codec, std::string_view stream, std::size_t piece) {
    return steps_of([&] {
        frame::reader<Codec> frames(codec);
        frames.adopt(byte_buffer(65'536));
        for (std::size_t given = 0;;) {
            const decoded next = frames.next();
            if (next.what() == decoded::kind::failed) return;
            if (next.what() != decoded::kind::need_more) continue;
            if (given == stream.size()) {
                frames.end();
                continue;
            }
            const mutable_bytes room = frames.space(frame::fill::greedy);
            const std::size_t count = std::min({room.size(), piece, stream.size() - given});
            std::memcpy(room.data(), stream.data() + given, count);
            frames.commit(count);
            given += count;
        }
    });
}

/// Throws broken_law unless twice the stream is at most two and a half times the work, byte by byte and in larger
/// pieces. `stream(size)` makes one of that size: what a peer would send that wants to cost much, as frames without
/// end, or marks that overlap.
template <frame::codec Codec>
void work_is_in_proportion(const Codec& codec, const std::function<std::string(std::size_t)>& stream) {
    constexpr std::size_t half = 8 * 1024;   // where the law is broken, this still ends soon
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{65'536}}) {
        const std::uint64_t once = work_of(codec, stream(half), piece), twice = work_of(codec, stream(2 * half), piece);
        law(once > half / 100, "work is counted in what is compiled with -fsanitize-coverage=trace-pc, and linked with "
                               "-Wl,--wrap=memchr,--wrap=memcpy,--wrap=memmove");
        if (2 * twice < 5 * once) continue;
        throw broken_law("twice the stream is twice the work, but in pieces of " + std::to_string(piece) + " it is " +
                         std::to_string(twice) + " steps for " + std::to_string(once));
    }
}

}   // namespace hawser::laws

#ifdef HAWSER_COUNTS_STEPS
extern "C" {
#ifdef __clang__
__attribute__((no_sanitize("coverage")))
#else
__attribute__((no_sanitize_coverage))
#endif
/// As the compiler calls it, in each basic block.
void __sanitizer_cov_trace_pc() {
    ++hawser::laws::steps;
}

void* __real_memchr(const void* data, int value, std::size_t size);   ///< that of the library
void* __real_memcpy(void* to, const void* from, std::size_t size);    ///< the same
void* __real_memmove(void* to, const void* from, std::size_t size);   ///< the same

/// As the linker has them called.
void* __wrap_memchr(const void* data, int value, std::size_t size) {
    void* const found = __real_memchr(data, value, size);
    const auto* const first = static_cast<const char*>(data);
    const auto looked_at = found != nullptr ? static_cast<std::size_t>(static_cast<char*>(found) - first) : size;
    hawser::laws::steps += looked_at / hawser::laws::bytes_a_step;
    return found;
}
/// The same.
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
    hawser::laws::steps += size / hawser::laws::bytes_a_step;
    return __real_memcpy(to, from, size);
}
/// The same.
void* __wrap_memmove(void* to, const void* from, std::size_t size) {
    hawser::laws::steps += size / hawser::laws::bytes_a_step;
    return __real_memmove(to, from, size);
}
}
#endif
