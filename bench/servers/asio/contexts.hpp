// contexts: where connections run. Both have executor, next() for one more connection, and
// run(), which does not return.
//
//   per_thread contexts(threads);                 // an io_context a thread: a connection stays on its thread, no locks
//   shared contexts(threads);                     // all threads run one io_context, each connection has a strand
//   socket_on<per_thread::executor> socket(contexts.next());
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

namespace asio = boost::asio;
using asio::ip::tcp;

template <class Executor>
using socket_on = asio::basic_stream_socket<tcp, Executor>;

class per_thread {
public:
    using executor = asio::io_context::executor_type;

    explicit per_thread(std::size_t threads) {
        for (std::size_t i = 0; i < threads; ++i) all_.push_back(std::make_unique<asio::io_context>(1));
    }
    executor next() { return all_[turn_++ % all_.size()]->get_executor(); }
    void run() {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < all_.size(); ++i) others.emplace_back(run_one, std::ref(*all_[i]));
        run_one(*all_.front());
    }

private:
    static void run_one(asio::io_context& one) {
        const auto stay = asio::make_work_guard(one);
        one.run();
    }

    std::vector<std::unique_ptr<asio::io_context>> all_;
    std::size_t turn_ = 0;
};

class shared {
public:
    using executor = asio::strand<asio::io_context::executor_type>;

    explicit shared(std::size_t threads) : one_(static_cast<int>(threads)), threads_(threads) {}
    executor next() { return asio::make_strand(one_); }
    void run() {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads_; ++i) others.emplace_back([this] { one_.run(); });
        one_.run();   // the acceptor waits in there for ever
    }

private:
    asio::io_context one_;
    std::size_t threads_;
};

}   // namespace bench
