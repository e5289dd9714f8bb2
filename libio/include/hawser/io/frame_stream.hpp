// frame_stream: whole frames to and from one peer: an inbound and an outbound half on a stream,
// with every wait bounded.
//
//   io::frame_stream frames(std::move(transport), codec, limits);
//   while (auto body = co_await frames.read_frame())
//       if (auto sent = co_await frames.send(*body); !sent) break;
//   co_await frames.finish(1s);
//
// Await per read, write per batch: frames that arrived together are taken without waiting, and what is sent while they
// are handled leaves in one write. A connection that waits holds no read buffer; it is lent one from its thread's pool
// when there is something to read. After a budget of frames the other connections of its thread have a turn. To be used
// on the thread of its executor only. Errors are sticky. Who sends without memory gets std::bad_alloc, and nothing is
// taken; what the peer brings about ends the connection, with ENOMEM.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/io/frame_memory.hpp>
#include <hawser/io/frame_wait.hpp>
#include <hawser/io/held_memory.hpp>
#include <hawser/io/inbound.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/lookout.hpp>
#include <hawser/io/outbound.hpp>
#include <hawser/io/stream.hpp>
#include <hawser/io/waiting_line.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace hawser::inline v0::io {

class flusher;
class frame_stream {
public:
    frame_stream(transport over, const frame::any_codec& codec, frame_limits limits = {})
        : frame_stream(std::move(over), codec, codec, limits) {}   ///< the same format both ways
    /// Reads frames of one format and writes those of another.
    frame_stream(transport over, frame::any_codec incoming, frame::any_codec outgoing, frame_limits limits = {});
    /// One of many, with limits made by shared_limits() for the outgoing format.
    frame_stream(transport over, frame::any_codec incoming, frame::any_codec outgoing,
                 std::shared_ptr<const frame_limits> limits);
    frame_stream(const frame_stream&) = delete;
    frame_stream& operator=(const frame_stream&) = delete;
    ~frame_stream();

    // Reading.
    /// The body of the next frame: a view, valid until the next call that reads. Taken where this is awaited, at once
    /// if it has arrived; else it is waited for, and what was sent leaves first. One at a time: another fails with
    /// `concurrent_read`, and ends the connection.
    [[nodiscard]] frame_read read_frame() noexcept { return frame_read(*this); }
    /// Sets `body` to that of the next frame if it has arrived. False if it has not, if this turn's budget is spent, or
    /// if there will be none: fill() waits for more, or says why.
    [[nodiscard]] bool next(bytes& body);
    /// Writes what waits to be written; then waits for bytes and reads them, or only lets others have their turn.
    /// After success: look at next().
    [[nodiscard]] frame_fill fill() noexcept { return {*this, frame_wait::until::bytes}; }
    /// Lets the others of the thread have their turn. Needs no memory, and does not fail: what it gives may
    /// be ignored. For whoever reads from this, and nobody else; but at the end of it all, when a reader that
    /// was forgotten is told that.
    [[nodiscard]] frame_fill others_turn() noexcept { return {*this, frame_wait::until::turn}; }
    /// What there is still to read once nothing more is waited for: up to a mebibyte of what has arrived until now,
    /// then `stopping`; or nothing, whether it has arrived or not, but `closed`. Writing goes on.
    enum class rest : unsigned char { read, dropped };
    void stop_reading(rest of_it = rest::read) noexcept;   ///< no more waiting for bytes

    /// Other formats and limits, made by shared_limits(), from now on. For whoever reads from this, between two frames.
    void go_on_with(frame::any_codec incoming, frame::any_codec outgoing,
                    std::shared_ptr<const frame_limits> limits) noexcept;

    // Writing.
    /// Takes the frame of `body` (a copy), or says outbox_full when there is no room or others wait for it. The frame
    /// leaves with the next fill(), flush() or flush_soon().
    [[nodiscard]] error_code push(bytes body);
    /// push() of a body whose `size` bytes are then written where this says, at once. Null, and nothing
    /// taken, if push() is needed.
    [[nodiscard]] std::byte* begin_frame(std::size_t size);
    /// Takes the frame of `body` in this call if there is room; else waits for it, in turn, and `body` must stay valid
    /// until then. Returns when the outbox has it, not when it is written; it leaves when this thread has nothing
    /// better to do. `write_timeout`: no room until then.
    [[nodiscard]] task<result<void>> send(bytes body, time_point until = time_point::max());
    /// Takes a frame that nobody asked for, or does with it what `policy` says if the peer is slow; one that is dropped
    /// is counted and no error. `outbox_full` if it would have to wait; slow_consumer::close ends the connection. It is
    /// of the outgoing format, and leaves as with push().
    [[nodiscard]] error_code offer(const frame::shared_frame& frame, const frame::label& as,
                                   frame::slow_consumer policy);
    /// The same, but slow_consumer::wait waits for room, in turn, until limits.push_timeout has
    /// passed (`write_timeout`).
    [[nodiscard]] task<result<void>> publish(frame::shared_frame frame, frame::label as, frame::slow_consumer policy);
    /// What was pushed leaves when whoever runs now has suspended: all that is pushed in one turn in one write. Whoever
    /// is in line for its next turn, with frames left to answer, goes on collecting for 16 turns at most, and 64 KiB.
    void flush_soon() noexcept;
    [[nodiscard]] task<result<void>> flush();   ///< waits until the kernel has everything that was sent
    /// Flushes, then tells the peer that nothing more comes; reading goes on.
    [[nodiscard]] task<result<void>> close_write();

    // Deadlines of the user, beside the limits: absolute, sticky until moved, time_point::max() for none. Once the
    // write deadline has passed, send() and flush() fail with `write_timeout` where they would wait, and what they have
    // taken waits until it is moved. If it passes inside a frame, nothing can follow: writing ends (`torn_frame`), what
    // waited is lost, the peer is told the end, reading goes on.
    void set_read_deadline(time_point at) noexcept;    ///< of read_frame() and fill()
    void set_write_deadline(time_point at) noexcept;   ///< of send() and flush()

    // The end.
    /// Ends in peace: flushes, tells the peer that nothing more comes, reads off what it still sends until everything
    /// has reached it and it closes too, or `linger` after that (so that no reset destroys the last frame), and
    /// closes. A peer that takes nothing any more is left after the write-stall time-out. After a failure, just
    /// closes. Returns when nothing of this object runs any more, so that it may be destroyed. If it throws
    /// (std::bad_alloc), it did nothing: call it again.
    [[nodiscard]] task<void> finish(duration linger);
    /// Ends now, also after finish(), and needs no memory. False while its writer, or who waits for room, has to end:
    /// await others_turn(), and ask again.
    [[nodiscard]] bool abandon() noexcept;
    /// Ends now, for this reason; whoever waits gets it. Nothing is sent about it; answers that earlier
    /// frames have earned still leave if the kernel takes them at once, so what a peer gets does not depend
    /// on how its bytes were cut.
    void fail(error_code why) noexcept;
    /// The same, by the name that everybody looks for: the 26th function here.
    void close() noexcept { fail(errc::closed); }
    /// `tell`, made with calling(), is called when it fails or is closed, in that call. At most one is
    /// told. Throws std::bad_alloc.
    void on_failure(callback tell);
    /// The first failure; the end of the peer's stream is one until something worse ends the connection.
    [[nodiscard]] error_code failure() const noexcept { return failure_; }

    // What it is made of, to look at.
    /// What was read.
    [[nodiscard]] const frame::reader<frame::any_codec>& in() const noexcept { return in_.reader(); }
    [[nodiscard]] const frame::outbox& out() const noexcept { return out_.outbox(); }   ///< what was pushed
    [[nodiscard]] io::stream& connection() noexcept { return stream_; }   ///< below it: its ends, what is under way
    [[nodiscard]] const io::stream& connection() const noexcept { return stream_; }   ///< the same
    [[nodiscard]] frame_memory memory() noexcept { return frame_memory(*this); }      ///< what it holds of its thread's
    [[nodiscard]] executor get_executor() noexcept { return stream_.get_executor(); }   ///< where it lives

private:
    friend class flusher;
    friend class frame_wait;     // begins and ends here
    friend class frame_memory;   // a view of it
    using flush_hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    struct extras;                                               // what only some have
    struct outgoing_message;                                     // waits for room
    class reading_on;                                            // what a wait to read leads to
    enum class awaits : unsigned char { turn, bytes, memory };   // what is waited for
    enum class filling : unsigned char { waits, done, late, stopped };   // what it came to: done if no failure(),
                                                                         // late by the user's deadline

    // Reading: frame_wait.cpp, frame_stream_reading.cpp.
    [[nodiscard]] bool next_another_way(bytes& body);
    [[nodiscard]] bool begin(frame_wait& who);
    [[nodiscard]] bool reads_on(frame_wait& who, bool waits);
    [[nodiscard]] bool begin_wait(frame_wait& who) noexcept;
    void end_wait(const error_code& failed);
    [[nodiscard]] bool begin_fill();
    [[nodiscard]] bool go_on(const error_code& waited);
    [[nodiscard]] error_code filled() const noexcept;
    [[nodiscard]] filling prepare_wait();
    [[nodiscard]] filling after_wait(const error_code& waited);
    [[nodiscard]] filling timed_out() noexcept;
    [[nodiscard]] bool read_now();
    void note_end() noexcept;
    [[nodiscard]] bool no_memory() noexcept;
    [[nodiscard]] bool is_parked() const noexcept { return filling_ == filling::waits && awaits_ != awaits::turn; }
    [[nodiscard]] bool is_stopping() const noexcept { return in_.comes() != inbound::coming::all; }
    [[nodiscard]] time_point user_read_deadline() const noexcept;
    void limit_read() noexcept;

    // Memory: frame_stream_memory.cpp.
    [[nodiscard]] task<void> wait_for_memory();
    [[nodiscard]] bool must_pause() const noexcept;
    [[nodiscard]] memory_account::turn::pausing pauses(event& wake);
    void end_pause() noexcept;
    void use_turn(std::size_t bytes) noexcept;
    void account() noexcept;
    void begin_wait_for_peer() noexcept;
    void note_progress(std::size_t bytes) noexcept;
    void discard_input() noexcept;
    void release_memory() noexcept;
    [[nodiscard]] extras& more();

    // Writing: frame_stream_writing.cpp.
    [[nodiscard]] error_code write_failure() const noexcept;
    [[nodiscard]] error_code take(bytes body);
    [[nodiscard]] error_code take(const outgoing_message& what);
    [[nodiscard]] error_code offer_in_turn(const frame::shared_frame& frame, const frame::label& as,
                                           frame::slow_consumer policy);
    [[nodiscard]] std::byte* begin_first_frame(std::size_t size);
    [[nodiscard]] bool has_senders() const noexcept;
    void wake_waiting() noexcept;
    void wake_all_waiting() noexcept;
    [[nodiscard]] error_code take_in_turn(const waiting_line::place& place, const outgoing_message& what);
    [[nodiscard]] error_code write_now() noexcept;
    void flush_now() noexcept;
    [[nodiscard]] error_code start_writer() noexcept;
    void return_write_buffers() noexcept;
    void forget_outbox() noexcept;
    void begin_window();
    [[nodiscard]] std::size_t taken_in_window() noexcept;
    [[nodiscard]] task<void> write_when_writable();
    [[nodiscard]] task<void> write_the_rest();
    [[nodiscard]] task<void> write_deadline_passed();
    [[nodiscard]] task<result<void>> send_in_turn(outgoing_message what, time_point until);
    [[nodiscard]] task<void> say_farewell(duration linger);
    [[nodiscard]] task<void> see_off(duration linger);

    // More than twelve: the last are of a wait to read, and lie where the halves leave room.
    io::stream stream_;
    frame_wait* waits_ = nullptr;   // who waits to read
    flusher& flusher_;              // and by it the other parts of the thread
    std::shared_ptr<const frame_limits> limits_;
    outbound out_;
    flush_hook flush_hook_;   // while it waits for the flusher
    std::unique_ptr<extras> extras_;
    error_code failure_;
    held_memory memory_;
    [[no_unique_address]] inbound in_;
    lookout looks_;
    awaits awaits_ = awaits::bytes;
    filling filling_ = filling::done;
    std::uint8_t turns_ = 0;   // with more to answer; counts round and round
    bool in_line_ = false;     // for its next turn
};

}   // namespace hawser::io
