// libevent 2.1 (Debian 12): evconnlistener and bufferevents, frames taken from the input evbuffer, answers put into the
// output evbuffer in one piece for each read.
//
//   bench-libevent-server
//
// Its documentation has bufferevent_set_max_single_read for larger reads, and 64 KiB are asked for here. In 2.1 that
// stays without effect above 4 KiB, a constant in evbuffer_read() that only 2.2 can change (libevent's issue 798):
// enough for 64 small frames, and what large ones suffer from. When the peer does not take its answers, reading stops
// at 1 MiB of them. No deadlines, no limits on connections, no drain. One thread: libevent leaves spreading connections
// over threads to the program.
#include "program.hpp"
#include "protocol.hpp"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <iostream>

namespace {

constexpr std::size_t most_a_read = 64 * 1024;
constexpr std::size_t most_unsent = 1024 * 1024;

bench::acks out;   // of the one thread

enum class step { answered, incomplete, breach };

// One frame off the front of the input.
step take_frame(evbuffer* input) {
    const std::size_t size = evbuffer_get_length(input);
    if (size < bench::length_size) return step::incomplete;
    const auto head_size = static_cast<ev_ssize_t>(std::min(size, bench::least_frame));
    const char* const head = reinterpret_cast<const char*>(evbuffer_pullup(input, head_size));
    const std::size_t length = bench::length_at(head);
    if (!bench::is_length(length)) return step::breach;
    if (size < length) return step::incomplete;
    if (head[bench::length_size] != bench::submit_command) return step::breach;
    out.add(head + bench::length_size + 1);
    evbuffer_drain(input, length);
    return step::answered;
}

void on_read(bufferevent* one, void*) {
    step last = step::answered;
    while ((last = take_frame(bufferevent_get_input(one))) == step::answered) {}
    if (last == step::incomplete && !out.empty()) {
        const std::string_view answers = out.view();
        bufferevent_write(one, answers.data(), answers.size());
    }
    out.clear();
    if (last == step::breach) return bufferevent_free(one);
    if (evbuffer_get_length(bufferevent_get_output(one)) > most_unsent) bufferevent_disable(one, EV_READ);
}

// The output is empty.
void on_written(bufferevent* one, void*) {
    if ((bufferevent_get_enabled(one) & EV_READ) == 0) bufferevent_enable(one, EV_READ);
}

void on_event(bufferevent* one, short what, void*) {
    if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0) bufferevent_free(one);
}

void on_connection(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bufferevent* const one = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    if (one == nullptr) {
        evutil_closesocket(fd);
        return;
    }
    bufferevent_set_max_single_read(one, most_a_read);
    bufferevent_setcb(one, on_read, on_written, on_event, nullptr);
    bufferevent_enable(one, EV_READ | EV_WRITE);
}

}   // namespace

int main(int argc, char** argv) {
    bench::program program("bench-libevent-server",
                           "Answers submits with libevent's bufferevents: no deadlines, no limits, no drain.", 1);
    if (const auto status = program.parse(argc, argv)) return *status;
    event_base* const base = event_base_new();
    const int fd = bench::listen_on_loopback();
    evconnlistener* const listener = evconnlistener_new(base, on_connection, nullptr, LEV_OPT_CLOSE_ON_FREE, 0, fd);
    if (listener == nullptr) {
        std::cerr << "bench-libevent-server: cannot listen\n";
        return 1;
    }
    bench::announce(bench::port_of(fd));
    event_base_dispatch(base);
}
