// event_chain: those who are told what happens, one after the other in the order of the config.
//
//   const event_chain told(settings.events);
//   told.opened(peer);
//
// Invariant: what one throws keeps none of the others from being told, and then ends the process. Only what belongs to
// the start is for its caller, and nobody behind is told of it: nothing starts. Any thread.
#pragma once

#include <hawser/server/config.hpp>
#include <hawser/server/events.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hawser::inline v0::server {

class event_chain {
public:
    /// Each outlives this, and none is null.
    explicit event_chain(const event_list& all) noexcept : all_(all) {}

    void planned(const memory_plan& plan) const;
    void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) const;

    /// If none of them says it, a line on standard error does.
    void start_failed(const std::string& why) const noexcept;
    void opened(const peer& who) const noexcept;
    void closed(const peer& who, const ending& how) const noexcept;
    void refused(const io::endpoint& who, const error_code& why) const noexcept;
    void datagram_failed(const io::endpoint& from, const std::string& why) const noexcept;
    void accept_failed(const error_code& why, io::duration pause) const noexcept;
    void stopping(std::size_t connections) const noexcept;
    void stuck(const std::string& what) const noexcept;
    void stopped(const report& done) const noexcept;

private:
    template <class Tell>
    void tell_all(const Tell& tell) const noexcept;

    event_list all_;
};

}   // namespace hawser::server
