// worker: one thread of a server: its io_context and its sessions.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task.hpp>

#include "activity.hpp"
#include "mailbox.hpp"
#include "session.hpp"
#include "tally.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::server {

/// An io_context that can let go of everything it holds and still be there for what that refers to.
class own_context final : public io::asio::io_context {
public:
    own_context() : io::asio::io_context(1) {}   // run by one thread
    using io::asio::io_context::shutdown;
};

class datagram_port;

class worker {
    std::unique_ptr<own_context> own_;   // before all that needs it
    io::executor executor_;

public:
    /// With an io_context of its own.
    worker() : own_(std::make_unique<own_context>()), executor_(own_->get_executor()) {}
    /// On the user's, which outlives this.
    explicit worker(io::asio::io_context& users) : executor_(users.get_executor()) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    /// A worker's coroutines may wait for another's, so shut all of them down before one is destroyed.
    ~worker() { shut_down(); }

    /// Runs an own io_context on this thread, until nothing is left or it is stopped.
    void run(const service& of);
    /// Destroys the coroutines that are left in an own io_context; its thread has ended.
    void shut_down() {
        if (own_) own_->shutdown();
    }
    /// Runs it until nothing is left or it is stopped, also past a wait that Asio had no memory for: that was thrown
    /// out of it, and whoever would have waited is gone.
    static void run_through(io::asio::io_context& context);
    /// Whether this thread is in run() for this service.
    [[nodiscard]] static bool runs_here(const service& of) noexcept;

    [[nodiscard]] const io::executor& executor() const noexcept { return executor_; }
    [[nodiscard]] io::asio::io_context& context() const noexcept { return executor_.context(); }

    // On its thread.

    void add(session& opened);
    void remove(session& ended) noexcept;
    /// Before its thread begins. It is drained, cut and counted as the sessions are.
    void add(datagram_port& opened) { ports_.push_back(&opened); }
    /// Every session finishes what it has received and ends, before `end` if it can; so does
    /// every one that is added later.
    void drain(io::time_point end);
    /// The same, soon, from the front's thread: takes no memory. `owner` keeps this until then.
    void drain_soon(io::time_point end, std::shared_ptr<const void> owner) noexcept;
    /// Every session ends now, and what they leave behind is counted.
    void cut_all();
    /// Whether a frame that is published now, on this thread, may be given to the sessions at
    /// once: nothing waits before it.
    [[nodiscard]] bool can_hand_out() const noexcept { return !is_handing_out_ && box.size() == 0; }
    /// A frame from elsewhere for one session that had no room for it.
    void count_lost_push() noexcept { counted_.add_published(0, 1); }
    /// Gives every session that is open what the letter has for it.
    void hand_out(const mailbox::letter& what);
    /// Takes memory back from sessions while there is too little: room that holds nothing, then from those who keep
    /// most for longest, by ending them.
    void relieve() noexcept;

    /// For encoding one packet; nobody keeps it across a co_await.
    byte_buffer scratch;

    // What of the user's it is busy with: see activity.hpp.

    void begins(const session& whose, const std::string_view& what) noexcept { busy_.begins(whose, what); }
    void begins(const std::string_view& what) noexcept { busy_.begins(what); }
    void begins_for_nobody(const std::string_view& what) noexcept { busy_.begins_for_nobody(what); }
    void forget(const session& whose) noexcept { busy_.forget(whose); }
    void has_ended() const noexcept { busy_.has_ended(); }

    // When its thread is not to be waited for any more.

    void give_up() noexcept { busy_.give_up(); }
    /// What began last on a thread that is blocked.
    [[nodiscard]] std::string last_begun() const { return busy_.last_begun(); }
    /// What awaits functions that it has offloaded; on a thread that has ended.
    [[nodiscard]] std::vector<std::string> under_way();
    /// No function that was offloaded here runs any more, and none will begin if the thread has ended.
    [[nodiscard]] bool has_no_offloaded() const noexcept;

    // From any thread.

    /// What there is to be told to its sessions.
    mailbox box{executor_, [this] { deliver(); }};
    std::atomic<bool> has_returned{true};   ///< from run()
    /// Connections accepted for this worker of which anything is left. Changed on the front's thread.
    std::atomic<std::size_t> live{0};

    /// When all has ended that will. What a thread that is blocked has not handed out is lost for each of its sessions.
    void add_to(report& sum) noexcept;

private:
    void take_back(io::duration least_age, double goal) noexcept;
    [[nodiscard]] std::size_t too_much(std::size_t kept, double goal) const noexcept;
    void deliver();
    void drain_when_told();
    void count_lost();

    activity busy_;
    tally counted_;
    session::list sessions_;
    std::vector<datagram_port*> ports_;
    bool is_handing_out_ = false;
    std::optional<io::time_point> drained_by_;                      // once draining
    std::atomic<io::time_point> drain_by_{io::time_point::max()};   // what the post below is to tell
    std::atomic<bool> is_told_{false};
    io::operation_memory telling_;
};

}   // namespace hawser::server
