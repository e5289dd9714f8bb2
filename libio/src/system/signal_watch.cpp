#include <hawser/io/signal_watch.hpp>

#include <hawser/error.hpp>
#include <hawser/io/owned_descriptor.hpp>
#include <hawser/io/watchdog.hpp>

#include <fcntl.h>

#include <chrono>
#include <utility>

namespace hawser::inline v0::io {

namespace {

constexpr duration before_the_first = std::chrono::seconds(1);
constexpr duration after_the_first = std::chrono::milliseconds(50);

}   // namespace

signal_watch::signal_watch(const executor& where, std::function<void(stop_signals::wish)> tell)
    : tell_(std::move(tell)), woken_(where), next_look_(watchdog::of(where), calling<&signal_watch::look>(*this)) {
    owned_descriptor own(::fcntl(stop_signals::descriptor(), F_DUPFD_CLOEXEC, 0));
    error_code error;
    if (own.is_open()) woken_.assign(own.number(), error);
    if (woken_.is_open()) static_cast<void>(own.release());
    if (woken_.is_open()) wait_for_one();
    next_look_.move(clock::now());   // there may have been one before
}

// Once is enough: the descriptor stays readable.
void signal_watch::wait_for_one() {
    woken_.async_wait(woken_.wait_read, memory_.keep([this](const error_code& failed) {
        if (!failed && woken_.is_open()) look();
    }));
}

void signal_watch::look() noexcept {
    const stop_signals::wish asked = stop_signals::asked();
    const bool is_news = std::exchange(told_, asked) != asked;
    next_look_.move(after(clock::now(), asked == stop_signals::wish::none ? before_the_first : after_the_first));
    if (is_news) tell_(asked);
}

void signal_watch::end() noexcept {
    next_look_.clear();
    error_code ignored;
    woken_.close(ignored);
}

}   // namespace hawser::io
