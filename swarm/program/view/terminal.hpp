// terminal: some lines at the bottom of standard error that are drawn anew again and again, and wiped in the end.
//
//   terminal screen;
//   if (screen.is_one()) screen.draw(view.lines(screen.width(), screen.height()));
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

    /// Standard error is one, and not a dumb one.
    [[nodiscard]] bool is_one() const noexcept { return is_one_; }
    /// Standard output is one, too, so that lines written there would be torn apart.
    [[nodiscard]] bool has_output() const noexcept { return has_output_; }
    [[nodiscard]] const palette& colours() const noexcept { return colours_; }
    /// By the locale.
    [[nodiscard]] bool shows_unicode() const noexcept { return shows_unicode_; }
    [[nodiscard]] std::size_t width() const noexcept;
    [[nodiscard]] std::size_t height() const noexcept;

    /// No line is wider than width(), colours left aside, and there are not more than height().
    void draw(const std::vector<std::string>& lines);
    void wipe();

private:
    bool is_one_;
    bool has_output_;
    palette colours_;
    bool shows_unicode_;
    std::size_t drawn_ = 0;
};

}  // namespace hawser::swarm_program
