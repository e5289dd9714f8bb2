// ration: so many lines a second for each reason; what comes on top is counted.
//
//   if (lines.grants("connections ended: peer closed", log::level::info, now)) write(...);
//   for (const auto& [reason, of, count] : lines.take_left_out(now)) write(of, "and " + count + " more: " + reason);
//
// No thread and no clock. Bounded: of more than `most_reasons`, the last stand for all others.
#pragma once

#include <hawser/log/log.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::log {

class ration {
public:
    static constexpr std::size_t most_reasons = 100;   // more than there are error codes

    /// 0 is any number.
    explicit ration(unsigned lines_a_second) noexcept : most_(lines_a_second) {}

    struct left_out {
        std::string reason;
        level of;
        std::uint64_t count;
    };

    /// Whether one more line may be written now, of so many times the usual number. Throws std::bad_alloc
    /// for a reason that is new.
    [[nodiscard]] bool grants(std::string_view reason, level of, io::time_point now, unsigned times = 1);
    /// What was left out in seconds that are over, and is counted from 0 again. Throws
    /// std::bad_alloc, and has lost nothing.
    [[nodiscard]] std::vector<left_out> take_left_out(io::time_point now);
    /// Whether something is to be taken, sooner or later.
    [[nodiscard]] bool has_left_out() const noexcept { return reasons_left_out_ > 0; }

private:
    struct entry {
        std::string reason;
        level of;
        io::time_point second_began;
        unsigned written = 0;
        std::uint64_t left_out = 0;
    };
    [[nodiscard]] entry& entry_of(std::string_view reason, level of, io::time_point now);

    unsigned most_;
    std::vector<entry> entries_;
    std::size_t reasons_left_out_ = 0;
};

}   // namespace hawser::log
