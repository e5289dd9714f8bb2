// extensions: the packets of the default protocol that need no handler: conn, ping and pong.
//
//   add(place, packet::ping::code.value, route::through<packet::ping>(&extensions::answer_ping));
#pragma once

#include <hawser/server/route.hpp>

namespace hawser::inline v0::server::extensions {

/// conn: the router's hook decides, and whose payload says so is sent ping and go_away from then on.
[[nodiscard]] bool greet(const void* none, call& here, bytes body);
/// ping: who sends one knows the answer, and so the extensions.
[[nodiscard]] bool answer_ping(const void* none, call& here, bytes body);
/// pong: the answer to the last beat.
[[nodiscard]] bool take_pong(const void* none, call& here, bytes body);

}   // namespace hawser::server::extensions
