// backlog: frames that were pushed to a slow peer and wait until it has taken what came before them.
//
//   switch (backlog.put(frame, {.message_class = quotes, .key = 42}, slow_consumer::coalesce, room)) { ... }
//   while (shared_frame next = backlog.take()) write(*next);
//
// A push is nobody's answer, so a peer that does not keep up may lose some of them: which, a policy says.
// Invariant: what it counts as bytes() covers the frames and all it keeps about them, and put() never makes it
// more than the room given.
#pragma once

#include <hawser/frame/shared_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline v0::frame {

/// What becomes of a push when there is no room for it at its peer's.
enum class slow_consumer : unsigned char {
    wait,          ///< whoever pushes waits, until a deadline
    drop_newest,   ///< this one is dropped
    drop_oldest,   ///< the oldest of its class make room
    coalesce,      ///< it replaces the one with its key, if that still waits, also where there is
                   ///< room; else as drop_oldest
    close,         ///< the connection ends
};

/// "wait", "drop-newest", "drop-oldest", "coalesce", "close"; none of anything else.
[[nodiscard]] std::optional<slow_consumer> parse_slow_consumer(std::string_view text) noexcept;

/// What a push is known by while it waits.
struct label {
    std::uint32_t message_class = 0;   ///< pushes displace only those of their own class
    std::uint64_t key = 0;             ///< within the class, what the message is about: a price's instrument, say

    friend bool operator==(const label&, const label&) = default;
};

/// What has become of the pushes to one peer that found no room.
struct push_counts {
    std::uint64_t waited = 0;
    std::uint64_t dropped_newest = 0;
    std::uint64_t dropped_oldest = 0;
    std::uint64_t coalesced = 0;
    std::uint64_t timed_out = 0;   ///< of those that waited: no room came in time
    std::uint64_t closed = 0;      ///< those that ended a connection (slow_consumer::close)

    /// "3 waited, 1 timed out", of those that are not zero; empty if all are.
    [[nodiscard]] std::string text() const;
    push_counts& operator+=(const push_counts& more) noexcept;   ///< adds another connection's
};

class backlog {
public:
    /// What one waiting push takes besides the bytes of its frame: a node in three indices.
    static constexpr std::size_t entry_cost = 192;

    /// What became of a frame that was put.
    enum class placed : unsigned char { kept, dropped, no_room };

    backlog() noexcept;
    backlog(backlog&&) noexcept;
    backlog& operator=(backlog&&) noexcept;
    ~backlog();

    /// Keeps `frame` if it fits into `room` bytes with all that is here, or does what `policy` says. `no_room`, with
    /// nothing changed, is for `wait` and `close` only: what they mean is not done here. Throws std::bad_alloc.
    placed put(shared_frame frame, const label& as, slow_consumer policy, std::size_t room);
    /// The first of them, which stays. There must be one.
    [[nodiscard]] const shared_frame& first() const noexcept;
    /// The first of them, which leaves; null if there is none.
    [[nodiscard]] shared_frame take() noexcept;
    void clear() noexcept;   ///< forgets all that wait

    [[nodiscard]] bool empty() const noexcept { return bytes_ == 0; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// How many wait; the bytes of their frames, which others may share; and the memory that is
    /// held for this peer alone.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] std::size_t shared() const noexcept { return empty() ? 0 : bytes_ - memory(); }
    [[nodiscard]] std::size_t memory() const noexcept { return empty() ? 0 : size() * entry_cost; }
    [[nodiscard]] push_counts counts() const noexcept;   ///< of all that were put here
    /// What is done about those that wait is not done here, but counted. Throw std::bad_alloc.
    void note_waited();
    void note_timed_out();   ///< the same, for the limit on waiting

private:
    struct entries;

    bool replace(const shared_frame& frame, const label& as, std::size_t room);
    bool drop_oldest(std::uint32_t message_class);

    [[nodiscard]] entries& kept();

    std::unique_ptr<entries> entries_;   // made when the peer is first slow
    std::size_t bytes_ = 0;
};

}   // namespace hawser::frame
