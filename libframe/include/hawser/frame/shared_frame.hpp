// shared_frame: a whole frame, encoded once, for as many peers as there are.
//
//   frame::shared_frame news = *server.frame_of(packet);     // a server's are counted in its pool of memory, once
//
// Never changed, and so used by any number of threads; its memory goes back with the last who holds it, on whichever
// thread that is. Made otherwise (std::make_shared), it is nobody's in the accounts: bound what you keep of those.
#pragma once

#include <hawser/bytes.hpp>

#include <memory>

namespace hawser::inline v0::frame {

using shared_frame = std::shared_ptr<const byte_buffer>;   ///< never changed once it is made; any thread may hold one

}   // namespace hawser::frame
