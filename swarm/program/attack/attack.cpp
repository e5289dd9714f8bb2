#include "attack.hpp"

#include "shot.hpp"

#include <algorithm>
#include <array>

namespace hawser::swarm_program {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Of a peer that reads nothing, or hardly anything: soon full. The kernel doubles it, and has a least size of its own.
constexpr int deaf = 2048;

// Attackers of one attack do two things, where the server has another limit for each.
bool is_second_kind(const attacker& me) { return me.number() % 2 == 1; }

// What no server may take: sent at once.
io::task<void> send_the_shot(attacker& me) {
    const bool connected = co_await me.connect();
    if (!connected) co_return;
    static_cast<void>(co_await me.send(me.at().shot.view()));
    co_await me.wait_until_closed();
}

io::task<void> hold(attacker& me) {
    const bool connected = co_await me.connect();
    if (connected) co_await me.wait_until_closed();
}

// A frame that is not whole in time. The second kind has said something good before: then it is not the first packet.
io::task<void> dribble(attacker& me) {
    constexpr io::duration least_pace = 50ms;   // a thousand attackers at this pace are twenty thousand packets a second
    const bool connected = co_await me.connect();
    if (!connected) co_return;
    if (is_second_kind(me)) static_cast<void>(co_await me.ask());
    me.restart_clock();
    const bytes request = me.next_request();
    const auto parts = static_cast<io::duration::rep>(std::max<std::size_t>(request.size(), 2) - 1);
    const io::duration pace = std::max<io::duration>(least_pace, me.at().patience() / parts);
    for (std::size_t index = 0; index + 1 < request.size() && !me.is_over(); ++index) {
        const std::size_t sent = co_await me.send(request.subspan(index, 1));
        if (sent == 0) co_return;
        const bool alive = co_await me.drop(std::min(me.over_at(), io::after(io::clock::now(), pace)));
        if (!alive) co_return;
    }
    co_await me.wait_until_closed();   // without the last byte
}

// Half a frame, then silence, as if the cable had been pulled; or, the second kind, the end of what is sent.
io::task<void> half_open(attacker& me) {
    const bool connected = co_await me.connect();
    if (!connected) co_return;
    const bytes request = me.next_request();
    static_cast<void>(co_await me.send(request.first(request.size() / 2)));
    if (is_second_kind(me)) me.close_write();
    co_await me.wait_until_closed();
}

// Sends requests until the server takes no more. Then now and then a few, which tells when the connection is gone, and reads
// `sip` bytes each time. More than `most` would be a flood: a server that takes that has no bound on what waits for a peer.
io::task<void> fill_up(attacker& me, std::size_t sip) {
    constexpr io::duration stuck = 2s;          // a server that is only busy with the others is back before that
    constexpr io::duration between_sips = 500ms;
    constexpr std::size_t piece = 16 * 1024;
    constexpr std::size_t most = 8 * 1024 * 1024;   // of the shortest requests: answers for the buffers of both kernels, twice
    constexpr std::size_t trickle = 64;
    const bool connected = co_await me.connect({.receive_buffer = deaf});
    const bytes requests = me.at().shot.view();
    const io::time_point filled = me.over_at();   // by then, or never
    std::size_t sent = 0, at = 0;
    for (bool filling = connected; me.is_connected() && !me.is_over();) {
        const std::size_t size = std::min(filling ? piece : trickle, requests.size() - at);
        const io::time_point until = io::after(io::clock::now(), filling ? stuck : between_sips);
        const std::size_t taken = co_await me.send(requests.subspan(at, size), until);
        at = (at + taken) % requests.size();
        sent += taken;
        filling = filling && taken > 0 && sent < most && io::clock::now() < filled;
        if (filling) {
            me.restart_clock();
        } else {
            me.sip(sip);
            static_cast<void>(co_await me.pause(between_sips));
        }
    }
}

// Five to ten bytes a second.
io::task<void> slow_read(attacker& me) { return fill_up(me, 5); }
io::task<void> never_read(attacker& me) { return fill_up(me, 0); }

// A connection after the other, each reset at another moment of its life.
io::task<void> reset_storm(attacker& me) {
    constexpr io::duration breath = 10ms;   // so each is reset and made a hundred times a second at most
    for (std::uint32_t moment = me.number(); !me.is_over(); ++moment) {
        const bool connected = co_await me.connect({.reset_at_close = true});
        if (connected) {
            if (moment % 4 == 3) static_cast<void>(co_await me.ask());
            const bytes request = me.next_request();
            // Nothing at all, half a request, a request whose answer is under way, one after an answer.
            const std::array<std::size_t, 4> said = {0, request.size() / 2, request.size(), request.size()};
            static_cast<void>(co_await me.send(request.first(said[moment % 4])));
        }
        me.hang_up();
        static_cast<void>(co_await me.pause(breath));
    }
}

// The shortest legal requests, as many as the server answers.
io::task<void> tiny_frames(attacker& me) {
    constexpr std::size_t in_a_write = 250;
    constexpr std::size_t of_a_write = 8 * 1024;   // bytes: what is under way, and its answers, are held by both kernels even if nobody reads
    constexpr std::size_t under_way = 1000;
    const bool connected = co_await me.connect();
    byte_buffer batch;
    while (connected && me.is_connected() && !me.is_over()) {
        batch.clear();
        const std::size_t before = me.unanswered();
        for (std::size_t count = 0; count < in_a_write && batch.size() < of_a_write && me.may_ask(); ++count) me.add_request(batch);
        const std::size_t asked = me.unanswered() - before;
        const std::size_t sent = co_await me.send(batch.view(), io::after(io::clock::now(), me.at().plan.timeout));
        if (sent != batch.size()) co_return;   // what follows half a frame would be garbage
        const std::size_t most = asked < in_a_write ? 3 * asked : under_way - in_a_write;
        for (bool heard = true; heard && (me.unanswered() > most || !me.may_ask());)
            heard = co_await me.hear(io::after(io::clock::now(), me.at().plan.timeout));
        if (me.unanswered() > most || !me.may_ask()) co_return;
    }
    for (bool heard = true; heard && me.unanswered() > 0;)
        heard = co_await me.hear(io::after(io::clock::now(), me.at().plan.timeout));
}

// Each request in two parts, with every place to part it, one after the other; of a long one as many places as there is time for.
io::task<void> split(attacker& me) {
    constexpr std::size_t most_places = 1000;   // some seconds of them
    const bool connected = co_await me.connect();
    if (!connected) co_return;
    const std::size_t size = me.next_request().size();   // others may be longer or shorter by a few bytes
    bool answered = co_await me.connect();
    const std::size_t step = std::max<std::size_t>(1, size / most_places);
    for (std::size_t at = 1; answered && at < size && !me.is_over(); at += step) answered = co_await me.ask(at);
}

constexpr std::array all = {
    attack{"oversize", "a whole frame that is longer than --max-frame", duty::close, &oversize, &send_the_shot},
    attack{"zero-length", "a frame whose length field says 0", duty::close, &zero_length, &send_the_shot},
    attack{"huge-length", "a frame whose length field says the most that it can", duty::close, &huge_length, &send_the_shot},
    attack{"wrong-first-packet", "a good frame, and in it no packet of the protocol", duty::close, &wrong_packet,
           &send_the_shot},
    attack{"dribble", "a frame a byte at a time, so slowly that it is never whole", duty::close, nullptr, &dribble},
    attack{"slow-read", "requests on end, and of the answers a few bytes a second are read", duty::close, &many_requests,
           &slow_read},
    attack{"never-read", "requests on end, and the answers are not read at all", duty::close, &many_requests, &never_read},
    attack{"half-open", "half a frame, then silence, or the end of half of the connection", duty::close, nullptr, &half_open},
    attack{"connect-and-hold", "a connection, and nothing else", duty::close, nullptr, &hold},
    attack{"reset-storm", "connections that are reset at every moment, and made again", duty::survive, nullptr, &reset_storm},
    attack{"tiny-frames", "the shortest legal requests, as many as are answered", duty::answer, &short_requests,
           &tiny_frames},
    attack{"garbage", "random bytes", duty::close, &garbage, &send_the_shot},
    attack{"split", "legal requests, parted at every byte", duty::answer, nullptr, &split},
};

}  // namespace

std::span<const attack> all_attacks() noexcept { return all; }

const attack* find_attack(std::string_view name) noexcept {
    const auto found = std::ranges::find(all, name, &attack::name);
    return found != all.end() ? &*found : nullptr;
}

}  // namespace hawser::swarm_program
