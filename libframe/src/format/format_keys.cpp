#include "format_keys.hpp"

#include <algorithm>
#include <stdexcept>

namespace hawser::inline v0::frame {

namespace {

using std::string;
using std::string_view;

}   // namespace

string quoted(string_view text) { return "'" + escaped(as_bytes(text)) + "'"; }

std::optional<std::vector<std::byte>> hex_bytes(string_view text) {
    return text.find_first_of(" \t\r\n") == string_view::npos ? from_hex(text) : std::nullopt;
}

void refuse(const string& why) { throw std::invalid_argument(why); }

format_keys::format_keys(string_view of, string_view text) : of_(of) {
    while (!text.empty()) {
        const string_view pair = text.substr(0, text.find(','));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        const std::size_t equals = pair.find('=');
        if (equals == string_view::npos || equals == 0) refuse(string(of) + ": " + quoted(pair) + " is no KEY=VALUE");
        if (!pairs_.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second)
            refuse(string(of) + ": " + quoted(pair.substr(0, equals)) + " is given twice");
    }
}

std::optional<string_view> format_keys::take(const string& key) {
    asked_ += (asked_.empty() ? "" : ", ") + key;
    const auto found = pairs_.find(key);
    if (found == pairs_.end()) return std::nullopt;
    const string_view value = found->second;
    pairs_.erase(found);
    return value;
}

std::optional<std::size_t> format_keys::size(const string& key) {
    const auto text = take(key);
    if (!text) return std::nullopt;
    const auto value = parse_size(*text);
    if (!value) wrong(key, *text, "a size such as 4096, 64KiB or 1MiB");
    return value;
}

bool format_keys::choice(const string& key, string_view usual, string_view other) {
    const auto text = take(key);
    if (!text) return false;
    if (*text != usual && *text != other) wrong(key, *text, string(usual) + " or " + string(other));
    return *text == other;
}

std::vector<std::byte> format_keys::hex(const string& key) {
    const auto text = take(key);
    if (!text) return {};
    auto value = hex_bytes(*text);
    if (!value) wrong(key, *text, "hex, two digits a byte");
    return *std::move(value);
}

void format_keys::finish() const {
    if (pairs_.empty()) return;
    const string taken = asked_.empty() ? string(of_) + " takes no keys" : "it takes " + asked_;
    refuse(string(of_) + ": unknown key " + quoted(pairs_.begin()->first) + "; " + taken);
}

void format_keys::wrong(const string& key, string_view value, const string& expected) const {
    refuse(string(of_) + ": " + key + "=" + escaped(as_bytes(value)) + " is not " + expected);
}

}   // namespace hawser::frame
