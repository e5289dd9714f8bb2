#include "framing_check.hpp"

#include "template_words.hpp"

#include <hawser/error.hpp>

#include <algorithm>
#include <variant>

namespace hawser::swarm_program {

namespace {

// Bytes of a random field: more would bring no other marks.
constexpr std::size_t enough_random = 64;
// So many lengths are tried, as the bytes of one may be those of a mark.
constexpr std::size_t most_lengths = 300;

std::string no_frame_holds(std::size_t size, const frame::any_codec& codec) {
    return "no frame under --max-frame " + std::to_string(codec.max_frame()) + " holds a message of " +
           std::to_string(size) + " bytes";
}

std::optional<std::string> trouble_with(bytes body, const frame::any_codec& codec, byte_buffer& wire) {
    if (body.size() > codec.max_frame()) return no_frame_holds(body.size(), codec);
    wire.clear();
    const error_code error = codec.encode(body, wire);
    if (!error) return std::nullopt;
    if (error == hawser::errc::too_long) return no_frame_holds(body.size(), codec);
    return "--format " + codec.text() + " cannot carry such a message as " + escaped(body, 40) + ": " + error.message();
}

// Numbers whose bytes, in some format, include those of the mark.
std::vector<std::uint32_t> numbers_like(bytes mark) {
    std::uint32_t forwards = 0;
    std::uint32_t backwards = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(mark.size(), 3); ++i) {
        forwards = forwards << 8 | std::to_integer<std::uint32_t>(mark[i]);
        backwards |= std::to_integer<std::uint32_t>(mark[i]) << 8 * i;
    }
    std::vector<std::uint32_t> numbers{12'345'678, 90'000'000};   // every digit
    for (const std::uint32_t number : {forwards, backwards})
        for (const unsigned shift : {0U, 8U, 16U}) numbers.push_back(number << shift);
    return numbers;
}

// Of a format whose frames end with marks: every mark, and each byte of it.
std::vector<std::vector<std::byte>> patterns(const frame::any_codec& codec) {
    std::vector<std::vector<std::byte>> found;
    const auto* const marked = std::get_if<frame::delimiter>(&codec.chosen());
    if (marked == nullptr) return found;
    for (const std::string_view mark : marked->layout().marks) {
        const bytes raw = as_bytes(mark);
        found.emplace_back(raw.begin(), raw.end());
        for (const std::byte one : raw) found.push_back({one});
    }
    return found;
}

class samples {
public:
    samples(const std::optional<number_field>& match, const frame::any_codec& codec)
        : match_(match), codec_(codec), patterns_(patterns(codec)) {}

    std::optional<std::string> trouble_with(const message& one) {
        static const std::vector<std::byte> plain{std::byte{'a'}};
        auto why = trouble_with(one, 1, 0, plain);
        if (!why) why = trouble_with(one, 1, patterns_.empty() ? longest_message : enough_random, plain);
        for (std::size_t size = 0; size < most_lengths && !patterns_.empty() && !why; ++size)
            why = trouble_with(one, 1, size, plain);
        for (const std::vector<std::byte>& pattern : patterns_)
            for (const std::uint32_t number : numbers_like(pattern))
                if (!why) why = trouble_with(one, number, enough_random, pattern);
        return why;
    }

private:
    std::optional<std::string> trouble_with(const message& one, std::uint32_t number, std::size_t size, bytes pattern) {
        make(one, number, {.size = size, .pattern = pattern});
        return swarm_program::trouble_with(body_.view(), codec_, wire_);
    }

    void make(const message& one, std::uint32_t number, const message::sample& content) {
        std::uint32_t last = packet::serial::last;
        if (one.counter()) last = std::min(last, one.counter()->last());
        if (match_) last = std::min(last, match_->format.last());
        body_.clear();
        one.append_sample(std::clamp(number, 1U, last), content, body_);
        if (match_ && !one.counter())
            match_->format.write(std::clamp(number, 1U, last),
                                 body_.edit().subspan(match_->offset, match_->format.size));
    }

    const std::optional<number_field>& match_;
    const frame::any_codec& codec_;
    std::vector<std::vector<std::byte>> patterns_;
    byte_buffer body_;
    byte_buffer wire_;
};

}   // namespace

std::optional<std::string> unframeable(const std::vector<message>& messages, const std::optional<number_field>& match,
                                       const frame::any_codec& codec) {
    samples some(match, codec);
    for (const message& one : messages) {
        if (one.most_size() > codec.max_frame()) return no_frame_holds(one.most_size(), codec);
        if (auto why = some.trouble_with(one)) return why;
    }
    return std::nullopt;
}

std::optional<std::string> unframeable(const swarm::traffic& traffic, std::optional<std::size_t> payload_size,
                                       const frame::any_codec& codec) {
    swarm::random_source random = swarm::seeded(1);
    std::optional<swarm::payload_source> payloads;
    if (payload_size) payloads.emplace(*payload_size, random);
    swarm::random_values values(random, payloads ? &*payloads : nullptr);
    byte_buffer body;
    byte_buffer wire;
    constexpr std::uint32_t some = 300;
    constexpr std::size_t most_bytes = 16 * 1024 * 1024;
    std::size_t tried = 0;
    for (std::uint32_t number = 1; number <= some && tried < most_bytes; ++number) {
        body.clear();
        values.clear();
        if (const error_code error = traffic.make(number, values, body))
            return "no request can be made: " + error.message();
        if (auto why = trouble_with(body.view(), codec, wire)) return why;
        tried += body.size();
    }
    return std::nullopt;
}

}   // namespace hawser::swarm_program
