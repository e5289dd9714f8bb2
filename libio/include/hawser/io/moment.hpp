// moment: an instant in four bytes that costs three instructions, for what is noted each time that something waits.
//
//   const io::moment since = io::moment::now();
//   const std::chrono::nanoseconds passed = since.ago();   // in steps of some 10 ms, for less than half a year
//
// It is the processor's own count, which runs evenly on what this runs on. How fast, is found when somebody asks.
#pragma once

#include <chrono>
#include <cstdint>

namespace hawser::inline v0::io {

class moment {
public:
    moment() noexcept = default;   ///< none that was
    [[nodiscard]] static moment now() noexcept { return moment(static_cast<std::uint32_t>(count() >> shift)); }
    /// How long ago it was.
    [[nodiscard]] std::chrono::nanoseconds ago() const noexcept;

private:
    static constexpr int shift = 24;          // 2^24 counts are 3 to 17 ms
    static const std::uint64_t first_count;   // as the program began

    explicit moment(std::uint32_t counted) noexcept : counted_(counted) {}
    [[nodiscard]] static std::uint64_t count() noexcept {
#if defined(__x86_64__)
        return __builtin_ia32_rdtsc();
#else
        return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
    }

    std::uint32_t counted_ = 0;
};

}   // namespace hawser::io
