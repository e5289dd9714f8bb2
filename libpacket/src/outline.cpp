#include <hawser/packet/outline.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::packet {

const form* outline::find(std::uint64_t command) const noexcept {
    const auto found = std::ranges::find(forms_, command, &form::command);
    return found == forms_.end() ? nullptr : &*found;
}

void outline::require_pings() const {
    if (control_ == nullptr || control_->make_ping == nullptr)
        throw std::invalid_argument("pings: the protocol " + std::string(name_) + " has none: see packet::control");
}

void outline::require_greeting() const {
    if (control_ == nullptr || control_->make_greeting == nullptr)
        throw std::invalid_argument("hello: the protocol " + std::string(name_) +
                                    " has no greeting: see packet::control");
}

}   // namespace hawser::packet
