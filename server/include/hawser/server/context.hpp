// context: what a handler of the router knows besides its packet: the session it came from.
//
//   packet::submit_ack on_submit(server::context& here, const packet::submit& s) {
//       here.state<counters>().submits += 1;
//       return {s.id, packet::outcome::ok};
//   }
//
// Valid during the handler. For later, or for another thread, keep here.handle().
#pragma once

#include <hawser/server/connection.hpp>

namespace hawser::server {

class context : public session_view {
private:
    friend class session;
    friend class router;
    explicit context(session& of) noexcept : session_view(of) {}
};

}  // namespace hawser::server
