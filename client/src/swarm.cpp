#include <hawser/client/swarm.hpp>

#include <hawser/client/code_name.hpp>
#include <hawser/client/material.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/thread_time.hpp>
#include <hawser/io/watchdog.hpp>
#include <hawser/protocol/framed.hpp>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <utility>
#include <vector>

namespace hawser::client {

namespace {

constexpr io::frame_limits patient = {.first_frame_timeout = io::duration::zero(), .idle_timeout = io::duration::zero()};

// How long a client waits, after its last answer, for the server to close: what still comes is counted.
constexpr io::duration farewell = std::chrono::seconds(1);

constexpr io::time_point never = io::time_point::max();

}  // namespace

io::duration plan::sends_for() const noexcept {
    const io::duration load = rate ? rate->lasts() : load_shape::for_ever;
    return duration > io::duration::zero() ? std::min(load, warmup + duration) : load;
}

bool report::good() const noexcept {
    return acked == sent && missing + duplicate + wrong + unknown + late + errors == 0 && !interrupted;
}

double report::requests_per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(measured) / seconds : 0;
}

// What the clients of a swarm have in common.
struct swarm::shared {
    plan settings;
    swarm_events* watcher;
    report totals;
    io::time_point begun_at{};
    io::time_point first_sent_at = never;
    io::time_point last_answer_at{};
    std::optional<payload_source> payloads;                     // one block for all
    std::vector<std::unique_ptr<one>>* members = nullptr;       // during run(), which owns them
    std::stop_source stopping;                                  // of dials that are under way
    io::duration busy_before{};                                 // processor time of the thread, at the begin

    // What is overdue when a load is over has one more time-out: who waits longer than that for an answer has lost it.
    [[nodiscard]] io::time_point end() const noexcept {
        const io::time_point told = settings.duration == io::duration::zero() ? never : io::after(measured_from(), settings.duration);
        const io::duration load = settings.rate ? settings.rate->lasts() : load_shape::for_ever;
        return std::min(told, io::after(io::after(begun_at, load), settings.timeout));
    }
    [[nodiscard]] io::time_point measured_from() const noexcept { return begun_at + settings.warmup; }
    // Until now. When a client has its last answer, not later: then it only waits for the server to close.
    void note_busy() {
        const auto took = std::chrono::duration<double>(io::clock::now() - begun_at);
        const auto had = std::chrono::duration<double>(io::thread_time() - busy_before);
        totals.busy = took.count() > 0 ? std::clamp(had / took, 0.0, 1.0) : 0;
    }
    void error(const std::string& what) {
        ++totals.errors;
        if (totals.first_error.empty()) totals.first_error = what;
    }
};

// One client.
class swarm::one {
public:
    one(shared& of, std::uint32_t number, const io::executor& where)
        : shared_(of),
          number_(number),
          random_(of.settings.seed + number),
          stuff_(random_, of.payloads ? &*of.payloads : nullptr),
          running_(where),
          changed_(where),
          wake_(io::watchdog::of(where), [](void* self) { static_cast<one*>(self)->changed_.notify(); }, this),
          ledger_(of.settings.says.last) {
        if (settings().rate)
            pace_.emplace(*settings().rate, settings().arrive, pace::client{number, settings().clients}, random_);
    }

    io::task<void> run();
    void stop();

private:
    [[nodiscard]] const plan& settings() const noexcept { return shared_.settings; }
    io::task<void> talk();
    io::task<void> send_all();
    io::task<void> ping();
    [[nodiscard]] io::task<error_code> send_one(io::time_point scheduled);
    [[nodiscard]] io::time_point next_due(bool is_first);
    [[nodiscard]] bool is_paced() const noexcept;
    [[nodiscard]] io::task<bool> wait_until_due(io::time_point scheduled);
    io::task<void> receive_all();
    [[nodiscard]] std::uint32_t next_number() noexcept;
    void take(bytes body);
    void take_answer(bytes body, const heard& answer);
    void take_other(bytes body);
    void count(const ledger::settled& done);
    void give_up(io::time_point sent_before);
    void watch_answers() noexcept;
    io::task<void> farewell_reads();
    void lost(const error_code& why);

    shared& shared_;
    std::uint32_t number_;
    std::mt19937_64 random_;
    material stuff_;
    io::group running_;
    io::event changed_;      // room in the window, the end of sending, stop
    io::deadline wake_;      // the schedule
    std::optional<io::frame_stream> frames_;
    std::uint32_t last_number_ = 0;   // of a request
    ledger ledger_;
    std::optional<pace> pace_;
    byte_buffer body_;
    io::time_point last_sent_at_{};
    io::time_point read_at_{};   // when the bytes that are being handled came
    std::string trouble_;
    bool sending_ = true;
};

swarm::swarm(plan what, swarm_events* watcher) : shared_(std::make_unique<shared>()) {
    const bool greets = what.hello || what.ping_interval > io::duration::zero();
    if (greets && !(what.says.speaks && what.says.speaks->has_extensions()))
        throw std::invalid_argument("conn and ping are packets of the default protocol, which this swarm does not speak");
    shared_->settings = std::move(what);
    shared_->watcher = watcher;
}

swarm::~swarm() = default;

io::task<report> swarm::run() {
    const io::executor here = co_await io::this_executor;
    shared& all = *shared_;
    std::mt19937_64 random(all.settings.seed);
    if (all.settings.payload_size) all.payloads.emplace(*all.settings.payload_size, random);
    std::vector<std::unique_ptr<one>> members;   // here, so that they go down with this coroutine
    all.members = &members;
    io::group clients(here);
    all.begun_at = io::clock::now();
    all.busy_before = io::thread_time();
    for (std::uint32_t number = 1; number <= all.settings.clients; ++number) {
        members.push_back(std::make_unique<one>(all, number, here));
        clients.spawn(members.back()->run());
    }
    co_await clients.join();
    all.members = nullptr;
    co_return so_far();
}

void swarm::stop() {
    shared_->stopping.request_stop();
    if (shared_->members == nullptr) return;
    for (const auto& member : *shared_->members) member->stop();
}

report swarm::so_far() const {
    const shared& all = *shared_;
    report made = all.totals;
    made.missing = made.sent - made.acked - made.wrong;
    made.interrupted = all.stopping.stop_requested();
    if (all.last_answer_at > all.first_sent_at)
        made.seconds = std::chrono::duration<double>(all.last_answer_at - all.first_sent_at).count();
    return made;
}

const report& swarm::counters() const noexcept { return shared_->totals; }

// One client: connect, talk, part.

io::task<void> swarm::one::run() {
    const std::stop_token stop = shared_.stopping.get_token();
    result<io::transport> carrier = co_await io::dial(settings().connect, settings().timeout, stop, settings().sockets);
    if (!carrier && stop.stop_requested()) {
        trouble_ = "stopped before it was connected";
    } else if (!carrier) {
        trouble_ = "cannot connect to " + settings().connect.text() + ": " + carrier.error().message();
        shared_.error(trouble_);
    } else {
        if (shared_.watcher != nullptr) shared_.watcher->dialed(number_);
        frames_.emplace(std::move(*carrier), settings().answer_codec.value_or(settings().codec), settings().codec, patient);
        co_await talk();
    }
    if (shared_.watcher != nullptr) shared_.watcher->exited(number_, trouble_);
}

io::task<void> swarm::one::talk() {
    running_.spawn(send_all());
    if (settings().ping_interval > io::duration::zero()) running_.spawn(ping());
    co_await receive_all();
    shared_.note_busy();
    sending_ = false;
    changed_.notify();
    co_await running_.join();
    give_up(never);   // what is in flight when the connection is gone
    if (!frames_->failure()) co_await farewell_reads();
    co_await frames_->finish(io::duration::zero());
}

void swarm::one::stop() {
    sending_ = false;
    changed_.notify();
    watch_answers();
}

// Sending.

io::task<void> swarm::one::send_all() {
    error_code error;
    if (settings().hello) {
        body_.clear();
        packet::encode(packet::conn{packet::serial::from_number(next_number()), as_bytes(protocol::hello)}, body_);
        const result<void> sent = co_await frames_->send(body_.view());
        if (!sent) error = sent.error();
    }
    for (std::uint64_t index = 0; !error && (!settings().count || index < *settings().count); ++index) {
        const io::time_point scheduled = next_due(index == 0);
        const bool due = co_await wait_until_due(scheduled);
        if (!due) break;
        error = co_await send_one(scheduled);
    }
    if (error && !frames_->failure()) shared_.error("cannot send: " + error.message());   // ours, not the connection's
    sending_ = false;
    watch_answers();
}

// The last one is followed by 1.
std::uint32_t swarm::one::next_number() noexcept {
    last_number_ = last_number_ >= settings().says.last ? 1 : last_number_ + 1;
    return last_number_;
}

// When the next request should leave; never, if the load has come to its end.
io::time_point swarm::one::next_due(bool is_first) {
    if (pace_) {
        const std::optional<io::duration> due = pace_->next();
        return due ? shared_.begun_at + *due : never;
    }
    return is_first ? shared_.begun_at : last_sent_at_ + settings().interval;
}

// Whether anything but the window decides when to send; if not, no clock need be read.
bool swarm::one::is_paced() const noexcept {
    return pace_ || settings().interval > io::duration::zero() || shared_.end() != never;
}

// Until it is due and the window has room; false when nothing more is to be sent.
io::task<bool> swarm::one::wait_until_due(io::time_point scheduled) {
    const io::time_point end = shared_.end();
    for (;;) {
        if (!sending_ || scheduled >= end) co_return false;
        const bool room = ledger_.in_flight() < settings().window && !ledger_.is_full();
        if (room && !is_paced()) co_return true;
        const io::time_point now = io::clock::now();
        if (now >= end) co_return false;
        if (room && now >= scheduled) co_return true;
        wake_.move(room ? scheduled : end);
        co_await changed_.wait();
    }
}

io::task<error_code> swarm::one::send_one(io::time_point scheduled) {
    const std::uint32_t number = next_number();
    body_.clear();
    if (const error_code error = settings().says.make(number, stuff_, body_)) co_return error;
    last_sent_at_ = io::clock::now();
    const bool is_measured = (pace_ ? scheduled : last_sent_at_) >= shared_.measured_from();
    if (is_measured) shared_.first_sent_at = std::min(shared_.first_sent_at, last_sent_at_);
    ledger_.sent(number, last_sent_at_, scheduled);
    if (ledger_.in_flight() == 1) watch_answers();
    ++shared_.totals.sent;
    const std::size_t queued = frames_->queued();
    error_code error = frames_->push(body_.view());
    if (shared_.watcher != nullptr) shared_.watcher->sent(number_, body_.view(), frames_->queued() - queued);
    frames_->flush_soon();
    if (error == hawser::errc::outbox_full) {
        const result<void> sent = co_await frames_->send(body_.view());
        error = sent ? error_code() : sent.error();
    }
    co_return error;
}

io::task<void> swarm::one::ping() {
    byte_buffer body;
    for (std::uint32_t number = 1; sending_; ++number) {
        const io::time_point due = shared_.begun_at + settings().ping_interval * number;
        io::deadline alarm(io::watchdog::of(frames_->get_executor()),
                           [](void* self) { static_cast<one*>(self)->changed_.notify(); }, this);
        alarm.move(due);
        while (sending_ && !alarm.expired()) co_await changed_.wait();
        if (!sending_) break;
        body.clear();
        packet::encode(packet::ping{packet::serial::from_number(number)}, body);
        const result<void> sent = co_await frames_->send(body.view());
        if (!sent) break;
    }
}

// Receiving.

io::task<void> swarm::one::receive_all() {
    for (;;) {
        while (const std::optional<bytes> body = frames_->next()) take(*body);
        if (const error_code failure = frames_->failure()) co_return lost(failure);
        if (ledger_.in_flight() < settings().window) changed_.notify();
        if (!sending_ && ledger_.in_flight() == 0) co_return;
        watch_answers();
        const error_code error = co_await frames_->fill();
        read_at_ = io::clock::now();
        if (error == hawser::errc::read_timeout) give_up(read_at_ - settings().timeout);
        else if (error) co_return lost(error);
    }
}

// The read deadline: when the oldest request in flight is missing; without one, silence is no fault.
void swarm::one::watch_answers() noexcept {
    if (!frames_) return;
    const io::time_point oldest = ledger_.oldest();
    if (oldest != never) frames_->set_read_deadline(oldest + settings().timeout);
    else frames_->set_read_deadline(sending_ ? never : io::time_point::min());   // the end of waiting
}

void swarm::one::take(bytes body) {
    const packet::decoded<heard> answer = settings().says.read(body);
    if (answer) take_answer(body, *answer);
    else if (answer.error() == packet::errc::unknown_command) take_other(body);
    else shared_.error("a packet that is none: " + answer.error().message());
}

void swarm::one::take_answer(bytes body, const heard& answer) {
    const ledger::settled done = ledger_.settle(answer.number, answer.good, read_at_);
    count(done);
    if (shared_.watcher != nullptr) shared_.watcher->answered(number_, body, done.what);
}

// Pings of the default protocol are answered; pushes are passed over.
void swarm::one::take_other(bytes body) {
    const std::optional<packet::outline>& speaks = settings().says.speaks;
    if (!speaks) return;
    if (const packet::decoded<void> read = speaks->check(body); !read) {
        shared_.error("a packet that is none: " + read.error().message());
    } else if (const auto asked = packet::decode_as<packet::ping>(body); asked && speaks->has_extensions()) {
        byte_buffer pong;
        packet::encode(packet::pong{asked->id}, pong);
        if (!frames_->push(pong.view())) frames_->flush_soon();
    }
}

void swarm::one::count(const ledger::settled& done) {
    report& totals = shared_.totals;
    switch (done.what) {
        case ledger::verdict::acked: ++totals.acked; break;
        case ledger::verdict::wrong: ++totals.wrong; break;
        case ledger::verdict::duplicate: ++totals.duplicate; return;
        case ledger::verdict::late: ++totals.late; return;
        case ledger::verdict::unknown: ++totals.unknown; return;
    }
    if (read_at_ - (pace_ ? done.from_schedule : done.took) < shared_.measured_from()) return;
    shared_.last_answer_at = read_at_;
    if (done.what == ledger::verdict::acked) ++totals.measured;
    totals.latency.record(done.took);
    if (pace_) totals.latency_from_schedule.record(done.from_schedule);
}

void swarm::one::give_up(io::time_point sent_before) {
    const std::size_t count = ledger_.give_up(sent_before);
    shared_.totals.missing += count;
    if (count > 0) trouble_ = "answers are missing";
    watch_answers();
}

// What the server still has to say when everything is answered: the end, or answers that nobody waits for.
io::task<void> swarm::one::farewell_reads() {
    const result<void> closed = co_await frames_->close_write();
    if (!closed) co_return;
    frames_->set_read_deadline(io::clock::now() + farewell);
    for (;;) {
        const result<bytes> body = co_await frames_->read_frame();
        if (!body) co_return;
        read_at_ = io::clock::now();
        take(*body);
    }
}

void swarm::one::lost(const error_code& why) {
    trouble_ = "connection lost: " + why.message();
    shared_.error(trouble_);
}

}  // namespace hawser::client
