#include <hawser/protocol/framed.hpp>

namespace hawser::inline v0::protocol {

bool knows_extensions(const packet::conn& greeting) noexcept { return as_text(greeting.payload).starts_with(hello); }

}   // namespace hawser::protocol
