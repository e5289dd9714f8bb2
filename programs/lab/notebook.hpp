// notebook: what an experiment did and what it saw, as sentences on standard output.
//
//   notes.did("The server wrote ", 4, " of 10 bytes.");
//   notes.saw(*count == 4, "read_some(10) gave ", *count, " bytes.");
//
// What was to be seen and was not is printed as NOT SO, and counted. Numbers are written with commas: 1,048,576.
#pragma once

#include <iosfwd>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

namespace lab {

class notebook {
public:
    explicit notebook(std::ostream& out) : out_(out) {}

    /// A sentence about what is being done.
    template <class... Parts>
    void did(const Parts&... parts) {
        print("  ", sentence(parts...));
    }

    /// A sentence about what came of it, and whether it is so.
    template <class... Parts>
    void saw(bool so, const Parts&... parts) {
        if (!so) ++differences_;
        print("    - ", (so ? "" : "NOT SO: ") + sentence(parts...));
    }

    /// How many things were not so.
    [[nodiscard]] int differences() const noexcept { return differences_; }

private:
    struct commas final : std::numpunct<char> {
        char do_thousands_sep() const override { return ','; }
        std::string do_grouping() const override { return "\3"; }
    };

    template <class... Parts>
    [[nodiscard]] static std::string sentence(const Parts&... parts) {
        std::ostringstream text;
        text.imbue(std::locale(std::locale::classic(), new commas));
        (text << ... << parts);
        return text.str();
    }

    // Wrapped for a terminal of 80 columns, and at once: some experiments take a second.
    void print(std::string_view begin, const std::string& text);

    std::ostream& out_;
    int differences_ = 0;
};

}   // namespace lab
