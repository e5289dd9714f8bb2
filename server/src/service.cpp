#include "service.hpp"

#include <hawser/io/memory_charge.hpp>

#include <utility>

namespace hawser::inline v0::server {

result<frame::shared_frame> definition::frame_of(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    byte_buffer frame;
    if (const error_code error = settings.outgoing().encode(body, frame)) return error;
    return io::counted_frame(std::move(frame), where);
}

result<frame::shared_frame> service::frame_of(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    result<frame::shared_frame> made = definition::frame_of(body, where);
    if (made && where && where->is_short()) relieve();   // no thread's account has noticed
    return made;
}

result<frame::shared_frame> service::frame_for_many(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    if (where && where->level() >= io::pressure::stop_growing)
        return make_error_code(boost::system::errc::not_enough_memory);
    return frame_of(body, where);
}

}   // namespace hawser::server
