#include "flusher.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace hawser::io {

void flusher::add(frame_stream& stream) noexcept {
    if (stream.flush_hook_.is_linked()) return;
    waiting_.push_back(stream);
    if (std::exchange(is_posted_, true)) return;
    asio::post(static_cast<asio::io_context&>(context()), posted_.keep([this] { flush(); }));
}

// Who comes meanwhile has the next turn, and so has a stream that is only in line for its own: it has more to answer, and all leaves together.
void flusher::flush() noexcept {
    is_posted_ = false;
    list now;
    now.swap(waiting_);
    while (!now.empty()) {
        frame_stream& stream = now.front();
        now.pop_front();
        if (stream.in_line_) add(stream);
        else stream.flush_now();
    }
}

}  // namespace hawser::io
