// server_handle: a server from anywhere: for its own handlers, which are there before it is, and for other threads.
//
//   server::answered on_say(server::context& here, const say& said) {
//       const auto frame = here.server().frame_of(said);
//       if (frame) static_cast<void>(here.server().try_publish(*frame, {}, here.peer().number));   // to all others
//       return here.answer(said_ack{said.id});
//   }
//
// Copyable, usable from any thread, and harmless once the server has ended: then there is nobody to tell.
#pragma once

#include <hawser/error.hpp>
#include <hawser/frame/shared_frame.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/plain_function.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/push.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::server {

class context;
class running;

class server_handle {
public:
    /// Of none: as of one that has ended.
    server_handle() = default;
    explicit server_handle(std::weak_ptr<running> to) noexcept : running_(std::move(to)) {}   ///< the server's to make

    /// As server::publish(). `stopping` also once it has ended.
    [[nodiscard]] io::task<result<void>> publish(frame::shared_frame made, push_as as = {},
                                                 std::uint64_t except = 0) const;
    /// The same with a packet. Errors of frame_of() too.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> publish(Packet&& made, push_as as = {}, std::uint64_t except = 0) const {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        result<frame::shared_frame> frame = frame_of(made);
        return frame ? publish(std::move(*frame), as, except) : io::task<result<void>>::of(frame.error());
    }
    /// As server::try_publish().
    [[nodiscard]] error_code try_publish(const frame::shared_frame& made, const push_as& as = {},
                                         std::uint64_t except = 0) const;
    /// As server::each().
    [[nodiscard]] error_code each(io::plain_function<void(context&)> what) const;
    /// As server::frame_of(); `stopping` once it has ended.
    [[nodiscard]] result<frame::shared_frame> frame_of(bytes body) const;
    /// The same of a packet.
    template <packet::packet Packet>
    [[nodiscard]] result<frame::shared_frame> frame_of(const Packet& made) const {
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) return error;
        return frame_of(body.view());
    }

    /// As server::stop(): what was received is answered, by the handler that says this too.
    void stop() const;
    void stop(io::duration grace) const;                      ///< the same with another grace than the config's
    [[nodiscard]] std::size_t connections() const noexcept;   ///< that are open; 0 once it has ended
    [[nodiscard]] bool ready() const noexcept;                ///< as server::ready()

private:
    std::weak_ptr<running> running_;
};

}   // namespace hawser::server
