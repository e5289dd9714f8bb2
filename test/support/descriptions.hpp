// Descriptions of protocols, for what is made of them.
#pragma once

#include <hawser/packet/description.hpp>

namespace hawser::test {

/// Every kind of field, both orders, the command in the middle, and text that would do harm where it is not escaped.
inline packet::description every_kind() {
    using kind = packet::field_description::kind;
    constexpr auto little = byte_order::little;
    packet::packet_description report{.name = "report", .code = 0x102, .reply = "ack"};
    report.about = "All there is.";
    report.fields = {
        {.name = "version", .width = 2, .order = little},
        {.name = "celsius",
         .what = kind::signed_integer,
         .width = 4,
         .order = little,
         .about = "a hundredth | of a \"degree\"\\"},
        {.name = "unit",
         .what = kind::enumeration,
         .values = {{-1, "unknown"}, {0, "metric"}, {1, "imperial"}},
         .is_signed = true},
        {.name = "huge",
         .what = kind::enumeration,
         .width = 8,
         .values = {{1, "one"}, {9'223'372'036'854'775'807, "most"}, {-1, "top"}}},
        {.name = "ticks", .width = 8, .order = little},
        {.name = "moment", .what = kind::signed_integer, .width = 8},
        {.name = "ship", .what = kind::fixed_text, .width = 8},
        {.name = "key", .what = kind::fixed_bytes, .width = 16},
        {.name = "place", .what = kind::counted_text, .width = 1},
        {.name = "blob", .what = kind::counted_bytes, .width = 2},
        {.name = "history",
         .what = kind::array,
         .width = 1,
         .element = {{.name = "", .what = kind::signed_integer, .width = 2}}},
        {.name = "track",
         .what = kind::array,
         .width = 2,
         .element = {{.name = "north", .what = kind::signed_integer, .width = 4},
                     {.name = "tags",
                      .what = kind::array,
                      .width = 1,
                      .element = {{.name = "", .what = kind::counted_text, .width = 1}}}}},
        {.name = "note", .what = kind::rest_text, .width = 0},
    };
    packet::packet_description ack{.name = "ack", .code = 0x8102};
    ack.fields = {{.name = "version", .width = 2, .order = little}};
    packet::description all{.name = "weather", .title = "Weather \"station\"\nos.exit()"};
    all.about = "What a station tells.";
    all.command_offset = 2;
    all.command_width = 2;
    all.command_order = little;
    all.packets = {report, ack};
    return all;
}

}   // namespace hawser::test
