#include "accept_pause.hpp"

#include <hawser/server/error.hpp>

#include <boost/system/errc.hpp>

#include <utility>

namespace hawser::inline v0::server {

namespace sys = boost::system::errc;

io::duration accept_pause::after(const error_code& error) noexcept {
    if (!error) {
        next_ = first_pause;
        on_end_ = 0;
        return io::duration::zero();
    }
    // None for a peer that may not come in: others may.
    if (error == errc::denied || error == errc::too_many_from_address || error == errc::accept_rate_exceeded)
        return io::duration::zero();
    const bool turned_away = error == errc::too_many_connections || error == errc::out_of_descriptors;
    const bool one_only = turned_away || concerns_one_connection(error);
    if (one_only && ++on_end_ % burst != 0) return io::duration::zero();
    return std::exchange(next_, std::min(2 * next_, longest_pause));
}

// What accept(2) says of Linux: errors that wait at the new socket come out of accept. The firewall's is among them.
bool concerns_one_connection(const error_code& error) noexcept {
    for (const auto one :
         {sys::connection_aborted, sys::connection_reset, sys::protocol_error, sys::no_protocol_option,
          sys::network_down, sys::network_unreachable, sys::host_unreachable, sys::operation_not_supported,
          sys::operation_not_permitted, sys::timed_out, sys::interrupted})
        if (error == one) return true;
    return false;
}

bool is_out_of_descriptors(const error_code& error) noexcept {
    return error == sys::too_many_files_open || error == sys::too_many_files_open_in_system;
}

}   // namespace hawser::server
