// palette: colours for a terminal, where they are wanted.
//
//   const palette in = palette::of(STDOUT_FILENO);
//   std::cout << in.good("ok") << '\n';
//
// None of them if it is no terminal, if it is a dumb one (TERM=dumb), or if NO_COLOR is set.
#pragma once

#include <string>
#include <string_view>

namespace hawser::swarm_program {

/// Standard output or error is a terminal, and one that knows more than letters and the ends of lines.
[[nodiscard]] bool is_terminal(int descriptor) noexcept;

class palette {
public:
    /// No colours.
    palette() = default;
    [[nodiscard]] static palette of(int descriptor) noexcept;

    [[nodiscard]] std::string good(std::string_view text) const { return in("\x1b[32m", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return in("\x1b[31m", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return in("\x1b[1m", text); }

private:
    explicit palette(bool coloured) : coloured_(coloured) {}
    [[nodiscard]] std::string in(std::string_view colour, std::string_view text) const;

    bool coloured_ = false;
};

}  // namespace hawser::swarm_program
