// Packets that nobody asked for: a thread of the program sends to connections through their handles.
#include "program.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;

struct subscribed {
    static constexpr packet::command<std::uint8_t> code{0xb0};
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(subscribed, (), (id))

struct subscribe {
    static constexpr packet::command<std::uint8_t> code{0x30};
    using reply = subscribed;
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(subscribe, (), (id))

struct tick {
    static constexpr packet::command<std::uint8_t> code{0x31};
    packet::id id;   // nobody asked: packet::no_id
    boost::endian::big_uint32_t count{};
};
BOOST_DESCRIBE_STRUCT(tick, (), (id, count))

class subscribers {
public:
    void add(server::handle who) {
        const std::scoped_lock lock(mutex_);
        forget_who_left();
        all_.push_back(std::move(who));
    }
    std::vector<server::handle> all() {
        const std::scoped_lock lock(mutex_);
        forget_who_left();
        return all_;
    }

private:
    void forget_who_left() {
        std::erase_if(all_, [](const server::handle& one) { return one.expired(); });
    }

    std::mutex mutex_;
    std::vector<server::handle> all_;
};

// On a thread of its own. send_blocking() waits while a slow client's outbox is full, and fails if it has left.
void tell_the_time(std::stop_token stop, subscribers& to) {
    for (std::uint32_t count = 1; !stop.stop_requested(); ++count) {
        byte_buffer body;
        packet::encode(tick{packet::no_id, count}, body);
        for (const server::handle& one : to.all())
            static_cast<void>(one.send_blocking(body.view()));   // who has left is not among all() next time
        std::this_thread::sleep_for(10ms);
    }
}

io::task<bool> hear_three_ticks(io::address where) {
    auto client = co_await client::client::connect(where);
    if (!client) co_return false;
    const subscribe wish{};
    const auto accepted = co_await client->request(wish);
    bool content = accepted.has_value();
    for (int heard = 0; content && heard < 3; ++heard) {
        const auto pushed = co_await client->next();   // what no request waited for
        content = pushed && packet::decode_as<tick>(pushed->view());
    }
    co_await client->close();
    co_return content;
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "Ticks, pushed to whoever subscribes.");
    subscribers all;
    server::router router;
    router.on<subscribe>([&all](server::context& here, const subscribe& s) {
        if (!std::exchange(here.state<bool>(), true)) all.add(here.handle());   // once, however often it asks
        return subscribed{s.id};
    });
    server::server server(given.config(), router);
    const std::jthread clock(tell_the_time, std::ref(all));
    return example::run(given, server, hear_three_ticks);
}
