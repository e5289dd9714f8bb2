// pipe: standard input and output of a program in the middle of a pipe. What was read is worked on and written before more is
// waited for, so whoever looks at the end of the pipe sees what there is.
//
//   frame_program::output out;
//   frame_program::input in(out);
//   for (bytes some = in.next(); !some.empty(); some = in.next()) out.append(answer_to(some));
//   out.flush();
#pragma once

#include <hawser/bytes.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::frame_program {

/// Nobody reads our output any more. Nothing is to be said about it.
struct nobody_reads {};

class output {
public:
    /// Written when there is enough of it, or with flush(). Both throw nobody_reads, or std::runtime_error.
    void append(std::string_view text) {
        waiting_ += text;
        if (waiting_.size() >= enough) flush();
    }
    void flush();

private:
    static constexpr std::size_t enough = 64 * 1024;   // a pipe's worth

    std::string waiting_;
};

class input {
public:
    explicit input(output& before_waiting) : block_(64 * 1024), output_(before_waiting) {}

    /// What has arrived, valid until the next call; nothing at the end. Throws std::runtime_error, and what output throws.
    [[nodiscard]] bytes next();

private:
    std::vector<std::byte> block_;
    output& output_;
};

/// Hex text that comes in pieces, cut anywhere. White space may stand between two bytes, and nowhere else.
class hex_text {
public:
    enum class state : unsigned char { good, not_hex };

    /// Appends what the letter completes. not_hex: it is no hex; nothing must follow.
    [[nodiscard]] state take(char letter, std::vector<std::byte>& into);
    /// Half of a byte has come.
    [[nodiscard]] bool is_inside_a_byte() const noexcept { return high_.has_value(); }

private:
    std::optional<unsigned> high_;   // the first half of a byte
};

}  // namespace hawser::frame_program
