// progress_bar: how far the swarm is, on the last line of a terminal.
//
//   [=========>          ] 46%  920/2000 acked, 32 in flight, 18204/s
#pragma once

#include <hawser/client/swarm.hpp>

#include <optional>
#include <string>

namespace hawser::swarm_program {

class progress_bar {
public:
    progress_bar(const client::plan& of, io::time_point begun_at);

    /// The line for now: at most `width` characters.
    [[nodiscard]] std::string line(const client::report& counters, io::time_point now, std::size_t width) const;

private:
    std::optional<std::uint64_t> expected_;   // submits
    io::duration duration_;
    io::time_point begun_at_;
};

}  // namespace hawser::swarm_program
