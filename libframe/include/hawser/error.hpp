// Errors: what can go wrong with a stream of frames, and the seven conditions that decide what is done about it.
//
//   result<bytes> body = co_await conn.read_frame();
//   if (!body && body.error() == condition::ended) ...   // the peer closed between two frames
//
// Every library has one enum of codes, from 1, append-only. Each code maps to one condition; behaviour follows the
// condition, never the code. Nothing a peer does is thrown.
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/result.hpp>

#include <type_traits>

namespace hawser::inline v0 {

using boost::system::error_code;
using boost::system::error_condition;
/// A value, or the error_code that says why there is none.
template <class T>
using result = boost::system::result<T>;

/// What an error means for the connection it happened on.
enum class condition {
    ended = 1,   ///< the peer closed between two frames
    broken,      ///< the connection is lost: reset, or the end inside a frame
    invalid,     ///< the peer broke the protocol
    misuse,      ///< we called something wrongly
    limit,       ///< too long, too many, queue full
    timeout,     ///< idle, stalled, too slow
    stopped,     ///< we closed or are shutting down
};

/// The errors of framing and of byte streams (libframe).
enum class errc {
    end_of_stream = 1,     ///< the peer closed, between two frames
    truncated,             ///< the peer closed inside a frame
    too_long,              ///< a frame longer than the limit on the whole frame
    too_short,             ///< a length smaller than its own header
    closed,                ///< this side closed the connection
    read_timeout,          ///< the read deadline has passed
    write_timeout,         ///< the write deadline has passed
    first_frame_timeout,   ///< the first frame was not complete in time
    frame_timeout,         ///< a frame was begun and not completed in time
    idle_timeout,          ///< nothing was received for too long
    write_stalled,         ///< the peer took too little of what waits for it for too long
    outbox_full,           ///< no room under the cap on bytes that wait to be written
    concurrent_read,       ///< a second read was started while one waits
    stopping,              ///< this side is draining: what had arrived was read, more is not waited for
    bad_address,           ///< a text that is no address
    address_in_use,        ///< somebody listens at this Unix path, or it is no socket that could be replaced
    connect_timeout,       ///< the connection was not made in time
    corrupt,               ///< bytes that are no frame: a wrong marker, checksum, digit or length
    unencodable,           ///< a body that no frame of this format can carry
    wrong_network,         ///< a udp address for a stream, or another one for datagrams
    torn_frame,            ///< the write deadline passed inside a frame: nothing can be sent any more
    slow_consumer,         ///< no room for a push to this peer, and its policy is to close
    memory_short,          ///< memory was short, and this connection held most of it
    path_locked,           ///< somebody else has the folder of this Unix path locked (flock)
};

/// What the seven conditions are told by.
[[nodiscard]] const boost::system::error_category& condition_category() noexcept;
/// What the codes of libframe are told by.
[[nodiscard]] const boost::system::error_category& frame_category() noexcept;

/// For error_condition, which makes one of a condition by itself.
[[nodiscard]] inline error_condition make_error_condition(condition value) noexcept {
    return {static_cast<int>(value), condition_category()};
}
/// For error_code, which makes one of an errc by itself.
[[nodiscard]] inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), frame_category()};
}

/// The condition of any error code: hawser's own by their tables, the system's by what they say about a connection.
/// A code that nobody mapped is `broken`. Precondition: `error` is a failure.
[[nodiscard]] condition condition_of(const error_code& error) noexcept;

// Go's questions. Success is none of them; one error may be several, or none.

/// net.Error's Timeout(): an instant passed that somebody had set.
[[nodiscard]] bool is_timeout(const error_code& error) noexcept;
/// The same call may succeed a little later although nobody does anything about it: the system is short of descriptors,
/// buffers or memory, was interrupted, would have had to wait, or lost a connection before it was
/// accepted; the outbox is full.
[[nodiscard]] bool is_temporary(const error_code& error) noexcept;
/// io.EOF: the peer closed between two frames.
[[nodiscard]] bool is_clean_end(const error_code& error) noexcept;
/// io.ErrUnexpectedEOF: the peer closed inside a frame.
[[nodiscard]] bool is_unexpected_end(const error_code& error) noexcept;
/// ECONNRESET and EPIPE: the connection is gone, and with it what was under way.
[[nodiscard]] bool is_reset(const error_code& error) noexcept;
/// ECONNREFUSED: nobody listens there.
[[nodiscard]] bool is_refused(const error_code& error) noexcept;
/// net.ErrClosed: this side closed, stopped or abandoned it.
[[nodiscard]] bool is_closed_here(const error_code& error) noexcept;

}   // namespace hawser

template <>
struct boost::system::is_error_condition_enum<hawser::condition> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<hawser::errc> : std::true_type {};
