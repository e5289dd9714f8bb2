// bell: wakes who waits on another thread.
//
//   const auto bell = std::make_shared<io::bell>(here);
//   while (!ready) co_await bell->rung.wait();                 // on the thread of `here`
//   io::bell::ring(bell);                                      // on any thread
//
// Invariant: at most one wake is on its way, which serves for all that rang until it comes; so a ring needs no memory
// and cannot fail. Whoever rings must know that the io_context of `here` is still there.
#pragma once

#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/post.hpp>

#include <atomic>
#include <memory>

namespace hawser::inline v0::io {

struct bell {
    explicit bell(const executor& where) : rung(where) {}

    /// Wakes who waits for it, on the thread of `where`; any thread may call.
    static void ring(const std::shared_ptr<bell>& who) noexcept {
        if (!who || who->is_ringing_.exchange(true)) return;
        asio::post(who->rung.get_executor(), who->memory_.keep([who] {
            who->is_ringing_ = false;
            who->rung.notify();
        }));
    }

    /// Of those who wait, on the bell's thread.
    event rung;

private:
    std::atomic<bool> is_ringing_{false};
    operation_memory memory_;
};

}   // namespace hawser::io
