#include "notebook.hpp"

#include <ostream>

namespace lab {

void notebook::print(std::string_view begin, const std::string& text) {
    constexpr std::size_t columns = 80;
    std::istringstream words(text);
    words.imbue(std::locale::classic());
    std::string line(begin), word;
    words >> word;
    line += word;
    while (words >> word) {
        if (line.size() + 1 + word.size() <= columns) {
            line += ' ' + word;
        } else {
            out_ << line << '\n';
            line = std::string(begin.size(), ' ') + word;
        }
    }
    out_ << line << std::endl;
}

}   // namespace lab
