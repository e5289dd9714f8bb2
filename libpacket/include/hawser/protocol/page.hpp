// page: a protocol as a Markdown page, with a diagram of the bytes of each packet.
//
//   std::cout << protocol::page(packet::describe<weather>(), {.codec = frame::length_field::prefix_body(2)});
//
// What no description says (what a packet is for, how a connection ends) is written by hand around it: a text in which
// the lines
//
//   <!-- hawser-describe: frames -->
//   <!-- hawser-describe: packets -->
//
// stand where the two generated parts go. docs/wire-format.md is made like that from docs/wire-format.in.md.
#pragma once

#include <hawser/packet/description.hpp>
#include <hawser/protocol/wire_format.hpp>

#include <string>
#include <string_view>

namespace hawser::inline v0::protocol {

/// A whole page, made of the description alone. Throws std::invalid_argument as dissector() does.
[[nodiscard]] std::string page(const packet::description& what, const wire_format& format = {});

/// The same inside a text of your own. Throws std::invalid_argument if that has none of the lines above, or one that
/// names another part.
[[nodiscard]] std::string page_around(std::string_view text, const packet::description& what,
                                      const wire_format& format = {});

}   // namespace hawser::protocol
