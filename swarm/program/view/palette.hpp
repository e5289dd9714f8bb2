// palette: colours for a terminal, if they are wanted.
//
//   const palette in = palette::for_descriptor(STDOUT_FILENO);
//   std::cout << in.good("ok") << '\n';
//
// There are no colours if it is no terminal, if TERM=dumb, or if NO_COLOR is set.
#pragma once

#include <string>
#include <string_view>

namespace hawser::swarm_program {

/// The descriptor is a terminal, and not a dumb one, which knows only letters and ends of lines.
[[nodiscard]] bool is_terminal(int descriptor) noexcept;

class palette {
public:
    /// No colours.
    palette() = default;
    [[nodiscard]] static palette for_descriptor(int descriptor) noexcept;

    [[nodiscard]] std::string good(std::string_view text) const { return coloured("\x1b[32m", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return coloured("\x1b[31m", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return coloured("\x1b[1m", text); }

private:
    explicit palette(bool coloured) : coloured_(coloured) {}
    [[nodiscard]] std::string coloured(std::string_view colour, std::string_view text) const;

    bool coloured_ = false;
};

}   // namespace hawser::swarm_program
