// connection_pool: the connections that a reconnecting client keeps, and which of them each request goes out on.
//
//   const auto pool = std::make_shared<connection_pool>(executor, dial, settings);
//   connection_pool::start(pool);
//   result<byte_buffer> answer = co_await connection_pool::exchange(pool, form, identity, body, until);
//
// Shared by its owner and by all coroutines that it runs: it is there until the last of them has ended.
// Invariant: a request goes to the connection with the fewest under way, and never before one
// that waits for a connection.
#pragma once

#include "kept_connection.hpp"

#include <deque>
#include <memory>

namespace hawser::inline v0::client {

class connection_pool {
public:
    connection_pool(const io::executor& here, dialler dial, reconnecting_options settings);

    /// Begins to dial all connections. Once.
    static void start(const std::shared_ptr<connection_pool>& self);
    /// Ends everything now, and tells nobody. Of what was asked in this turn the kernel may still get some.
    void close_now();

    // The same as those of reconnecting_client; `body` stays valid until exchange() returns.
    [[nodiscard]] static io::task<result<byte_buffer>> exchange(std::shared_ptr<connection_pool> self,
                                                                packet::form form, packet::identity answer, bytes body,
                                                                io::time_point until);
    [[nodiscard]] static io::task<result<void>> send(std::shared_ptr<connection_pool> self, byte_buffer body,
                                                     io::time_point until);
    [[nodiscard]] static io::task<result<void>> ready(std::shared_ptr<connection_pool> self, io::time_point until);
    [[nodiscard]] static io::task<result<byte_buffer>> next(std::shared_ptr<connection_pool> self);
    [[nodiscard]] static io::task<void> close(std::shared_ptr<connection_pool> self);

    [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }
    [[nodiscard]] connection_state state(std::size_t which) const { return kept_.at(which).state(); }
    [[nodiscard]] const options& settings() const noexcept { return shared_.settings.connection; }
    [[nodiscard]] const reconnecting_counters& counters() const noexcept { return shared_.counters; }
    [[nodiscard]] std::size_t waiting() const noexcept { return shared_.queue.size(); }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return shared_.pushes->dropped(); }
    [[nodiscard]] std::uint32_t next_number(std::uint32_t last) noexcept { return shared_.ids->next(last); }
    /// On any of its connections; of requests that wait for one nothing is known.
    [[nodiscard]] id_use use_of(const packet::identity& answer) const noexcept;

private:
    struct request;

    [[nodiscard]] io::task<result<std::shared_ptr<link>>> wait_for_link(request& asking);
    [[nodiscard]] std::shared_ptr<link> least_busy();
    [[nodiscard]] bool runs() const noexcept;
    void stop();

    kept_connection::shared_state shared_;
    std::deque<kept_connection> kept_;   // none is ever moved
    std::size_t first_asked_ = 0;        // the connection to look at first
};

}   // namespace hawser::client
