// Templates read, and what is wrong with them.
#include "message.hpp"

#include "template_words.hpp"

#include <cctype>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

std::vector<std::byte> contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(longest_message + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.eof())
        throw std::invalid_argument(in.fail() ? "cannot read " + file : file + " is longer than any message may be");
    text.resize(static_cast<std::size_t>(in.gcount()));
    const bytes raw = as_bytes(text);
    return {raw.begin(), raw.end()};
}

}   // namespace

message message::parse(std::string_view text) {
    message parsed;
    if (text.starts_with('@')) {
        parsed.add(contents(std::string(text.substr(1))));
        return parsed;
    }
    for (std::size_t at = 0; at < text.size();) {
        const char first = text[at];
        if (std::isspace(static_cast<unsigned char>(first)) != 0) {
            ++at;
        } else if (first == '{' || first == '"') {
            const std::size_t end = text.find(first == '{' ? '}' : '"', at + 1);
            if (end == std::string_view::npos)
                refuse(text.substr(at), std::string("has no ") + (first == '{' ? "}" : "\" at its end"));
            const std::string_view inside = text.substr(at + 1, end - at - 1);
            if (first == '{') parsed.add_field(inside);
            else parsed.add(std::vector<std::byte>(as_bytes(inside).begin(), as_bytes(inside).end()));
            at = end + 1;
        } else {
            parsed.add(bytes_from(text.substr(at, 2), text.substr(at)));
            at += 2;
        }
    }
    if (parsed.parts_.empty()) throw std::invalid_argument("a message of nothing; \"\" is an empty one");
    parsed.check_length(text);
    return parsed;
}

void message::add_field(std::string_view field) {
    const std::vector<std::string> words = split(field);
    const bool letters = words[0] == "letters";
    if (words[0] == "counter" && words.size() >= 2) {
        const number_format format = number_format::parse(words, 1, field);
        if (counter_ && *counter_ != format) refuse(field, "is another kind of counter than the one before it");
        counter_ = format;
        add(format);
    } else if (words[0] == "length" && words.size() >= 2) {
        if (length_) refuse(field, "is one length too many");
        length_ = number_format::parse(words, 1, field);
        add(length_part{});
    } else if ((letters || words[0] == "random") && words.size() == 2) {
        const std::size_t dash = words[1].find('-');
        const std::size_t least = size_from(words[1].substr(0, dash), field);
        const std::size_t most = dash == std::string::npos ? least : size_from(words[1].substr(dash + 1), field);
        if (most < least) refuse(field, "has less to the right than to the left");
        add(random_part{least, most, letters});
    } else {
        refuse(field,
               "is no field: counter:SIZE, counter:SIZE:le, counter:SIZE:decimal, length:SIZE as well, random:SIZE, "
               "random:LEAST-MOST, letters:SIZE");
    }
}

void message::add(part what) {
    std::size_t least = 0;
    if (const auto* fixed = std::get_if<std::vector<std::byte>>(&what)) least = fixed->size();
    else if (const auto* counter = std::get_if<number_format>(&what)) least = counter->size;
    else if (const auto* chance = std::get_if<random_part>(&what)) least = chance->least;
    else least = length_->size;
    const auto* chance = std::get_if<random_part>(&what);
    least_size_ += least;
    most_size_ += chance != nullptr ? chance->most : least;
    if (most_size_ > longest_message)
        throw std::invalid_argument("a message of more than " + std::to_string(longest_message) + " bytes");
    parts_.push_back(std::move(what));
}

void message::check_length(std::string_view text) const {
    if (length_ && most_size_ > length_->last())
        refuse(text, "may have " + std::to_string(most_size_) + " bytes, and its {length} says " +
                         std::to_string(length_->last()) + " at most");
}

}   // namespace hawser::swarm_program
