// push: what a server sends to a client that did not ask: a price, a chat line, an alarm. A client that does not keep
// up has no right to all of it, so every push has a policy for it.
//
//   server::push_policies pushes{.otherwise = frame::slow_consumer::drop_oldest};
//   pushes.of_class[prices] = frame::slow_consumer::coalesce;
//   server::config config{.pushes = pushes};
//   ...
//   co_await client.push(quote, {.message_class = prices, .key = instrument});
#pragma once

#include <hawser/frame/backlog.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace hawser::inline v0::server {

/// How one message is pushed.
struct push_as {
    std::uint32_t message_class = 0;   ///< messages of one class displace only each other
    std::uint64_t key = 0;             ///< what it is about, for frame::slow_consumer::coalesce
    /// None: what the connection's policies say of its class.
    std::optional<frame::slow_consumer> policy = {};
};

/// What becomes of pushes to those who are slow. A config has them for every connection; a connection may have its own.
struct push_policies {
    frame::slow_consumer otherwise = frame::slow_consumer::wait;
    std::map<std::uint32_t, frame::slow_consumer> of_class = {};

    /// What is done with this message if its connection is slow.
    [[nodiscard]] frame::slow_consumer policy_of(const push_as& message) const {
        if (message.policy) return *message.policy;
        const auto found = of_class.find(message.message_class);
        return found == of_class.end() ? otherwise : found->second;
    }
};

}   // namespace hawser::server
