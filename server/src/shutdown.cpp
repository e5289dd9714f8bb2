// The end of a server: from the stop to its last thread.
#include "machinery.hpp"

#include <hawser/io/next_turn.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace hawser::server {

namespace {

// How long connections that were cut have for unwinding their coroutines.
constexpr io::duration unwinding = std::chrono::seconds(1);
// When a second signal said that nobody wants to wait.
constexpr io::duration hurried_unwinding = std::chrono::milliseconds(250);
// How long a thread that has nothing more to do may take to return; less counts as stuck on a busy machine.
constexpr io::duration returning = std::chrono::milliseconds(250);
constexpr io::duration look_interval = std::chrono::milliseconds(20);

}  // namespace

// A stop takes no memory, and however often it is asked for, one function is posted.
void server::machinery::ask_to_stop(io::duration grace) noexcept {
    const std::scoped_lock lock(mutex);
    ready = false;
    if (now == phase::ended) return;
    asked = std::min(grace, asked.value_or(grace));
    if (now == phase::running) obey_soon();
}

// With the lock.
void server::machinery::obey_soon() noexcept {
    if (std::exchange(is_obeying, true)) return;
    io::asio::post(front(), obeying.keep([self = shared_from_this()] { self->obey(); }));
}

void server::machinery::obey() noexcept {
    std::optional<io::duration> grace;
    {
        const std::scoped_lock lock(mutex);
        is_obeying = false;
        grace = std::exchange(asked, std::nullopt);
    }
    if (grace) begin_stop(*grace);
}

// On the front's thread. Again: the earlier end counts.
void server::machinery::begin_stop(io::duration grace) noexcept {
    if (over) return;
    const io::time_point end = io::after(io::clock::now(), grace);
    const bool is_first = !std::exchange(stopping, true);
    if (!is_first && end >= grace_over->at()) return;
    grace_over->move(end);
    drained_by = end;
    last_moment = io::after(end, is_hurried() ? hurried_unwinding : unwinding);
    if (is_first) let_nobody_in(grace > io::duration::zero());
    tell_all_to_end();
}

// Whom there is no memory to tell is told a little later; to be told twice is nothing.
void server::machinery::tell_all_to_end() noexcept try {
    if (over) return;
    for (const auto& one : workers) post_to(*one, [&home = *one, end = drained_by] { home.drain(end); });
    if (!is_shutting_down) io::spawn(front(), shut_down(shared_from_this()), io::asio::detached);
    is_shutting_down = true;
} catch (const std::bad_alloc&) {
    tell_again->move(io::after(io::clock::now(), look_interval));
}

// Whoever waits to be accepted has been told by the system that it is connected, and may have sent a request.
void server::machinery::let_nobody_in(bool in_peace) {
    ready = false;
    for (const auto& source : listeners) {
        if (in_peace) door->accept_the_rest(*source);
        source->close();
    }
    open_at_stop = live();
    shared.events.stopping(open_at_stop);
}

// Without memory it begins anew when others have had their turn: nothing of it is done twice.
io::task<void> server::machinery::shut_down(std::shared_ptr<machinery> self) {
    io::operation_memory posted;
    for (bool is_done = false; !is_done;) {
        try {
            co_await self->see_all_off();
            is_done = true;
        } catch (const std::bad_alloc&) {
        }
        co_await io::next_turn(self->front(), posted);   // at the end too: to end a coroutine that has never waited takes memory
    }
    self->finish();
}

io::task<void> server::machinery::see_all_off() {
    co_await door->join();
    while (live() > 0 && !grace_over->expired()) co_await ended_one->wait();
    if (live() == 0) co_return;
    for (const auto& one : workers) post_to(*one, [&home = *one] { home.cut_all(); });
    if (!std::exchange(was_cut, true)) grace_over->move(io::after(io::clock::now(), is_hurried() ? hurried_unwinding : unwinding));
    while (live() > 0 && !grace_over->expired()) co_await ended_one->wait();
}

bool server::machinery::is_hurried() const noexcept {
    return signals && io::stop_signals::asked() == io::stop_signals::wish::end_at_once;
}

// Lets the threads go. A handler that will not end is left behind with its io_context, if that is ours.
void server::machinery::finish() {
    over = true;
    shared.is_over = true;
    grace_over->clear();
    tell_again->clear();
    let_in_later->clear();
    if (signals) signals->end();
    outcome = make_report();
    shared.events.stopped(outcome);
    const bool abandon = live() > 0 && !guards.empty();
    guards.clear();
    if (abandon) stop_contexts();
    const std::scoped_lock lock(mutex);
    now = phase::ended;
    ended.notify_all();
}

void server::machinery::stop_contexts() {
    for (const auto& one : workers) one->context().stop();
    own_front->stop();
}

// The end of the threads.

void server::machinery::join() {
    const std::scoped_lock lock(joining);
    if (threads.empty()) return;
    if (!threads_end()) return leave_behind();
    for (std::thread& one : threads) one.join();
    threads.clear();
    shut_contexts_down();
}

// Whoever waits for an abandoned session gets to know. Asio unwinds a coroutine through its own executor: destroyed by
// one io_context, it is posted to another, which may have been shut down already. So this goes on for as many rounds
// as coroutines may wait for each other across threads.
void server::machinery::shut_contexts_down() {
    constexpr int rounds = 16;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& one : workers) one->shut_down();
        own_front->shutdown();
    }
}

// False if one does not, and nobody wants to wait for it.
bool server::machinery::threads_end() {
    std::unique_lock lock(mutex);
    const auto wait_while = [&](auto goes_on) {
        while (!is_idle() && goes_on()) ended.wait_for(lock, look_interval);
        return is_idle();
    };
    const auto within = [](io::time_point end) { return [end] { return io::clock::now() < end; }; };
    const auto at_least = within(io::after(io::clock::now(), returning));
    if (wait_while([&] { return at_least() || !is_time_up(); })) return true;
    stop_contexts();   // what nobody waits for any more may still be under way on a thread that could return
    if (wait_while(within(io::after(io::clock::now(), returning)))) return true;
    for (const auto& one : workers) one->abandoned = true;
    return wait_while(within(io::after(io::clock::now(), look_interval)));
}

bool server::machinery::is_idle() const noexcept {
    return std::ranges::all_of(workers, [](const auto& one) { return one->has_returned && one->has_no_offloaded(); });
}

bool server::machinery::is_time_up() const {
    return is_hurried() || (shared.settings.on_stuck != stuck_policy::wait && io::clock::now() >= last_moment);
}

// What is left is never touched again, and so never destroyed: it still runs.
void server::machinery::leave_behind() {
    outcome.stuck = what_is_stuck();
    for (const std::string& one : outcome.stuck) shared.events.stuck(one);
    if (shared.settings.on_stuck == stuck_policy::abort) {
        for (const std::string& one : outcome.stuck) std::fprintf(stderr, "does not end: %s\n", one.c_str());
        std::abort();
    }
    static std::mutex access;
    static auto& left_behind = *new std::vector<std::shared_ptr<machinery>>;
    const std::scoped_lock lock(access);
    left_behind.push_back(shared_from_this());
    for (std::thread& one : threads) one.detach();
    threads.clear();
}

std::vector<std::string> server::machinery::what_is_stuck() const {
    std::vector<std::string> all;
    for (const auto& one : workers) {
        if (!one->has_returned) all.push_back(one->last_begun());
        else if (!one->has_no_offloaded()) std::ranges::copy(one->under_way(), std::back_inserter(all));
    }
    return all;
}

// What it came to.

std::size_t server::machinery::live() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : workers) sum += one->live.load(std::memory_order_relaxed);
    return sum;
}

// Of a worker that a handler still blocks nothing is known but how many sessions it has.
std::size_t server::machinery::forced() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : workers) {
        const bool is_known = one->was_cut.load(std::memory_order_acquire);
        sum += (is_known ? one->forced : one->live).load(std::memory_order_relaxed);
    }
    return sum;
}

// When all has ended that will.
report server::machinery::make_report() const {
    report made{.accepted = door->accepted(), .refused = door->refused(), .forced = forced()};
    made.drained = open_at_stop - std::min(open_at_stop, made.forced);
    for (const auto& one : workers) {
        made.frames_in += one->frames_in.load(std::memory_order_relaxed);
        made.frames_out += one->frames_out.load(std::memory_order_relaxed);
        made.unanswered += one->unanswered.load(std::memory_order_relaxed);
        made.pushes += one->pushes();
        made.published += one->handed_out.load(std::memory_order_relaxed);
        made.lost += one->lost.load(std::memory_order_relaxed) + one->left_in_box();
    }
    return made;
}

}  // namespace hawser::server
