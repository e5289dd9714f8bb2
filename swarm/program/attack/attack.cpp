#include "attack.hpp"

#include "wire_bytes.hpp"

#include <algorithm>
#include <array>

namespace hawser::swarm_program {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// The receive buffer of an attacker that hardly reads: small, so that it is full soon. The kernel doubles it, and has a
// minimum.
constexpr int small_receive_buffer = 2048;

// Where the server has two limits for one kind of attack, every other attacker tries the second one.
bool is_second_kind(const attacker& self) { return self.number() % 2 == 1; }

// Bytes that no server may accept, sent in one go.
io::task<void> send_wire_bytes(attacker& self) {
    const bool connected = co_await self.connect();
    if (!connected) co_return;
    static_cast<void>(co_await self.send(self.setup().wire_bytes.view()));
    co_await self.wait_until_closed();
}

io::task<void> hold(attacker& self) {
    const bool connected = co_await self.connect();
    if (connected) co_await self.wait_until_closed();
}

// A frame that does not become complete in time. The second kind sends a good request first: then it is not the first
// packet.
io::task<void> dribble(attacker& self) {
    // A thousand attackers at this pace are twenty thousand packets a second.
    constexpr io::duration least_pace = 50ms;
    const bool connected = co_await self.connect();
    if (!connected) co_return;
    if (is_second_kind(self)) static_cast<void>(co_await self.request());
    self.restart_clock();
    const bytes request = self.next_request();
    const auto parts = static_cast<io::duration::rep>(std::max<std::size_t>(request.size(), 2) - 1);
    const io::duration pace = std::max<io::duration>(least_pace, self.setup().patience() / parts);
    for (std::size_t index = 0; index + 1 < request.size() && !self.is_over(); ++index) {
        const std::size_t sent = co_await self.send(request.subspan(index, 1));
        if (sent == 0) co_return;
        const bool alive = co_await self.discard(std::min(self.over_at(), io::after(io::clock::now(), pace)));
        if (!alive) co_return;
    }
    co_await self.wait_until_closed();   // without the last byte
}

// Half a frame, then silence, as if the cable had been pulled; or, the second kind, the end of what is sent.
io::task<void> half_open(attacker& self) {
    const bool connected = co_await self.connect();
    if (!connected) co_return;
    const bytes request = self.next_request();
    static_cast<void>(co_await self.send(request.first(request.size() / 2)));
    if (is_second_kind(self)) self.close_write();
    co_await self.wait_until_closed();
}

// Sends requests until the server takes no more. After that it sends a few now and then, to notice when the connection
// is gone, and reads `bytes_a_read` each time. It stops at `most` bytes: a server that takes more has no bound on what
// waits for a peer.
io::task<void> fill_up(attacker& self, std::size_t bytes_a_read) {
    constexpr io::duration stuck = 2s;   // a server that is only busy with the others is back before that
    constexpr io::duration between_reads = 500ms;
    constexpr std::size_t piece = 16 * 1024;
    // Of the shortest requests: answers for the buffers of both kernels, twice.
    constexpr std::size_t most = 8 * 1024 * 1024;
    constexpr std::size_t trickle = 64;
    const bool connected = co_await self.connect({.receive_buffer = small_receive_buffer});
    const bytes requests = self.setup().wire_bytes.view();
    const io::time_point filled = self.over_at();   // by then, or never
    std::size_t sent = 0, at = 0;
    for (bool filling = connected; self.is_connected() && !self.is_over();) {
        const std::size_t size = std::min(filling ? piece : trickle, requests.size() - at);
        const io::time_point until = io::after(io::clock::now(), filling ? stuck : between_reads);
        const std::size_t taken = co_await self.send(requests.subspan(at, size), until);
        at = (at + taken) % requests.size();
        sent += taken;
        filling = filling && taken > 0 && sent < most && io::clock::now() < filled;
        if (filling) {
            self.restart_clock();
        } else {
            self.read_at_most(bytes_a_read);
            static_cast<void>(co_await self.pause(between_reads));
        }
    }
}

// Five to ten bytes a second.
io::task<void> slow_read(attacker& self) { return fill_up(self, 5); }
io::task<void> never_read(attacker& self) { return fill_up(self, 0); }

// One connection after the other, each reset at another moment of its life.
io::task<void> reset_storm(attacker& self) {
    constexpr io::duration breath = 10ms;   // so each is reset and made a hundred times a second at most
    for (std::uint32_t moment = self.number(); !self.is_over(); ++moment) {
        const bool connected = co_await self.connect({.reset_at_close = true});
        if (connected) {
            if (moment % 4 == 3) static_cast<void>(co_await self.request());
            const bytes request = self.next_request();
            // Nothing at all, half a request, a request whose answer is under way, one after an answer.
            const std::array<std::size_t, 4> said = {0, request.size() / 2, request.size(), request.size()};
            static_cast<void>(co_await self.send(request.first(said[moment % 4])));
        }
        self.close();
        static_cast<void>(co_await self.pause(breath));
    }
}

// The shortest legal requests, as many as the server answers.
io::task<void> tiny_frames(attacker& self) {
    constexpr std::size_t requests_a_write = 250;
    // So that both kernels have room for a whole batch, and for its answers.
    constexpr std::size_t bytes_a_write = 8 * 1024;
    constexpr std::size_t under_way = 1000;
    const bool connected = co_await self.connect();
    byte_buffer batch;
    while (connected && self.is_connected() && !self.is_over()) {
        batch.clear();
        const std::size_t before = self.unanswered();
        for (std::size_t count = 0; count < requests_a_write && batch.size() < bytes_a_write && self.may_request();
             ++count)
            self.add_request(batch);
        const std::size_t requests = self.unanswered() - before;
        const std::size_t sent = co_await self.send(batch.view(),
                                                    io::after(io::clock::now(), self.setup().plan.timeout));
        if (sent != batch.size()) co_return;   // what follows half a frame would be garbage
        const std::size_t most = requests < requests_a_write ? 3 * requests : under_way - requests_a_write;
        for (bool received_answer = true; received_answer && (self.unanswered() > most || !self.may_request());)
            received_answer = co_await self.receive_answers(io::after(io::clock::now(), self.setup().plan.timeout));
        if (self.unanswered() > most || !self.may_request()) co_return;
    }
    for (bool received_answer = true; received_answer && self.unanswered() > 0;)
        received_answer = co_await self.receive_answers(io::after(io::clock::now(), self.setup().plan.timeout));
}

// Sends each request in two parts, cut at every byte in turn; a long one at as many bytes as there is time for.
io::task<void> split(attacker& self) {
    constexpr std::size_t most_cuts = 1000;   // they take some seconds
    const bool connected = co_await self.connect();
    if (!connected) co_return;
    const std::size_t size = self.next_request().size();   // others may be longer or shorter by a few bytes
    bool answered = co_await self.connect();
    const std::size_t step = std::max<std::size_t>(1, size / most_cuts);
    for (std::size_t at = 1; answered && at < size && !self.is_over(); at += step) answered = co_await self.request(at);
}

constexpr std::array all = {
    attack{"oversize", "a whole frame that is longer than --max-frame", duty::close, &oversize, &send_wire_bytes},
    attack{"zero-length", "a frame whose length field says 0", duty::close, &zero_length, &send_wire_bytes},
    attack{"huge-length", "a frame whose length field says the most that it can", duty::close, &huge_length,
           &send_wire_bytes},
    attack{"wrong-first-packet", "a good frame, and in it no packet of the protocol", duty::close, &wrong_packet,
           &send_wire_bytes},
    attack{"dribble", "a frame a byte at a time, so slowly that it is never whole", duty::close, nullptr, &dribble},
    attack{"slow-read", "requests on end, and of the answers a few bytes a second are read", duty::close,
           &many_requests, &slow_read},
    attack{"never-read", "requests on end, and the answers are not read at all", duty::close, &many_requests,
           &never_read},
    attack{"half-open", "half a frame, then silence, or the end of half of the connection", duty::close, nullptr,
           &half_open},
    attack{"connect-and-hold", "a connection, and nothing else", duty::close, nullptr, &hold},
    attack{"reset-storm", "connections that are reset at every moment, and made again", duty::survive, nullptr,
           &reset_storm},
    attack{"tiny-frames", "the shortest legal requests, as many as are answered", duty::answer, &short_requests,
           &tiny_frames},
    attack{"garbage", "random bytes", duty::close, &garbage, &send_wire_bytes},
    attack{"split", "legal requests, parted at every byte", duty::answer, nullptr, &split},
};

}   // namespace

std::span<const attack> all_attacks() noexcept { return all; }

const attack* find_attack(std::string_view name) noexcept {
    const auto found = std::ranges::find(all, name, &attack::name);
    return found != all.end() ? &*found : nullptr;
}

}   // namespace hawser::swarm_program
