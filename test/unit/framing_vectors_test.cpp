// test/vectors/framing.jsonl: how well-known decoders cut their streams, event by event. Its
// README says what is in a case.
#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/length_field.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

namespace hawser::frame {

namespace {

namespace json = boost::json;
using kind = decoded::kind;
using events = std::vector<std::string>;

// The length as the case has it, its limit as ours: on the whole frame, and no more than the length can express.
length_field codec_of(const json::object& given) {
    length_layout of;
    of.order = given.at("be").as_bool() ? byte_order::big : byte_order::little;
    of.width = given.at("len").to_number<unsigned>();
    of.offset = given.at("off").to_number<std::size_t>();
    of.adjust = given.at("adj").to_number<std::ptrdiff_t>();
    of.strip = given.at("strip").to_number<std::size_t>();
    const auto around = static_cast<std::ptrdiff_t>(of.offset + of.width) + of.adjust;
    std::size_t limit = given.at("max").to_number<std::size_t>();
    if (given.at("maxon").as_string() == "field") limit += static_cast<std::size_t>(around);
    if (of.width < 8)
        limit = std::min(limit, (std::size_t{1} << (8 * of.width)) - 1 + static_cast<std::size_t>(around));
    of.max_frame = limit;
    // A case that has frames behind an error goes on.
    bool failed = false;
    for (const json::value& chunk : given.at("out").as_array())
        for (const json::value& event : chunk.as_array()) {
            if (failed && event.as_string().starts_with("F:")) of.over = over_limit::discard;
            failed = failed || event.as_string().starts_with("E:");
        }
    return length_field(of);
}

std::string error_name(std::string_view theirs) {
    if (theirs == "toolong" || theirs == "negative") return "E:too_long";
    if (theirs == "adjusted<header") return "E:too_short";
    if (theirs == "truncated") return "E:truncated";
    BOOST_FAIL("an error that nobody knows: " << theirs);
    return {};
}

std::string name_of(const error_code& error) {
    if (error == errc::too_long) return "E:too_long";
    if (error == errc::too_short) return "E:too_short";
    if (error == errc::truncated) return "E:truncated";
    return error == errc::end_of_stream ? "EOF" : "?";
}

std::vector<events> wanted(const json::object& given) {
    std::vector<events> all;
    for (const json::value& chunk : given.at("out").as_array()) {
        events& some = all.emplace_back();
        for (const json::value& event : chunk.as_array()) {
            const std::string text(event.as_string());
            some.push_back(text.starts_with("E:") ? error_name(std::string_view(text).substr(2)) : text);
        }
    }
    return all;
}

// What the reader says after each chunk.
std::vector<events> told(const json::object& given) {
    std::vector<events> all;
    reader frames(codec_of(given));
    bool failed = false;
    for (const json::value& chunk : given.at("in").as_array()) {
        const std::string hex(chunk.as_string());
        if (hex == "EOF") {
            frames.end();
        } else {
            const auto data = from_hex(hex);
            BOOST_TEST_REQUIRE(data.has_value());
            for (bytes left = *data; !left.empty();) {
                const mutable_bytes room = frames.space(fill::greedy);
                const std::size_t count = std::min(room.size(), left.size());
                std::ranges::copy(left.first(count), room.begin());
                frames.commit(count);
                left = left.subspan(count);
            }
        }
        events& some = all.emplace_back();
        while (!failed) {
            const decoded next = frames.next();
            if (next.what() == kind::need_more) break;
            some.push_back(next.is_frame() ? "F:" + to_hex(next.body(), '\0') : name_of(next.error()));
            failed = next.what() == kind::failed;
        }
    }
    return all;
}

events in_order(const std::vector<events>& all) {
    events flat;
    for (const events& some : all) flat.insert(flat.end(), some.begin(), some.end());
    return flat;
}

std::string stream_of(const json::object& given) {
    std::string stream;
    for (const json::value& chunk : given.at("in").as_array())
        if (chunk.as_string() != "EOF") stream += as_text(*from_hex(std::string(chunk.as_string())));
    return stream;
}

std::vector<json::object> cases() {
    std::ifstream file(HAWSER_VECTORS "/framing.jsonl");
    std::vector<json::object> all;
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line).as_object());
    return all;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(framing_vectors)

BOOST_AUTO_TEST_CASE(every_vector_is_answered) {
    const std::vector<json::object> all = cases();
    BOOST_TEST_REQUIRE(all.size() == 28U);
    for (const json::object& given : all) {
        BOOST_TEST_CONTEXT(given.at("id").as_string()) {
            const std::vector<events> right = wanted(given), ours = told(given);
            // Where it says so, the moment of an error is theirs and not ours.
            const bool moments_count = !given.contains("ff") || given.at("ff").as_bool();
            if (moments_count) BOOST_TEST((ours == right));
            BOOST_TEST(in_order(ours) == in_order(right), boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(every_vector_gives_the_same_however_it_is_split) {
    for (const json::object& given : cases())
        BOOST_TEST_CONTEXT(given.at("id").as_string()) test::codec_laws(codec_of(given), {}, {stream_of(given)});
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
