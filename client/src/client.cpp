#include <hawser/client/client.hpp>

#include <hawser/client/pending.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <deque>
#include <new>
#include <optional>
#include <type_traits>
#include <vector>

namespace hawser::client {

namespace {

// One request under way; lives in the coroutine that waits for it, and leaves the table with it however that ends.
struct waiter {
    waiter(const io::executor& where, pending<waiter>& in, const packet::identity& waited_for)
        : table(in),
          what(waited_for),
          changed(where),
          give_up(io::watchdog::of(where), [](void* self) { static_cast<waiter*>(self)->changed.notify(); }, this) {}

    ~waiter() {
        if (is_waiting) table.remove(what);
    }

    void finish(result<byte_buffer> with) {
        is_waiting = false;
        answer.emplace(std::move(with));
        changed.notify();
    }

    pending<waiter>& table;
    packet::identity what;
    io::event changed;
    io::deadline give_up;
    std::optional<result<byte_buffer>> answer;
    bool is_waiting = false;   // in the table
};

}  // namespace

// The connection: owned by the client and by the coroutine that reads.
struct client::link {
    link(io::transport carrier, options with)
        : settings(with),
          frames(std::move(carrier), with.answer_codec.value_or(with.codec), with.codec, with.limits),
          forms(with.speaks.forms().begin(), with.speaks.forms().end()),
          changed(frames.get_executor()) {}

    static io::task<void> read(std::shared_ptr<link> self);
    [[nodiscard]] error_code deliver(bytes body);
    [[nodiscard]] bool is_answer(std::uint64_t command) const noexcept;
    [[nodiscard]] error_code answer_ping(bytes body);
    void expect(const packet::form& answer);
    void keep(bytes body);

    options settings;
    io::frame_stream frames;
    std::vector<packet::form> forms;   // of the protocol's packets, and of answers that are none of them
    pending<waiter> requests;
    std::uint32_t number = 0;          // of the last request
    std::deque<byte_buffer> inbox;
    io::event changed;                 // the inbox, or the end
    std::optional<error_code> ended;   // why reading ended
    bool finished = false;             // nothing runs any more
    std::uint64_t late_answers = 0;
    std::uint64_t dropped = 0;
};

io::task<void> client::link::read(std::shared_ptr<link> self) {
    error_code error;
    try {
        while (!error) {
            const result<bytes> body = co_await self->frames.read_frame();
            error = body ? self->deliver(*body) : body.error();
        }
    } catch (const std::bad_alloc&) {
        error = make_error_code(boost::system::errc::not_enough_memory);
    }
    if (error == condition::invalid) self->frames.reject(error);
    self->ended = error;
    self->requests.take_all([&](waiter& who) { who.finish(error); });
    self->changed.notify();
    co_await self->frames.finish(self->settings.linger);
    self->finished = true;
    self->changed.notify();
}

error_code client::link::deliver(bytes body) {
    const packet::decoded<packet::identity> what = packet::identify(forms, settings.speaks.place(), body);
    if (!what && !(what.error() == packet::errc::unknown_command)) return what.error();
    if (waiter* who = what ? requests.take(*what) : nullptr) {
        byte_buffer copy(body.size());
        copy.append(body);
        who->finish(std::move(copy));
    } else if (what && settings.speaks.has_extensions() && what->command == packet::ping::code.value) {
        return answer_ping(body);
    } else if (what && is_answer(what->command)) {
        ++late_answers;
    } else {
        keep(body);
    }
    return {};
}

bool client::link::is_answer(std::uint64_t command) const noexcept {
    const auto found = std::ranges::find(forms, command, &packet::form::command);
    return found != forms.end() && found->is_reply && found->id_size > 0;   // no request waits for one without an id
}

error_code client::link::answer_ping(bytes body) {
    const packet::decoded<packet::ping> asked = packet::decode_as<packet::ping>(body);
    if (!asked) return asked.error();
    byte_buffer pong;
    packet::encode(packet::pong{asked->id}, pong);
    static_cast<void>(frames.push(pong.view()));   // no room means that the server does not read: it knows we live
    frames.flush_soon();
    return {};
}

// A request may be of no packet of the protocol: how its answer looks is known from then on.
void client::link::expect(const packet::form& answer) {
    const auto found = std::ranges::find(forms, answer.command, &packet::form::command);
    if (found == forms.end()) forms.push_back(answer);
    else found->is_reply = true;
}

void client::link::keep(bytes body) {
    if (inbox.size() >= settings.inbox) {
        ++dropped;
        return;
    }
    inbox.emplace_back(body.size());
    inbox.back().append(body);
    changed.notify();
}

// They are often written inside of a co_await, where g++ 12 destroys twice what is not trivially destructible.
static_assert(std::is_trivially_destructible_v<options>);

io::task<result<client>> client::connect(io::address where, options settings) {
    result<io::transport> carrier = co_await io::dial(std::move(where), settings.connect_timeout);
    if (!carrier) co_return carrier.error();
    co_return over(std::move(*carrier), settings);
}

client client::over(io::transport carrier, options settings) {
    auto made = std::make_shared<link>(std::move(carrier), settings);
    const io::executor where = made->frames.get_executor();
    io::asio::co_spawn(where, link::read(made), io::asio::detached);
    return client(std::move(made));
}

client& client::operator=(client&& other) noexcept {
    if (link_) link_->frames.close();
    link_ = std::move(other.link_);
    return *this;
}

client::~client() {
    if (link_) link_->frames.close();
}

io::task<result<byte_buffer>> client::exchange(std::shared_ptr<link> over, packet::form form, packet::identity answer,
                                               byte_buffer body, io::duration timeout) {
    if (over->ended) co_return *over->ended;
    over->expect(form);
    waiter self(over->frames.get_executor(), over->requests, answer);
    self.is_waiting = over->requests.add(answer, self);
    if (!self.is_waiting) co_return errc::id_in_flight;
    const io::time_point until = io::after(io::clock::now(), timeout);
    self.give_up.move(until);
    const result<void> sent = co_await over->frames.send(body.view(), until);
    while (sent && !self.answer && !self.give_up.expired()) co_await self.changed.wait();
    if (self.answer) co_return std::move(*self.answer);
    if (!sent && sent.error() != hawser::errc::write_timeout) co_return sent.error();
    co_return errc::request_timeout;
}

io::task<result<void>> client::send_body(std::shared_ptr<link> over, byte_buffer body, error_code failed) {
    if (failed) co_return failed;
    co_return co_await over->frames.send(body.view());
}

io::task<result<byte_buffer>> client::next() {
    const std::shared_ptr<link> over = link_;
    while (over->inbox.empty() && !over->ended) co_await over->changed.wait();
    if (over->inbox.empty()) co_return *over->ended;
    byte_buffer first = std::move(over->inbox.front());
    over->inbox.pop_front();
    co_return first;
}

io::task<void> client::close() {
    const std::shared_ptr<link> over = link_;
    over->frames.stop_reading();
    while (!over->finished) co_await over->changed.wait();
}

// Ids go round: 1 comes after `last`.
std::uint32_t client::next_number(std::uint32_t last) noexcept {
    link_->number = link_->number >= last ? 1 : link_->number + 1;
    return link_->number;
}

packet::id client::next_id() noexcept { return packet::serial::from_number(next_number(packet::serial::last)); }
bool client::has_command_at(const packet::command_place& place) const noexcept {
    return link_->settings.speaks.place() == place;
}

io::duration client::request_timeout() const noexcept { return link_->settings.request_timeout; }
std::uint64_t client::late_answers() const noexcept { return link_->late_answers; }
std::uint64_t client::dropped() const noexcept { return link_->dropped; }

}  // namespace hawser::client
