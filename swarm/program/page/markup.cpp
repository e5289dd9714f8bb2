#include "markup.hpp"

#include "../view/readable.hpp"

#include <boost/nowide/utf/convert.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <locale>
#include <sstream>

namespace hawser::swarm_program {

namespace {

void append(std::string& to, char letter) {
    switch (letter) {
        case '&': to += "&amp;"; return;
        case '<': to += "&lt;"; return;
        case '>': to += "&gt;"; return;
        case '"': to += "&quot;"; return;
        case '\'': to += "&#39;"; return;
        default: break;
    }
    const bool control = (letter >= 0 && letter < ' ' && letter != '\n' && letter != '\t') || letter == 0x7f;
    if (control) to += "\xef\xbf\xbd";   // U+FFFD
    else to += letter;
}

}  // namespace

std::string markup(std::string_view text) {
    const std::string utf8 = boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
    std::string made;
    for (const char letter : utf8) append(made, letter);
    return made;
}

std::string time_markup(io::duration took) {
    std::string made = readable(std::chrono::duration<double>(took));
    if (made.ends_with(" us")) made.replace(made.size() - 2, 1, "µ");
    return made;
}

std::string place_markup(double number) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::fixed << std::setprecision(2) << number;
    std::string made = text.str();
    made.erase(made.find_last_not_of('0') + 1);
    if (made.ends_with('.')) made.pop_back();
    return made == "-0" ? "0" : made;
}

std::string filled(std::string_view form, const std::map<std::string, std::string, std::less<>>& with) {
    std::string made;
    for (std::size_t at = form.find("{{"); at != std::string_view::npos; at = form.find("{{")) {
        const std::size_t end = form.find("}}", at);
        made += form.substr(0, at);
        const auto found = with.find(form.substr(at + 2, end - at - 2));
        made += found == with.end() ? throw std::out_of_range("nothing for " + std::string(form.substr(at, 40))) : found->second;
        form.remove_prefix(end + 2);
    }
    return made.append(form);
}

}  // namespace hawser::swarm_program
