#include "line_writer.hpp"

#include "losses.hpp"

#include <hawser/io/process.hpp>
#include <hawser/log/log.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <new>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hawser::inline v0::log {

namespace {

using std::chrono::steady_clock;

constexpr auto between_looks = std::chrono::seconds(1);

// For whoever forgets to end it.
constexpr auto last_patience = std::chrono::seconds(1);

// A pipe takes so much in one piece: lines of several programs do not get mixed.
constexpr std::size_t most_at_once = PIPE_BUF;

}   // namespace

// Shared with the thread, which may outlive its owner.
struct line_writer::state {
    void run();
    void write(const std::vector<std::string>& lines);
    bool write(std::string_view text, std::size_t lines) noexcept;
    void tell_losses(bool at_last);
    void look();

    std::function<bool()> when_due;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> waiting;
    steady_clock::time_point due = steady_clock::time_point::max();   // of the next look
    bool ending = false;
    bool done = false;
    // Of the thread.
    std::string batch;
    std::atomic<std::size_t> in_hand = 0;   // lines that it has taken and not written yet
    std::atomic<bool> is_left_behind = false;
    std::uint64_t losses_told = 0;
    steady_clock::time_point told_at{};
};

void line_writer::state::run() {
    std::unique_lock lock(mutex);
    const auto has_work = [this] { return ending || !waiting.empty() || due <= steady_clock::now(); };
    for (bool at_last = false; !at_last;) {
        while (!has_work()) {
            if (due == steady_clock::time_point::max()) changed.wait(lock);
            else changed.wait_until(lock, due);
        }
        at_last = ending && waiting.empty();
        const std::vector<std::string> lines = std::exchange(waiting, {});
        in_hand = lines.size();
        lock.unlock();
        write(lines);
        if (is_left_behind) return;
        tell_losses(at_last);
        look();
        lock.lock();
    }
    done = true;
    changed.notify_all();
}

void line_writer::state::look() {
    {
        const std::scoped_lock lock(mutex);
        if (due > steady_clock::now()) return;
        due = steady_clock::time_point::max();
    }
    if (!when_due()) return;
    const std::scoped_lock lock(mutex);
    due = steady_clock::now() + between_looks;
}

void line_writer::state::write(const std::vector<std::string>& lines) {
    std::size_t count = 0;   // of lines in the batch
    const auto write_batch = [&] {
        if (count > 0) static_cast<void>(write(batch, std::exchange(count, 0)));
        batch.clear();
    };
    for (const std::string& line : lines) {
        if (batch.size() + line.size() > most_at_once) write_batch();
        if (line.size() > most_at_once) {
            static_cast<void>(write(line, 1));
        } else {
            batch += line;
            ++count;
        }
    }
    write_batch();
}

bool line_writer::state::write(std::string_view text, std::size_t lines) noexcept {
    const bool is_written = io::write_standard_error(text, is_left_behind);
    if (is_left_behind) return is_written;   // then they count as lost
    if (!is_written) note_lost(lines);       // a full disk, a reader that is gone: the next may go through
    in_hand -= lines;
    return is_written;
}

// One line a second at most.
void line_writer::state::tell_losses(bool at_last) {
    const std::uint64_t all = dropped();
    if (all == losses_told) return;
    const auto now = steady_clock::now();
    if (!at_last && now < told_at + between_looks) {
        const std::scoped_lock lock(mutex);
        due = std::min(due, told_at + between_looks);
        return;
    }
    told_at = now;
    char line[64];
    const int size = std::snprintf(line, sizeof line, "log: %llu lines lost\n",
                                   static_cast<unsigned long long>(all - losses_told));
    if (write({line, static_cast<std::size_t>(size)}, 0)) losses_told = all;
}

line_writer::line_writer(std::function<bool()> when_due) : state_(std::make_shared<state>()) {
    state_->when_due = std::move(when_due);
    state_->batch.reserve(most_at_once);   // here, where no memory may be thrown
    state_->losses_told = dropped();
    // Signals go to others; and SIGPIPE, which a write to a reader that is gone sends to this thread, to nobody.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([own = state_] { own->run(); });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

line_writer::~line_writer() { end_within(last_patience); }

void line_writer::put(std::string line) noexcept {
    try {
        const std::scoped_lock lock(state_->mutex);
        if (state_->ending || state_->waiting.size() >= queue_size) return note_lost(1);
        line += '\n';
        state_->waiting.push_back(std::move(line));
        state_->changed.notify_one();
    } catch (const std::bad_alloc&) {
        note_lost(1);
    }
}

void line_writer::look_soon() noexcept {
    const std::scoped_lock lock(state_->mutex);
    if (state_->due != steady_clock::time_point::max()) return;
    state_->due = steady_clock::now() + between_looks;
    state_->changed.notify_one();
}

void line_writer::end_within(io::duration patience) noexcept {
    if (!thread_.joinable()) return;
    std::unique_lock lock(state_->mutex);
    state_->ending = true;
    state_->changed.notify_all();
    if (state_->changed.wait_for(lock, patience, [this] { return state_->done; })) {
        lock.unlock();
        return thread_.join();
    }
    state_->is_left_behind = true;
    note_lost(state_->waiting.size() + state_->in_hand);
    thread_.detach();
}

}   // namespace hawser::log
