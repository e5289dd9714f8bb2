// control: what a protocol says beside its requests: signs of life, goodbye, hello. A protocol that has one gives it to
// whoever speaks it: servers and clients ping, drain and greet by it.
//
//   struct short_messages : packet::protocol<enquire_link, enquire_link_resp, unbind, ...> {
//       static constexpr packet::control control =
//           packet::control().pinged_by<enquire_link>().sent_away_by<unbind>().from_the_start();
//   };
//
// Plain functions, so that it may be about bodies that are no packets: set the members then. Each that reads says
// unknown_command of a body that is something else, and what is wrong with one that is malformed. One that is null is
// never called: nothing of that kind is sent, or understood. They are called on any thread of a server, and throw
// nothing but std::bad_alloc.
#pragma once

#include <hawser/error.hpp>
#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/identity.hpp>
#include <hawser/packet/packet.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>

namespace hawser::inline v0::packet {

class control {
public:
    /// When a server may send pings and tell that it goes away.
    enum class sent : unsigned char {
        once_known,   ///< to a client that has shown that it knows them: by its greeting, or a ping of its own
        always,       ///< from the start
    };

    // Signs of life: either side may ask for one.

    /// Appends the body of the ping with this number, from 1 to `last_number`.
    void (*make_ping)(std::uint32_t number, byte_buffer& out) = nullptr;
    /// The number of the ping that this body answers; 0 if pongs do not say: that of the last one. Another number than
    /// those of pings answers none.
    decoded<std::uint32_t> (*read_pong)(bytes body) = nullptr;
    /// Appends the answer to a ping.
    decoded<void> (*answer_ping)(bytes body, byte_buffer& out) = nullptr;
    std::uint32_t last_number = serial::last;   ///< of pings and greetings; after it comes 1

    // Goodbye: a server tells its client to be gone, and when to come back.

    /// Appends the body that says so.
    void (*make_go_away)(std::chrono::milliseconds reconnect_within, byte_buffer& out) = nullptr;
    decoded<std::chrono::milliseconds> (*read_go_away)(bytes body) = nullptr;   ///< within what time

    // Hello: what a client says first.

    /// Appends the greeting with this number, and says what its answer is known by.
    identity (*make_greeting)(std::uint32_t number, byte_buffer& out) = nullptr;
    decoded<bool> (*read_welcome)(bytes body) = nullptr;   ///< whether that answer says yes
    /// Whether the greeting says that its sender knows pings and goodbyes.
    decoded<bool> (*read_greeting)(bytes body) = nullptr;
    /// Appends a server's answer to a greeting, if that is to be yes.
    void (*welcome)(bytes body, byte_buffer& out) = nullptr;
    form welcome_form = {};   ///< of the answer

    sent when = sent::once_known;

    /// Pings are this packet, and answered by its reply. If they have an id, it is their number.
    template <packet Ping>
    [[nodiscard]] constexpr control pinged_by() const noexcept;
    /// Goodbye is this packet.
    template <packet GoAway>
    [[nodiscard]] constexpr control sent_away_by() const noexcept;
    /// The same, and its member Within, an unsigned number, has the milliseconds: &go_away::milliseconds.
    template <packet GoAway, auto Within>
    [[nodiscard]] constexpr control sent_away_by() const noexcept;
    /// A greeting is this packet, filled by Fill(Greeting&), and answered by its reply, which has the same id: yes is
    /// one that has its defaults, or what Accepts(const Reply&) says. Knows(const Greeting&): whether its sender knows
    /// pings and goodbyes.
    template <packet Greeting, auto Fill, auto Knows, auto Accepts>
    [[nodiscard]] constexpr control greeted_by() const noexcept;
    /// Every client knows pings and goodbyes.
    [[nodiscard]] constexpr control from_the_start() const noexcept {
        control made = *this;
        made.when = sent::always;
        return made;
    }

    /// What a ping is numbered that is the Nth: N goes round.
    [[nodiscard]] constexpr std::uint32_t number_of(std::uint32_t nth) const noexcept {
        return nth == 0 ? 0 : (nth - 1) % last_number + 1;
    }
    /// Whether a pong with this number answers the Nth ping, the last.
    [[nodiscard]] constexpr bool answers(std::uint32_t number, std::uint32_t nth) const noexcept {
        return nth != 0 && (number == 0 || number == number_of(nth));
    }
};

/// Whether it was something else that was read.
template <class T>
[[nodiscard]] bool is_another(const decoded<T>& read) noexcept {
    return !read && read.error() == errc::unknown_command;
}

namespace controlled {   // what control makes of packets

/// A packet whose id can be counted.
template <class Packet>
concept numbered = identified<Packet> && countable_id<decltype(Packet::id)>;

/// Into a packet that has an id: it goes round after the last that this can have.
template <packet Packet>
void set_number(Packet& made, std::uint32_t number) noexcept {
    if constexpr (numbered<Packet>) {
        using ids = counted_id<decltype(Packet::id)>;
        made.id = ids::of((number - 1) % ids::last + 1);
    }
}

/// That of an id which no number gives: it answers none.
inline constexpr std::uint32_t no_number = 0xffff'ffff;

/// 0 of a packet that has none.
template <packet Packet>
[[nodiscard]] std::uint32_t number_in(const Packet& of) noexcept {
    if constexpr (!numbered<Packet>) return 0;
    else if (const std::uint32_t number = counted_id<decltype(Packet::id)>::number(of.id); number != 0) return number;
    else return no_number;
}

/// What it cannot be is refused where it is described.
template <packet Packet>
void append(const Packet& made, byte_buffer& out) {
    static_assert(always_encodable<Packet>, "a control packet has no field that may be too long for its length");
    encode(made, out);
}

/// With the id of what it answers.
template <packet Reply, packet Asked>
[[nodiscard]] Reply reply_to(const Asked& asked) noexcept {
    Reply made{};
    if constexpr (identified<Asked> && identified<Reply>) made.id = asked.id;
    return made;
}

/// See control.
template <packet Ping>
void make_ping(std::uint32_t number, byte_buffer& out) {
    Ping made{};
    set_number(made, number);
    append(made, out);
}

/// See control.
template <packet Ping>
[[nodiscard]] decoded<std::uint32_t> read_pong(bytes body) {
    const auto read = decode_as<typename Ping::reply>(body);
    if (!read) return read.error();
    return number_in(*read);
}

/// See control.
template <packet Ping>
[[nodiscard]] decoded<void> answer_ping(bytes body, byte_buffer& out) {
    const auto asked = decode_as<Ping>(body);
    if (!asked) return asked.error();
    append(reply_to<typename Ping::reply>(*asked), out);
    return {};
}

/// See control. Without the time.
template <packet GoAway>
void make_go_away(std::chrono::milliseconds, byte_buffer& out) {
    append(GoAway{}, out);
}
/// See control. With the time in its member.
template <packet GoAway, auto Within>
void make_timed_go_away(std::chrono::milliseconds within, byte_buffer& out) {
    GoAway made{};
    using number = std::remove_reference_t<decltype(made.*Within)>;
    const auto wanted = static_cast<std::uint64_t>(within.count());
    made.*Within = static_cast<value_of<number>>(std::min<std::uint64_t>(wanted, largest<number>));
    append(made, out);
}

/// See control. Without the time: at once.
template <packet GoAway>
[[nodiscard]] decoded<std::chrono::milliseconds> read_go_away(bytes body) {
    const auto told = decode_as<GoAway>(body);
    if (!told) return told.error();
    return std::chrono::milliseconds::zero();
}
/// See control. With the time in its member.
template <packet GoAway, auto Within>
[[nodiscard]] decoded<std::chrono::milliseconds> read_timed_go_away(bytes body) {
    const auto told = decode_as<GoAway>(body);
    if (!told) return told.error();
    constexpr std::uint64_t most = 0xffff'ffff;   // seven weeks; a peer may say anything
    return std::chrono::milliseconds(std::min<std::uint64_t>((*told).*Within, most));
}

/// See control.
template <packet Greeting, auto Fill>
[[nodiscard]] identity make_greeting(std::uint32_t number, byte_buffer& out) {
    Greeting made{};
    set_number(made, number);
    Fill(made);
    append(made, out);
    return identity::of<typename Greeting::reply>(made.id);
}

/// See control.
template <packet Greeting, auto Accepts>
[[nodiscard]] decoded<bool> read_welcome(bytes body) {
    const auto answer = decode_as<typename Greeting::reply>(body);
    if (!answer) return answer.error();
    return Accepts(*answer);
}

/// See control.
template <packet Greeting, auto Knows>
[[nodiscard]] decoded<bool> read_greeting(bytes body) {
    const auto greeting = decode_as<Greeting>(body);
    if (!greeting) return greeting.error();
    return Knows(*greeting);
}

/// See control.
template <packet Greeting>
void welcome(bytes body, byte_buffer& out) {
    if (const auto greeting = decode_as<Greeting>(body)) append(reply_to<typename Greeting::reply>(*greeting), out);
}

}   // namespace controlled

template <packet Ping>
constexpr control control::pinged_by() const noexcept {
    static_assert(packet<typename Ping::reply>, "a ping names the packet that answers it: using reply = pong");
    control made = *this;
    made.make_ping = &controlled::make_ping<Ping>;
    made.read_pong = &controlled::read_pong<Ping>;
    made.answer_ping = &controlled::answer_ping<Ping>;
    if constexpr (controlled::numbered<Ping>) made.last_number = counted_id<decltype(Ping::id)>::last;
    return made;
}

template <packet GoAway>
constexpr control control::sent_away_by() const noexcept {
    control made = *this;
    made.make_go_away = &controlled::make_go_away<GoAway>;
    made.read_go_away = &controlled::read_go_away<GoAway>;
    return made;
}

template <packet GoAway, auto Within>
constexpr control control::sent_away_by() const noexcept {
    control made = *this;
    made.make_go_away = &controlled::make_timed_go_away<GoAway, Within>;
    made.read_go_away = &controlled::read_timed_go_away<GoAway, Within>;
    return made;
}

template <packet Greeting, auto Fill, auto Knows, auto Accepts>
constexpr control control::greeted_by() const noexcept {
    static_assert(controlled::numbered<Greeting> && identified<typename Greeting::reply>,
                  "a greeting is answered by its reply, and both have an id");
    control made = *this;
    made.make_greeting = &controlled::make_greeting<Greeting, Fill>;
    made.read_welcome = &controlled::read_welcome<Greeting, Accepts>;
    made.read_greeting = &controlled::read_greeting<Greeting, Knows>;
    made.welcome = &controlled::welcome<Greeting>;
    made.welcome_form = form::of<typename Greeting::reply>(true);
    return made;
}

}   // namespace hawser::packet
