// session: the server's view of one connection, from accept to the line in the log. Connection, context and handle are
// views of it.
//
// Its chain has one coroutine after the other: that of its frames, or the user's `serve`, then that
// which parts from its peer.
//
// Lifetime: until the last of them has ended it owns itself; a handle owns it during a call. While one exists, its
// io_context has work, so whatever a handle posts there is run.
#pragma once

#include <hawser/io/deadline.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/heartbeat.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/io/memory_charge.hpp>
#include <hawser/io/task_chain.hpp>
#include <hawser/server/config.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/error.hpp>

#include "dispatcher.hpp"
#include "service.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/require.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

class worker;

class session : public std::enable_shared_from_this<session>,
                public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                private io::task_chain<void> {
public:
    using list = boost::intrusive::list<session, boost::intrusive::constant_time_size<false>>;

    // What of the user's a thread may be busy with, beside the handlers of packets.
    static constexpr std::string_view open_hook = "on_open";
    static constexpr std::string_view close_hook = "on_close";
    static constexpr std::string_view serve_call = "serve";
    static constexpr std::string_view each_call = "server::each";
    static constexpr std::string_view spawned_task = "a task that was spawned";

    /// `of` keeps the server's parts alive, the worker among them.
    session(std::shared_ptr<const service> of, worker& home, io::accepted made, std::uint64_t number);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    /// Tells its end if it has not come to it: its io_context went first.
    ~session();

    /// Begins its life, inside of this call up to where it first waits. Throws std::bad_alloc, and then it has none.
    void begin();

    /// Handles what has been received, then ends; what waits for the peer's doing leaves half of the time until `end`
    /// to the rest. Again: only an earlier end counts.
    void drain(io::time_point end);

    /// What a cut cost.
    struct cut_result {
        bool is_forced = false;       ///< something was not handled, or an answer has not reached the peer for sure
        std::size_t unanswered = 0;   ///< frames not handled, handlers under way, and frames that waited to be written
    };
    /// Ends now, by force. It costs nothing if all that came was answered and has arrived, as when
    /// it only waits for the peer.
    [[nodiscard]] cut_result cut();
    /// Calls `what`, which is known as `name`, a constant; what it throws ends this session.
    void visit(const std::function<void(context&)>& what, const std::string_view& name = each_call);
    /// Offers it a frame that was published. False if it gets none: there is no room and the
    /// policy is to wait, or it ends.
    [[nodiscard]] bool take_published(const frame::shared_frame& made, const push_as& as);
    /// Its peer has to say who it is.
    [[nodiscard]] bool is_strange() const noexcept { return standing_ == standing::stranger; }
    [[nodiscard]] std::uint64_t number() const noexcept { return peer_.number; }
    /// Ends now, because memory is short.
    void shed() noexcept { frames_.memory().shed(hawser::errc::memory_short); }
    [[nodiscard]] frame::push_counts pushes() const noexcept;   ///< what has become of those that found it slow
    /// "connection 7 from 127.0.0.1:4711"
    [[nodiscard]] std::string text() const;
    /// The names of what is awaited for it.
    [[nodiscard]] std::vector<std::string> under_way() const;

    // What it is made of.

    [[nodiscard]] io::frame_stream& frames() noexcept { return frames_; }
    [[nodiscard]] const io::frame_stream& frames() const noexcept { return frames_; }
    [[nodiscard]] worker& home() const noexcept { return home_; }   ///< its thread
    [[nodiscard]] const service& common() const noexcept { return *service_; }

    // What ends it. Which of the reasons counts is in note_end().

    /// Nothing more is handled, for this reason.
    void stop_handling(error_code why) noexcept;
    /// A child of this session, as session_view says.
    [[nodiscard]] error_code spawn(io::task<void> child);
    /// The same in peace: what was answered, or will be by handlers that are under way, leaves.
    void finish(error_code why) noexcept;
    /// A packet that breaks the protocol: its ending says where, and what.
    void breach(error_code why, const stream_position& where, std::string_view what) noexcept;
    void handler_failed(std::exception_ptr thrown) noexcept;
    void no_memory() noexcept;
    void request_late() noexcept { frames_.fail(errc::request_timeout); }
    [[nodiscard]] bool is_over() const noexcept { return stage_ >= stage::ending; }   ///< nothing more is handled
    [[nodiscard]] stream_position last_frame() const noexcept;                        ///< the frame that was taken last

    // What its peer has said of itself.

    /// A body that is of the protocol's control, see packet::control: none if it is not; what is malformed in it. Its
    /// answer, if it has one, is put where those of `here` are. Throws std::bad_alloc.
    [[nodiscard]] std::optional<error_code> take_control(call& here, bytes body);
    void heard();   ///< its peer lives
    /// Whoever sent this body may come in. Throws std::bad_alloc.
    void let_in(bytes greeting);
    /// How its packets are handled now. With a router.
    [[nodiscard]] const route_table& handled_by() const noexcept;
    [[nodiscard]] unhandled why_unhandled(bytes body) const;   ///< by that

private:
    friend class session_view;   // these two are views of it
    friend class handle;

    // Of a peer that answers pings: made when it says so.
    struct pulse {
        pulse(session& of, io::time_point now);
        io::heartbeat beat;
        io::deadline due;
        std::uint64_t arrived = 0;   // bytes at the peer's side, at the last beat
        std::uint64_t received;      // bytes from there
    };

    // What its ending says beside the figures: why, and where and what after a breach or what a handler threw.
    struct remark {
        error_code why;
        std::optional<stream_position> where;
        std::string detail;
    };

    // While one exists, its io_context has work.
    using work = decltype(io::asio::require(std::declval<io::executor>(),
                                            io::asio::execution::outstanding_work.tracked));

    struct state {
        state(const std::type_info& of, std::shared_ptr<void> made) : type(of), kept(std::move(made)) {}
        std::type_index type;
        std::shared_ptr<void> kept;
    };

    // What a handle may post, each once: it has its memory before it is needed, as it must not fail.
    struct order {
        std::atomic<bool> is_given{false};
        io::sized_operation_memory<96> memory;
    };
    struct orders {
        order close;
        order finish;
    };

    // What only some sessions have: each that waits would carry it along.
    struct extras {
        std::unique_ptr<pulse> beating;
        std::unique_ptr<push_policies> pushes;     // if it has its own
        std::unique_ptr<orders> by_handle;         // made with the first handle
        std::vector<state> states;                 // a handful at most
        std::stop_source stop{std::nostopstate};   // made when somebody asks, see stop_token()
        std::unique_ptr<remark> of_end;
    };

    // How far it has come. While it serves it may have been told to go, and is still read from, or have what had
    // arrived by then to handle. It ends: nothing more is handled. Calls that are under way are waited for. It parts
    // from its peer. It has. The server is told.
    enum class stage : unsigned char {
        opening,
        serving,
        told_to_go,
        reading_the_rest,
        ending,
        joining,
        parting,
        parted,
        ended
    };
    // Why it was drained.
    enum class drained : unsigned char { no, by_stop, by_age };
    // Whether its peer may be sent pings, and be told to go.
    enum class dialect : unsigned char { plain, controlled };
    // Whether its peer has to say who it is before anything else is handled.
    enum class standing : unsigned char { stranger, known };
    // Whether what it awaited last has thrown: then it tries another way, and others have a turn: they
    // may give back what it lacks.
    enum class awaited : unsigned char { well, in_vain };
    // Whether it ends for a reason, or because serve has returned.
    enum class cause : unsigned char { none, given };

    class turn_of_others;

    [[nodiscard]] io::task<void> handle_frames();
    void call_open_hook();
    [[nodiscard]] io::task<void> called_serve() noexcept;
    [[nodiscard]] io::task<void> serve_bytes();
    void completed() override;
    void abandon() noexcept override;
    void come_to_end() noexcept;
    void open();
    [[nodiscard]] bool serves(io::task<void>& to_await) noexcept;
    void note_filled(const error_code& why_not) noexcept;
    void call_threw() noexcept;   // in its catch clause
    void note_end() noexcept;
    [[nodiscard]] bool parts(io::task<void>& next) noexcept;
    [[nodiscard]] io::task<void> part();
    void stop_children() noexcept;
    void ended() noexcept;
    void tell_server() noexcept;

    [[nodiscard]] static io::task<void> send_away(std::shared_ptr<session> self, io::time_point latest);
    [[nodiscard]] std::chrono::milliseconds reconnect_within();
    void read_the_rest() noexcept;
    void life_over() noexcept;
    [[nodiscard]] io::time_point end_of_life() const;
    void beat() noexcept;
    [[nodiscard]] bool takes_what_waits() noexcept;
    [[nodiscard]] bool has_sent_more() noexcept;
    [[nodiscard]] std::uint64_t received() const noexcept {
        return frames_.in().position() + frames_.in().unread().size();
    }

    // It ends, and gives back what it holds. A peer that has closed its half only still gets its answers.
    [[nodiscard]] bool is_lost() const noexcept { return frames_.failure() && frames_.failure() != condition::ended; }
    [[nodiscard]] error_code why() const noexcept;
    void note(const error_code& why, const std::optional<stream_position>& where, std::string_view what) noexcept;
    [[nodiscard]] ending how_it_ended() const;

    [[nodiscard]] extras& more();
    void be_a_stranger();
    void learn_at_once() noexcept;
    void learn_control();   // from now on its peer may be sent pings, and told to go
    void beat_answered(std::uint32_t number) noexcept;

    [[nodiscard]] pulse* beating() const noexcept { return extras_ ? extras_->beating.get() : nullptr; }
    [[nodiscard]] remark* of_end() const noexcept { return extras_ ? extras_->of_end.get() : nullptr; }
    [[nodiscard]] std::stop_token stop_token();
    void stop_handlers() noexcept { extras_->stop.request_stop(); }

    // More than twelve: the last are a byte each, and a struct of them would only repeat their names.
    std::shared_ptr<session> self_;   // from its beginning to its end
    std::shared_ptr<const service> service_;
    worker& home_;
    work work_;
    hawser::server::peer peer_;
    io::frame_stream frames_;
    connection connection_;   // for serve
    io::deadline life_;       // of the stage that it is in, see life_over()
    std::unique_ptr<extras> extras_;
    [[no_unique_address]] dispatcher
        dispatcher_;   // calls with a router, and children; what follows lies in its padding
    stage stage_ = stage::opening;
    drained drained_ = drained::no;
    dialect speaks_ = dialect::plain;
    standing standing_ = standing::known;
    cause cause_ = cause::none;
    awaited awaited_ = awaited::well;
};

}   // namespace hawser::server
