// wire_format: how the packets of a protocol lie in a connection's bytes: as a server's config has it.
//
//   const protocol::wire_format format{.codec = frame::delimiter::lines()};
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <optional>

namespace hawser::inline v0::protocol {

struct wire_format {
    /// Of what comes to the server; the default protocol's if nothing is said.
    frame::any_codec codec = {};
    /// Of what the server sends, if that has another format.
    std::optional<frame::any_codec> answer_codec = {};

    [[nodiscard]] const frame::any_codec& answers() const noexcept { return answer_codec ? *answer_codec : codec; }
};

}   // namespace hawser::protocol
