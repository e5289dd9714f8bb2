#include <hawser/io/stop_signals.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <optional>

namespace hawser::inline v0::io {

namespace {

constexpr std::array<int, 3> known = {SIGINT, SIGTERM, SIGHUP};
constexpr int unanswered = 3;   // what run() would return

// What the handler touches: only these, as it may come at any instruction.
std::atomic<unsigned> asked_for{0};
std::atomic<std::int64_t> last_counted{0};   // when, on the steady clock, in nanoseconds
std::atomic<int> wakes{-1};
std::atomic<unsigned> who_obey{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<unsigned>::is_always_lock_free);

// Who has caught them, and what was there before.
struct holders {
    std::mutex mutex;
    unsigned count = 0;
    std::array<std::optional<struct sigaction>, known.size()> before{};   // of those that are caught
};

holders& held() {
    static holders all;
    return all;
}

std::int64_t now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Not in the place of a standard stream that is closed: what is written there is not for us.
int open_wakes() noexcept {
    const int made = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (made < 0 || made > STDERR_FILENO) return made;
    const int moved = ::fcntl(made, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ::close(made);
    return moved;
}

extern "C" void hawser_stop_signal(int) {
    const int kept = errno;
    const std::int64_t came = now();
    std::int64_t before = last_counted;
    constexpr std::int64_t same = std::chrono::nanoseconds(stop_signals::same_within).count();
    const bool is_another = asked_for == 0 || came - before >= same;
    if (is_another && last_counted.compare_exchange_strong(before, came)) ++asked_for;   // two threads may be here
    if (asked_for > 2 || (asked_for == 2 && who_obey == 0)) ::_exit(unanswered);
    const std::uint64_t one = 1;
    // Who waits looks from time to time, too.
    [[maybe_unused]] const ssize_t written = ::write(wakes, &one, sizeof one);
    errno = kept;
}

// Somebody may have put another in its place meanwhile.
bool is_still_ours(int signal) noexcept {
    struct sigaction now{};
    return ::sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
           now.sa_handler == hawser_stop_signal;
}

// What was done with it, if that was to end the process; otherwise it is left alone.
std::optional<struct sigaction> caught(int signal) noexcept {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) != 0) return std::nullopt;
    if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) return std::nullopt;
    struct sigaction ours{};
    ours.sa_handler = hawser_stop_signal;
    ours.sa_flags = SA_RESTART;
    sigfillset(&ours.sa_mask);
    ::sigaction(signal, &ours, nullptr);
    return before;
}

}   // namespace

stop_signals::stop_signals(also more) noexcept {
    holders& all = held();
    const std::scoped_lock lock(all.mutex);
    if (all.count++ == 0) {
        asked_for = 0;
        wakes = open_wakes();
    }
    sigset_t let_in;
    sigemptyset(&let_in);
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i] == SIGHUP && more != also::hang_up) continue;
        if (!all.before[i] || !is_still_ours(known[i])) all.before[i] = caught(known[i]);
        if (all.before[i]) sigaddset(&let_in, known[i]);
    }
    sigset_t mask_before;
    sigemptyset(&mask_before);
    ::pthread_sigmask(SIG_UNBLOCK, &let_in, &mask_before);
    sigandset(&unblocked_, &let_in, &mask_before);
}

// What others have made of their signals and masks meanwhile stays.
stop_signals::~stop_signals() {
    ::pthread_sigmask(SIG_BLOCK, &unblocked_, nullptr);
    holders& all = held();
    const std::scoped_lock lock(all.mutex);
    if (--all.count > 0) return;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (all.before[i] && is_still_ours(known[i])) ::sigaction(known[i], &*all.before[i], nullptr);
        all.before[i].reset();
    }
    const int descriptor = wakes.exchange(-1);
    if (descriptor >= 0) ::close(descriptor);
}

stop_signals::wish stop_signals::asked() noexcept {
    const unsigned count = asked_for;
    return count == 0 ? wish::none : count == 1 ? wish::drain : wish::end_at_once;
}

int stop_signals::descriptor() noexcept { return wakes; }

stop_signals::obeyed::obeyed() noexcept { ++who_obey; }
stop_signals::obeyed::~obeyed() { --who_obey; }

}   // namespace hawser::io
