// watchdog: the deadlines of one io_context and the single timer that looks after them.
//
//   io::deadline idle(io::watchdog::of(executor), io::calling<&session::timed_out>(*this));
//
// A service of the io_context: made on first use, gone with it. To be used on its thread only. Its timer runs only
// while some deadline is set, so it does not keep an io_context running that has nothing else to do.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/deadline.hpp>
#include <hawser/io/operation_memory.hpp>

namespace hawser::inline v0::io {

class watchdog final : public asio::execution_context::service, public deadline_queue {
public:
    inline static asio::execution_context::id id;

    /// Made by of(); the context is an io_context.
    explicit watchdog(asio::execution_context& context);
    [[nodiscard]] static watchdog& of(const executor& where);   ///< that of this io_context

private:
    void shutdown() override;
    void next_changed() noexcept override;
    void wait_until(time_point due);

    // A kind of timer that nobody else has, so that it is alone in its queue and never needs more room there.
    struct alone : asio::wait_traits<clock> {};
    asio::basic_waitable_timer<clock, alone, executor> timer_;
    operation_memory memory_;
    time_point armed_for_ = time_point::max();
    bool waiting_ = false;
    bool shut_down_ = false;
};

}   // namespace hawser::io
