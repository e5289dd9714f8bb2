// terminal: lines at the bottom of standard error that are redrawn again and again, and wiped at the end.
//
//   terminal screen;
//   if (screen.is_terminal()) screen.draw(view.lines(screen.width(), screen.height()));
#pragma once

#include "palette.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class terminal {
public:
    terminal();
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;
    /// Wipes what is drawn.
    ~terminal();

    /// Standard error is a terminal, and not a dumb one.
    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }
    /// Standard output is a terminal, too: lines that are written there would mix with the drawing.
    [[nodiscard]] bool has_output() const noexcept { return has_output_; }
    [[nodiscard]] const palette& colours() const noexcept { return colours_; }
    /// As the locale says.
    [[nodiscard]] bool shows_unicode() const noexcept { return shows_unicode_; }
    [[nodiscard]] std::size_t width() const noexcept;
    [[nodiscard]] std::size_t height() const noexcept;

    /// At most height() lines, each at most width() wide without its colours.
    void draw(const std::vector<std::string>& lines);
    void wipe();

private:
    bool is_terminal_;
    bool has_output_;
    palette colours_;
    bool shows_unicode_;
    std::size_t drawn_ = 0;
};

}   // namespace hawser::swarm_program
