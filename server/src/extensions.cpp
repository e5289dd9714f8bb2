#include "extensions.hpp"

#include <hawser/packet/packets.hpp>
#include <hawser/protocol/framed.hpp>

#include "session.hpp"

namespace hawser::inline v0::server::extensions {

bool greet(const void* /* none */, call& here, bytes body) {
    const packet::decoded<packet::conn> greeting = packet::decode_as<packet::conn>(body);
    if (!greeting) return here.failed(greeting.error());
    session& client = here.whose();
    const auto& decide = client.common().routes()->called().conn;
    packet::outcome decision = packet::outcome::ok;
    context asked(client);   // its answer is the hook's
    try {
        if (decide) decision = decide(asked, *greeting);
    } catch (...) {
        return here.handler_threw();
    }
    const bool is_answered = here.handler_returned(packet::conn_ack{greeting->id, decision});
    if (decision != packet::outcome::ok) client.finish(errc::refused);
    else if (protocol::knows_extensions(*greeting)) client.learn_extensions();
    return is_answered;
}

bool answer_ping(const void* /* none */, call& here, bytes body) {
    const packet::decoded<packet::ping> asked = packet::decode_as<packet::ping>(body);
    if (!asked) return here.failed(asked.error());
    here.whose().learn_extensions();
    return here.handler_returned(packet::pong{asked->id});
}

bool take_pong(const void* /* none */, call& here, bytes body) {
    const packet::decoded<packet::pong> answer = packet::decode_as<packet::pong>(body);
    if (!answer) return here.failed(answer.error());
    here.whose().beat_answered(packet::serial::number(answer->id));
    return true;
}

}   // namespace hawser::server::extensions
