#include "swarm_client.hpp"

#include <hawser/io/dial.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace hawser::inline v0::swarm {

namespace {

constexpr io::frame_limits patient = {.first_frame_timeout = io::duration::zero(),
                                      .idle_timeout = io::duration::zero()};

// How long a client waits for the server to close after its last answer. What still comes is counted.
constexpr io::duration farewell = std::chrono::seconds(1);

// Short pauses: the load should go on soon after its server is back.
constexpr client::back_off_options pauses = {.most = std::chrono::seconds(5), .good_after = std::chrono::seconds(1)};

}   // namespace

swarm_client::swarm_client(swarm_state& state, std::uint32_t number, const io::executor& executor)
    : state_(state),
      number_(number),
      random_(seeded(state.plan.seed, number)),
      values_(random_, state.payloads ? &*state.payloads : nullptr),
      schedule_(state, number, random_),
      running_(executor),
      changed_(executor),
      wake_(io::watchdog::of(executor), io::calling<&swarm_client::wake>(*this)),
      pauses_(pauses),
      done_(state.stopping.stop_requested()),
      requests_(state.plan.traffic),
      batch_(state, schedule_.has_rate()) {}

// The connection.

io::task<void> swarm_client::run() {
    co_await wait_until(schedule_.connects_at());
    while (!done_ || state_.stopping.stop_requested()) {
        const bool connected = co_await connect();
        const io::time_point since = io::clock::now();
        bool in_peace = false;
        if (connected) in_peace = co_await run_connection();
        if (done_ || !(in_peace || plan().reconnect)) break;
        io::time_point again = io::clock::now();
        if (!in_peace) {
            pauses_.lived(connected ? again - since : io::duration::zero());
            again += pauses_.next(std::uniform_real_distribution<>()(random_));
        }
        co_await wait_until(again);
        if (done_) break;
        trouble_.clear();
    }
    if (state_.watcher != nullptr) state_.watcher->exited(number_, trouble_);
}

// Returns earlier if there is nothing more to do.
io::task<void> swarm_client::wait_until(io::time_point at) {
    const io::time_point until = std::min(at, state_.ends_at);
    while (!done_ && io::clock::now() < until) {
        wake_.move(until);
        co_await changed_.wait();
    }
    if (io::clock::now() >= state_.ends_at) done_ = true;
}

io::task<bool> swarm_client::connect() {
    const std::stop_token stop = state_.stopping.get_token();
    io::socket_options options = plan().sockets;
    if (!plan().sources.empty()) options.source = plan().sources[(number_ - 1) % plan().sources.size()];
    result<io::transport> carrier = co_await io::dial(plan().connect, plan().timeout, stop, options);
    state_.advance(io::clock::now());
    if (!carrier && stop.stop_requested()) {
        trouble_ = "stopped before it was connected";
    } else if (!carrier) {
        held_by_ = &unsent_requests::by_server;
        trouble_ = "cannot connect to " + plan().connect.text() + ": " + carrier.error().message();
        state_.error(trouble_);
    } else {
        frames_.emplace(std::move(*carrier), plan().answer_codec.value_or(plan().codec), plan().codec, patient);
        begin_connection();
    }
    co_return carrier.has_value();
}

// The first connections live for a random part of the time, so that the connections do not end all together again and
// again.
void swarm_client::begin_connection() {
    const bool is_first = leaves_at_ == never;
    requests_ = correlation(plan().traffic);
    leaving_ = is_full_ = false;
    ++state_.totals.connections;
    ++state_.connected;
    if (plan().life > io::duration::zero()) {
        const double share = is_first ? 1 - std::uniform_real_distribution<>()(random_) : 1;
        leaves_at_ = io::clock::now() + std::chrono::duration_cast<io::duration>(plan().life * share);
    }
    if (state_.watcher != nullptr) state_.watcher->dialed(number_);
}

void swarm_client::greet() {
    if (!plan().hello) return;
    const std::uint32_t number = requests_.next_number();
    body_.clear();
    static_cast<void>(plan().traffic.speaks->control()->make_greeting(number, body_));
    requests_.skip(number);
    if (const error_code error = frames_->push(body_.view())) cannot_send(error);
}

// True if the connection did not fail. When this ends, nothing of the connection runs any more, even if something has
// thrown.
io::task<bool> swarm_client::run_connection() {
    bool in_peace = false;
    try {
        bool is_in = true;
        if (plan().traffic.first) is_in = co_await log_in();
        if (is_in) greet();
        if (is_in && plan().ping_interval > io::duration::zero()) running_.spawn(ping());
        if (is_in) in_peace = co_await receive_all();
    } catch (...) {
        batch_.count(read_at_);
        thrown_ = std::current_exception();
        frames_->close();
    }
    state_.note_busy();
    leaving_ = true;
    wake_.clear();
    changed_.notify();
    frames_->set_write_deadline(io::clock::now() + farewell);   // a server that reads nothing must not delay the end
    co_await running_.join();
    give_up(never);   // what is in flight when the connection is gone
    if (!frames_->failure() && done_) co_await farewell_reads();
    if (frames_->out().queued() > 0) frames_->close();
    co_await frames_->finish(io::duration::zero());
    --state_.connected;
    frames_.reset();
    if (thrown_) std::rethrow_exception(thrown_);
    co_return in_peace;
}

void swarm_client::stop() {
    done_ = true;
    changed_.notify();
    if (frames_) watch_answers();
}

// When everything is answered, reads what the server still sends: the end, or answers that nothing asked for.
io::task<void> swarm_client::farewell_reads() {
    const result<void> closed = co_await frames_->close_write();
    if (!closed) co_return;
    frames_->set_read_deadline(io::clock::now() + farewell);
    for (;;) {
        const result<bytes> body = co_await frames_->read_frame();
        if (!body) co_return;
        read_at_ = io::clock::now();
        state_.advance(read_at_);
        handle(*body);
        batch_.count(read_at_);
    }
}

bool swarm_client::lost(const error_code& why) { return failed("connection lost: " + why.message()); }

bool swarm_client::failed(std::string why) {
    held_by_ = &unsent_requests::by_server;
    trouble_ = std::move(why);
    state_.error(trouble_);
    return false;
}

}   // namespace hawser::swarm
