#include <hawser/packet/packets.hpp>

namespace hawser::inline v0::packet {

decoded<any> decode(bytes body) { return decode<default_protocol>(body); }

}   // namespace hawser::packet
