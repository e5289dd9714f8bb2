// pipe: standard input and output of a program in the middle of a pipe. Before it waits for more input it has written
// everything that the input so far makes, so that the program behind it sees that at once.
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

/// Our output has no reader any more. The program ends without a message.
struct broken_pipe {};

class output {
public:
    /// Written when there is enough of it, or with flush(). Both throw broken_pipe, or std::runtime_error.
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

    /// What has arrived, valid until the next call; nothing at the end. Throws
    /// std::runtime_error, and what output throws.
    [[nodiscard]] bytes next();

private:
    std::vector<std::byte> block_;
    output& output_;
};

/// Hex text that comes in pieces, cut anywhere. White space may stand between two bytes, and nowhere else.
class hex_text {
public:
    enum class state : unsigned char { good, not_hex };

    /// Appends the byte that the letter completes, if it does. After not_hex it must not be called again.
    [[nodiscard]] state take(char letter, std::vector<std::byte>& into);
    /// Half of a byte has come.
    [[nodiscard]] bool is_inside_a_byte() const noexcept { return high_.has_value(); }

private:
    std::optional<unsigned> high_;   // the first half of a byte
};

}   // namespace hawser::frame_program
