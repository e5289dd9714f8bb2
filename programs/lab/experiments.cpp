#include "experiment.hpp"

namespace lab {

std::span<const experiment> experiments() {
    static constexpr experiment table[] = {
        {"no-data", "a read waits, and nothing comes until the peer sends", no_data},
        {"part-of-the-data", "read_some gives what is there; read_exactly waits", part_of_the_data},
        {"more-than-the-buffer", "several reads of a small buffer lose nothing", more_than_the_buffer},
        {"read-deadline", "a read ends in time, loses no byte, and goes on", read_deadline},
        {"many-read-deadlines", "hundreds of deadlines, one timer", many_read_deadlines},
        {"full-buffers", "a write waits for the reader when the kernel is full", full_buffers},
        {"partial-write", "the peer dies in the middle of a write", partial_write},
        {"write-deadline", "a write ends in time and tells how far it came", write_deadline},
        {"reset-by-peer", "a connection that is cut off, in two ways", reset_by_peer},
        {"data-then-close", "the last bytes arrive, then the end; half stays open", data_then_close},
        {"close-without-data", "an end is no error; a write after it fails late", close_without_data},
        {"full-backlog", "connecting to a server that does not accept", full_backlog},
        {"sticking-packets", "packets stick together and split; a codec cures it", sticking_packets},
        {"many-writers", "raw writes of many coroutines mix; frames never do", many_writers},
        {"byte-order", "the bytes of a number, in this host and on the wire", byte_order},
        {"tcp-states", "how both sides close, as the kernel sees it", tcp_states},
    };
    return table;
}

}   // namespace lab
