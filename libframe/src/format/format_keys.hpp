// format_keys: the KEY=VALUE pairs behind the name of a format. Each value is taken by who knows its key; what nobody
// has taken is refused at the end.
//
//   format_keys given("lines", "strip=no,max=4KiB");
//   const auto max = given.size("max");
//   given.finish();   // throws: lines: unknown key 'strip'; it takes max
//
// Whatever is wrong is a std::invalid_argument with one line that says so.
#pragma once

#include <hawser/bytes.hpp>

#include <charconv>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::frame {

/// For one line that can be shown.
[[nodiscard]] std::string quoted(std::string_view text);
/// Without the white space that from_hex() passes over.
[[nodiscard]] std::optional<std::vector<std::byte>> hex_bytes(std::string_view text);
[[noreturn]] void refuse(const std::string& why);

class format_keys {
public:
    /// `of`, the name of the format, is for people. Both must outlive it.
    format_keys(std::string_view of, std::string_view text);

    [[nodiscard]] std::optional<std::string_view> take(const std::string& key);
    [[nodiscard]] std::optional<std::size_t> size(const std::string& key);
    template <class Number>
    [[nodiscard]] Number number(const std::string& key, Number otherwise) {
        const auto text = take(key);
        if (!text) return otherwise;
        Number value{};
        const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (failure != std::errc() || end != text->data() + text->size()) wrong(key, *text, "a number");
        return value;
    }
    /// One of two words: whether it is the second.
    [[nodiscard]] bool choice(const std::string& key, std::string_view usual, std::string_view other);
    [[nodiscard]] std::vector<std::byte> hex(const std::string& key);
    void finish() const;

private:
    [[noreturn]] void wrong(const std::string& key, std::string_view value, const std::string& expected) const;

    std::string_view of_;
    std::map<std::string_view, std::string_view> pairs_;
    std::string asked_;
};

}   // namespace hawser::frame
