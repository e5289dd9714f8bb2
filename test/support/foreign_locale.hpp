// While it lives, a number in a stream that nobody has told otherwise looks like 1.234.567,5: what a program does that
// sets a global locale for its own texts.
#pragma once

#include <locale>
#include <string>

namespace hawser::test {

class foreign_locale {
    struct points final : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };

public:
    // Which owns them.
    foreign_locale() : before_(std::locale::global(std::locale(std::locale::classic(), new points))) {}
    foreign_locale(const foreign_locale&) = delete;
    foreign_locale& operator=(const foreign_locale&) = delete;
    ~foreign_locale() { std::locale::global(before_); }

private:
    std::locale before_;
};

}   // namespace hawser::test
