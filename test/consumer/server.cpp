// The smallest program that a user would write against the libraries: a server with one handler, and one request to it,
// byte for byte the example of docs/wire-format.md.
#include <hawser/server.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>
#include <string>

#if !defined(BOOST_ASIO_SEPARATE_COMPILATION)
#error "hawser's user compiles Asio again, which is in hawser::io"
#endif

using namespace hawser;

packet::submit_ack on_submit(server::context&, const packet::submit& s) { return {s.id, packet::outcome::ok}; }

std::string request(std::uint16_t port) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket peer(io);
    peer.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::asio::write(peer, boost::asio::buffer(std::string("\0\0\0\x10\x02"
                                                             "00000001abc",
                                                             16)));
    std::string ack(14, '?');
    boost::asio::read(peer, boost::asio::buffer(ack));
    return ack;
}

int main() {
    server::router router;
    router.on<packet::submit>(on_submit);
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, router);
    if (!server.start()) {
        std::fprintf(stderr, "%s\n", server.failure().c_str());
        return 1;
    }
    const std::string ack = request(server.port());
    server.stop();
    const int status = server.wait().exit_status();
    const bool right = ack == std::string("\0\0\0\x0e\x82"
                                          "00000001\0",
                                          14);
    std::puts(right ? "acked" : "wrong answer");
    return right ? status : 1;
}
