#include "raw_service.hpp"

#include "signal_end.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/listener.hpp>

#include <chrono>
#include <memory>
#include <set>
#include <utility>

namespace example {

namespace {

constexpr std::size_t most_connections = 1000;
// How long accepting pauses after a failure: long enough to be no busy loop, and short for people.
constexpr io::duration pause = std::chrono::milliseconds(100);
// When the service stops, requests that were read have so long to be answered, and it checks so often whether they are.
constexpr io::duration grace = std::chrono::seconds(2);
constexpr io::duration look = std::chrono::milliseconds(10);

class raw_service {
public:
    raw_service(const io::executor& where, raw_function serve, io::duration idle)
        : where_(where), serve_(serve), idle_(idle), running_(where) {}

    /// Why it cannot listen; empty if it can.
    std::string listen(const std::string& text) {
        const auto where = io::address::parse(text);
        if (!where) return text + " is no address";
        auto listener = io::listen(where_, *where);
        if (!listener) return "cannot listen on " + text + ": " + listener.error().message();
        listeners_.push_back(std::move(*listener));
        return {};
    }

    io::task<void> run() {
        for (const auto& listener : listeners_) running_.spawn(accept(*listener));
        co_await running_.join();
    }

    /// Reads no more, and answers what was read. A second call ends at once.
    void stop() {
        if (std::exchange(stopping_, true)) return close_all();
        for (const auto& listener : listeners_) listener->close();
        for (io::stream* conn : open_) conn->close_read();   // serve_ sees `end_of_stream`
        running_.spawn(close_late());
    }

    void tell(server::events& events) const {
        std::vector<std::string> addresses;
        std::vector<std::uint16_t> ports;
        for (const auto& listener : listeners_) {
            addresses.push_back(listener->text());
            if (listener->port() != 0) ports.push_back(listener->port());
        }
        events.listening(addresses, ports);
    }

private:
    io::task<void> accept(io::listener& from) {
        for (;;) {
            auto listener = co_await from.accept(where_);
            if (!listener && listener.error() == hawser::errc::closed) co_return;
            if (!listener) co_await io::sleep(pause);
            else if (!stopping_ && open_.size() < most_connections)
                running_.spawn(serve_one(std::move(listener->carrier)));
        }
    }

    io::task<void> serve_one(io::transport carrier) {
        io::stream conn(std::move(carrier));
        const auto leave = [this](io::stream* gone) { open_.erase(gone); };   // also if serving it throws
        const std::unique_ptr<io::stream, decltype(leave)> known(*open_.insert(&conn).first, leave);
        co_await serve_(conn, idle_);
        if (stopping_) co_await finish(conn);
    }

    // Waits until the peer has all that was written: closing earlier, with unread input, would reset the connection and
    // destroy it. close_all() ends this wait, too.
    static io::task<void> finish(io::stream& conn) {
        while (conn.unsent() > 0) co_await io::sleep(look);
        conn.close_write();
        while (conn.unconfirmed() > 0) co_await io::sleep(look);
    }

    // Closes the peers that do not take their answers in time.
    io::task<void> close_late() {
        const io::time_point until = io::clock::now() + grace;
        while (!open_.empty() && io::clock::now() < until) co_await io::sleep(look);
        close_all();
    }

    void close_all() {
        for (io::stream* conn : open_) conn->close();   // serve_ sees `closed`
    }

    io::executor where_;
    raw_function serve_;
    io::duration idle_;
    std::vector<std::unique_ptr<io::listener>> listeners_;
    std::set<io::stream*> open_;
    bool stopping_ = false;
    io::group running_;
};

}   // namespace

int serve_raw(const std::vector<std::string>& listen, raw_function serve, io::duration idle, server::events& events) {
    io::asio::io_context context(1);
    raw_service service(context.get_executor(), serve, idle);
    for (const std::string& text : listen) {
        const std::string trouble = service.listen(text);
        if (!trouble.empty()) {
            events.start_failed(trouble);
            return 1;
        }
    }
    signal_end end(context, [&service] { service.stop(); });
    service.tell(events);
    end.run(service.run());
    return 0;
}

}   // namespace example
