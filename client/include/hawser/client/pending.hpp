// pending: which answer belongs to which request. Pure: no socket, no clock.
//
//   pending.add(packet::submit_ack::code, id, waiter);     // before the request is sent
//   if (Waiter* who = pending.take(header)) ...            // when a packet has come
#pragma once

#include <hawser/packet/packet.hpp>

#include <map>
#include <utility>

namespace hawser::client {

template <class Waiter>
class pending {
public:
    /// `who` waits for this answer; false if somebody already does. `who` must stay until taken or removed.
    [[nodiscard]] bool add(packet::command answer, const packet::id& id, Waiter& who) {
        return waiting_.try_emplace({answer, id}, &who).second;
    }

    /// Who waits for this packet, and does no longer; null if nobody does.
    [[nodiscard]] Waiter* take(const packet::header& front) noexcept {
        const auto found = waiting_.find({front.code, front.id});
        if (found == waiting_.end()) return nullptr;
        Waiter* who = found->second;
        waiting_.erase(found);
        return who;
    }

    /// He has given up.
    void remove(packet::command answer, const packet::id& id) noexcept { waiting_.erase({answer, id}); }

    /// Calls `visit(Waiter&)` for everyone, and forgets them: the connection is lost.
    template <class Visit>
    void take_all(Visit visit) {
        for (const auto& [key, who] : std::exchange(waiting_, {})) visit(*who);
    }

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

private:
    std::map<std::pair<packet::command, packet::id>, Waiter*> waiting_;
};

}  // namespace hawser::client
