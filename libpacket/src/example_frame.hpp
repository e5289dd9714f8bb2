// example_frame: a frame that a description allows, really encoded, for pages.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/packet/description.hpp>

#include <string>

namespace hawser::inline v0::protocol {

/// In hex; empty if the codec cannot carry this one. Numbers are small, texts and bytes "abc"; an id is that of a first
/// request, "00000001", or zeros where nothing is asked and nothing answered.
[[nodiscard]] std::string example_frame(const packet::description& what, const packet::packet_description& one,
                                        const frame::any_codec& codec);

}   // namespace hawser::protocol
