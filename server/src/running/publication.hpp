// publication: what goes to all connections of a server, from any thread; mailbox.hpp says how it gets to theirs.
#pragma once

#include "crew.hpp"
#include "lifecycle.hpp"

#include "../mailbox.hpp"

#include <memory>

namespace hawser::inline v0::server {

class publication {
public:
    using letter = mailbox::letter;

    /// All of these outlive this.
    publication(const service& of, const crew& to, const lifecycle& life) noexcept
        : service_(of), crew_(to), life_(life) {}

    /// All threads or none, where the policy is to wait.
    [[nodiscard]] error_code post_to_all(const letter& what) const;
    /// Waits where a thread is behind. `self` keeps this.
    [[nodiscard]] static io::task<result<void>> publish(std::shared_ptr<const publication> self, letter what);

private:
    [[nodiscard]] error_code reserve_and_put(const letter& what) const;
    [[nodiscard]] error_code put(worker& to, const letter& what, const mailbox::waiter* who = nullptr) const;
    [[nodiscard]] static io::task<error_code> put_in_turn(const publication& self, worker& to, const letter& what,
                                                          io::time_point until);
    [[nodiscard]] frame::slow_consumer policy_of(const letter& what) const;
    [[nodiscard]] bool may_wait(const letter& what) const;
    [[nodiscard]] static bool hands_out_now(const worker& which, const letter& what);
    void note_lost(worker& of) const;

    const service& service_;
    const crew& crew_;
    const lifecycle& life_;
};

}   // namespace hawser::server
