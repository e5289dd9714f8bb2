#include "attacker.hpp"

#include <hawser/io/dial.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

// Long enough for the first part to have left alone, as a segment of its own.
constexpr io::duration between_parts = std::chrono::milliseconds(2);

// What is dropped a read; nobody looks at it, so all attackers of a thread share it.
constexpr std::size_t dropped_a_read = 16 * 1024;
mutable_bytes bin() {
    thread_local std::array<std::byte, dropped_a_read> room;
    return room;
}

}  // namespace

attacker::attacker(const scene& at, std::uint32_t number, std::stop_token stop)
    : scene_(at),
      number_(number),
      stop_(std::move(stop)),
      random_(swarm::seeded(at.plan.seed, number)),
      stuff_(random_, at.payloads ? &*at.payloads : nullptr),
      begun_at_(io::clock::now()),
      requests_(at.plan.says) {
    restart_clock();
}

// Connecting and parting.

io::task<bool> attacker::connect(io::socket_options options) {
    hang_up();
    const std::vector<io::endpoint>& sources = scene_.plan.sources;
    if (!sources.empty()) options.source = sources[number_ % sources.size()];
    result<io::transport> carrier = co_await io::dial(scene_.plan.connect, scene_.plan.timeout, stop_, options);
    if (!carrier) co_return false;
    conn_.emplace(std::move(*carrier));
    answers_.emplace(scene_.plan.answer_codec.value_or(scene_.plan.codec));
    requests_ = swarm::correlation(scene_.plan.says);
    ++outcome_.connections;
    outcome_.closed_after.reset();
    restart_clock();
    co_return true;
}

void attacker::restart_clock() noexcept {
    clock_ = io::clock::now();
    over_at_ = io::after(scene_.server_must == duty::close ? clock_ : begun_at_, scene_.patience());
}

bool attacker::is_over() const noexcept { return stop_.stop_requested() || io::clock::now() >= over_at_; }

io::task<bool> attacker::pause(io::duration how_long) { return io::sleep(how_long, stop_); }

void attacker::close_write() noexcept {
    if (is_connected()) conn_->close_write();
}

void attacker::hang_up() noexcept {
    if (is_connected()) conn_->close();
}

// By the server.
void attacker::ended() noexcept {
    if (!is_connected()) return;   // this side was first
    outcome_.closed_after = io::clock::now() - clock_;
    conn_->close();
}

// Sending.

std::uint32_t attacker::make_request(byte_buffer& to) {
    const std::uint32_t number = requests_.next_number();
    body_.clear();
    error_code error = scene_.plan.says.make(number, stuff_, body_);
    if (!error) error = scene_.plan.codec.encode(body_.view(), to);
    if (error) throw std::runtime_error("a request cannot be made: " + error.message());   // one could be, before the attack
    return number;
}

bytes attacker::next_request() {
    request_.clear();
    static_cast<void>(make_request(request_));
    return request_.view();
}

void attacker::add_request(byte_buffer& to) {
    const io::time_point now = io::clock::now();
    const std::uint32_t number = make_request(to);
    requests_.sent(number, body_.view(), now, now);
    ++outcome_.asked;
}

io::task<std::size_t> attacker::send(bytes data, io::time_point until) {
    co_await others_turn();
    if (!is_connected()) co_return 0;
    conn_->set_write_deadline(until);
    const io::transferred sent = co_await conn_->write_all(data);
    if (sent.error && sent.error != errc::write_timeout) ended();
    co_return sent.count;
}

io::task<bool> attacker::ask(std::size_t pause_at) {
    request_.clear();
    add_request(request_);
    const bytes request = request_.view();
    const io::time_point until = io::after(io::clock::now(), scene_.plan.timeout);
    std::size_t sent = co_await send(request.first(std::min(pause_at, request.size())), until);
    if (sent > 0) static_cast<void>(co_await pause(between_parts));
    sent += co_await send(request.subspan(sent), until);
    while (sent == request.size() && unanswered() > 0) {
        const bool heard = co_await hear(until);
        if (!heard) break;
    }
    co_return unanswered() == 0;
}

// A server that is quick enough would otherwise have this attacker never wait, and so the others of the thread never run.
io::task<void> attacker::others_turn() {
    const io::executor here = co_await io::this_executor;
    co_await io::asio::post(here, io::use_task);
}

// Receiving.

io::task<bool> attacker::drop(io::time_point until) {
    while (is_connected()) {
        conn_->set_read_deadline(until);
        const result<std::size_t> got = co_await conn_->read_some(bin());
        if (!got && got.error() == errc::read_timeout) break;
        if (!got) ended();
        else co_await others_turn();
    }
    co_return is_connected();
}

void attacker::sip(std::size_t most) {
    if (!is_connected()) return;
    const result<std::size_t> got = conn_->try_read(bin().first(std::min(most, dropped_a_read)));
    if (!got && got.error() != io::asio::error::would_block) ended();
}

io::task<bool> attacker::hear(io::time_point until) {
    while (is_connected()) {
        conn_->set_read_deadline(until);
        const result<std::size_t> got = co_await conn_->read_some(answers_->space(frame::fill::greedy));
        if (!got) {
            if (got.error() != errc::read_timeout) ended();
            break;
        }
        answers_->commit(*got);
        if (take_answers() > 0) co_return true;
        co_await others_turn();
    }
    co_return false;
}

// How many they were.
std::size_t attacker::take_answers() {
    const io::time_point now = io::clock::now();
    for (std::size_t count = 0;;) {
        const frame::decoded next = answers_->next();
        if (next.what() == frame::decoded::kind::need_more) return count;
        if (next.what() == frame::decoded::kind::failed) {
            hang_up();
            return count;
        }
        const auto& passes_over = scene_.plan.says.passes_over;
        if (!next.is_frame() || (passes_over && passes_over(next.body()))) continue;
        const auto answer = scene_.plan.says.read(next.body());
        if (!answer || requests_.settle(*answer, next.body(), now).what != swarm::ledger::verdict::acked) continue;
        ++outcome_.answered;
        ++count;
    }
}

io::task<void> attacker::wait_until_closed() { static_cast<void>(co_await drop(over_at_)); }

}  // namespace hawser::swarm_program
