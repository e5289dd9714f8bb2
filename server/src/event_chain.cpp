#include "event_chain.hpp"

#include <exception>
#include <iostream>

namespace hawser::inline v0::server {

template <class Tell>
void event_chain::tell_all(const Tell& tell) const noexcept {
    std::exception_ptr thrown;
    for (events* const one : all_) {
        try {
            tell(*one);
        } catch (...) {
            if (!thrown) thrown = std::current_exception();
        }
    }
    if (thrown) std::rethrow_exception(thrown);   // so that the process ends, and says what it was
}

void event_chain::planned(const memory_plan& plan) const {
    for (events* const one : all_) one->planned(plan);
}

void event_chain::listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) const {
    for (events* const one : all_) one->listening(addresses, ports);
}

void event_chain::start_failed(const std::string& why) const noexcept {
    bool is_said = false;
    tell_all([&](events& one) { is_said = one.start_failed(why) || is_said; });
    if (!is_said) std::cerr << why << '\n';
}

void event_chain::opened(const peer& who) const noexcept {
    tell_all([&](events& one) { one.opened(who); });
}

void event_chain::closed(const peer& who, const ending& how) const noexcept {
    tell_all([&](events& one) { one.closed(who, how); });
}

void event_chain::refused(const io::endpoint& who, const error_code& why) const noexcept {
    tell_all([&](events& one) { one.refused(who, why); });
}

void event_chain::datagram_failed(const io::endpoint& from, const std::string& why) const noexcept {
    tell_all([&](events& one) { one.datagram_failed(from, why); });
}

void event_chain::accept_failed(const error_code& why, io::duration pause) const noexcept {
    tell_all([&](events& one) { one.accept_failed(why, pause); });
}

void event_chain::stopping(std::size_t connections) const noexcept {
    tell_all([&](events& one) { one.stopping(connections); });
}

void event_chain::stuck(const std::string& what) const noexcept {
    tell_all([&](events& one) { one.stuck(what); });
}

void event_chain::stopped(const report& done) const noexcept {
    tell_all([&](events& one) { one.stopped(done); });
}

}   // namespace hawser::server
