// format: codecs as text, for any_codec alone.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <string>

namespace hawser::inline v0::frame {

/// The format with every key written out.
[[nodiscard]] std::string format_of(const any_codec::alternatives& codec);

}   // namespace hawser::frame
