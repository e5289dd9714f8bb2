// kernel: what Linux tells of a TCP connection when it is asked.
//
//   notes.did("The client is in ", name_of(tcp_state(ends->client)), ".");
#pragma once

#include "connection.hpp"

#include <netinet/tcp.h>

#include <string_view>

namespace lab {

/// getsockopt(TCP_INFO).
[[nodiscard]] ::tcp_info tcp_info_of(int descriptor);

/// TCP_ESTABLISHED and so on.
[[nodiscard]] unsigned tcp_state(const end& side);
/// The same of any connection over loopback, also when its descriptor is closed: from
/// /proc/net/tcp. 0 if there is none.
[[nodiscard]] unsigned tcp_state(unsigned local_port, unsigned remote_port);
[[nodiscard]] std::string_view name_of(unsigned state);

/// Waits until an end is in this state: a packet may be on its way.
[[nodiscard]] io::task<void> wait_for_state(const end& side, unsigned state);

}   // namespace lab
