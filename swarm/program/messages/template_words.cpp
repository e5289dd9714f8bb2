#include "template_words.hpp"

#include <hawser/bytes.hpp>

#include <tools/quantity.hpp>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

void refuse(std::string_view whole, const std::string& why) {
    throw std::invalid_argument("'" + std::string(whole.substr(0, 60)) + "' " + why);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    boost::algorithm::split(words, text, boost::algorithm::is_any_of(":"));
    return words;
}

std::size_t size_from(std::string_view text, std::string_view whole) {
    const std::optional<std::uint64_t> size = tools::parse_count(text);
    if (!size || *size > longest_message)
        refuse(whole, "needs a number of bytes, at most " + std::to_string(longest_message));
    return *size;
}

std::vector<std::byte> bytes_from(std::string_view digits, std::string_view whole) {
    std::optional<std::vector<std::byte>> decoded = from_hex(digits);
    if (!decoded) refuse(whole, "is not hex, two digits a byte");
    return *std::move(decoded);
}

}   // namespace hawser::swarm_program
