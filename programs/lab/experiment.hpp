// experiment: one behaviour of a stream socket, shown by a short program.
//
//   io::task<void> no_data(notebook& notes) {
//       const auto ends = co_await connect();        // do something with a client and a server,
//       notes.saw(it_is_so, "The read waited.");     // and say what came of it
//   }
//
// Each is a file of its name, and a line in experiments.cpp.
#pragma once

#include "connection.hpp"
#include "notebook.hpp"

#include <hawser/io/group.hpp>

#include <span>
#include <string_view>

namespace lab {

struct experiment {
    std::string_view name;
    std::string_view shows;   ///< in one line
    io::task<void> (*run)(notebook& notes);
};

/// All of them, in the order to read them in.
[[nodiscard]] std::span<const experiment> experiments();

io::task<void> no_data(notebook& notes);
io::task<void> part_of_the_data(notebook& notes);
io::task<void> more_than_the_buffer(notebook& notes);
io::task<void> read_deadline(notebook& notes);
io::task<void> many_read_deadlines(notebook& notes);
io::task<void> full_buffers(notebook& notes);
io::task<void> partial_write(notebook& notes);
io::task<void> write_deadline(notebook& notes);
io::task<void> reset_by_peer(notebook& notes);
io::task<void> data_then_close(notebook& notes);
io::task<void> close_without_data(notebook& notes);
io::task<void> full_backlog(notebook& notes);
io::task<void> sticking_packets(notebook& notes);
io::task<void> many_writers(notebook& notes);
io::task<void> byte_order(notebook& notes);
io::task<void> tcp_states(notebook& notes);

}   // namespace lab
