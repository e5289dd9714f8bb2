// departures: connections that have ended, on their way from any thread to the front, which counts them.
//
//   // called on that thread, and throws nothing
//   departures ended(front, [](worker& home, const io::endpoint& peer) { ... });
//   ended.expect(live + 1);           // before a connection begins: throws std::bad_alloc, and then it must not begin
//   ended.add({home, peer}, owner);   // when it has ended: there is room for all that began, so this cannot fail
//
// A connection often ends because there is no memory; so its end must not need any.
#pragma once

#include <hawser/io/endpoint.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

class worker;

class departures {
public:
    struct departure {
        worker* home;
        io::endpoint peer;
    };
    using function = std::function<void(worker& home, const io::endpoint& peer)>;

    departures(const io::executor& first, function ended) : first_(first), ended_(std::move(ended)) {}

    /// So many connections may have to be kept here at a time.
    void expect(std::size_t connections);
    /// Any thread. `owner` keeps this object alive until the front has been told.
    void add(const departure& who, std::shared_ptr<void> owner) noexcept;

private:
    void tell();

    io::executor first_;
    function ended_;
    std::mutex mutex_;
    std::vector<departure> waiting_;
    io::operation_memory posted_;   // of the one tell() that is on its way
    bool is_posted_ = false;
};

}   // namespace hawser::server
