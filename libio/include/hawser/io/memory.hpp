// memory: a connection without a socket: two ends, each a transport like TCP, with bounded buffers between.
//
//   auto [here, there] = io::memory_pair(executor, executor);
//   io::stream client(std::move(here)), server(std::move(there));
//
// For tests and simulation, so it can also be made to behave badly: a byte at a time, or failing at the nth operation.
// The ends may live on different io_contexts; an end must be closed before its own is gone. What TCP does at the end it
// does too: closing with unread input resets.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/carrier.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

namespace hawser::inline v0::io {

/// How an end of a memory_pair behaves.
struct memory_options {
    std::size_t capacity = 64 * 1024;                                     ///< bytes this end may have under way
    std::size_t most_a_read = std::numeric_limits<std::size_t>::max();    ///< bytes one read gives at most
    std::size_t most_a_write = std::numeric_limits<std::size_t>::max();   ///< bytes one write takes at most
    std::size_t fail_at = 0;                                              ///< this read or write
                                                                          ///< fails, from 1; 0: none
    error_code failure = {};                                              ///< with this
};

/// One end. Move-only; destroying it closes it. To be used on the thread of its executor.
class memory_end final : public carrier {
public:
    memory_end(memory_end&&) noexcept;
    memory_end& operator=(memory_end&&) noexcept;
    ~memory_end() override;

    /// Before its first use: makes this end live on `where`.
    void move_to(const executor& where);

    [[nodiscard]] executor get_executor() noexcept override;
    [[nodiscard]] result<std::size_t> try_read(mutable_bytes into) override;
    [[nodiscard]] result<std::size_t> try_write(bytes data) override;
    [[nodiscard]] task<error_code> wait_readable() override;
    [[nodiscard]] task<error_code> wait_writable() override;
    void wake() noexcept override;
    [[nodiscard]] std::size_t available() const noexcept override;
    [[nodiscard]] std::size_t unsent() noexcept override;
    bool close_write() noexcept override;
    void close_read() noexcept override;
    void close() noexcept override;
    [[nodiscard]] endpoint local() const noexcept override { return {.what = endpoint::kind::memory}; }
    [[nodiscard]] endpoint remote() const noexcept override { return {.what = endpoint::kind::memory}; }

private:
    struct channel;
    struct end;
    friend std::pair<memory_end, memory_end> memory_pair(executor, executor, memory_options, memory_options);

    explicit memory_end(std::unique_ptr<end> made) noexcept;
    [[nodiscard]] task<error_code> until_woken();
    [[nodiscard]] task<error_code> others_turn();

    std::unique_ptr<end> end_;
};

/// Two connected ends, with the options of each: the first living on `first`, the second on `second`.
[[nodiscard]] std::pair<memory_end, memory_end> memory_pair(executor first, executor second,
                                                            memory_options first_options = {},
                                                            memory_options second_options = {});

}   // namespace hawser::io
