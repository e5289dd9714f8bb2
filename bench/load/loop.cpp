#include "loop.hpp"

#include "connection.hpp"
#include "pace.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace bench {

namespace {

using std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(5);             // for an ack to begin at, and those due at the end
constexpr auto longest_wait = std::chrono::milliseconds(20);   // in epoll, so that the measured seconds end in time
constexpr auto spin_below = std::chrono::microseconds(200);    // a sleep would make requests
                                                               // late by as much as they take

instant after(instant begin, double seconds) {
    return begin + std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

template <class Pace>
class loop {
public:
    loop(const bench::plan& plan, Pace pace, std::vector<connection>& connections)
        : plan_(plan), pace_(std::move(pace)), connections_(connections) {
        if (poll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
        for (std::size_t i = 0; i < connections_.size(); ++i) watch(EPOLL_CTL_ADD, i, EPOLLIN);
    }
    ~loop() { ::close(poll_); }
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    measurement run(instant begin) {
        if constexpr (is_closed)
            for (std::size_t i = 0; i < connections_.size(); ++i) send_due(i, steady_clock::now());
        turn_until(after(begin, plan_.warmup));
        turn_until_an_ack();   // on a busy machine much time may have passed since the warm-up should have ended
        const counts first = count();
        measure_from_ = first.at;
        turn_until(after(measure_from_, plan_.seconds));
        const counts last = count();
        ending_ = true;
        for (const instant deadline = steady_clock::now() + patience; !all_acked() && steady_clock::now() < deadline;)
            turn(deadline);
        return result(first, last);
    }

private:
    static constexpr bool is_closed = std::is_same_v<Pace, closed_pace>;

    struct counts {
        instant at;
        std::uint64_t begun = 0;
        std::uint64_t acked = 0;
        double load_cpu = 0;
        std::optional<double> server_cpu = {};
    };

    void turn_until(instant end) {
        while (steady_clock::now() < end) turn(end);
    }

    void turn_until_an_ack() {
        const std::uint64_t before = acked_;
        const instant give_up = steady_clock::now() + patience;
        while (acked_ == before && steady_clock::now() < give_up) turn(give_up);
    }

    void turn(instant end) {
        std::array<epoll_event, 256> events;
        const timespec wait = pause(end);
        const int ready = ::epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
        for (int i = 0; i < ready; ++i) serve(events[static_cast<std::size_t>(i)].data.u64);
        if constexpr (!is_closed) {
            const instant now = steady_clock::now();
            if (!ending_) pace_.advance(now, [this, now](std::size_t i) { send_due(i, now); });
        }
    }

    timespec pause(instant end) const {
        auto wait = std::min<steady_clock::duration>(longest_wait, end - steady_clock::now());
        if constexpr (!is_closed)
            if (!ending_) wait = std::min(wait, pace_.next() - steady_clock::now() - spin_below);
        return {.tv_sec = 0, .tv_nsec = std::max<long>(0, std::chrono::nanoseconds(wait).count())};
    }

    void serve(std::size_t i) {
        connection& one = connections_[i];
        const std::uint64_t before = one.acked();
        const std::uint64_t more = one.receive(buffer_);
        acked_ += more;
        const instant now = steady_clock::now();
        for (std::uint64_t number = before; number < before + more; ++number) {
            const instant begun = pace_.begun(i, number);
            if (begun >= measure_from_) latency_.record(now - begun);
        }
        if (more > 0 || one.wants_room() || one.is_lost()) send_due(i, now);
    }

    void send_due(std::size_t i, instant now) {
        connection& one = connections_[i];
        const bool wanted_room = one.wants_room();
        const std::uint64_t begun = one.begun();
        const std::uint64_t due = is_closed && ending_ ? begun : pace_.due(i, one.acked());
        if (!one.is_lost()) one.send_until(due);
        pace_.send(i, begun, one.begun(), now);
        if (one.is_lost()) ::epoll_ctl(poll_, EPOLL_CTL_DEL, one.descriptor(), nullptr);
        else if (one.wants_room() != wanted_room)
            watch(EPOLL_CTL_MOD, i, one.wants_room() ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }

    void watch(int operation, std::size_t i, std::uint32_t what) const {
        epoll_event interest{.events = what, .data = {.u64 = i}};
        ::epoll_ctl(poll_, operation, connections_[i].descriptor(), &interest);
    }

    counts count() const {
        counts now{.at = steady_clock::now(), .acked = acked_, .server_cpu = {}};
        now.load_cpu = cpu_seconds(::getpid()).value_or(0);
        if (plan_.server) now.server_cpu = cpu_seconds(*plan_.server);
        for (const connection& one : connections_) now.begun += one.begun();
        return now;
    }

    [[nodiscard]] bool all_acked() const {
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            const connection& one = connections_[i];
            if (!one.is_lost() && one.acked() < expected(i)) return false;
        }
        return true;
    }

    // The requests that have to be acknowledged in the end. In the open loop those too that the socket had no room for.
    [[nodiscard]] std::uint64_t expected(std::size_t i) const {
        if constexpr (is_closed) return connections_[i].begun();
        else return pace_.due(i, 0);
    }

    measurement result(const counts& first, const counts& last) {
        measurement seen;
        seen.seconds = std::chrono::duration<double>(last.at - first.at).count();
        seen.requests = last.begun - first.begun;
        seen.acks = last.acked - first.acked;
        seen.load_cpu_seconds = last.load_cpu - first.load_cpu;
        if (first.server_cpu && last.server_cpu) seen.server_cpu_seconds = *last.server_cpu - *first.server_cpu;
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            const connection& one = connections_[i];
            seen.missing += expected(i) - one.acked();
            if (one.was_wrong()) ++seen.wrong;
            else if (one.is_lost()) ++seen.errors;
        }
        seen.latency = std::move(latency_);
        return seen;
    }

    const plan& plan_;
    Pace pace_;
    std::vector<connection>& connections_;
    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    instant measure_from_ = instant::max();   // until it is known
    std::uint64_t acked_ = 0;
    bool ending_ = false;
    hawser::swarm::histogram latency_;
    std::array<char, 64 * 1024> buffer_;
};

}   // namespace

measurement run(const bench::plan& plan, const work& submits) {
    std::vector<connection> connections;
    connections.reserve(plan.connections);
    // A prime: neighbours differ.
    for (std::size_t i = 0; i < plan.connections; ++i) connections.emplace_back(plan.port, submits, i * 61);
    const instant begin = steady_clock::now();
    if (plan.rate) return loop(plan, open_pace(plan.connections, *plan.rate, begin), connections).run(begin);
    return loop(plan, closed_pace(plan.connections, plan.window), connections).run(begin);
}

}   // namespace bench
