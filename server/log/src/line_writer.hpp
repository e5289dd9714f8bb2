// line_writer: lines to standard error, written by a thread of its own: whoever puts one there never
// waits for whoever reads it.
//
//   line_writer lines;
//   lines.put("a line");
//   lines.end_within(1s);      // and so does its destructor
//
// Bounded: `queue_size` lines wait. A line that finds no room or no memory, or that cannot be written, is lost,
// and counted. A thread that is stuck in a write, since nobody reads, is left behind at the end: it holds
// nothing but what it writes.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace hawser::inline v0::log {

class line_writer {
public:
    /// `when_due` is called on its thread a second after look_soon(), and after that each second for as long as it says
    /// so. Throws std::system_error if there is no thread.
    explicit line_writer(std::function<bool()> when_due);
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;
    ~line_writer();

    /// Any thread.
    void put(std::string line) noexcept;
    /// Any thread.
    void look_soon() noexcept;
    /// Writes what waits. What that takes longer for is lost. Nothing may be put there any more.
    void end_within(io::duration patience) noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
    std::thread thread_;
};

}   // namespace hawser::log
