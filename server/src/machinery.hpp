// machinery: what a server consists of while it runs, from its start to its end.
//
// Owned by the server and by everything of it that still runs: the acceptors, the sessions, what was posted. So a server
// on the user's io_context may be destroyed while the rest of it is still to end.
#pragma once

#include <hawser/io/deadline.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/signal_watch.hpp>
#include <hawser/server/server.hpp>

#include "acceptor.hpp"
#include "departures.hpp"
#include "memory_guard.hpp"
#include "session.hpp"
#include "settings.hpp"
#include "worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hawser::server {

struct server::machinery : std::enable_shared_from_this<machinery> {
    machinery(config settings, std::function<io::task<void>(connection&)> serve, std::unique_ptr<const router> routes)
        : shared{effective(std::move(settings)), shared.settings.limits_of_all(), event_chain(shared.settings.events), std::move(serve),
                 std::move(routes)} {
        shared.ask_to_stop = [this] { ask_to_stop(shared.settings.drain_timeout); };
        shared.left = [this](worker& home, const io::endpoint& peer) { left(home, peer); };
    }

    /// With signals the front is the caller's, who goes on with run_front(); without them it has a thread of its own.
    result<void> start_on_threads(bool with_signals);
    result<void> start_on(io::asio::io_context& users);
    result<void> begin(const std::function<result<void>()>& start);
    void note_failure(std::string_view what, const error_code& why) noexcept;
    void take_back() noexcept;
    result<void> prepare(bool with_signals);
    void begin_serving();
    void let_in() noexcept;
    void run_front() noexcept { worker::run_through(*own_front); }
    void start_thread(worker& home);
    void start_thread(std::function<void()> what);
    result<void> plan_memory();
    result<void> open_listeners();
    void tell_listening() const;
    void catch_signals();

    void open(worker& home, io::accepted made);
    void begin(worker& home, io::accepted made, std::uint64_t number);
    void left(worker& home, const io::endpoint& peer) noexcept;

    // In publication.cpp, on any thread.
    using letter = mailbox::letter;
    [[nodiscard]] error_code post_to_all(const letter& what);
    [[nodiscard]] error_code put(worker& to, const letter& what, const mailbox::turn* mine = nullptr);
    [[nodiscard]] frame::slow_consumer policy_of(const letter& what) const;
    [[nodiscard]] bool may_wait(const letter& what) const;
    [[nodiscard]] bool is_heard() const { return now == phase::running && ready; }   // with the lock
    [[nodiscard]] bool may_publish() const {   // from its first true on the workers stay as they are
        const std::scoped_lock lock(mutex);
        return is_heard();
    }
    [[nodiscard]] static bool hands_out_now(const worker& which, const letter& what);
    void note_lost(worker& of);
    static io::task<result<void>> publish(std::shared_ptr<machinery> self, letter what);
    static io::task<error_code> put_in_turn(machinery& self, worker& to, const letter& what, io::time_point until);

    void ask_to_stop(io::duration grace) noexcept;
    void obey_soon() noexcept;
    void obey() noexcept;
    void begin_stop(io::duration grace) noexcept;
    void let_nobody_in(bool in_peace);
    void tell_all_to_end() noexcept;
    static io::task<void> shut_down(std::shared_ptr<machinery> self);
    io::task<void> see_all_off();
    void finish();
    void join();
    void stop_contexts();
    void shut_contexts_down();
    bool is_hurried() const noexcept;
    bool threads_end();
    bool is_idle() const noexcept;
    bool is_time_up() const;
    std::vector<std::string> what_is_stuck() const;
    void leave_behind();
    std::size_t forced() const noexcept;
    report make_report() const;
    template <class Function>
    void post_to(const worker& where, Function what) {
        io::asio::post(where.executor(), [self = shared_from_this(), what = std::move(what)] { what(); });
    }

    [[nodiscard]] bool was_started() const {
        const std::scoped_lock lock(mutex);
        return now != phase::idle;
    }
    /// Everything stands: what the start has made stays.
    [[nodiscard]] bool is_running() const {
        const std::scoped_lock lock(mutex);
        return now != phase::idle && now != phase::starting;
    }
    template <class Function>
    void post_to_front(Function what) {
        io::asio::post(front(), [self = shared_from_this(), what = std::move(what)] { what(); });
    }
    /// Where connections are let in and the end is seen to: no handler can hold it up, but on the user's io_context.
    io::executor front() const noexcept { return own_front ? own_front->get_executor() : workers.front()->executor(); }
    std::size_t live() const noexcept;

    service shared;
    std::vector<make_listener> more_listeners;
    std::unique_ptr<own_context> own_front;                    // none on the user's io_context
    std::vector<std::unique_ptr<worker>> workers;              // before all that refers to their io_contexts
    std::vector<std::unique_ptr<io::listener>> listeners;
    std::vector<io::asio::executor_work_guard<io::executor>> guards;   // none on the user's io_context
    std::vector<std::thread> threads;
    std::optional<io::signal_watch> signals;                       // of run()
    memory_plan plan;                                          // what is told is what is kept
    std::shared_ptr<memory_guard> guard;
    std::optional<acceptor> door;
    std::optional<departures> leaving;                         // connections that have ended
    std::optional<io::event> ended_one;                        // a connection ended, or the grace did
    std::optional<io::deadline> grace_over;
    std::optional<io::deadline> tell_again;                    // to end: there was no memory to tell all
    io::operation_memory letting_in;
    std::optional<io::deadline> let_in_later;                  // of a listener: there was no memory for its loop
    std::size_t accepting = 0;                                 // listeners that have theirs
    std::string failure;
    std::size_t open_at_stop = 0;
    std::atomic<bool> ready = false;                           // every listener accepts, and nobody has asked for the end
    bool stopping = false;                                     // begin_stop() has been
    bool is_shutting_down = false;                             // shut_down() runs, or has
    bool was_cut = false;                                      // all have been told so
    bool over = false;                                         // finish() has been
    io::time_point drained_by{};                               // the earliest end of grace that was asked for
    io::time_point last_moment{};                              // for what was cut to unwind
    report outcome;                                            // of finish()

    // Between threads. What is above is set before `now` says starting, and belongs to the front's thread then.
    enum class phase { idle, starting, running, ended };
    mutable std::mutex mutex;
    std::condition_variable ended;
    phase now = phase::idle;
    std::mutex joining;                                        // of who joins the threads
    std::optional<io::duration> asked;                         // the shortest grace of who called stop(), until that is obeyed
    bool is_obeying = false;                                   // obey() is on its way
    io::operation_memory obeying;
};

}  // namespace hawser::server
