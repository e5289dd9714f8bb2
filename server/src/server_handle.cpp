// What a server is asked while it runs, by its own object and by whoever has a handle.
#include <hawser/server/server_handle.hpp>

#include "running/running.hpp"
#include "service.hpp"

#include <functional>
#include <utility>

namespace hawser::inline v0::server {

namespace {

error_code post(const std::shared_ptr<running>& by, const publication::letter& made) {
    return by ? by->publishing().post_to_all(made) : make_error_code(hawser::errc::stopping);
}

}   // namespace

server_handle service::handle() const noexcept { return server_handle(whole->weak_from_this()); }

// What this gives may outlive the handle.
io::task<result<void>> server_handle::publish(frame::shared_frame made, push_as as, std::uint64_t except) const {
    const std::shared_ptr<running> by = running_.lock();
    if (!by) return io::task<result<void>>::of(hawser::errc::stopping);
    return publication::publish({by, &by->publishing()},
                                {.frame = std::move(made), .visit = nullptr, .as = as, .except = except});
}

error_code server_handle::try_publish(const frame::shared_frame& made, const push_as& as, std::uint64_t except) const {
    return post(running_.lock(), {.frame = made, .visit = nullptr, .as = as, .except = except});
}

error_code server_handle::each(io::plain_function<void(context&)> what) const {
    auto shared = std::make_shared<const std::function<void(context&)>>(
        static_cast<std::function<void(context&)>&&>(what));
    return post(running_.lock(), {.frame = nullptr, .visit = std::move(shared), .as = {}, .except = 0});
}

result<frame::shared_frame> server_handle::frame_of(bytes body) const {
    const std::shared_ptr<running> by = running_.lock();
    if (!by) return hawser::errc::stopping;
    return by->common().frame_for_many(body, by->common().pool);
}

void server_handle::stop() const {
    if (const auto by = running_.lock()) by->stop(by->common().settings.drain_timeout);
}

void server_handle::stop(io::duration grace) const {
    if (const auto by = running_.lock()) by->stop(grace);
}

std::size_t server_handle::connections() const noexcept {
    const auto by = running_.lock();
    return by ? by->connections() : 0;
}

bool server_handle::ready() const noexcept {
    const auto by = running_.lock();
    return by && by->is_ready();
}

}   // namespace hawser::server
