// What tests of fields do with bodies: a packet to hex and back, and every place where a body can be cut.
#pragma once

#include <hawser/packet/protocol.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace hawser::test {

/// The bytes of "01 ff".
inline std::string from_hex(std::string_view hex) {
    const auto made = hawser::from_hex(hex);
    BOOST_TEST_REQUIRE(made.has_value());
    return std::string(as_text(bytes(*made)));
}

template <class Packet>
std::string hex_of(const Packet& made) {
    byte_buffer body;
    BOOST_TEST_REQUIRE(!packet::encode(made, body));
    return to_hex(body.view());
}

/// It cannot be encoded, for this reason, and nothing is left in the buffer.
template <class Packet>
void not_encoded(const Packet& made, packet::errc why) {
    byte_buffer body;
    const error_code refused = packet::encode(made, body);
    BOOST_TEST((refused == why), refused.message());
    BOOST_TEST(body.empty());
}

/// The body is no packet: its field is not whole, or (bad_field) wrong.
template <class Packet>
void not_decoded(std::string_view hex, packet::errc why, std::string_view field) {
    const std::string body = from_hex(hex);
    const auto read = packet::decode_as<Packet>(as_bytes(body));
    BOOST_TEST_CONTEXT(hex) {
        BOOST_TEST_REQUIRE(read.has_error());
        BOOST_TEST((read.error() == why), read.error().message());
        BOOST_TEST(read.error().field == field);
        BOOST_TEST(read.error().offset <= body.size());
    }
}

/// Views are of `body`. It has to come back as it was, and wherever it is cut, but at these places, it is too short.
template <class Packet>
Packet decoded(const std::string& body, std::initializer_list<std::size_t> whole_at = {}) {
    const auto read = packet::decode_as<Packet>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value(), (read ? "" : read.error().message()));
    BOOST_TEST(hex_of(*read) == to_hex(as_bytes(body)));
    for (std::size_t size = 0; size < body.size(); ++size) {
        BOOST_TEST_CONTEXT("cut at " << size) {
            const std::string part = body.substr(0, size);   // so that a sanitizer sees a step behind its end
            const auto cut = packet::decode_as<Packet>(as_bytes(part));
            const bool may_be_whole = std::ranges::find(whole_at, size) != whole_at.end();
            BOOST_TEST(cut.has_value() == may_be_whole);
            if (cut.has_value()) {
                BOOST_TEST(hex_of(*cut) == to_hex(as_bytes(part)));
                continue;
            }
            BOOST_TEST((cut.error() == packet::errc::short_body), cut.error().message());
            BOOST_TEST((cut.error().offset <= size || cut.error().field == "command"));
            BOOST_TEST(!cut.error().field.empty());
        }
    }
    const std::string longer = body + "x";
    const auto more = packet::decode_as<Packet>(as_bytes(longer));
    BOOST_TEST((more.has_value() || more.error() == packet::errc::trailing_bytes ||
                more.error() == packet::errc::short_body));
    return *read;
}

}   // namespace hawser::test
