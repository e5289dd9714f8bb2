#include "tally.hpp"

#include <hawser/server/server.hpp>

namespace hawser::inline v0::server {

void tally::add_ended(const session& one) noexcept {
    if (one.common().serve_bytes() == nullptr) {
        frames_in_.add(one.frames().in().frames());
        frames_out_.add(one.frames().out().frames());
    } else {
        bytes_in_.add(one.frames().in().position());
        bytes_out_.add(one.frames().out().written());
    }
    const frame::push_counts counted = one.pushes();
    pushes_.waited.add(counted.waited);
    pushes_.dropped_newest.add(counted.dropped_newest);
    pushes_.dropped_oldest.add(counted.dropped_oldest);
    pushes_.coalesced.add(counted.coalesced);
    pushes_.timed_out.add(counted.timed_out);
    pushes_.closed.add(counted.closed);
}

void tally::add_cut(const session::cut_result& of) noexcept {
    forced_.add(of.is_forced ? 1 : 0);
    unanswered_.add(of.unanswered);
}

void tally::add_published(std::uint64_t given, std::uint64_t lost) noexcept {
    published_.add(given);
    lost_.add(lost);
}

void tally::add_to(report& sum, std::size_t open) const noexcept {
    sum.frames_in += frames_in_.value();
    sum.frames_out += frames_out_.value();
    sum.bytes_in += bytes_in_.value();
    sum.bytes_out += bytes_out_.value();
    sum.pushes += frame::push_counts{.waited = pushes_.waited.value(),
                                     .dropped_newest = pushes_.dropped_newest.value(),
                                     .dropped_oldest = pushes_.dropped_oldest.value(),
                                     .coalesced = pushes_.coalesced.value(),
                                     .timed_out = pushes_.timed_out.value(),
                                     .closed = pushes_.closed.value()};
    sum.forced += are_cut_.load(std::memory_order_acquire) ? forced_.value() : open;
    sum.unanswered += unanswered_.value();
    sum.published += published_.value();
    sum.lost += lost_.value();
}

}   // namespace hawser::server
