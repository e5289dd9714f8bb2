#include "message.hpp"

#include <hawser/packet/packets.hpp>

#include <tools/quantity.hpp>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

using form = number_format::form;

constexpr std::size_t most_digits = 20;   // of 2^64 - 1

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
    throw std::invalid_argument("'" + std::string(what.substr(0, 60)) + "' " + why);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    boost::algorithm::split(words, text, boost::algorithm::is_any_of(":"));
    return words;
}

std::size_t size_from(std::string_view text, std::string_view whole) {
    const std::optional<std::uint64_t> size = tools::parse_count(text);
    if (!size || *size > message::longest) refuse(whole, "needs a number of bytes, at most " + std::to_string(message::longest));
    return *size;
}

// SIZE[:le|:decimal], from the word with this index on.
number_format format_from(const std::vector<std::string>& words, std::size_t index, std::string_view whole) {
    number_format made{.size = size_from(words[index], whole)};
    if (words.size() == index + 2 && words.back() == "le") made.how = form::little_endian;
    else if (words.size() == index + 2 && words.back() == "decimal") made.how = form::decimal;
    else if (words.size() != index + 1) refuse(whole, "ends in nothing that is known: le or decimal");
    const std::size_t most = made.how == form::decimal ? most_digits : sizeof(std::uint64_t);
    if (made.size == 0 || made.size > most) refuse(whole, "needs 1 to " + std::to_string(most) + " bytes");
    return made;
}

std::vector<std::byte> from_hex(std::string_view digits, std::string_view whole) {
    std::string made;
    try {
        boost::algorithm::unhex(digits, std::back_inserter(made));
    } catch (const boost::algorithm::hex_decode_error&) {
        refuse(whole, "is not hex, two digits a byte");
    }
    const bytes raw = as_bytes(made);
    return {raw.begin(), raw.end()};
}

std::vector<std::byte> contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string made(message::longest + 1, '\0');
    in.read(made.data(), static_cast<std::streamsize>(made.size()));
    if (!in.eof()) throw std::invalid_argument(in.fail() ? "cannot read " + file : file + " is longer than any message may be");
    made.resize(static_cast<std::size_t>(in.gcount()));
    const bytes raw = as_bytes(made);
    return {raw.begin(), raw.end()};
}

}  // namespace

// Numbers.

std::uint32_t number_format::last() const noexcept {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < size && most <= packet::serial::last; ++i)
        most = how == form::decimal ? 10 * most + 9 : most << 8 | 0xff;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(most, packet::serial::last));
}

void number_format::write(std::uint32_t number, mutable_bytes into) const noexcept {
    const std::uint32_t base = how == form::decimal ? 10 : 256;
    const std::byte zero{static_cast<unsigned char>(how == form::decimal ? '0' : 0)};
    for (std::size_t i = 0; i < size; ++i) {
        into[how == form::little_endian ? i : size - 1 - i] = static_cast<std::byte>(std::to_integer<std::uint32_t>(zero) + number % base);
        number /= base;
    }
}

std::uint32_t number_format::read(bytes from) const noexcept {
    const std::uint32_t most = last();
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto digit = std::to_integer<std::uint64_t>(from[how == form::little_endian ? size - 1 - i : i]);
        if (how == form::decimal && (digit < '0' || digit > '9')) return 0;
        number = how == form::decimal ? 10 * number + (digit - '0') : number << 8 | digit;
        if (number > most) return 0;
    }
    return static_cast<std::uint32_t>(number);
}

number_field number_field::parse(std::string_view text) {
    const std::vector<std::string> words = split(text);
    if (words.size() < 2) refuse(text, "is no place of a number: OFFSET:SIZE, and :le or :decimal if it is not big-endian");
    return {.offset = size_from(words[0], text), .format = format_from(words, 1, text)};
}

expected_bytes expected_bytes::parse(std::string_view text) {
    const std::vector<std::string> words = split(text);
    if (words.size() != 2 || words[1].empty()) refuse(text, "is no place and value: OFFSET:HEX");
    return {.offset = size_from(words[0], text), .value = from_hex(words[1], text)};
}

bool expected_bytes::are_in(bytes body) const noexcept {
    return body.size() >= offset && body.size() - offset >= value.size() &&
           std::ranges::equal(body.subspan(offset, value.size()), value);
}

// Templates.

message message::parse(std::string_view text) {
    message made;
    if (text.starts_with('@')) {
        made.add(contents(std::string(text.substr(1))));
        return made;
    }
    for (std::size_t at = 0; at < text.size();) {
        const char first = text[at];
        if (std::isspace(static_cast<unsigned char>(first)) != 0) {
            ++at;
        } else if (first == '{' || first == '"') {
            const std::size_t end = text.find(first == '{' ? '}' : '"', at + 1);
            if (end == std::string_view::npos) refuse(text.substr(at), std::string("has no ") + (first == '{' ? "}" : "\" at its end"));
            const std::string_view inside = text.substr(at + 1, end - at - 1);
            if (first == '{') made.add_field(inside);
            else made.add(std::vector<std::byte>(as_bytes(inside).begin(), as_bytes(inside).end()));
            at = end + 1;
        } else {
            made.add(from_hex(text.substr(at, 2), text.substr(at)));
            at += 2;
        }
    }
    if (made.parts_.empty()) throw std::invalid_argument("a message of nothing; \"\" is an empty one");
    made.check_length(text);
    return made;
}

void message::add_field(std::string_view field) {
    const std::vector<std::string> words = split(field);
    const bool letters = words[0] == "letters";
    if (words[0] == "counter" && words.size() >= 2) {
        const number_format format = format_from(words, 1, field);
        if (counter_ && *counter_ != format) refuse(field, "is another kind of counter than the one before it");
        counter_ = format;
        add(format);
    } else if (words[0] == "length" && words.size() >= 2) {
        if (length_) refuse(field, "is one length too many");
        length_ = format_from(words, 1, field);
        add(length_part{});
    } else if ((letters || words[0] == "random") && words.size() == 2) {
        const std::size_t dash = words[1].find('-');
        const std::size_t least = size_from(words[1].substr(0, dash), field);
        const std::size_t most = dash == std::string::npos ? least : size_from(words[1].substr(dash + 1), field);
        if (most < least) refuse(field, "has less to the right than to the left");
        add(random_part{least, most, letters});
    } else {
        refuse(field, "is no field: counter:SIZE, counter:SIZE:le, counter:SIZE:decimal, length:SIZE as well, random:SIZE, random:LEAST-MOST, letters:SIZE");
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
    if (most_size_ > longest) throw std::invalid_argument("a message of more than " + std::to_string(longest) + " bytes");
    parts_.push_back(std::move(what));
}

void message::check_length(std::string_view text) const {
    if (length_ && most_size_ > length_->last())
        refuse(text, "may have " + std::to_string(most_size_) + " bytes, and its {length} says " + std::to_string(length_->last()) + " at most");
}

// How long a random part is, and what is in it, is for others to say.
template <class Size, class Octet>
void message::build(std::uint32_t number, Size size_of, Octet octet_of, byte_buffer& into) const {
    const std::size_t begin = into.size();
    std::size_t length_at = begin;
    for (const part& one : parts_) {
        if (const auto* fixed = std::get_if<std::vector<std::byte>>(&one)) {
            into.append(*fixed);
        } else if (const auto* format = std::get_if<number_format>(&one)) {
            format->write(number, into.prepare(format->size));
            into.commit(format->size);
        } else if (const auto* chance = std::get_if<random_part>(&one)) {
            const std::size_t size = size_of(*chance);
            for (std::byte& octet : into.prepare(size).first(size)) octet = octet_of(*chance);
            into.commit(size);
        } else {
            length_at = into.size();
            static_cast<void>(into.prepare(length_->size));
            into.commit(length_->size);
        }
    }
    if (length_) length_->write(static_cast<std::uint32_t>(into.size() - begin), into.edit().subspan(length_at, length_->size));
}

void message::append(std::uint32_t number, client::material& from, byte_buffer& into) const {
    const auto size_of = [&from](const random_part& one) { return one.least + from.below(one.most - one.least + 1); };
    const auto octet_of = [&from](const random_part& one) {
        return static_cast<std::byte>(one.letters ? 'a' + from.below(26) : from.below(256));
    };
    build(number, size_of, octet_of, into);
}

void message::append_sample(std::uint32_t number, const sample& how, byte_buffer& into) const {
    std::size_t turn = 0;
    const auto size_of = [&how](const random_part& one) { return std::clamp(how.size, one.least, one.most); };
    const auto octet_of = [&how, &turn](const random_part& one) {
        const std::byte next = how.pattern[turn++ % how.pattern.size()];
        const bool is_letter = next >= std::byte{'a'} && next <= std::byte{'z'};
        return one.letters && !is_letter ? std::byte{'a'} : next;
    };
    build(number, size_of, octet_of, into);
}

// Traffic.

namespace {

bytes whole(bytes body) { return body; }

void check(const message& one, const std::optional<number_field>& match) {
    if (!match) return;
    if (!one.counter() && one.least_size() < match->offset + match->format.size)
        throw std::invalid_argument("a message without a {counter} gets its number where --match says, and is too short for that");
}

packet::decoded<client::heard> read(bytes body, const answering& with) {
    client::heard made{.number = 0, .good = !with.good || with.good->are_in(body)};
    if (!with.match) return made;
    const auto& [offset, format] = *with.match;
    if (body.size() < offset + format.size) return packet::malformed{.why = packet::errc::short_body, .offset = offset};
    made.number = format.read(body.subspan(offset, format.size));
    return made;
}

}  // namespace

client::traffic traffic_of(std::vector<message> messages, answering with) {
    client::traffic made;
    made.in_order = !with.match;
    if (with.match) made.last = with.match->format.last();
    for (const message& one : messages) {
        check(one, with.match);
        if (one.counter()) made.last = std::min(made.last, one.counter()->last());
    }
    made.make = [messages = std::move(messages), match = with.match](std::uint32_t number, client::material& from, byte_buffer& into) {
        const message& next = messages[(number - 1) % messages.size()];
        const std::size_t before = into.size();
        next.append(number, from, into);
        if (match && !next.counter())
            match->format.write(number, into.edit().subspan(before + match->offset, match->format.size));
        return error_code();
    };
    if (with.echo) made.echoes = client::echo{.sent = &whole, .came_back = &whole};
    made.read = [with = std::move(with)](bytes body) { return read(body, with); };
    return made;
}

client::opening opening_of(message first, std::optional<expected_bytes> good) {
    return {.make =
                [first = std::move(first)](std::uint32_t client, client::material& from, byte_buffer& into) {
                    first.append(client, from, into);
                    return error_code();
                },
            .is_good = [good = std::move(good)](bytes answer) { return !good || good->are_in(answer); }};
}

std::function<bool(bytes)> passing_over(std::vector<expected_bytes> any) {
    return [any = std::move(any)](bytes body) {
        return std::ranges::any_of(any, [body](const expected_bytes& one) { return one.are_in(body); });
    };
}

client::traffic echoed_submits() {
    client::traffic made = client::default_traffic();
    made.echoes = client::echo{.sent = &whole, .came_back = &whole};
    made.read = [](bytes body) -> packet::decoded<client::heard> {
        const packet::decoded<packet::submit> back = packet::decode_as<packet::submit>(body);
        if (!back) return back.error();
        return client::heard{.number = packet::serial::number(back->id), .good = true};
    };
    return made;
}

}  // namespace hawser::swarm_program
