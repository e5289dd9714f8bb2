#include "datagram_port.hpp"

#include "../worker.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/memory_charge.hpp>
#include <hawser/io/next_turn.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// After a turn of failures on end, whatever they are: a busy loop helps nobody.
constexpr io::duration after_failures = std::chrono::milliseconds(10);

}   // namespace

datagram_port::datagram_port(parts made, ended_function ended)
    : task_chain(made.home.executor(), serve()),
      home_(made.home),
      service_(made.of),
      socket_(std::move(made.socket)),
      ended_(std::move(ended)),
      asked_(limits().largest),
      answer_(limits().largest),
      rates_(address_rate("rate", limits().rate), limits().addresses, made.secret),
      woken_(home_.executor()),
      calls_(home_.executor()) {
    static_cast<void>(calls_.token());   // made now: to stop them must not need memory
}

void datagram_port::open_soon(std::shared_ptr<const void> owner) noexcept {
    io::asio::post(home_.executor(),
                   opening_.keep([this, owner = std::move(owner)]() mutable { open(std::move(owner)); }));
}

void datagram_port::open(std::shared_ptr<const void> owner) {
    owner_ = std::move(owner);
    stays_.emplace(home_.executor());
    start();
}

// What takes memory in there is tried again when others have had their turn: nothing of it is done twice.
io::task<void> datagram_port::serve() {
    for (bool is_done = false; !is_done;) {
        try {
            co_await receive();
            co_await handle_the_rest();
            co_await calls_.join();
            is_done = true;
        } catch (const std::bad_alloc&) {}
        if (!is_done) co_await io::next_turn(home(), turns_);
    }
}

// What has come already is handled without an await between.
io::task<void> datagram_port::receive() {
    unsigned failures = 0;
    for (unsigned taken = 1; !drained_by_; ++taken) {
        if (taken % turn == 0) co_await io::next_turn(home(), turns_);
        error_code error = handle_waiting();
        if (error == io::asio::error::would_block) error = co_await handle_next();
        if (error == hawser::errc::closed) co_return;
        failures = error ? failures + 1 : 0;
        if (failures >= turn) co_await pause();
    }
}

// Its queue is closed, and gets shorter.
io::task<void> datagram_port::handle_the_rest() {
    unsigned failures = 0;
    for (unsigned taken = 1; failures < turn && io::clock::now() < *drained_by_; ++taken) {
        if (taken % turn == 0) co_await io::next_turn(home(), turns_);
        const error_code error = handle_waiting();
        if (error == io::asio::error::would_block || error == hawser::errc::closed) co_return;
        failures = error ? failures + 1 : 0;
    }
}

error_code datagram_port::handle_waiting() noexcept {
    const result<received> got = socket_->receive_waiting(room_for_question());
    if (!got) return got.error();
    handle(*got);
    return {};
}

io::task<error_code> datagram_port::handle_next() {
    const result<received> got = co_await socket_->receive_from(room_for_question());
    if (!got) co_return got.error();
    handle(*got);
    co_return error_code();
}

io::task<void> datagram_port::pause() {
    const io::alarm over(woken_, io::after(io::clock::now(), after_failures));
    co_await woken_.wait();
}

void datagram_port::drain(io::time_point end) noexcept {
    const bool is_first = !drained_by_;
    if (!is_first && *drained_by_ <= end) return;
    drained_by_ = end;
    if (!is_first) return;
    socket_->close_queue();
    socket_->set_read_deadline(io::clock::now());   // who waits looks again
    woken_.notify();
    calls_.stop();
}

void datagram_port::completed() {
    std::shared_ptr<const void> owner = std::move(owner_);
    socket_->close();
    stays_.reset();
    take();
    ended_(std::move(owner));
}

void datagram_port::abandon() noexcept {
    const std::shared_ptr<const void> owner = std::move(owner_);
    stays_.reset();
    destroy_frames();
}

void datagram_port::handle(const received& got) noexcept {
    counted_.in.add(1);
    if (counter* const why = why_not(got)) return why->add(1);
    if (const datagram_handler::function* const how = service_.datagrams->at_once()) handle_at_once(*how, got);
    else begin_to_handle(got);
}

// Where it counts if it is dropped. Who is denied and who comes too often cost least.
counter* datagram_port::why_not(const received& got) noexcept {
    if (service_.settings.admission.denies(got.from)) return &counted_.denied;
    if (rates_.is_limited() && !rates_.allows(got.from, io::clock::now())) return &counted_.too_often;
    if (got.truncated) return &counted_.too_long;
    return nullptr;
}

void datagram_port::handle_at_once(const datagram_handler::function& how, const received& got) noexcept {
    datagram here(*this, got.from, got.count);
    home_.begins_for_nobody(handler_name);
    counted_.begun.add(1);
    try {
        how(here, bytes(room_for_question()).first(got.count));
    } catch (...) {
        handler_failed(got.from);
    }
    counted_.done.add(1);
    home_.has_ended();
}

void datagram_port::begin_to_handle(const received& got) noexcept try {
    if (calls_.running() >= limits().under_way) return counted_.too_many_under_way.add(1);
    if (service_.pool->is_short()) return counted_.no_memory.add(1);
    byte_buffer asked(got.count);
    asked.append(bytes(room_for_question()).first(got.count));
    calls_.spawn(handle_later(*this, owner_, got.from, std::move(asked)));
} catch (const std::bad_alloc&) {
    counted_.no_memory.add(1);
}

// Shares what owns its port: on the user's io_context it may be the last of the server.
io::task<void> datagram_port::handle_later(datagram_port& self, std::shared_ptr<const void> /* owner */,
                                           io::endpoint from, byte_buffer asked) {
    const io::memory_charge charge(self.service_.pool, call_frames + asked.capacity());
    datagram here(self, from, asked.size());
    self.home_.begins_for_nobody(handler_name);
    self.counted_.begun.add(1);
    try {
        io::task<void> handled = (*self.service_.datagrams->awaited())(here, asked.view());
        co_await std::move(handled);
        self.home_.has_ended();
    } catch (...) {
        self.handler_failed(from);
    }
    self.counted_.done.add(1);
}

// Nobody else is concerned.
void datagram_port::handler_failed(const io::endpoint& from) noexcept {
    counted_.failed.add(1);
    try {
        throw;
    } catch (const std::exception& thrown) {
        service_.events.datagram_failed(from, thrown.what());
    } catch (...) {
        service_.events.datagram_failed(from, "something that is no std::exception");
    }
}

void datagram_port::send(bytes body, const io::endpoint& to) noexcept {
    (socket_->try_send_to(body, to) ? counted_.answers_not_taken : counted_.out).add(1);
}

datagram_counts datagram_port::counts() const noexcept {
    const std::uint64_t done = counted_.done.value();   // before those that have begun: they are never fewer
    return {.in = counted_.in.value(),
            .out = counted_.out.value(),
            .denied = counted_.denied.value(),
            .too_often = counted_.too_often.value(),
            .too_long = counted_.too_long.value(),
            .too_many_under_way = counted_.too_many_under_way.value(),
            .no_memory = counted_.no_memory.value(),
            .failed = counted_.failed.value(),
            .answers_too_long = counted_.answers_too_long.value(),
            .answers_amplifying = counted_.answers_amplifying.value(),
            .answers_not_taken = counted_.answers_not_taken.value(),
            .cut = static_cast<std::size_t>(counted_.begun.value() - done)};
}

}   // namespace hawser::server
