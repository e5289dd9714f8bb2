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

}   // namespace

std::string markup(std::string_view text) {
    const std::string utf8 = boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
    std::string html;
    for (const char letter : utf8) append(html, letter);
    return html;
}

std::string time_markup(io::duration took) {
    std::string html = readable(std::chrono::duration<double>(took));
    if (html.ends_with(" us")) html.replace(html.size() - 2, 1, "µ");
    return html;
}

std::string number_markup(double number) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::fixed << std::setprecision(2) << number;
    std::string html = text.str();
    html.erase(html.find_last_not_of('0') + 1);
    if (html.ends_with('.')) html.pop_back();
    return html == "-0" ? "0" : html;
}

std::string filled(std::string_view html_template, const std::map<std::string, std::string, std::less<>>& values) {
    std::string html;
    for (std::size_t at = html_template.find("{{"); at != std::string_view::npos; at = html_template.find("{{")) {
        const std::size_t end = html_template.find("}}", at);
        html += html_template.substr(0, at);
        const auto found = values.find(html_template.substr(at + 2, end - at - 2));
        html += found == values.end()
                    ? throw std::out_of_range("nothing for " + std::string(html_template.substr(at, 40)))
                    : found->second;
        html_template.remove_prefix(end + 2);
    }
    return html.append(html_template);
}

}   // namespace hawser::swarm_program
