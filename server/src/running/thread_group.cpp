#include "thread_group.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// How long a thread that has nothing more to do may take to return; less counts as stuck on a busy machine.
constexpr io::duration returning = std::chrono::milliseconds(250);
constexpr io::duration next_look = std::chrono::milliseconds(20);

}   // namespace

thread_group::~thread_group() {
    crew_.stop();
    join();
}

void thread_group::start(const service& of, bool with_front) {
    for (const auto& one : crew_.workers()) start(*one, of);
    if (with_front) start([this] { crew_.run_front(); });
}

void thread_group::start(std::function<void()> what) {
    const std::size_t all = crew_.workers().size();
    const std::size_t number = threads_.size() + 1;
    try {
        threads_.emplace_back(std::move(what));
    } catch (const std::system_error& error) {
        const std::string which = number > all ? "the thread that accepts"
                                               : "thread " + std::to_string(number) + " of " + std::to_string(all);
        throw std::system_error(error.code(), "cannot start " + which);
    }
}

void thread_group::start(worker& home, const service& of) {
    home.has_returned = false;
    try {
        start([this, &home, &of] {
            home.run(of);
            const std::scoped_lock lock(mutex_);
            home.has_returned = true;
            returned_.notify_all();
        });
    } catch (...) {
        home.has_returned = true;
        throw;
    }
}

void thread_group::settle(const std::function<bool()>& is_time_up, const std::function<void()>& abandon) noexcept {
    const std::scoped_lock lock(settling_);
    if (threads_.empty()) return;
    if (return_in_time(is_time_up)) return join();
    abandon();
    for (std::thread& one : threads_) one.detach();
    threads_.clear();
}

bool thread_group::return_in_time(const std::function<bool()>& is_time_up) {
    std::unique_lock lock(mutex_);
    const auto wait_while = [&](auto goes_on) {
        while (!have_returned() && goes_on()) returned_.wait_for(lock, next_look);
        return have_returned();
    };
    const auto within = [](io::time_point end) { return [end] { return io::clock::now() < end; }; };
    const auto at_least = within(io::after(io::clock::now(), returning));
    if (wait_while([&] { return at_least() || !is_time_up(); })) return true;
    crew_.stop();   // what nobody waits for any more may still be under way on a thread that could return
    if (wait_while(within(io::after(io::clock::now(), returning)))) return true;
    for (const auto& one : crew_.workers()) one->give_up();
    return wait_while(within(io::after(io::clock::now(), next_look)));
}

bool thread_group::have_returned() const noexcept {
    return std::ranges::all_of(crew_.workers(),
                               [](const auto& one) { return one->has_returned && one->has_no_offloaded(); });
}

void thread_group::join() {
    for (std::thread& one : threads_) one.join();
    threads_.clear();
    crew_.shut_down();
}

std::vector<std::string> thread_group::stuck() const {
    std::vector<std::string> all;
    for (const auto& one : crew_.workers()) {
        if (!one->has_returned) all.push_back(one->last_begun());
        else if (!one->has_no_offloaded()) std::ranges::copy(one->under_way(), std::back_inserter(all));
    }
    return all;
}

}   // namespace hawser::server
