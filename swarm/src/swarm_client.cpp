#include "swarm_client.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/protocol/framed.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace hawser::swarm {

namespace {

constexpr io::frame_limits patient = {.first_frame_timeout = io::duration::zero(), .idle_timeout = io::duration::zero()};

// How long a client waits, after its last answer, for the server to close: what still comes is counted.
constexpr io::duration farewell = std::chrono::seconds(1);

// A load should be back soon after its server is.
constexpr client::back_off_options pauses = {.most = std::chrono::seconds(5), .good_after = std::chrono::seconds(1)};

}  // namespace

swarm_client::swarm_client(swarm_state& of, std::uint32_t number, const io::executor& where)
    : all_(of),
      number_(number),
      random_(seeded(of.settings.seed, number)),
      stuff_(random_, of.payloads ? &*of.payloads : nullptr),
      running_(where),
      changed_(where),
      wake_(io::watchdog::of(where), io::calling<&swarm_client::wake>(*this)),
      pauses_(pauses),
      done_(of.stopping.stop_requested()),
      connects_at_(of.begun_at + of.settings.connects_at(number)),
      requests_(of.settings.says) {
    if (settings().rate) pace_.emplace(*settings().rate, settings().arrive, pace::client{number, settings().clients}, random_);
}

// The connection.

io::task<void> swarm_client::run() {
    co_await wait_until(connects_at_);
    while (!done_ || all_.stopping.stop_requested()) {
        const bool connected = co_await connect();
        const io::time_point since = io::clock::now();
        bool in_peace = false;
        if (connected) in_peace = co_await talk();
        if (done_ || !(in_peace || settings().reconnect)) break;
        io::time_point again = io::clock::now();
        if (!in_peace) {
            pauses_.lived(connected ? again - since : io::duration::zero());
            again += pauses_.next(std::uniform_real_distribution<>()(random_));
        }
        co_await wait_until(again);
        if (done_) break;
        trouble_.clear();
    }
    if (all_.watcher != nullptr) all_.watcher->exited(number_, trouble_);
}

// Or until there is nothing more to do.
io::task<void> swarm_client::wait_until(io::time_point at) {
    const io::time_point until = std::min(at, all_.ends_at);
    while (!done_ && io::clock::now() < until) {
        wake_.move(until);
        co_await changed_.wait();
    }
    if (io::clock::now() >= all_.ends_at) done_ = true;
}

io::task<bool> swarm_client::connect() {
    const std::stop_token stop = all_.stopping.get_token();
    io::socket_options options = settings().sockets;
    if (!settings().sources.empty()) options.source = settings().sources[(number_ - 1) % settings().sources.size()];
    result<io::transport> carrier = co_await io::dial(settings().connect, settings().timeout, stop, options);
    all_.now_is(io::clock::now());
    if (!carrier && stop.stop_requested()) {
        trouble_ = "stopped before it was connected";
    } else if (!carrier) {
        held_by_ = &unsent_requests::by_server;
        trouble_ = "cannot connect to " + settings().connect.text() + ": " + carrier.error().message();
        all_.error(trouble_);
    } else {
        frames_.emplace(std::move(*carrier), settings().answer_codec.value_or(settings().codec), settings().codec, patient);
        begin_connection();
    }
    co_return carrier.has_value();
}

// The lives of the first connections are of any length up to the whole, so that they do not all end at once for ever.
void swarm_client::begin_connection() {
    const bool is_first = leaves_at_ == never;
    requests_ = correlation(settings().says);
    leaving_ = is_full_ = false;
    ++all_.totals.connections;
    ++all_.connected;
    if (settings().life > io::duration::zero()) {
        const double share = is_first ? 1 - std::uniform_real_distribution<>()(random_) : 1;
        leaves_at_ = io::clock::now() + std::chrono::duration_cast<io::duration>(settings().life * share);
    }
    if (all_.watcher != nullptr) all_.watcher->dialed(number_);
}

void swarm_client::greet() {
    if (!settings().hello) return;
    const std::uint32_t number = requests_.next_number();
    body_.clear();
    packet::encode(packet::conn{packet::serial::from_number(number), as_bytes(protocol::hello)}, body_);
    requests_.skip(number);
    if (const error_code error = frames_->push(body_.view())) cannot_send(error);
}

// True if the connection did not fail. Nothing of it runs any more afterwards, also if something has thrown.
io::task<bool> swarm_client::talk() {
    bool in_peace = false;
    try {
        bool is_in = true;
        if (settings().says.first) is_in = co_await log_in();
        if (is_in) greet();
        if (is_in && settings().ping_interval > io::duration::zero()) running_.spawn(ping());
        if (is_in) in_peace = co_await receive_all();
    } catch (...) {
        count_alike();
        thrown_ = std::current_exception();
        frames_->close();
    }
    all_.note_busy();
    leaving_ = true;
    wake_.clear();
    changed_.notify();
    frames_->set_write_deadline(io::clock::now() + farewell);   // a server that takes nothing has no say in when we go
    co_await running_.join();
    give_up(never);   // what is in flight when the connection is gone
    if (!frames_->failure() && done_) co_await farewell_reads();
    if (frames_->out().queued() > 0) frames_->close();
    co_await frames_->finish(io::duration::zero());
    --all_.connected;
    frames_.reset();
    if (thrown_) std::rethrow_exception(thrown_);
    co_return in_peace;
}

void swarm_client::stop() {
    done_ = true;
    changed_.notify();
    if (frames_) watch_answers();
}

// What the server still has to say when everything is answered: the end, or answers that nobody waits for.
io::task<void> swarm_client::farewell_reads() {
    const result<void> closed = co_await frames_->close_write();
    if (!closed) co_return;
    frames_->set_read_deadline(io::clock::now() + farewell);
    for (;;) {
        const result<bytes> body = co_await frames_->read_frame();
        if (!body) co_return;
        read_at_ = io::clock::now();
        all_.now_is(read_at_);
        take(*body);
        count_alike();
    }
}

bool swarm_client::lost(const error_code& why) { return fails("connection lost: " + why.message()); }

bool swarm_client::fails(std::string why) {
    held_by_ = &unsent_requests::by_server;
    trouble_ = std::move(why);
    all_.error(trouble_);
    return false;
}

}  // namespace hawser::swarm
