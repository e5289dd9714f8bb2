// request_watch: whether a handler that awaits is late with its answer. One for each session that has such handlers.
//
//   request_watch::request under_way;
//   watch.begin(under_way);
//   co_await handler(...);
//   watch.end(under_way);
//
// One deadline for all requests of a connection: that of the oldest, as all have the same time. It rests far away while
// there are none, since moving a deadline later is a store.
#pragma once

#include <hawser/io/deadline.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::server {

class request_watch {
public:
    /// One request, as long as its handler runs; it lives in the coroutine that awaits it.
    struct request : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        io::time_point late_at{};
        std::string_view name;   ///< of its packet
    };

    /// `when_late` is called when a request has taken `timeout`; zero is never.
    request_watch(const io::executor& where, io::duration timeout, io::callback when_late)
        : timeout_(timeout), late_(io::watchdog::of(where), when_late) {}

    void begin(request& which, std::string_view name = {}) {
        which.name = name;
        which.late_at = has_end() ? io::after(io::clock::now(), timeout_) : far_away;
        under_way_.push_back(which);
        if (has_end() && &under_way_.front() == &which) late_.move(which.late_at);
    }

    void end(request& which) {
        const bool was_oldest = &under_way_.front() == &which;
        which.unlink();
        if (was_oldest && has_end()) late_.move(under_way_.empty() ? far_away : under_way_.front().late_at);
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const request& one : under_way_) all.emplace_back(one.name);
        return all;
    }
    /// How many are under way; all of them are visited.
    [[nodiscard]] std::size_t size() const noexcept { return under_way_.size(); }

private:
    [[nodiscard]] bool has_end() const noexcept { return timeout_ != io::duration::zero(); }

    static constexpr io::time_point far_away = io::time_point::max() - std::chrono::nanoseconds(1);

    io::duration timeout_;
    io::deadline late_;
    boost::intrusive::list<request, boost::intrusive::constant_time_size<false>> under_way_;
};

}   // namespace hawser::server
