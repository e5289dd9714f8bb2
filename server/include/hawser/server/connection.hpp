// connection: one client, as a coroutine that serves it sees it; for frames what Go's net.Conn is for bytes.
//
//   io::task<void> serve(server::connection& conn) {
//       while (auto body = co_await conn.read_frame())                    // a view, valid until the next read
//           if (auto sent = co_await conn.send(*body); !sent) break;
//   }
//
// When serve returns, what was sent still goes out, then the connection ends. A connection belongs to one thread; from
// elsewhere use its handle. Errors are sticky: after one, every call gives it again.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/frame_wait.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/events.hpp>
#include <hawser/server/handle.hpp>
#include <hawser/server/push.hpp>
#include <hawser/server/server_handle.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

/// What connection and context have in common.
class session_view {
public:
    session_view(const session_view&) = delete;
    session_view& operator=(const session_view&) = delete;

    /// Sends the frame of `body`, which must stay valid until then: done when the outbox has taken a copy, waits while
    /// that is at its cap. It leaves together with whatever else is sent in this turn.
    [[nodiscard]] io::task<result<void>> send(bytes body);
    /// The same with a packet. It is encoded in this call, and has its place in the outbox if there is room: so await
    /// it at once, or the order is not that of the calls. `value_too_long` if it cannot be encoded.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> send(Packet&& made) {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        if (!is_placed(made)) return send_encoded(made);
        flush_soon();
        return io::task<result<void>>::done();
    }
    /// Without waiting: `outbox_full` when there is no room now, or when others wait for it.
    [[nodiscard]] error_code try_send(bytes body);

    // Pushing: what the peer did not ask for. If it is slow, push_as and the connection's policies say what
    // becomes of it; a message that is dropped is counted, and no error. Answers may overtake pushes that
    // wait; pushes keep their order.

    /// Pushes a whole frame of frame_of() or of server::frame_of(). Where the policy is to wait, it waits for room, at
    /// most limits.push_timeout (`write_timeout`); where it is to close, the connection ends (`slow_consumer`).
    [[nodiscard]] io::task<result<void>> push(frame::shared_frame made, push_as as = {});
    /// The same with a packet, which is encoded in this call.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> push(Packet&& made, push_as as = {}) {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) return outcome(error);
        result<frame::shared_frame> frame = own_frame_of(body.view());
        return frame ? push(std::move(*frame), as) : outcome(frame.error());
    }
    /// Without waiting: `outbox_full` where the policy is to wait and there is no room now.
    [[nodiscard]] error_code try_push(const frame::shared_frame& made, const push_as& as = {});
    /// The same with a packet.
    template <packet::packet Packet>
    [[nodiscard]] error_code try_push(const Packet& made, const push_as& as = {}) {
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) return error;
        const result<frame::shared_frame> frame = own_frame_of(body.view());
        return frame ? try_push(*frame, as) : frame.error();
    }

    /// The frame of `body`, as this server frames it, for any number of its connections; see server::frame_of().
    [[nodiscard]] result<frame::shared_frame> frame_of(bytes body) const;
    /// The policies of this connection: from now on its own, which began as those of the config.
    [[nodiscard]] server::push_policies& push_policies();

    /// How long the peer took for its last pong; none if it knows no ping, or has answered none.
    [[nodiscard]] std::optional<io::duration> round_trip() const noexcept;

    /// Ends the connection now; what was sent still leaves if the kernel takes it at once, the rest is lost.
    void close() noexcept;
    /// Ends it in peace: nothing more is read or handled, the answers of handlers that are under way and all that was
    /// sent still reach the peer, then it is told the end. A peer that takes nothing is left after the write-stall
    /// time-out. In a `serve` coroutine reading then fails with `closed`, and the end comes when it returns.
    void finish() noexcept;
    /// Absolute instants, sticky until moved, io::time_point::max() for none, as in Go. An expired read deadline fails
    /// every read that needs more than has been read already, with `read_timeout`; no byte is lost. With a router that
    /// ends the session: for what a peer has to send in time, to log in say. They come on top of those of the config.
    void set_read_deadline(io::time_point at) noexcept;
    void set_write_deadline(io::time_point at) noexcept;   ///< the same for writing
    void set_deadline(io::time_point at) noexcept;         ///< both

    /// Runs `child` beside what else this connection does, on its thread, from now on up to where it first waits. The
    /// connection ends when it has, so it should look at stop_token(); what it throws ends the connection. It outlives
    /// this call, so it sends by a handle(). `too_many_children`: config.max_children of them run; `closed`: the
    /// connection ends; and then nothing is begun. Throws std::bad_alloc.
    [[nodiscard]] error_code spawn(io::task<void> child);

    /// Whose connection this is: to publish to others, to stop it.
    [[nodiscard]] server_handle server() const;
    [[nodiscard]] hawser::server::handle handle() const;   ///< for sending from any thread, as long as one likes
    /// Who is connected; valid as long as the session is.
    [[nodiscard]] const hawser::server::peer& peer() const noexcept;
    [[nodiscard]] io::endpoint local() const noexcept;   ///< our end
    /// Says when this connection is to end, because the server stops, it has reached its lifetime or it is lost (a
    /// handler that is late, a peer that takes nothing): long work should look at it, as the connection keeps its place
    /// until the work is done. Callbacks on it run on the connection's thread, and throw nothing.
    [[nodiscard]] std::stop_token stop_token() const;
    /// Where its coroutines wait, from the innermost outwards: "frame_stream.cpp:40 (for 1.2 s)", then
    /// "my_server.cpp:14". To be asked in server::each(). Calls of handlers with concurrent() are not among them.
    [[nodiscard]] std::vector<std::string> waits() const;

    /// What this session keeps from one request to the next, one object of each type that is asked for: made on first
    /// use, gone with the session.
    template <class State>
    State& state() {
        void* kept = find_state(typeid(State));
        return *static_cast<State*>(kept != nullptr ? kept : keep_state(typeid(State), std::make_shared<State>()));
    }

    /// Who its peer is, as the handler of router::first() or greeting() has said first; null if it has said nothing
    /// yet, as in on_open(), in otherwise(), maybe in on_close() and each(). Valid as long as the session is. Handlers
    /// of packets ask by a parameter, which is always there.
    template <class Identity>
    [[nodiscard]] const Identity* identity() const {
        const void* const kept = find_state(typeid(known_as<Identity>));
        return kept != nullptr ? &static_cast<const known_as<Identity>*>(kept)->who : nullptr;
    }

protected:
    /// An identity is kept as this, so that state() of the same type is another object.
    template <class Identity>
    struct known_as {
        Identity who;
    };

    explicit session_view(session& of) noexcept : session_(of) {}
    ~session_view() = default;

    void flush_soon() noexcept;                                                  ///< as io::frame_stream says
    [[nodiscard]] void* find_state(const std::type_info& type) const noexcept;   ///< null if there is none
    void* keep_state(const std::type_info& type, std::shared_ptr<void> made);    ///< what it keeps from now on

    /// Whether it was encoded where it leaves from, as nearly always. If not, nothing was taken,
    /// and enqueue() knows more.
    template <packet::packet Packet>
    [[nodiscard]] bool is_placed(const Packet& made) {
        const result<std::size_t> size = packet::body_size(made);
        std::byte* const body = size ? begin_frame(*size) : nullptr;
        if (body != nullptr) packet::write_body(body, made);
        return body != nullptr;
    }
    /// Into the outbox. `outbox_full` if there is no room now; then the body is in `waiting`.
    template <packet::packet Packet>
    [[nodiscard]] error_code enqueue(const Packet& made, byte_buffer& waiting) {
        byte_buffer& encoded = cleared_scratch();
        if (const error_code error = packet::encode(made, encoded)) return error;
        return enqueue_scratch(waiting);
    }

    [[nodiscard]] byte_buffer& cleared_scratch() noexcept;            ///< the thread's
    [[nodiscard]] error_code enqueue_scratch(byte_buffer& waiting);   ///< as enqueue(), of what is in it

    session& session_;

private:
    [[nodiscard]] static io::task<result<void>> outcome(error_code error);
    template <packet::packet Packet>
    [[nodiscard]] io::task<result<void>> send_encoded(const Packet& made) {
        byte_buffer waiting;
        const error_code error = enqueue(made, waiting);
        flush_soon();
        return error == hawser::errc::outbox_full ? send_kept(session_, std::move(waiting)) : outcome(error);
    }
    // What these give may outlive this view, but not the session.
    [[nodiscard]] static io::task<result<void>> send_kept(session& by, byte_buffer body);
    [[nodiscard]] static io::task<result<void>> push_on(session& by, frame::shared_frame made, push_as as);
    [[nodiscard]] std::byte* begin_frame(std::size_t size);
    [[nodiscard]] result<frame::shared_frame> own_frame_of(bytes body) const;
    [[nodiscard]] static frame::slow_consumer policy_of(const session& by, const push_as& message);
};

class connection : public session_view {
public:
    explicit connection(session& of) noexcept : session_view(of) {}   ///< the server's to make

    /// The body of the next frame: a view, valid until the next read. Errors: `end_of_stream` when the peer closed
    /// between frames, `stopping` when the server drains, the breach or time-out otherwise.
    [[nodiscard]] io::frame_read read_frame();
    /// For a loop over what has arrived, with one wait for all of it: the next frame if it has arrived. None
    /// if it has not, if the others of the thread are to have their turn, or at the end: fill() waits for
    /// more, or says why there is none.
    [[nodiscard]] std::optional<bytes> next_frame();
    /// What was sent leaves; then waits until there is something to be read. After success look at next_frame().
    [[nodiscard]] io::frame_fill fill() noexcept;
    /// Takes the frame of `body` without waiting; it leaves with the next fill(), read_frame() that waits, or flush().
    /// `outbox_full` as try_send().
    [[nodiscard]] error_code put(bytes body);
    /// The same with a packet; `value_too_long` if it cannot be encoded.
    template <packet::packet Packet>
    [[nodiscard]] error_code put(const Packet& made) {
        byte_buffer unused;
        return is_placed(made) ? error_code() : enqueue(made, unused);
    }
    /// Waits until the kernel has everything that was sent.
    [[nodiscard]] io::task<result<void>> flush();
    /// Flushes, then tells the peer that nothing more comes; reading goes on, as after Go's CloseWrite.
    [[nodiscard]] io::task<result<void>> close_write();
    /// Frames sent that are not wholly written, those included that were lost when writing ended.
    [[nodiscard]] std::size_t unwritten() const noexcept;

    /// Whether this frame is of config.control, and dealt with: a ping is answered, a pong counts as a sign of life,
    /// and whoever knows pings is sent some, and told when the server stops. An answer leaves with what is sent next or
    /// the next read, and not at all if there is no room for it. A malformed one ends the connection.
    [[nodiscard]] bool take_control(bytes body);

    /// Stretches of what the peer sent that were no frames and were dropped, if the codec is one that goes on.
    [[nodiscard]] std::uint64_t skips() const noexcept;
};

}   // namespace hawser::server
