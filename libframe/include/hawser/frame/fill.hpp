// fill: how a reader is filled: how much is read at a time, and what room is made for it.
//
//   const mutable_bytes room = reader.space(frame::fill::greedy, frame::growth::sparing);
#pragma once

namespace hawser::inline v0::frame {

/// How much to read at a time.
enum class fill {
    exact,    ///< only what the next step needs: the header, then the body (Go's io.ReadFull); leaves the rest unread
    greedy,   ///< whatever there is, many frames in one read
};

/// By how much a reader grows at a time for a frame that is longer than its room.
enum class growth {
    doubling,   ///< few copies
    sparing,    ///< by a quarter: hardly more memory than has arrived
};

}   // namespace hawser::frame
