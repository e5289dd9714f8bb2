#include <hawser/io/socket_options.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace hawser::inline v0::io {

namespace {

// One socket and the first thing that went wrong with it.
class setter {
public:
    explicit setter(int descriptor) noexcept : descriptor_(descriptor) {}

    template <class Value>
    void set(int level, int name, Value value) noexcept {
        if (!error_ && ::setsockopt(descriptor_, level, name, &value, sizeof value) != 0)
            error_ = error_code(errno, boost::system::system_category());
    }
    bool is_tcp() noexcept {
        int protocol = 0;
        socklen_t size = sizeof protocol;
        if (::getsockopt(descriptor_, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0)
            error_ = error_code(errno, boost::system::system_category());
        return protocol == IPPROTO_TCP;
    }
    error_code error() const noexcept { return error_; }

private:
    int descriptor_;
    error_code error_;
};

void apply_to_tcp(const socket_options& options, setter& to) noexcept {
    to.set(IPPROTO_TCP, TCP_NODELAY, int{options.no_delay});
    to.set(SOL_SOCKET, SO_KEEPALIVE, int{options.keep_alive});
    if (options.keep_alive) {
        to.set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(options.keep_alive_idle.count()));
        to.set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(options.keep_alive_interval.count()));
        to.set(IPPROTO_TCP, TCP_KEEPCNT, options.keep_alive_probes);
    }
    if (options.user_timeout.count() != 0)
        to.set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(options.user_timeout.count()));
    // The port is picked when the connection is made, and so need be free only for that peer.
    if (options.source.what != endpoint::kind::none) to.set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (options.reset_at_close) to.set(SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
}

}   // namespace

error_code apply(const socket_options& options, int descriptor) noexcept {
    setter to(descriptor);
    if (to.is_tcp()) apply_to_tcp(options, to);
    if (options.send_buffer != 0) to.set(SOL_SOCKET, SO_SNDBUF, options.send_buffer);
    if (options.receive_buffer != 0) to.set(SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
    return to.error();
}

}   // namespace hawser::io
