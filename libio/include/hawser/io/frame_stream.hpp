// frame_stream: whole frames to and from one peer: a reader and an outbox on a stream, with every wait bounded.
//
//   io::frame_stream frames(std::move(transport), codec, limits);
//   while (auto body = co_await frames.read_frame())
//       if (auto sent = co_await frames.send(*body); !sent) break;
//   co_await frames.finish(1s);
//
// Await per read, write per batch: frames that arrived together are taken without waiting, and what is sent while they are handled
// leaves in one write. A connection that waits holds no read buffer; it is lent one from its thread's pool when there is something to
// read. After a budget of frames the other connections of its thread have a turn. To be used on the thread of its executor only. Errors are
// sticky. Who sends without memory gets std::bad_alloc, and nothing is taken; what the peer brings about ends the connection, with ENOMEM.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/outbox.hpp>
#include <hawser/frame/reader.hpp>
#include <hawser/io/frame_wait.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/held_memory.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/lookout.hpp>
#include <hawser/io/stream.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace hawser::io {

class flusher;
class frame_stream {
public:
    frame_stream(transport carrier, const frame::any_codec& codec, frame_limits limits = {})
        : frame_stream(std::move(carrier), codec, codec, limits) {}   ///< the same format both ways
    /// Reads frames of one format and writes those of another.
    frame_stream(transport carrier, frame::any_codec incoming, frame::any_codec outgoing, frame_limits limits = {});
    /// One of many, with limits made by shared_limits() for the outgoing format.
    frame_stream(transport carrier, frame::any_codec incoming, frame::any_codec outgoing,
                 std::shared_ptr<const frame_limits> limits);
    frame_stream(const frame_stream&) = delete;
    frame_stream& operator=(const frame_stream&) = delete;
    ~frame_stream();

    // Reading.
    /// The body of the next frame: a view, valid until the next call that reads. Taken in this call if it has arrived; else it is waited for
    /// where this is awaited, at once, and what was sent leaves first. One at a time: another fails with `concurrent_read`, and ends the connection.
    [[nodiscard]] frame_read read_frame() { return {*this, next()}; }
    /// The next frame if it has arrived. None if it has not, if this turn's budget is spent, or if there will be none: fill() waits
    /// for more, or says why.
    [[nodiscard]] std::optional<bytes> next();
    /// Writes what waits to be written; then waits for bytes and reads them, or only lets others have their turn. After success: look at next().
    [[nodiscard]] frame_fill fill() noexcept { return {*this, frame_wait::until::bytes}; }
    /// Lets the others of the thread have their turn. Needs no memory, and does not fail: what it gives may be ignored. For whoever reads from
    /// this, and nobody else; but at the end of it all, when a reader that was forgotten is told that.
    [[nodiscard]] frame_fill others_turn() noexcept { return {*this, frame_wait::until::turn}; }
    /// No more waiting for bytes: what has arrived until now can still be read, up to a mebibyte of it, then comes `stopping`.
    void stop_reading() noexcept;
    void take_no_more() noexcept;   ///< hands nothing more out, whether it has arrived or not: then comes `closed`; writing goes on

    // Writing.
    /// Takes the frame of `body` (a copy), or says outbox_full when there is no room or others wait for it. The frame
    /// leaves with the next fill(), flush() or flush_soon().
    [[nodiscard]] error_code push(bytes body);
    /// push() of a body whose `size` bytes are then written where this says, at once. Null, and nothing taken, if push() is needed.
    [[nodiscard]] std::byte* begin_frame(std::size_t size) { return write_lent_ ? begin_next_frame(size) : begin_first_frame(size); }
    /// Takes the frame of `body` in this call if there is room; else waits for it, in turn, and `body` must stay valid until then. Returns when the
    /// outbox has it, not when it is written; it leaves when this thread has nothing better to do. `write_timeout`: no room until then.
    [[nodiscard]] task<result<void>> send(bytes body, time_point until = time_point::max());
    /// Takes a frame that nobody asked for, or does with it what `policy` says if the peer is slow; one that is dropped is counted and no
    /// error. `outbox_full` if it would have to wait; slow_consumer::close ends the connection. It is of the outgoing format, and leaves as with push().
    [[nodiscard]] error_code offer(const frame::shared_frame& frame, const frame::label& as, frame::slow_consumer policy);
    /// The same, but slow_consumer::wait waits for room, in turn, until limits.push_timeout has passed (`write_timeout`).
    [[nodiscard]] task<result<void>> publish(frame::shared_frame frame, frame::label as, frame::slow_consumer policy);
    /// What has become of what was offered and published to a slow peer.
    [[nodiscard]] frame::push_counts pushes() const noexcept;
    /// What was pushed leaves when whoever runs now has suspended: all that is pushed in one turn in one write. Whoever is in line for
    /// its next turn, with frames left to answer, goes on collecting for 16 turns at most, and 64 KiB.
    void flush_soon() noexcept;
    [[nodiscard]] task<result<void>> flush();   ///< waits until the kernel has everything that was sent
    /// Flushes, then tells the peer that nothing more comes; reading goes on.
    [[nodiscard]] task<result<void>> close_write();

    // Deadlines of the user, beside the limits: absolute, sticky until moved, time_point::max() for none. Once the write deadline has
    // passed, send() and flush() fail with `write_timeout` where they would wait, and what they have taken waits until it is moved. If it
    // passes inside a frame, nothing can follow: writing ends (`torn_frame`), what waited is lost, the peer is told the end, reading goes on.
    void set_read_deadline(time_point at) noexcept;   ///< of read_frame() and fill()
    void set_write_deadline(time_point at) noexcept;   ///< of send() and flush()
    void set_deadline(time_point at) noexcept { set_read_deadline(at), set_write_deadline(at); }
    /// While somebody holds it, silence of the peer is not idleness. Then the peer has the whole idle time-out again, at most twice that.
    void hold_idle() noexcept { ++held_; }
    void release_idle() noexcept { --held_, was_busy_ = true; }

    // The end.
    /// Ends in peace: flushes, tells the peer that nothing more comes, reads off what it still sends until everything has reached it
    /// and it closes too, or `linger` after that (so that no reset destroys the last frame), and closes. A peer that takes nothing any
    /// more is left after the write-stall time-out. After a failure, just closes. Returns when nothing of this object runs any more, so
    /// that it may be destroyed. If it throws (std::bad_alloc), it did nothing: call it again.
    [[nodiscard]] task<void> finish(duration linger);
    /// Ends now, also after finish(), and needs no memory. False while its writer has to end: await others_turn(), and ask again.
    [[nodiscard]] bool abandon() noexcept;
    /// Frees what was read and not taken. Nothing is read any more.
    void discard_input() noexcept;
    /// Ends now, for this reason; whoever waits gets it. Nothing more is written.
    void fail(error_code why) noexcept;
    /// Ends now because the peer broke the protocol. Nothing is sent about it; answers that earlier frames have earned still leave if
    /// the kernel takes them at once, so what a peer gets does not depend on how its bytes were cut.
    void reject(error_code why) noexcept;
    void close() noexcept { fail(errc::closed); }
    /// `tell`, made with calling(), is called when it fails or is closed, in that call. At most one is told. Throws std::bad_alloc.
    void on_failure(callback tell);

    /// The first failure; the end of the peer's stream is one until something worse ends the connection.
    [[nodiscard]] error_code failure() const noexcept { return failure_; }
    /// The stream offset of the first byte not taken; and, valid until the next read, the frame before it and the bytes there that have arrived.
    [[nodiscard]] std::uint64_t position() const noexcept { return reader_.position(); }
    [[nodiscard]] bytes last_frame() const noexcept { return reader_.last_frame(); }
    [[nodiscard]] bytes unread() const noexcept { return reader_.unread(); }
    [[nodiscard]] std::uint64_t frames_in() const noexcept { return reader_.frames(); }
    [[nodiscard]] std::uint64_t skips() const noexcept { return reader_.skips(); }   ///< stretches dropped that were no frames
    [[nodiscard]] std::uint64_t frames_out() const noexcept { return outbox_.frames(); }
    [[nodiscard]] std::uint64_t written() const noexcept { return outbox_.written(); }   ///< bytes the kernel took
    [[nodiscard]] std::size_t available() const noexcept { return stream_.available(); }   ///< bytes to be read
    [[nodiscard]] std::size_t queued() const noexcept { return outbox_.queued(); }   ///< bytes that wait to be written
    [[nodiscard]] std::size_t unsent() noexcept { return stream_.unsent(); }   ///< bytes written, not arrived; 0 after the end
    [[nodiscard]] std::size_t untaken() const noexcept { return reader_.whole(); }   ///< whole frames that were read
    /// Frames taken that are not wholly written, those included that were lost when writing ended.
    [[nodiscard]] std::size_t unwritten() const noexcept { return outbox_.unwritten(); }
    [[nodiscard]] std::size_t held() const noexcept { return memory_.bytes(); }   ///< of memory, hold_memory() included
    [[nodiscard]] std::size_t shared() const noexcept { return outbox_.shared(); }   ///< of frames that others may hold too
    [[nodiscard]] bool must_pause() const noexcept;   ///< it holds something while memory is short: nothing more is to begin
    /// Counts memory that others hold for this peer, a copy of a body say, as its own; -n gives it back. Throws std::bad_alloc.
    void hold_memory(std::ptrdiff_t bytes);
    [[nodiscard]] memory_account::turn::pausing pauses(event& wake);   ///< how it stands in line for memory
    [[nodiscard]] kept_memory keeps(time_point now) const noexcept;   ///< nothing if it has failed
    void compact() noexcept;   ///< gives room back that holds nothing, if it waits for its peer
    void shed(error_code why) noexcept;   ///< fail(), and what keeps() said is given back in this call
    [[nodiscard]] const frame::any_codec& outgoing() const noexcept { return outgoing_; }
    [[nodiscard]] endpoint remote() const noexcept { return stream_.remote(); }
    [[nodiscard]] endpoint local() const noexcept { return stream_.local(); }
    [[nodiscard]] executor get_executor() noexcept { return stream_.get_executor(); }
    [[nodiscard]] time_point opened_at() const noexcept { return opened_at_; }

private:
    friend class flusher;
    friend class frame_wait;   // begins and ends here
    using flush_hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    struct extras;   // what only some have
    struct outgoing_message;   // waits for room
    class reading_on;          // what a wait to read leads to
    enum class awaits : unsigned char { turn, bytes, memory };           // what is waited for
    enum class filling : unsigned char { waits, done, late, stopped };   // what it came to: done if no failure(), late by the user's deadline

    [[nodiscard]] bool may_write() const noexcept { return !failure_.failed() && !write_closed_ && !torn_; }
    [[nodiscard]] error_code write_failure() const noexcept;
    void no_more_frames(error_code why) noexcept;
    [[nodiscard]] bool begin(frame_wait& who);
    [[nodiscard]] bool reads_on(frame_wait& who, bool waits);
    [[nodiscard]] bool begin_wait(frame_wait& who) noexcept;
    void end_wait(const error_code& failed);
    [[nodiscard]] task<error_code> wait_slowly();
    [[nodiscard]] bool begin_fill();
    [[nodiscard]] bool go_on(const error_code& waited);
    [[nodiscard]] error_code filled() const noexcept;
    [[nodiscard]] filling prepare_wait();
    [[nodiscard]] filling after_wait(const error_code& waited);
    [[nodiscard]] bool read_now();
    [[nodiscard]] bool no_memory() noexcept;
    [[nodiscard]] task<void> wait_for_memory();
    [[nodiscard]] bool is_parked() const noexcept { return filling_ == filling::waits && awaits_ != awaits::turn; }
    void account() noexcept;
    void begin_wait_for_peer() noexcept;
    void note_progress(std::size_t bytes) noexcept;
    void end_pause() noexcept;
    void use_turn(std::size_t bytes) noexcept;
    void release_memory() noexcept;
    [[nodiscard]] extras& more();
    void wake_waiting() noexcept;
    [[nodiscard]] bool has_senders() const noexcept;
    [[nodiscard]] time_point user_read_deadline() const noexcept;
    void borrow_read_buffer(bool sparing);
    void return_read_buffer();
    void return_write_buffers() noexcept;
    [[nodiscard]] time_point read_limit(time_point now) noexcept;
    [[nodiscard]] filling timed_out() noexcept;
    [[nodiscard]] error_code take(bytes body);
    [[nodiscard]] error_code take(const outgoing_message& what);
    [[nodiscard]] error_code offer_in_turn(const frame::shared_frame& frame, const frame::label& as, frame::slow_consumer policy);
    [[nodiscard]] std::byte* begin_next_frame(std::size_t size);
    [[nodiscard]] std::byte* begin_first_frame(std::size_t size);
    [[nodiscard]] bool must_not_grow() const noexcept;
    void borrow_write_buffer(std::size_t size);
    void give_up_block() noexcept;
    [[nodiscard]] error_code write_now() noexcept;
    void flush_now() noexcept;
    [[nodiscard]] error_code start_writer() noexcept;
    void forget_outbox() noexcept;
    void begin_window();
    [[nodiscard]] std::size_t taken_in_window() noexcept;
    [[nodiscard]] task<void> write_when_writable();
    [[nodiscard]] task<void> write_the_rest();
    [[nodiscard]] task<void> write_deadline_passed();
    [[nodiscard]] task<result<void>> send_in_turn(outgoing_message what, time_point until);
    [[nodiscard]] task<void> say_farewell(duration linger);
    [[nodiscard]] task<void> see_off(duration linger);

    stream stream_;
    frame_wait* waits_ = nullptr;   // who waits to read
    flusher& flusher_;   // and by it the other parts of the thread
    std::shared_ptr<const frame_limits> limits_;
    frame::reader<frame::any_codec> reader_;
    frame::any_codec outgoing_;
    frame::outbox outbox_;
    flush_hook flush_hook_;   // while it waits for the flusher
    std::unique_ptr<extras> extras_;
    error_code failure_;
    time_point opened_at_;
    time_point frame_began_at_;
    time_point quiet_since_{};
    time_point read_limit_ = time_point::max();   // of the wait that is under way, or was
    held_memory memory_;
    std::uint32_t quiet_after_ = 0;    // so many frames, or 2^32 more
    std::uint32_t left_to_read_ = 0;   // once stopping
    std::uint32_t held_ = 0;
    std::uint16_t turn_left_;
    lookout looks_;
    std::uint8_t turns_ = 0;   // with more to answer; counts round and round
    awaits awaits_ = awaits::bytes;
    filling filling_ = filling::done;
    bool read_lent_ = false;
    bool stopping_ = false;
    bool inside_frame_ = false;   // since frame_began_at_
    bool was_busy_ = false;       // during this wait for the peer, it has waited for us
    bool in_line_ : 1 = false;      // for its next turn. These share a byte: one byte more would make every connection 16 longer
    bool write_lent_ : 1 = false;
    bool writing_ : 1 = false;        // the kernel is full and the writer waits for it
    bool write_closed_ : 1 = false;   // nothing more is taken to be sent
    bool torn_ : 1 = false;           // nothing more can be sent: a frame is half out for ever
    bool takes_no_more_ : 1 = false;
};

}  // namespace hawser::io
