// acceptor: lets connections in: one loop a listener, all of them on the first worker's thread.
//
//   acceptor door(workers, report, open);
//   door.start(listener, owner);           // once for each
//   door.make_room();                      // whenever a connection has ended
//   co_await door.join();                  // after the listeners were closed
//
// Invariant: whatever accept() fails with, the loop neither spins nor stops. After a failure it pauses, longer each time,
// and any connection that ends wakes it.
#pragma once

#include "worker.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/server/events.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace hawser::server {

class acceptor {
public:
    using crew = std::vector<std::unique_ptr<worker>>;
    /// Takes over a connection that was let in; it lives on its worker's executor.
    using open_function = std::function<void(worker& home, io::accepted made)>;

    /// The workers and the events outlive this.
    acceptor(const crew& workers, events& report, open_function open);

    /// Accepts from `source` until it is closed. `owner` keeps this and the listener alive meanwhile.
    void start(io::listener& source, std::shared_ptr<const void> owner);
    /// A connection has ended, or the listeners are closed: a loop that pauses looks again.
    void make_room() { room_.notify(); }
    /// Every loop has ended.
    [[nodiscard]] io::task<void> join() { return loops_.join(); }

private:
    static io::task<void> accept_from(acceptor& self, io::listener& source, std::shared_ptr<const void> owner);
    [[nodiscard]] io::task<error_code> accept_one(io::listener& source);
    [[nodiscard]] worker& least_loaded() const noexcept;
    [[nodiscard]] io::task<void> pause(io::duration at_most);

    const crew& workers_;
    events& report_;
    open_function open_;
    io::group loops_;
    io::event room_;
};

}  // namespace hawser::server
