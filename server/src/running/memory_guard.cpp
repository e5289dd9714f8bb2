#include "memory_guard.hpp"

#include <boost/asio/post.hpp>

#include <new>

namespace hawser::inline v0::server {

void memory_guard::watch() {
    const std::shared_ptr<crew> all = crew_.lock();
    for (const auto& one : all->workers()) {
        const auto alarm = [self = weak_from_this()] {
            if (const auto guard = self.lock()) guard->alarm();
        };
        const auto relieve = [of = crew_, &home = *one] {
            if (const auto alive = of.lock()) home.relieve();
        };
        io::memory_account::of(one->executor()).draw_from(pool_, alarm, relieve);
    }
}

memory_guard::~memory_guard() {
    const std::shared_ptr<crew> all = stays_ ? nullptr : crew_.lock();
    if (!all) return;
    for (const auto& one : all->workers())   // one that there was no memory for has no account
        if (io::asio::has_service<io::memory_account>(one->executor().context()))
            io::memory_account::of(one->executor()).draw_from(nullptr);
}

// A thread that cannot be told finds out with its own next charge.
void memory_guard::alarm() noexcept try {
    const std::shared_ptr<crew> alive = crew_.lock();
    if (!alive || is_told_.exchange(true)) return;
    for (const auto& one : alive->workers()) {
        io::asio::post(one->executor(), [self = shared_from_this(), alive, &home = *one] {
            self->is_told_ = false;
            io::memory_account::of(home.executor()).look_soon();
        });
    }
} catch (const std::bad_alloc&) {
    is_told_ = false;
}

}   // namespace hawser::server
