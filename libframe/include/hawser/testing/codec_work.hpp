// How much work a codec does, counted and not timed, so that it is the same each time: whatever a peer sends, twice the
// stream is twice the work.
//
//   #define HAWSER_COUNTS_STEPS                      // in one source of the test
//   #include <hawser/testing/codec_work.hpp>
//
//   testing::work_is_in_proportion(mqtt::codec{}, [](std::size_t size) { return std::string(size, '\xff'); });
//
// What is counted are the basic blocks that run in what is compiled with -fsanitize-coverage=trace-pc (g++ and clang):
// so compile the test, and the codec if it has sources of its own, with that. Not together with another sanitizer.
#pragma once

#include <hawser/frame/reader.hpp>
#include <hawser/testing/cutting.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace hawser::inline v0::testing {

/// What has been counted. Of one thread.
inline std::uint64_t steps = 0;

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
        law(once > 0, "work is counted in what is compiled with -fsanitize-coverage=trace-pc");
        if (2 * twice < 5 * once) continue;
        throw broken_law("twice the stream is twice the work, but in pieces of " + std::to_string(piece) + " it is " +
                         std::to_string(twice) + " steps for " + std::to_string(once));
    }
}

}   // namespace hawser::testing

#ifdef HAWSER_COUNTS_STEPS
extern "C" {
#ifdef __clang__
__attribute__((no_sanitize("coverage")))
#else
__attribute__((no_sanitize_coverage))
#endif
/// As the compiler calls it, in each basic block.
void __sanitizer_cov_trace_pc() {
    ++hawser::testing::steps;
}
}
#endif
