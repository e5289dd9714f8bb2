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

// Where discarded bytes go; nobody looks at them, so all attackers of a thread share it.
constexpr std::size_t discarded_a_read = 16 * 1024;
mutable_bytes discard_buffer() {
    thread_local std::array<std::byte, discarded_a_read> room;
    return room;
}

}   // namespace

attacker::attacker(const attack_setup& setup, std::uint32_t number, std::stop_token stop)
    : setup_(setup),
      number_(number),
      stop_(std::move(stop)),
      maker_(setup, number),
      begun_at_(io::clock::now()),
      requests_(setup.plan.traffic) {
    restart_clock();
}

// Connecting and closing.

io::task<bool> attacker::connect(io::socket_options options) {
    close();
    const std::vector<io::endpoint>& sources = setup_.plan.sources;
    if (!sources.empty()) options.source = sources[number_ % sources.size()];
    result<io::transport> carrier = co_await io::dial(setup_.plan.connect, setup_.plan.timeout, stop_, options);
    if (!carrier) co_return false;
    stream_.emplace(std::move(*carrier));
    answers_.emplace(setup_.plan.answer_codec.value_or(setup_.plan.codec));
    requests_ = swarm::correlation(setup_.plan.traffic);
    ++counts_.connections;
    counts_.closed_after.reset();
    restart_clock();
    co_return true;
}

void attacker::restart_clock() noexcept {
    patience_from_ = io::clock::now();
    over_at_ = io::after(setup_.server_must == duty::close ? patience_from_ : begun_at_, setup_.patience());
}

bool attacker::is_over() const noexcept { return stop_.stop_requested() || io::clock::now() >= over_at_; }

io::task<bool> attacker::pause(io::duration how_long) { return io::sleep(how_long, stop_); }

void attacker::close_write() noexcept {
    if (is_connected()) stream_->close_write();
}

void attacker::close() noexcept {
    if (is_connected()) stream_->close();
}

void attacker::closed_by_server() noexcept {
    if (!is_connected()) return;   // this side was first
    counts_.closed_after = io::clock::now() - patience_from_;
    stream_->close();
}

// Sending.

void request_maker::append_frame(std::uint32_t number, byte_buffer& to) {
    body_.clear();
    error_code error = setup_.plan.traffic.make(number, values_, body_);
    if (!error) error = setup_.plan.codec.encode(body_.view(), to);
    // One could be, before the attack.
    if (error) throw std::runtime_error("a request cannot be made: " + error.message());
}

bytes attacker::next_request() {
    request_.clear();
    maker_.append_frame(requests_.next_number(), request_);
    return request_.view();
}

void attacker::add_request(byte_buffer& to) {
    const io::time_point now = io::clock::now();
    const std::uint32_t number = requests_.next_number();
    maker_.append_frame(number, to);
    requests_.sent(number, maker_.body(), now, now);
    ++counts_.requests;
}

io::task<std::size_t> attacker::send(bytes data, io::time_point until) {
    co_await others_turn();
    if (!is_connected()) co_return 0;
    stream_->set_write_deadline(until);
    const io::transferred sent = co_await stream_->write_all(data);
    if (sent.error && sent.error != errc::write_timeout) closed_by_server();
    co_return sent.count;
}

io::task<bool> attacker::request(std::size_t pause_at) {
    request_.clear();
    add_request(request_);
    const bytes request = request_.view();
    const io::time_point until = io::after(io::clock::now(), setup_.plan.timeout);
    std::size_t sent = co_await send(request.first(std::min(pause_at, request.size())), until);
    if (sent > 0) static_cast<void>(co_await pause(between_parts));
    sent += co_await send(request.subspan(sent), until);
    while (sent == request.size() && unanswered() > 0) {
        const bool received_answer = co_await receive_answers(until);
        if (!received_answer) break;
    }
    co_return unanswered() == 0;
}

// A quick server never makes an attacker wait: without this, the other attackers of the thread would never run.
io::task<void> attacker::others_turn() {
    const io::executor here = co_await io::this_executor;
    co_await io::asio::post(here, io::use_task);
}

// Receiving.

io::task<bool> attacker::discard(io::time_point until) {
    while (is_connected()) {
        stream_->set_read_deadline(until);
        const result<std::size_t> got = co_await stream_->read_some(discard_buffer());
        if (!got && got.error() == errc::read_timeout) break;
        if (!got) closed_by_server();
        else co_await others_turn();
    }
    co_return is_connected();
}

void attacker::read_at_most(std::size_t most) {
    if (!is_connected()) return;
    const result<std::size_t> got = stream_->try_read(discard_buffer().first(std::min(most, discarded_a_read)));
    if (!got && got.error() != io::asio::error::would_block) closed_by_server();
}

io::task<bool> attacker::receive_answers(io::time_point until) {
    while (is_connected()) {
        stream_->set_read_deadline(until);
        const result<std::size_t> got = co_await stream_->read_some(answers_->space(frame::fill::greedy));
        if (!got) {
            if (got.error() != errc::read_timeout) closed_by_server();
            break;
        }
        answers_->commit(*got);
        if (take_answers() > 0) co_return true;
        co_await others_turn();
    }
    co_return false;
}

// Says how many good answers there were.
std::size_t attacker::take_answers() {
    const io::time_point now = io::clock::now();
    for (std::size_t count = 0;;) {
        const frame::decoded next = answers_->next();
        if (next.what() == frame::decoded::kind::need_more) return count;
        if (next.what() == frame::decoded::kind::failed) {
            close();
            return count;
        }
        const auto& is_ignored = setup_.plan.traffic.is_ignored;
        if (!next.is_frame() || (is_ignored && is_ignored(next.body()))) continue;
        const auto answer = setup_.plan.traffic.read(next.body());
        if (!answer || requests_.settle(*answer, next.body(), now).verdict != swarm::ledger::verdict::acked) continue;
        ++counts_.answered;
        ++count;
    }
}

io::task<void> attacker::wait_until_closed() { static_cast<void>(co_await discard(over_at_)); }

}   // namespace hawser::swarm_program
