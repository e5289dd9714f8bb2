#include "dispatcher.hpp"

#include <hawser/io/memory_budget.hpp>
#include <hawser/server/error.hpp>
#include <hawser/server/router.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <algorithm>
#include <new>
#include <optional>

namespace hawser::server {

namespace {

// Of the coroutines of a concurrent call, with a handler that does not much.
constexpr std::size_t call_frames = 1024;

std::ptrdiff_t memory_of_call(const byte_buffer& body) { return static_cast<std::ptrdiff_t>(call_frames + body.capacity()); }

}  // namespace

std::uint32_t& dispatcher::crowd::count_of(const route& how) {
    const auto found = std::ranges::find(counts, &how, &std::pair<const route*, std::uint32_t>::first);
    return found == counts.end() ? counts.emplace_back(&how, 0).second : found->second;
}

bool dispatcher::crowd::any() const noexcept {
    return std::ranges::any_of(counts, [](const auto& one) { return one.second > 0; });
}

dispatcher::calls::calls(session& of)
    : watch(of.home().executor(), of.common().settings.request_timeout, io::calling<&session::request_late>(of)) {}

dispatcher::calls& dispatcher::more() {
    if (!under_way_) under_way_ = std::make_unique<calls>(session_);
    return *under_way_;
}

std::vector<std::string> dispatcher::names() const {
    return under_way_ ? under_way_->watch.names() : std::vector<std::string>();
}

bool dispatcher::handle(bytes body, io::task<void>& later) {
    const router& routes = *session_.common().routes();
    const packet::command_place& place = routes.speaks().place();
    const route* const how = place.is_in(body) ? routes.find(place.read(body)) : nullptr;
    if (how == nullptr) return fails(why_no_route(body), body);
    if (how->at_once == nullptr) {
        later = how->concurrent_calls > 0 ? await_concurrently(*how, body) : await(*how, body);
        return false;
    }
    worker& home = session_.home();
    call here(session_);
    home.begins(session_, how->name);
    const bool is_done = how->at_once(how->handler.get(), here, body);
    home.has_ended();
    return is_done || handle_rest(here, body, later);
}

// A plain handler's answer that has no room, or what went wrong.
bool dispatcher::handle_rest(call& here, bytes body, io::task<void>& later) {
    if (here.why()) return fails(here.why(), body);
    if (here.waiting().empty()) return true;
    later = send_later(std::move(here.waiting()), body);
    return false;
}

// The session ends. False.
bool dispatcher::fails(const error_code& why, bytes body) {
    if (why == condition::invalid) session_.breach(why, session_.last_frame(), fault_of(why, body));
    session_.ends(why == hawser::errc::too_long ? errc::answer_too_long : why);   // what the peer sent was a frame
    return false;
}

error_code dispatcher::why_no_route(bytes body) const {
    const packet::outline& speaks = session_.common().routes()->speaks();
    if (!speaks.place().is_in(body)) return packet::errc::short_body;
    const packet::decoded<void> known = speaks.check(body);
    return known ? make_error_code(errc::no_handler) : known.error();
}

// What of a body that breaks the protocol: its packet and field. Looked for again: what is good need not carry it along. Without
// memory nothing is said.
std::string dispatcher::fault_of(const error_code& why, bytes body) const noexcept try {
    const router& routes = *session_.common().routes();
    const packet::outline& speaks = routes.speaks();
    if (!speaks.place().is_in(body)) return {};
    const std::uint64_t command = speaks.place().read(body);
    if (why == errc::no_handler) {
        const packet::form* known = speaks.find(command);
        return known == nullptr ? std::string() : std::string(known->name);
    }
    const route* how = routes.find(command);
    const packet::decoded<void> read = how != nullptr ? how->check(body) : speaks.check(body);
    return read ? std::string() : read.error().place();
} catch (const std::bad_alloc&) {
    return {};
}

// What waits, for room in the outbox or for a coroutine. Earlier answers do not wait for it.

io::task<void> dispatcher::send_later(byte_buffer answer, bytes body) {
    io::frame_stream& frames = session_.frames();
    frames.flush_soon();
    ++more().unanswered;
    const result<void> sent = co_await frames.send(answer.view());
    --under_way_->unanswered;
    if (!sent) static_cast<void>(fails(sent.error(), body));
}

// Counted for good if its handler throws: that request has no answer.
io::task<void> dispatcher::await(const route& how, bytes body) {
    session_.frames().flush_soon();
    calls& mine = more();
    request_watch::request under_way;
    call here(session_);
    ++mine.unanswered;
    mine.watch.begin(under_way, how.name);
    session_.home().begins(session_, how.name);
    co_await how.awaited(how.handler.get(), here, body);
    session_.home().has_ended();
    if (has_to_wait(here)) co_await send_waiting(here);
    mine.watch.end(under_way);
    if (here.why() != errc::handler_failed) --mine.unanswered;
    if (here.why()) static_cast<void>(fails(here.why(), body));
}

bool dispatcher::has_to_wait(call& here) noexcept { return !here.why() && !here.waiting().empty(); }

io::task<void> dispatcher::send_waiting(call& here) {
    const result<void> sent = co_await session_.frames().send(here.waiting().view());
    if (!sent) static_cast<void>(here.failed(sent.error()));
}

// Waits for a free call, then starts one on a copy of the body and goes on. While memory is short, a session that holds something
// stands in line for each call but the first, and behind it while its calls hold much: that is not brought back by closing it.
io::task<void> dispatcher::await_concurrently(const route& how, bytes body) {
    io::frame_stream& frames = session_.frames();
    frames.flush_soon();
    calls& mine = more();
    if (!mine.concurrent) mine.concurrent = std::make_unique<crowd>(frames.get_executor());
    crowd& all = *mine.concurrent;
    static_cast<void>(all.count_of(how));   // made here: it has its memory before it is needed
    ++mine.unanswered;
    std::optional<io::memory_account::turn> turn;
    const auto must_wait = [&] { return all.count_of(how) == how.concurrent_calls || (turn && !turn->has_come() && all.any()); };
    if (all.any() && frames.must_pause())
        turn.emplace(io::memory_account::of(frames.get_executor()), frames.pauses(all.ended));
    while (must_wait()) {
        co_await all.ended.wait();
        if (turn && turn->broken_by()) frames.shed(turn->broken_by());
        if (frames.failure()) session_.ends(frames.failure());
        if (session_.is_over()) co_return;
    }
    byte_buffer copy(body.size());
    copy.append(body);
    frames.hold_memory(memory_of_call(copy));
    ++all.count_of(how);
    frames.hold_idle();
    all.children.spawn(concurrent_call(session_.shared_from_this(), *this, how, std::move(copy), session_.last_frame()));
}

// Shares the session, whose dispatcher `of` is: when the user's io_context goes down with both, its coroutine may be the last.
io::task<void> dispatcher::concurrent_call(std::shared_ptr<session> self, dispatcher& of, const route& how, byte_buffer body, place where) {
    calls& mine = *of.under_way_;
    io::frame_stream& frames = self->frames();
    request_watch::request under_way;
    call here(*self);
    mine.watch.begin(under_way, how.name);
    self->home().begins(*self, how.name);
    try {
        co_await how.awaited(how.handler.get(), here, body.view());
        self->home().has_ended();
        if (has_to_wait(here)) co_await of.send_waiting(here);
        if (here.why() != errc::handler_failed) --mine.unanswered;
        if (here.why()) of.fails_alone(here.why(), body.view(), where);
    } catch (const std::bad_alloc&) {   // not of the handler: see route.hpp
        self->no_memory();
    }
    mine.watch.end(under_way);
    frames.hold_memory(-memory_of_call(body));
    --mine.concurrent->count_of(how);
    frames.release_idle();
    mine.concurrent->ended.notify();
}

// Of a concurrent call: the session, which handles others meanwhile, sees that its stream has failed. If it is ours, an answer that cannot be
// sent: what other calls have answered still goes out, as far as the kernel takes it.
void dispatcher::fails_alone(const error_code& why, bytes body, const place& where) {
    if (why == condition::invalid) session_.breach(why, where, fault_of(why, body));
    else session_.frames().reject(why == hawser::errc::too_long ? errc::answer_too_long : why);
}

}  // namespace hawser::server
