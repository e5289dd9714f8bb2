#include "worker.hpp"

#include "datagrams/datagram_port.hpp"
#include "eviction.hpp"

#include <hawser/io/memory_budget.hpp>
#include <hawser/io/offload.hpp>
#include <hawser/server/server.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <new>
#include <utility>

namespace hawser::inline v0::server {

namespace {

thread_local const service* served_here = nullptr;

// After so many sessions were told something, others of the thread have their turn: a millisecond or so.
constexpr std::size_t most_told = 4096;
// A peer that makes no progress for so long may only be slow. As long as the pool is not full it
// is left alone until then.
constexpr io::duration grace = std::chrono::milliseconds(100);

// Parts of the pool: what is in use when enough has been taken back, a little less than where memory begins to be
// short; when it is not full any more; and what those who keep something are left.
constexpr double relieved = 0.70;
constexpr double not_full = 0.90;
constexpr double always_left = 0.25;

}   // namespace

void worker::run(const service& of) {
    served_here = &of;
    run_through(*own_);
    served_here = nullptr;
}

void worker::run_through(io::asio::io_context& context) {
    for (bool has_ended = false; !has_ended;) {
        try {
            context.run();
            has_ended = true;
        } catch (const std::bad_alloc&) {   // the others go on
        }
    }
}

bool worker::runs_here(const service& of) noexcept { return served_here == &of; }

void worker::add(session& opened) {
    sessions_.push_back(opened);
    if (drained_by_) opened.drain(*drained_by_);
}

void worker::remove(session& ended) noexcept {
    sessions_.erase(sessions_.iterator_to(ended));
    counted_.add_ended(ended);
}

void worker::drain(io::time_point end) {
    drained_by_ = end;
    for (datagram_port* const one : ports_) one->drain(end);
    drain_when_told();
}

// One post for all that is told until it comes; it reads what was told last.
void worker::drain_soon(io::time_point end, std::shared_ptr<const void> owner) noexcept {
    drain_by_ = end;
    if (is_told_.exchange(true)) return;
    io::asio::post(executor_, telling_.keep([this, alive = std::move(owner)] {
        is_told_ = false;
        drain(drain_by_);
    }));
}

// What was published before the stop is among what they still get.
void worker::drain_when_told() {
    if (!drained_by_ || box.size() > 0) return;
    for (session& open : sessions_) open.drain(*drained_by_);
}

void worker::cut_all() {
    if (counted_.are_cut()) return;   // what each leaves behind counts once
    for (datagram_port* const one : ports_) one->cut();
    for (session& open : sessions_) counted_.add_cut(open.cut());
    counted_.all_are_cut();
}

void worker::hand_out(const mailbox::letter& what) {
    is_handing_out_ = true;
    std::uint64_t given = 0;
    std::uint64_t refused = 0;
    for (session& open : sessions_) {
        if (what.visit) open.visit(*what.visit);
        else if (open.number() != what.except && !open.is_strange())
            ++(open.take_published(what.frame, what.as) ? given : refused);
    }
    counted_.add_published(given, refused);
    is_handing_out_ = false;
}

// A turn. The rest has another one.
void worker::deliver() {
    count_lost();
    const std::size_t readers = std::max<std::size_t>(1, live.load(std::memory_order_relaxed));
    for (std::size_t told = 0; told < most_told; told += readers) {
        const std::optional<mailbox::letter> next = box.take();
        if (!next) return drain_when_told();
        hand_out(*next);
    }
    box.wake();
}

// A letter that was lost was lost for each of them.
void worker::count_lost() {
    if (const std::size_t letters = box.take_lost())
        counted_.add_published(0,
                               letters * static_cast<std::uint64_t>(std::distance(sessions_.begin(), sessions_.end())));
}

void worker::add_to(report& sum) noexcept {
    const std::size_t open = live.load(std::memory_order_relaxed);
    counted_.add_to(sum, open);
    for (const datagram_port* const one : ports_) sum.datagrams += one->counts();
    sum.lost += static_cast<std::uint64_t>(box.size() + box.take_lost()) * open;
}

// Some names are enough for whoever looks for what is wrong.
std::vector<std::string> worker::under_way() {
    constexpr std::size_t most = 4;
    std::vector<std::string> names;
    for (const session& open : sessions_) {
        for (const std::string& one : open.under_way()) names.push_back(one + " of " + open.text());
        if (names.size() >= most) break;
    }
    for (const datagram_port* const one : ports_)
        if (one->counts().cut > 0) names.emplace_back(datagram_port::handler_name);
    if (names.empty()) names.emplace_back("an offloaded function that nobody awaits any more");
    return names;
}

bool worker::has_no_offloaded() const noexcept {
    return !io::asio::has_service<io::offload_pool>(executor_.context()) || io::offload_pool::of(executor_).has_ended();
}

// From those who make no progress until there is enough; and if it is full then, from the others until it is not.
void worker::relieve() noexcept {
    const io::memory_account& account = io::memory_account::of(executor_);
    for (session& open : sessions_) open.frames().memory().compact();
    if (account.is_short()) take_back(grace, relieved);
    if (account.level() >= io::pressure::stop_growing) take_back(io::duration::zero(), not_full);
}

void worker::take_back(io::duration least_age, double goal) noexcept {
    const io::time_point now = io::clock::now();
    eviction chosen(least_age);
    std::size_t kept = 0;
    for (session& open : sessions_) {
        const io::kept_memory keeps = open.frames().memory().keeps(now);
        kept += keeps.bytes;
        if (keeps.bytes > 0) chosen.consider(keeps.bytes, keeps.age);
    }
    chosen.choose(too_much(kept, goal));
    for (session& open : sessions_) {
        const io::kept_memory keeps = open.frames().memory().keeps(now);
        if (keeps.bytes > 0 && chosen.takes(keeps.bytes, keeps.age)) open.shed();
    }
}

// This thread's part of it. What running handlers hold comes back when they end, and nobody is closed in vain for it: a
// quarter of the pool is left to the others in any case. Frames that are shared count for each who holds them; if less
// comes back than was counted, the next look takes more.
std::size_t worker::too_much(std::size_t kept, double goal) const noexcept {
    const io::memory_budget& pool = *io::memory_account::of(executor_).pool();
    const auto mine = static_cast<double>(kept);
    const auto size = static_cast<double>(pool.size());
    const auto drawn = std::max(1.0, static_cast<double>(pool.drawn()));
    const double of_it = (drawn - goal * size) * std::min(1.0, mine / drawn);
    const double at_most = mine - always_left * size / static_cast<double>(pool.accounts());
    return static_cast<std::size_t>(std::max(0.0, std::min(of_it, at_most)));
}

}   // namespace hawser::server
