// pending: which answer belongs to which request. Pure: no socket, no clock.
//
//   pending.add(packet::identity::of<packet::submit_ack>(id), waiter);     // before the request is sent
//   if (Waiter* who = pending.take(identity)) ...                          // when a packet has come
#pragma once

#include <hawser/packet/outline.hpp>

#include <map>
#include <utility>

namespace hawser::inline v0::client {

template <class Waiter>
class pending {
public:
    /// `who` waits for this answer; false if somebody already does. `who` must stay until taken or removed.
    [[nodiscard]] bool add(const packet::identity& answer, Waiter& who) {
        return waiting_.try_emplace(answer, &who).second;
    }

    /// Who waits for this answer, and does no longer; null if nobody does.
    [[nodiscard]] Waiter* take(const packet::identity& answer) noexcept {
        const auto found = waiting_.find(answer);
        if (found == waiting_.end()) return nullptr;
        Waiter* who = found->second;
        waiting_.erase(found);
        return who;
    }

    /// Whether somebody waits for this answer.
    [[nodiscard]] bool has(const packet::identity& answer) const noexcept { return waiting_.contains(answer); }

    /// Who waited has given up.
    void remove(const packet::identity& answer) noexcept { waiting_.erase(answer); }

    /// Calls `visit(Waiter&)` for everyone, and forgets them: the connection is lost.
    template <class Visit>
    void take_all(Visit visit) {
        for (const auto& [key, who] : std::exchange(waiting_, {})) visit(*who);
    }

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
    std::map<packet::identity, Waiter*> waiting_;
};

}   // namespace hawser::client
