// running_server: a server under test on a port of the system's choice, with what it reported.
#pragma once

#include <hawser/server.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hawser::test {

/// Polls until it is so; false after ten seconds, which is a failure.
template <class Condition>
[[nodiscard]] bool eventually(Condition is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

/// Calls `what` for every connection, as soon as no thread is behind.
inline void tell_each(server::server& of, const std::function<void(server::context&)>& what) {
    while (of.each(what) == errc::outbox_full) std::this_thread::yield();
}

/// Keeps the endings of connections, in the order in which they came.
class recorder final : public server::events {
public:
    void closed(const server::peer&, const server::ending& how) override {
        const std::scoped_lock lock(mutex_);
        endings_.push_back(how);
        changed_.notify_all();
    }

    /// The next one not seen yet; throws if none comes.
    server::ending next_ending() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(20), [this] { return !endings_.empty(); }))
            throw std::runtime_error("no connection ended");
        server::ending first = std::move(endings_.front());
        endings_.pop_front();
        return first;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<server::ending> endings_;
};

class running_server {
public:
    template <class Service>
    explicit running_server(Service service, server::config settings = {})
        : server_(with_port_zero(std::move(settings), recorded_), std::move(service)) {
        if (!server_.start()) throw std::runtime_error(server_.failure());
    }
    ~running_server() {
        server_.stop(std::chrono::seconds(0));
        static_cast<void>(server_.wait());
    }

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    [[nodiscard]] server::server& get() noexcept { return server_; }
    [[nodiscard]] recorder& recorded() noexcept { return recorded_; }

    server::report stop(io::duration grace = std::chrono::seconds(10)) {
        server_.stop(grace);
        return server_.wait();
    }

private:
    static server::config with_port_zero(server::config settings, recorder& into) {
        settings.listen = {"127.0.0.1:0"};
        if (settings.threads == 0) settings.threads = 2;
        settings.events = {&into};
        return settings;
    }

    recorder recorded_;
    server::server server_;
};

/// The smallest useful router: acks every submit.
inline server::router acking() {
    server::router router;
    router.on<packet::submit>([](server::context&, const packet::submit& s) {
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    return router;
}

}   // namespace hawser::test
