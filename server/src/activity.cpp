#include "activity.hpp"

#include "session.hpp"

#include <chrono>
#include <thread>

namespace hawser::inline v0::server {

std::string activity::last_begun() const {
    const session* const whose = whose_.load(std::memory_order_acquire);
    const std::string_view* const what = what_.load(std::memory_order_relaxed);
    if (what == nullptr) return "something that no handler is known to do";
    if (whose == nullptr) return std::string(*what);
    return std::string(*what) + " of " + whose->text();
}

void activity::stay_away() noexcept {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

}   // namespace hawser::server
