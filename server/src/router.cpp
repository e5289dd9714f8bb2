// The packet loop of a router session, and the packets that need no handler.
#include <hawser/server/router.hpp>

#include <hawser/protocol/framed.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <stdexcept>

namespace hawser::server {

router::router() {
    add(packet::conn::code, {.at_once = &router::greet, .awaited = {}});
    add(packet::ping::code, {.at_once = &router::answer_ping, .awaited = {}});
    on<packet::pong>([](context&, const packet::pong&) {});   // whoever pings looks for it himself
}

router& router::add(packet::command code, route how) {
    routes_[static_cast<std::uint8_t>(code)] = std::move(how);
    return *this;
}

router& router::on_open(std::function<void(context&)> hook) {
    on_open_ = std::move(hook);
    return *this;
}

router& router::on_conn(std::function<packet::outcome(context&, const packet::conn&)> hook) {
    on_conn_ = std::move(hook);
    return *this;
}

router& router::on_close(std::function<void(context&, const ending&)> hook) {
    on_close_ = std::move(hook);
    return *this;
}

// Why the session ended. A breach is noted in the session by whoever saw it.
io::task<error_code> router::serve(session& client) const {
    if (on_open_) on_open_(client.context_);
    for (;;) {
        const frame::decoded answer = client.frames_.next();
        if (answer.what() == frame::decoded::kind::failed) co_return answer.error();
        if (answer.what() == frame::decoded::kind::need_more) {
            if (const error_code error = co_await client.frames_.fill()) co_return error;
            continue;
        }
        const bytes body = answer.body();
        const result<const route*> how = find(body);
        error_code error = how ? error_code() : how.error();
        if (how && (*how)->at_once) error = answer_at_once(client, **how, body);
        if (error == hawser::errc::outbox_full || (how && (*how)->awaited))
            error = co_await handle(client, **how, body);
        if (error == condition::invalid) client.breach(error, client.last_frame());
        if (error == hawser::errc::too_long) error = errc::answer_too_long;   // what the peer sent was a frame
        if (error) co_return error;
    }
}

result<const route*> router::find(bytes body) const {
    const result<packet::header> front = packet::header::read(body);
    if (!front) return front.error();
    const route& how = routes_[static_cast<std::uint8_t>(front->code)];
    if (how.at_once || how.awaited) return &how;
    const result<packet::any> known = packet::decode(body);
    if (!known) return known.error();
    return errc::no_handler;
}

// Calls a plain handler and pushes its answer. If that finds no room, the answer stays in the thread's scratch.
error_code router::answer_at_once(session& client, const route& how, bytes body) {
    // Not the scratch itself: a handler may send something too, or start who does.
    byte_buffer answer = std::exchange(client.home_.scratch, {});
    answer.clear();
    const error_code error = how.at_once(client.context_, body, answer);
    const error_code pushed = answer.empty() ? error_code() : client.frames_.push(answer.view());
    client.home_.scratch = std::move(answer);
    return error ? error : pushed;
}

// The part of handling that may wait: for room in the outbox, or for a coroutine.
io::task<error_code> router::handle(session& client, const route& how, bytes body) const {
    client.frames_.flush_soon();   // earlier answers do not wait for this one
    if (how.at_once) {
        const byte_buffer answer = std::move(client.home_.scratch);   // others of this thread use it while we wait
        const result<void> sent = co_await client.frames_.send(answer.view());
        co_return sent ? error_code() : sent.error();
    }
    if (how.concurrent_calls == 0) co_return co_await how.awaited(client.context_, body);
    co_return co_await call_concurrently(client, how, body);
}

// Waits for a free call, then starts one on a copy of the body and goes on.
io::task<error_code> router::call_concurrently(session& client, const route& how, bytes body) {
    if (!client.calls_) client.calls_ = std::make_unique<session::calls>(client.frames_.get_executor());
    std::uint32_t& under_way = client.calls_->under_way[std::to_integer<std::uint8_t>(body.front())];
    while (under_way == how.concurrent_calls) {
        co_await client.calls_->ended.wait();
        if (const error_code error = client.frames_.failure()) co_return error;
    }
    byte_buffer copy(body.size());
    copy.append(body);
    ++under_way;
    client.frames_.hold_idle();
    client.calls_->children.spawn(concurrent_call(client, how, std::move(copy), client.last_frame()));
    co_return error_code();
}

io::task<void> router::concurrent_call(session& client, const route& how, byte_buffer body, place where) {
    try {
        const error_code error = co_await how.awaited(client.context_, body.view());
        if (error == condition::invalid) client.breach(error, where);
        if (error == hawser::errc::too_long) client.frames_.fail(errc::answer_too_long);
    } catch (...) {
        client.handler_failed(std::current_exception());
    }
    --client.calls_->under_way[std::to_integer<std::uint8_t>(body.view().front())];
    client.frames_.release_idle();
    client.calls_->ended.notify();
}

error_code router::greet(context& here, bytes body, byte_buffer& answer) {
    const result<packet::conn> greeting = packet::decode_as<packet::conn>(body);
    if (!greeting) return greeting.error();
    session& client = here.session_;
    const auto& decide = client.service_->routes->on_conn_;
    const packet::outcome decision = decide ? decide(here, *greeting) : packet::outcome::ok;
    packet::encode(packet::conn_ack{greeting->id, decision}, answer);
    if (decision != packet::outcome::ok) return errc::refused;
    if (protocol::knows_extensions(*greeting)) client.knows_extensions_ = true;
    return {};
}

error_code router::answer_ping(context& here, bytes body, byte_buffer& answer) {
    const result<packet::ping> asked = packet::decode_as<packet::ping>(body);
    if (!asked) return asked.error();
    here.session_.knows_extensions_ = true;
    packet::encode(packet::pong{asked->id}, answer);
    return {};
}

}  // namespace hawser::server
