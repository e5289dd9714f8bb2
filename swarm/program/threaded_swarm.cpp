#include "threaded_swarm.hpp"

#include "view/duty_cycle.hpp"

#include <hawser/io/clock.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/thread_time.hpp>

#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace hawser::swarm_program {

namespace {

// Often enough to look alive, seldom enough to cost nothing.
constexpr io::duration publish_interval = std::chrono::milliseconds(100);
// Counting overdue requests asks each client, on the thread that sends. For 20,000 clients this takes 6 ms, so it is
// done every 300 ms.
constexpr int counting_share = 50;

}   // namespace

// Lets several threads share one watcher.
class threaded_swarm::serialized_events final : public swarm::swarm_events {
public:
    explicit serialized_events(swarm::swarm_events& watcher) : watcher_(watcher) {}

    void dialed(std::uint32_t client) override {
        const std::lock_guard lock(mutex_);
        watcher_.dialed(client);
    }
    void sent(std::uint32_t client, bytes body, std::size_t frame_length) override {
        const std::lock_guard lock(mutex_);
        watcher_.sent(client, body, frame_length);
    }
    void answered(std::uint32_t client, bytes body, swarm::ledger::verdict verdict) override {
        const std::lock_guard lock(mutex_);
        watcher_.answered(client, body, verdict);
    }
    void exited(std::uint32_t client, const std::string& why) override {
        const std::lock_guard lock(mutex_);
        watcher_.exited(client, why);
    }

private:
    std::mutex mutex_;
    swarm::swarm_events& watcher_;
};

// One thread, with its swarm.
class threaded_swarm::worker {
public:
    worker(const swarm::plan& plan, swarm::swarm_events* watcher, swarm::swarm::part part,
           std::function<void()> when_done)
        : swarm_(plan, watcher, part), when_done_(std::move(when_done)) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker() { abandon(); }

    void start() {
        thread_ = std::jthread([this] { work(); });
    }
    void stop() {
        io::asio::post(context_, [this] { swarm_.stop(); });
    }
    void abandon() noexcept { context_.stop(); }
    snapshot take_snapshot() const {
        const std::lock_guard lock(mutex_);
        return published_;
    }
    swarm::report join() {
        if (thread_.joinable()) thread_.join();
        if (thrown_) std::rethrow_exception(thrown_);
        return report_;
    }

private:
    void work() {
        try {
            const auto ended = [this](const std::exception_ptr& thrown) {
                if (thrown) thrown_ = thrown;
                context_.stop();
            };
            io::spawn(context_, run(), ended);
            io::spawn(context_, publish_for_ever(), ended);
            context_.run();
            if (!done_) report_ = swarm_.so_far();   // abandoned
        } catch (...) {
            thrown_ = std::current_exception();
        }
        when_done_();
    }

    io::task<void> run() {
        report_ = co_await swarm_.run();
        done_ = true;
    }

    io::task<void> publish_for_ever() {
        for (;;) {
            publish();
            co_await io::sleep(publish_interval);
        }
    }

    void publish() {
        const swarm::report& now = swarm_.running();
        count_overdue();
        const auto& slices = now.over_time.slices();
        const std::lock_guard lock(mutex_);
        published_.counters = now;
        published_.counters.unsent = overdue_;
        published_.errors_by_kind = now.errors_by_kind;
        published_.connected = swarm_.connected();
        published_.latency = swarm::histogram(swarm::histogram::precision::coarse);
        for (std::size_t index = slices.size() < 2 ? 0 : slices.size() - 2; index < slices.size(); ++index)
            published_.latency.merge(slices[index].latency);
    }

    void count_overdue() {
        if (!counting_.is_due(io::clock::now())) return;
        const io::duration before = io::thread_time();
        overdue_ = swarm_.unsent();
        counting_.took(io::thread_time() - before, io::clock::now());
    }

    swarm::swarm swarm_;
    swarm::unsent_requests overdue_;
    duty_cycle counting_{counting_share};
    std::function<void()> when_done_;
    swarm::report report_;
    std::exception_ptr thrown_;
    bool done_ = false;
    mutable std::mutex mutex_;
    snapshot published_;
    io::asio::io_context context_{1};   // what runs on it refers to all of the above
    std::jthread thread_;
};

threaded_swarm::threaded_swarm(const swarm::plan& plan, std::uint32_t threads, swarm::swarm_events* watcher,
                               std::function<void()> when_done) {
    if (watcher != nullptr && threads > 1) watcher_ = std::make_unique<serialized_events>(*watcher);
    swarm::swarm_events* const shared = watcher_ ? watcher_.get() : watcher;
    const io::time_point now = io::clock::now();
    auto left = std::make_shared<std::atomic<std::uint32_t>>(threads);
    const auto one_done = [left, when_done = std::move(when_done)] {
        if (left->fetch_sub(1) == 1) when_done();
    };
    for (std::uint32_t number = 0; number < threads; ++number)
        workers_.push_back(std::make_unique<worker>(plan, shared, swarm::swarm::part{number, threads, now}, one_done));
}

threaded_swarm::~threaded_swarm() = default;

void threaded_swarm::start() {
    for (const auto& one : workers_) one->start();
}

void threaded_swarm::stop() {
    for (const auto& one : workers_) one->stop();
}

void threaded_swarm::abandon() {
    for (const auto& one : workers_) one->abandon();
}

snapshot threaded_swarm::take_snapshot() const {
    snapshot all;
    for (const auto& one : workers_) {
        const snapshot seen = one->take_snapshot();
        all.counters.merge(seen.counters);
        for (const auto& [what, times] : seen.errors_by_kind) all.errors_by_kind[what] += times;
        all.connected += seen.connected;
        all.latency.merge(seen.latency);
    }
    return all;
}

swarm::report threaded_swarm::join() {
    swarm::report all;
    for (const auto& one : workers_) all.merge(one->join());
    return all;
}

}   // namespace hawser::swarm_program
