// How a session's packets are handled, and the packets that need no handler.
#include <hawser/server/router.hpp>

#include <hawser/io/memory_budget.hpp>
#include <hawser/protocol/framed.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <optional>
#include <stdexcept>

namespace hawser::server {

namespace {

// Of the coroutines of a concurrent call, with a handler that does not much.
constexpr std::size_t call_frames = 1024;

std::ptrdiff_t memory_of_call(const byte_buffer& body) { return static_cast<std::ptrdiff_t>(call_frames + body.capacity()); }

// What a thread is busy with until the handler of the packet is known.
constexpr std::string_view next_packet = "a packet";

}  // namespace

router::router(const packet::outline& speaks) : speaks_(speaks) {
    if (!speaks.has_extensions()) return;
    const packet::command_place& place = speaks.place();
    add(place, packet::conn::code.value,
        {.at_once = &router::greet, .awaited = {}, .check = &packet::check_as<packet::conn>, .name = packet::name_of<packet::conn>()});
    add(place, packet::ping::code.value,
        {.at_once = &router::answer_ping, .awaited = {}, .check = &packet::check_as<packet::ping>, .name = packet::name_of<packet::ping>()});
    on<packet::pong>(&router::take_pong);
}

router& router::add(const packet::command_place& place, std::uint64_t command, route how) {
    if (place != speaks_.place())
        throw std::invalid_argument("a handler of a packet whose command is not where it is in the protocol " +
                                    std::string(speaks_.name()));
    if (const route* before = find(command)) {
        routes_[static_cast<std::size_t>(before - routes_.data())] = std::move(how);
        return *this;
    }
    if (command < direct_.size()) direct_[command] = static_cast<std::uint16_t>(routes_.size() + 1);
    else wide_.emplace(command, routes_.size());
    routes_.push_back(std::move(how));
    return *this;
}

// Of a command that is there.
router& router::allow(std::uint64_t command, std::uint32_t concurrent_calls) {
    routes_[static_cast<std::size_t>(find(command) - routes_.data())].concurrent_calls = concurrent_calls;
    return *this;
}

router& router::on_open(io::plain_function<void(context&)> hook) {
    on_open_ = std::move(hook);
    return *this;
}

router& router::on_conn(std::function<packet::outcome(context&, const packet::conn&)> hook) {
    on_conn_ = std::move(hook);
    return *this;
}

router& router::on_close(io::plain_function<void(context&, const ending&)> hook) {
    on_close_ = std::move(hook);
    return *this;
}

// Handles packets until something has to be waited for.
router::pause router::handle_arrived(session& client) const {
    client.home_.begins(client, next_packet);
    context here(client);
    while (const std::optional<bytes> body = client.frames_.next()) {
        const route* const how = route_of(*body);
        if (how == nullptr) return {.awaits = pause::what::end, .why = judge(client, why_no_route(*body), *body)};
        if (!how->at_once) return {.awaits = pause::what::call, .how = how, .body = *body};
        client.home_.begins(how->name);
        const error_code error = how->at_once(here, *body);
        client.home_.has_ended();
        if (!error) [[likely]] continue;
        if (error == hawser::errc::outbox_full) return {.awaits = pause::what::call, .how = how, .body = *body};
        return {.awaits = pause::what::end, .why = judge(client, error, *body)};
    }
    if (const error_code why = client.frames_.failure()) return {.awaits = pause::what::end, .why = why};
    return {};
}

// Why the session ends, after what a packet came to. A breach is noted in the session.
error_code router::judge(session& client, error_code error, bytes body) const {
    if (error == condition::invalid) client.breach(error, client.last_frame(), fault_of(error, body));
    return error == hawser::errc::too_long ? errc::answer_too_long : error;   // what the peer sent was a frame
}

error_code router::why_no_route(bytes body) const {
    if (!speaks_.place().is_in(body)) return packet::errc::short_body;
    const packet::decoded<void> known = speaks_.check(body);
    return known ? make_error_code(errc::no_handler) : known.error();
}

// What of a body that breaks the protocol: its packet and field. Looked for again: what is good need not carry it along. Without
// memory nothing is said.
std::string router::fault_of(const error_code& why, bytes body) const noexcept try {
    if (!speaks_.place().is_in(body)) return {};
    const std::uint64_t command = speaks_.place().read(body);
    if (why == errc::no_handler) {
        const packet::form* known = speaks_.find(command);
        return known == nullptr ? std::string() : std::string(known->name);
    }
    const route* how = find(command);
    const packet::decoded<void> read = how != nullptr ? how->check(body) : speaks_.check(body);
    return read ? std::string() : read.error().place();
} catch (const std::bad_alloc&) {
    return {};
}

// The part of handling that may wait: for room in the outbox, or for a coroutine. The session has it if there is an error.
io::task<void> router::handle(session& client, const route& how, bytes body) const {
    client.frames_.flush_soon();   // earlier answers do not wait for this one
    return how.concurrent_calls > 0 ? call_concurrently(client, how, body) : call(client, how, body);
}

io::task<void> router::call(session& client, const route& how, bytes body) const {
    error_code error;
    ++client.handling_;   // stays so if its handler throws: that request has no answer
    if (how.at_once) {
        const byte_buffer answer = std::move(client.home_.scratch);   // others of this thread use it while we wait
        const result<void> sent = co_await client.frames_.send(answer.view());
        if (!sent) error = sent.error();
    } else {
        request_watch::request under_way;
        client.requests().begin(under_way, how.name);
        client.home_.begins(client, how.name);
        context here(client);
        error = co_await how.awaited(here, body);
        client.home_.has_ended();
        client.requests().end(under_way);
    }
    if (error != errc::handler_failed) --client.handling_;
    if (error) client.ends(judge(client, error, body));
}

// Waits for a free call, then starts one on a copy of the body and goes on. While memory is short, a session that holds something
// stands in line for each call but the first, and behind it while its calls hold much: that is not brought back by closing it.
io::task<void> router::call_concurrently(session& client, const route& how, bytes body) const {
    std::unique_ptr<session::calls>& calls = client.more().concurrent;
    if (!calls) calls = std::make_unique<session::calls>(client.frames_.get_executor(), routes_.size());
    static_cast<void>(client.requests());   // made here: where it is used nobody could tell the session that it cannot be
    ++client.handling_;
    std::uint32_t& under_way = calls->under_way[static_cast<std::size_t>(&how - routes_.data())];
    std::optional<io::memory_account::turn> turn;
    const auto must_wait = [&] { return under_way == how.concurrent_calls || (turn && !turn->has_come() && calls->any()); };
    if (calls->any() && client.frames_.must_pause())
        turn.emplace(io::memory_account::of(client.frames_.get_executor()), client.frames_.pauses(calls->ended));
    while (must_wait()) {
        co_await calls->ended.wait();
        if (turn && turn->broken_by()) client.frames_.shed(turn->broken_by());
        if (client.frames_.failure()) client.ends(client.frames_.failure());
        if (client.is_over_) co_return;
    }
    byte_buffer copy(body.size());
    copy.append(body);
    client.frames_.hold_memory(memory_of_call(copy));
    ++under_way;
    client.frames_.hold_idle();
    calls->children.spawn(concurrent_call(client.shared_from_this(), how, std::move(copy), client.last_frame()));
}

// Shares the session: when the user's io_context goes down with both, its coroutine may be the last.
io::task<void> router::concurrent_call(std::shared_ptr<session> self, const route& how, byte_buffer body, place where) const {
    session& client = *self;
    request_watch::request under_way;
    client.requests().begin(under_way, how.name);
    client.home_.begins(client, how.name);
    context here(client);
    try {
        const error_code error = co_await how.awaited(here, body.view());
        client.home_.has_ended();
        if (error != errc::handler_failed) --client.handling_;
        if (error == condition::invalid) client.breach(error, where, fault_of(error, body.view()));
        // Ours, an answer that cannot be sent: what other calls have answered still goes out, as far as the kernel takes it.
        else if (error == hawser::errc::too_long) client.frames_.reject(errc::answer_too_long);
        else if (error) client.frames_.reject(error);
    } catch (const std::bad_alloc&) {   // not of the handler: see router::await_handler()
        client.no_memory();
    }
    client.requests().end(under_way);
    client.frames_.hold_memory(-memory_of_call(body));
    session::calls& calls = *client.concurrent();
    --calls.under_way[static_cast<std::size_t>(&how - routes_.data())];
    client.frames_.release_idle();
    calls.ended.notify();
}

error_code router::greet(context& here, bytes body) {
    const packet::decoded<packet::conn> greeting = packet::decode_as<packet::conn>(body);
    if (!greeting) return greeting.error();
    session& client = here.session_;
    const auto& decide = client.service_->routes->on_conn_;
    packet::outcome decision = packet::outcome::ok;
    context asked(client);   // its answer is the hook's
    try {
        if (decide) decision = decide(asked, *greeting);
    } catch (...) {
        return here.threw();
    }
    const error_code answered = here.enqueue(packet::conn_ack{greeting->id, decision});
    if (decision != packet::outcome::ok) client.finish(errc::refused);
    else if (protocol::knows_extensions(*greeting)) client.learn_extensions();
    return answered;
}

void router::take_pong(context& here, const packet::pong& answer) {
    session::pulse* const pulse = here.session_.beating();
    if (pulse) static_cast<void>(pulse->beat.answered(packet::serial::number(answer.id), io::clock::now()));
}

error_code router::answer_ping(context& here, bytes body) {
    const packet::decoded<packet::ping> asked = packet::decode_as<packet::ping>(body);
    if (!asked) return asked.error();
    here.session_.learn_extensions();
    return here.enqueue(packet::pong{asked->id});
}

}  // namespace hawser::server
