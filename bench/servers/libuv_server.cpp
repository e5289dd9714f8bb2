// libuv 1.44 (Debian 12): one loop, uv_read_start into a buffer of the connection, uv_try_write
// for all answers of one read.
//
//   bench-libuv-server
//
// What uv_try_write leaves goes through uv_write, and reading stops until that is done. No deadlines, no
// limits, no drain. One thread: libuv has no way of its own to spread the connections of one listener over
// the loops of one process.
#include "program.hpp"
#include "protocol.hpp"

#include <netinet/in.h>
#include <uv.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace {

struct connection {
    uv_tcp_t socket;
    bench::inbox in;
    uv_write_t writing;
    std::string unsent;
};

bench::acks out;   // of the one thread

connection& of(void* handle) { return *static_cast<connection*>(static_cast<uv_handle_t*>(handle)->data); }
uv_stream_t* stream_of(connection& one) { return reinterpret_cast<uv_stream_t*>(&one.socket); }

void close_it(connection& one) {
    auto* const handle = reinterpret_cast<uv_handle_t*>(&one.socket);
    if (uv_is_closing(handle) == 0) uv_close(handle, [](uv_handle_t* closed) { delete &of(closed); });
}

void lend_room(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    const std::span<char> room = of(handle).in.room();
    *buffer = uv_buf_init(room.data(), static_cast<unsigned>(room.size()));
}

void on_read(uv_stream_t* stream, ssize_t got, const uv_buf_t* buffer);

void on_written(uv_write_t* request, int status) {
    connection& one = of(request->handle);
    if (status < 0) close_it(one);
    else uv_read_start(stream_of(one), lend_room, on_read);
}

void send_answers(connection& one) {
    const std::string_view answers = out.view();
    uv_buf_t buffer = uv_buf_init(const_cast<char*>(answers.data()), static_cast<unsigned>(answers.size()));
    int sent = uv_try_write(stream_of(one), &buffer, 1);
    if (sent == UV_EAGAIN) sent = 0;
    if (sent < 0) return close_it(one);
    if (static_cast<std::size_t>(sent) == answers.size()) return;
    one.unsent = answers.substr(static_cast<std::size_t>(sent));
    uv_read_stop(stream_of(one));
    buffer = uv_buf_init(one.unsent.data(), static_cast<unsigned>(one.unsent.size()));
    if (uv_write(&one.writing, stream_of(one), &buffer, 1, on_written) < 0) close_it(one);
}

void on_read(uv_stream_t* stream, ssize_t got, const uv_buf_t*) {
    connection& one = of(stream);
    if (got == 0) return;   // libuv's way to say EAGAIN
    if (got < 0 || !one.in.take(static_cast<std::size_t>(got), out)) close_it(one);
    else if (!out.empty()) send_answers(one);
    out.clear();
}

void on_connection(uv_stream_t* listener, int status) {
    if (status < 0) return;
    auto* const one = new connection();
    uv_tcp_init(listener->loop, &one->socket);
    one->socket.data = one;
    if (uv_accept(listener, stream_of(*one)) < 0) return close_it(*one);
    uv_tcp_nodelay(&one->socket, 1);
    uv_read_start(stream_of(*one), lend_room, on_read);
}

// libuv's results are negative error numbers.
void checked(int result) {
    if (result == 0) return;
    std::cerr << "bench-libuv-server: " << uv_strerror(result) << '\n';
    std::exit(1);
}

}   // namespace

int main(int argc, char** argv) {
    bench::program program("bench-libuv-server",
                           "Answers submits with libuv, one loop: no deadlines, no limits, no drain.", 1);
    if (const auto status = program.parse(argc, argv)) return *status;
    uv_loop_t* const loop = uv_default_loop();
    uv_tcp_t listener;
    checked(uv_tcp_init(loop, &listener));
    sockaddr_in here{};
    checked(uv_ip4_addr("127.0.0.1", 0, &here));
    checked(uv_tcp_bind(&listener, reinterpret_cast<const sockaddr*>(&here), 0));
    checked(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), SOMAXCONN, on_connection));
    int size = sizeof here;
    checked(uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&here), &size));
    bench::announce(ntohs(here.sin_port));
    return uv_run(loop, UV_RUN_DEFAULT);
}
