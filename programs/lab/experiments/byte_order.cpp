// byte-order: a number of several bytes lies in memory in the order of the host, and on the wire in the order of the
// protocol: mostly the big end first, hence "network order". Boost.Endian has types for numbers that lie in bytes.
#include "../experiment.hpp"

#include <boost/endian/arithmetic.hpp>

#include <cstdint>
#include <span>

namespace lab {

using boost::endian::big_uint32_t;
using boost::endian::little_uint32_t;

io::task<void> byte_order(notebook& notes) {
    const auto ends = co_await connect();
    const bool little = boost::endian::order::native == boost::endian::order::little;

    notes.did("The number ", 305'419'896, " is 0x12345678.");
    const std::uint32_t number = 0x12345678;
    const std::string in_host = to_hex(std::as_bytes(std::span(&number, 1)));
    notes.saw(in_host == (little ? "78 56 34 12" : "12 34 56 78"), "In the memory of this host it is ", in_host,
              ": the ", little ? "little" : "big", " end first.");
    const big_uint32_t on_wire(number);
    const std::string in_network = to_hex(std::as_bytes(std::span(&on_wire, 1)));
    notes.saw(in_network == "12 34 56 78", "As a big_uint32_t it is ", in_network, " on every host.");

    notes.did("The client sent it as a big_uint32_t.");
    static_cast<void>(co_await ends->client.write_all(std::as_bytes(std::span(&on_wire, 1))));
    big_uint32_t right;
    static_cast<void>(co_await ends->server.read_exactly(std::as_writable_bytes(std::span(&right, 1))));
    notes.saw(right == number, "The server read it as a big_uint32_t: ", right.value(), ".");

    notes.did("The client sent it with the little end first, and the server took it for a big_uint32_t.");
    const little_uint32_t other(number);
    static_cast<void>(co_await ends->client.write_all(std::as_bytes(std::span(&other, 1))));
    big_uint32_t wrong;
    static_cast<void>(co_await ends->server.read_exactly(std::as_writable_bytes(std::span(&wrong, 1))));
    notes.saw(wrong == 0x78563412, "It read ", wrong.value(), ". As a length, that is a frame of 2 GB.");
}

}   // namespace lab
