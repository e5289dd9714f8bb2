// dispatcher: what becomes of the frames of one session: it finds the route, calls the handler, and knows
// which calls are under way.
//
//   for (bytes body; frames.next(body);)
//       // `to_await` is to be awaited, or the session ends
//       if (!dispatch.handle(session, table, here, body, to_await)) break;
//   co_await dispatch.join();                                         // at the end: the concurrent ones
//
// A handler that answers at once costs nothing of what is made for those that wait. Those are watched, and counted
// until they have their answer. It is a part of its session, which is always the same: to know it too would take 8
// bytes of each connection. The session has it if there is an error.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/task.hpp>
#include <hawser/server/events.hpp>
#include <hawser/server/route.hpp>

#include "request_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

class route_table;
class session;

class dispatcher {
public:
    dispatcher() noexcept = default;
    dispatcher(const dispatcher&) = delete;
    dispatcher& operator=(const dispatcher&) = delete;
    ~dispatcher() = default;

    /// The body of the frame that was taken last. True: it is handled, and nothing is left in `here`, for the next.
    /// False: what `to_await` is then has to be awaited before the next frame is taken, or, if it is none, the session
    /// ends. Throws std::bad_alloc. In session.cpp, beside the loop.
    [[nodiscard]] inline bool handle(session& of, const route_table& routes, call& here, const bytes& body,
                                     io::task<void>& to_await);

    /// Beside the requests. Errors, and throws, as session_view::spawn() says.
    [[nodiscard]] error_code spawn(session& of, io::task<void> child);

    /// Requests that were begun and have no answer yet: awaited handlers, and answers that wait for room.
    [[nodiscard]] std::size_t unanswered() const noexcept {
        return (under_way_ ? under_way_->unanswered : 0U) + (answer_waits_ ? 1U : 0U);
    }
    /// The names of the packets whose handlers are awaited.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Whether concurrent calls are under way; and waits for them. While there are any.
    [[nodiscard]] bool has_running() const noexcept { return group() != nullptr && group()->children.running() > 0; }
    [[nodiscard]] io::task<void> join() { return under_way_->concurrent->children.join(); }
    /// The same of its children, which are to be told before.
    [[nodiscard]] bool has_children() const noexcept {
        return under_way_ && under_way_->children && under_way_->children->running() > 0;
    }
    [[nodiscard]] io::task<void> join_children() { return under_way_->children->join(); }   ///< while there are any
    /// When nothing runs any more, on the session's thread: whoever has a handle may destroy the rest on another.
    void end() noexcept { under_way_.reset(); }

private:
    // Calls of concurrent handlers: made when the first one comes.
    struct call_group {
        explicit call_group(const io::executor& where) : children(where), ended(where) {}
        io::group children;
        io::event ended;
        std::vector<std::pair<const route*, std::uint32_t>> counts;   // a handful at most
        [[nodiscard]] std::uint32_t& count_of(const route& how);
        [[nodiscard]] bool any() const noexcept;
    };
    // Made with the first request that has to wait: an idle session would carry it along.
    struct calls {
        explicit calls(session& of);
        request_watch watch;
        std::unique_ptr<call_group> concurrent;
        std::unique_ptr<io::group> children;   // beside the requests
        std::uint32_t unanswered = 0;
    };

    [[nodiscard]] calls& more(session& of);
    [[nodiscard]] static io::task<void> run_child(std::shared_ptr<session> self, io::task<void> child);
    [[nodiscard]] call_group* group() const noexcept { return under_way_ ? under_way_->concurrent.get() : nullptr; }
    [[nodiscard]] bool handle_another_way(session& of, const route& how, bytes body, io::task<void>& to_await);
    [[nodiscard]] bool handle_rest(session& of, call& here, bytes body, io::task<void>& to_await);
    [[nodiscard]] bool conclude(session& of, call& here, bytes body, io::task<void>& to_await);
    [[nodiscard]] io::task<void> send_when_there_is_room(session& of, byte_buffer answer, bytes body);
    [[nodiscard]] static io::task<void> await_rest(session& of, call& here, bytes body);
    [[nodiscard]] io::task<void> await(session& of, const route& how, bytes body);
    [[nodiscard]] static io::task<void> send_waiting(session& of, call& here);
    [[nodiscard]] io::task<void> await_concurrently(session& of, const route& how, bytes body);
    [[nodiscard]] io::task<void> concurrent_call(std::shared_ptr<session> self, const route& how, byte_buffer body,
                                                 stream_position where);

    std::unique_ptr<calls> under_way_;
    bool answer_waits_ = false;   // for room, that of a plain handler: it takes nothing of what is made for calls
};

}   // namespace hawser::server
