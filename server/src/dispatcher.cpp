#include "dispatcher.hpp"

#include <hawser/io/memory_budget.hpp>
#include <hawser/io/memory_charge.hpp>
#include <hawser/server/error.hpp>
#include <hawser/server/router.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>

namespace hawser::inline v0::server {

namespace {

// Of the coroutines of a concurrent call, with a handler that does not much.
constexpr std::size_t call_frames = 1024;

std::size_t memory_of_call(const byte_buffer& body) { return call_frames + body.capacity(); }

// What of a body that breaks the protocol: its packet and field. Without memory nothing is said.
std::string fault_of(const session& of, bytes body) noexcept try {
    return of.why_unhandled(body).place();
} catch (const std::bad_alloc&) {
    return {};
}

// The session ends. False.
bool fails(session& of, const error_code& why, bytes body) {
    if (why == condition::invalid) of.breach(why, of.last_frame(), fault_of(of, body));
    of.stop_handling(why == hawser::errc::too_long ? errc::answer_too_long : why);   // what the peer sent was a frame
    return false;
}

// Whether this call's body is for what takes the rest.
bool goes_to_rest(const session& of, const route& how, call& here) noexcept {
    const route& rest = of.common().routes()->rest();
    return rest && &how != &rest && here.is_unhandled();
}

// Of a concurrent call: the session, which handles others meanwhile, sees that its stream has failed. If it is ours, an
// answer that cannot be sent: what other calls have answered still goes out, as far as the kernel takes it.
void fails_alone(session& of, const error_code& why, bytes body, const stream_position& where) {
    if (why == condition::invalid) of.breach(why, where, fault_of(of, body));
    else of.frames().fail(why == hawser::errc::too_long ? errc::answer_too_long : why);
}

}   // namespace

std::uint32_t& dispatcher::call_group::count_of(const route& how) {
    const auto found = std::ranges::find(counts, &how, &std::pair<const route*, std::uint32_t>::first);
    return found == counts.end() ? counts.emplace_back(&how, 0).second : found->second;
}

bool dispatcher::call_group::any() const noexcept {
    return std::ranges::any_of(counts, [](const auto& one) { return one.second > 0; });
}

dispatcher::calls::calls(session& of)
    : watch(of.home().executor(), of.common().settings.request_timeout, io::calling<&session::request_late>(of)) {}

dispatcher::calls& dispatcher::more(session& of) {
    if (!under_way_) under_way_ = std::make_unique<calls>(of);
    return *under_way_;
}

std::vector<std::string> dispatcher::names() const {
    return under_way_ ? under_way_->watch.names() : std::vector<std::string>();
}

// Without a route, or with one that has to be awaited.
bool dispatcher::handle_another_way(session& of, const route& how, bytes body, io::task<void>& to_await) {
    if (how) {
        to_await = how.concurrent_calls > 0 ? await_concurrently(of, how, body) : await(of, how, body);
        return false;
    }
    call here(of);
    const std::optional<error_code> taken = of.take_control(here, body);
    if (taken && !*taken) return conclude(of, here, body, to_await);
    static_cast<void>(here.failed(taken ? *taken : of.why_unhandled(body).why));
    return handle_rest(of, here, body, to_await);
}

// What no handler takes, a plain handler's answer that has no room, or what went wrong.
bool dispatcher::handle_rest(session& of, call& here, bytes body, io::task<void>& to_await) {
    const route& rest = of.common().routes()->rest();
    if (rest && here.is_unhandled()) {
        here.begin_again();
        if (rest.awaited != nullptr) {
            to_await = await(of, rest, body);
            return false;
        }
        of.home().begins(of, rest.name);
        static_cast<void>(rest.at_once(rest.handler.get(), here, body));
        of.home().has_ended();
    }
    return conclude(of, here, body, to_await);
}

bool dispatcher::conclude(session& of, call& here, bytes body, io::task<void>& to_await) {
    if (const error_code* const why = here.why()) return fails(of, *why, body);
    byte_buffer* const answer = here.waiting();
    if (answer == nullptr) return true;
    to_await = send_when_there_is_room(of, std::move(*answer), body);
    return false;
}

// What waits, for room in the outbox or for a coroutine. Earlier answers do not wait for it.

io::task<void> dispatcher::send_when_there_is_room(session& of, byte_buffer answer, bytes body) {
    io::frame_stream& frames = of.frames();
    frames.flush_soon();
    answer_waits_ = true;
    const result<void> sent = co_await frames.send(answer.view());
    answer_waits_ = false;
    if (!sent) static_cast<void>(fails(of, sent.error(), body));
}

// By what takes the rest, if its own handler did not.
io::task<void> dispatcher::await_rest(session& of, call& here, bytes body) {
    const route& rest = of.common().routes()->rest();
    here.begin_again();
    of.home().begins(of, rest.name);
    if (rest.at_once != nullptr) static_cast<void>(rest.at_once(rest.handler.get(), here, body));
    else co_await rest.awaited(rest.handler.get(), here, body);
}

// Counted for good if its handler throws: that request has no answer.
io::task<void> dispatcher::await(session& of, const route& how, bytes body) {
    of.frames().flush_soon();
    calls& mine = more(of);
    request_watch::request under_way;
    call here(of);
    ++mine.unanswered;
    mine.watch.begin(under_way, how.name);
    of.home().begins(of, how.name);
    co_await how.awaited(how.handler.get(), here, body);
    if (goes_to_rest(of, how, here)) co_await await_rest(of, here, body);
    of.home().has_ended();
    if (here.waiting() != nullptr) co_await send_waiting(of, here);
    mine.watch.end(under_way);
    const error_code* const why = here.why();
    if (why == nullptr || *why != errc::handler_failed) --mine.unanswered;
    if (why != nullptr) static_cast<void>(fails(of, *why, body));
}

io::task<void> dispatcher::send_waiting(session& of, call& here) {
    const result<void> sent = co_await of.frames().send(here.waiting()->view());
    if (!sent) static_cast<void>(here.failed(sent.error()));
}

// Waits for a free call, then starts one on a copy of the body and goes on. While memory is short, a session that
// holds something stands in line for each call but the first, and behind it while its calls hold much: that is not
// brought back by closing it.
io::task<void> dispatcher::await_concurrently(session& of, const route& how, bytes body) {
    io::frame_stream& frames = of.frames();
    frames.flush_soon();
    calls& mine = more(of);
    if (!mine.concurrent) mine.concurrent = std::make_unique<call_group>(frames.get_executor());
    call_group& all = *mine.concurrent;
    static_cast<void>(all.count_of(how));   // made here: it has its memory before it is needed
    ++mine.unanswered;
    std::optional<io::memory_account::turn> turn;
    const auto must_wait = [&] {
        return all.count_of(how) == how.concurrent_calls || (turn && !turn->has_come() && all.any());
    };
    if (all.any() && frames.memory().must_pause())
        turn.emplace(io::memory_account::of(frames.get_executor()), frames.memory().pauses(all.ended));
    while (must_wait()) {
        co_await all.ended.wait();
        if (turn && turn->broken_by()) frames.memory().shed(turn->broken_by());
        if (frames.failure()) of.stop_handling(frames.failure());
        if (of.is_over()) co_return;
    }
    byte_buffer copy(body.size());
    copy.append(body);
    frames.memory().hold(memory_of_call(copy));
    ++all.count_of(how);
    all.children.spawn(concurrent_call(of.shared_from_this(), how, std::move(copy), of.last_frame()));
}

// Shares the session: when the user's io_context goes down with both, its coroutine may be the last.
io::task<void> dispatcher::concurrent_call(std::shared_ptr<session> self, const route& how, byte_buffer body,
                                           stream_position where) {
    session& of = *self;
    calls& mine = *under_way_;
    io::frame_stream& frames = of.frames();
    request_watch::request under_way;
    call here(of);
    mine.watch.begin(under_way, how.name);
    of.home().begins(of, how.name);
    try {
        co_await how.awaited(how.handler.get(), here, body.view());
        if (goes_to_rest(of, how, here)) co_await await_rest(of, here, body.view());
        of.home().has_ended();
        if (here.waiting() != nullptr) co_await send_waiting(of, here);
        const error_code* const why = here.why();
        if (why == nullptr || *why != errc::handler_failed) --mine.unanswered;
        if (why != nullptr) fails_alone(of, *why, body.view(), where);
    } catch (const std::bad_alloc&) {   // not of the handler: see route.hpp
        of.no_memory();
    } catch (...) {   // of how the user's fields are read
        of.handler_failed(std::current_exception());
    }
    mine.watch.end(under_way);
    frames.memory().release(memory_of_call(body));
    --mine.concurrent->count_of(how);
    mine.concurrent->ended.notify();
}

// Children: what a handler, or serve, has begun beside the requests.

error_code dispatcher::spawn(session& of, io::task<void> child) {
    std::unique_ptr<io::group>& children = more(of).children;
    if (!children) children = std::make_unique<io::group>(of.home().executor());
    if (children->running() >= of.common().settings.max_children) return errc::too_many_children;
    children->spawn(run_child(of.shared_from_this(), std::move(child)));
    return {};
}

io::task<void> dispatcher::run_child(std::shared_ptr<session> self, io::task<void> child) {
    const io::memory_charge charge(self->common().pool, call_frames);
    try {
        co_await std::move(child);
    } catch (...) {
        self->handler_failed(std::current_exception());
    }
}

}   // namespace hawser::server
