// entry: what becomes of a peer that says who it is: its answer, and whether it is let in, and as whom.
//
//   struct account { std::string name; };
//   server::entry<login_ack, account> on_login(server::context&, const login& asked) {
//       if (!is_known(asked)) return {login_ack{asked.id, refused}};              // answered, then its connection ends
//       return {login_ack{asked.id, ok}, account{std::string(asked.name)}};
//   }
//   router.first<login>(on_login);
//   router.on<transfer>([](server::context&, const account& who, const transfer& asked) { ... });
#pragma once

#include <hawser/packet/packet.hpp>

#include <optional>

namespace hawser::inline v0::server {

/// Nothing is known of a peer but that it may come in.
struct anybody {};

template <packet::packet Answer, class Identity = anybody>
struct entry {
    static_assert(packet::owning<Answer>,
                  "the answer is encoded when the handler has ended: give it fields that own what they hold "
                  "(std::string, packet::text<std::uint8_t, std::string>)");
    using identity = Identity;

    Answer answer;
    /// Who it is, from now on until its session ends; none: it is turned away, in peace.
    std::optional<Identity> who = {};
};

/// Whether it is one.
template <class T>
inline constexpr bool is_entry = false;
/// It is.
template <class Answer, class Identity>
inline constexpr bool is_entry<entry<Answer, Identity>> = true;

}   // namespace hawser::server
