#include <hawser/client/client.hpp>

#include "link.hpp"

#include <hawser/io/dial.hpp>

#include <type_traits>
#include <utility>

namespace hawser::inline v0::client {

// They are often written inside of a co_await, where g++ 12 destroys twice what is not trivially destructible.
static_assert(std::is_trivially_destructible_v<options>);

namespace {

io::task<result<void>> refuse(error_code why) { co_return why; }

}   // namespace

io::task<result<client>> client::connect(io::address where, options settings) {
    result<io::transport> carrier = co_await io::dial(std::move(where), settings.connect_timeout, settings.sockets);
    if (!carrier) co_return carrier.error();
    co_return over(std::move(*carrier), settings);
}

client client::over(io::transport carrier, options settings) {
    auto made = std::make_shared<link>(std::move(carrier), settings);
    link::start(made);
    return client(std::move(made));
}

client& client::operator=(client&& other) noexcept {
    if (link_) link_->fail(hawser::errc::closed);
    link_ = std::move(other.link_);
    return *this;
}

client::~client() {
    if (link_) link_->fail(hawser::errc::closed);
}

io::task<result<void>> client::hello() {
    const packet::control* const by = link_->settings().speaks.control();
    if (by == nullptr || by->make_greeting == nullptr) co_return errc::other_protocol;
    byte_buffer greeting;
    const packet::identity welcome = by->make_greeting(next_number(by->last_number), greeting);
    const result<byte_buffer> answer = co_await exchange(by->welcome_form, welcome, greeting.view(), request_timeout());
    if (!answer) co_return answer.error();
    const packet::decoded<bool> is_let_in = by->read_welcome(answer->view());
    if (!is_let_in) co_return is_let_in.error();
    if (!*is_let_in) co_return errc::refused;
    co_return result<void>();
}

io::task<result<byte_buffer>> client::next() { return link::next(link_); }

io::task<result<void>> client::close_write() { return link::close_write(link_); }

io::task<void> client::close() { return link::close(link_); }

bool client::has_command_at(const packet::command_place& place) const noexcept {
    return link_->settings().speaks.place() == place;
}
io::duration client::request_timeout() const noexcept { return link_->settings().request_timeout; }
std::uint32_t client::next_number(std::uint32_t last) noexcept { return link_->next_number(last); }
id_use client::use_of(const packet::identity& answer) const noexcept { return link_->use_of(answer); }

io::task<result<byte_buffer>> client::exchange(packet::form form, packet::identity answer, bytes body,
                                               io::duration timeout) {
    return link::exchange(link_, form, answer, body, io::after(io::clock::now(), timeout));
}

io::task<result<void>> client::send_body(byte_buffer body, error_code failed) {
    if (failed) return refuse(failed);
    return link::send(link_, std::move(body), io::time_point::max());
}

std::uint64_t client::late_answers() const noexcept { return link_->late_answers(); }
std::uint64_t client::dropped() const noexcept { return link_->pushes()->dropped(); }
round_trips client::round_trip() const noexcept { return link_->round_trip(); }

}   // namespace hawser::client
