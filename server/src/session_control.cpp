// What a session and its peer say beside the requests: see packet/control.hpp. The clock of its pings is in
// session_clocks.cpp, its goodbye in session_end.cpp.
#include "session.hpp"

#include "worker.hpp"

#include <utility>

namespace hawser::inline v0::server {

// A stranger is not answered: it has to say who it is. And where somebody asks for that, nobody is welcome by this.
std::optional<error_code> session::take_control(call& here, bytes body) {
    const packet::control* const by = service_->control();
    if (by == nullptr || standing_ == standing::stranger) return {};
    if (by->read_pong != nullptr) {
        const packet::decoded<std::uint32_t> number = by->read_pong(body);
        if (number) beat_answered(*number);
        if (!packet::is_another(number)) return number ? error_code() : error_code(number.error());
    }
    if (by->answer_ping != nullptr) {
        const packet::decoded<void> asked = by->answer_ping(body, here.cleared_answer());
        if (asked) here.answer_cleared();
        if (asked) learn_control();
        if (!packet::is_another(asked)) return asked ? error_code() : error_code(asked.error());
    }
    if (by->read_greeting != nullptr && !service_->asks_who()) {
        const packet::decoded<bool> knows = by->read_greeting(body);
        if (packet::is_another(knows)) return {};
        if (!knows) return error_code(knows.error());
        by->welcome(body, here.cleared_answer());
        here.answer_cleared();
        if (*knows) learn_control();
        return error_code();
    }
    return {};
}

// Whoever greets may say that it knows what else there is.
void session::let_in(bytes greeting) {
    const packet::control* const by = service_->control();
    if (std::exchange(standing_, standing::known) == standing::stranger) {
        const effective_config& settings = service_->settings;
        frames_.go_on_with(settings.codec, settings.outgoing(), service_->limits);
        if (stage_ == stage::serving) life_.move(end_of_life());
    }
    if (by == nullptr) return;
    if (by->when == packet::control::sent::always) return learn_control();
    if (by->read_greeting == nullptr) return;
    const packet::decoded<bool> knows = by->read_greeting(greeting);
    if (knows && *knows) learn_control();
}

void session::learn_control() {
    if (std::exchange(speaks_, dialect::controlled) == dialect::controlled) return;
    if (service_->control()->make_ping == nullptr || service_->settings.ping_interval == io::duration::zero()) return;
    more().beating = std::make_unique<pulse>(*this, io::clock::now());
}

void session::beat_answered(std::uint32_t number) noexcept {
    pulse* const mine = beating();
    if (mine != nullptr && service_->control()->answers(number, mine->beat.number()))
        static_cast<void>(mine->beat.answered(mine->beat.number(), io::clock::now()));
}

const route_table& session::handled_by() const noexcept {
    const router& routes = *service_->routes();
    return standing_ == standing::known ? routes.all() : routes.entrance();
}

unhandled session::why_unhandled(bytes body) const { return service_->routes()->why_unhandled(body, handled_by()); }

void call::turn_away() noexcept { session_.finish(errc::refused); }

void call::let_in(bytes greeting) { session_.let_in(greeting); }

}   // namespace hawser::server
