#include "connection.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/io/listener.hpp>

#include <stdexcept>
#include <utility>

namespace lab {

namespace {

int descriptor_of(io::transport& carrier) { return carrier.descriptor(); }

}   // namespace

end::end(io::transport carrier) : end(descriptor_of(carrier), std::move(carrier)) {}

end::end(int below, io::transport&& carrier) : io::stream(std::move(carrier)), descriptor(below) {
    set_deadline(io::clock::now() + patience);
}

io::task<transports> connect_transports(int kernel_buffer) {
    const io::executor here = co_await io::this_executor;
    const io::socket_options options{.send_buffer = kernel_buffer, .receive_buffer = kernel_buffer};
    io::address where{.host = "127.0.0.1"};
    const auto listening = io::listen(here, where, options);
    if (!listening) throw std::runtime_error("cannot listen: " + listening.error().message());
    where.port = (*listening)->port();
    auto dialled = co_await io::dial(where, patience, options);
    if (!dialled) throw std::runtime_error("cannot connect: " + dialled.error().message());
    auto accepted = co_await (*listening)->accept(here);
    if (!accepted) throw std::runtime_error("cannot accept: " + accepted.error().message());
    co_return transports{std::move(*dialled), std::move(accepted->carrier)};
}

io::task<std::unique_ptr<connection>> connect(int kernel_buffer) {
    transports ends = co_await connect_transports(kernel_buffer);
    co_return std::make_unique<connection>(std::move(ends.client), std::move(ends.server));
}

io::task<void> wait_for_bytes(end& at, std::size_t count) {
    for (const auto began = io::clock::now(); at.available() < count && io::clock::now() < began + patience;)
        co_await io::sleep(1ms);
}

long ms_since(io::time_point then) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(io::clock::now() - then).count();
}

std::vector<std::byte> numbered_bytes(std::size_t count) {
    constexpr std::size_t period = 251;   // a prime: no buffer is a multiple of it
    std::vector<std::byte> numbered(count);
    for (std::size_t i = 0; i < count; ++i) numbered[i] = static_cast<std::byte>(i % period);
    return numbered;
}

}   // namespace lab
