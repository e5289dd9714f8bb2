#include "flusher.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace hawser::inline v0::io {

void flusher::add(frame_stream& stream) noexcept {
    if (stream.flush_hook_.is_linked()) return;
    waiting_.push_back(stream);
    if (std::exchange(is_awaited_, true)) return;
    if (!chain::after_this(stream.get_executor(), calling<&flusher::has_suspended>(*this))) post();
}

// Who runs may have written it itself, as whoever goes on to read does: then nobody has to come back for it.
void flusher::has_suspended() noexcept {
    if (waiting_.empty()) is_awaited_ = false;
    else post();
}

void flusher::post() noexcept {
    asio::post(static_cast<asio::io_context&>(context()), posted_.keep([this] { flush(); }));
}

// Who comes meanwhile has the next turn, and so has a stream that is only in line for its own: it has more to
// answer, and all leaves together.
void flusher::flush() noexcept {
    is_awaited_ = false;
    list now;
    now.swap(waiting_);
    while (!now.empty()) {
        frame_stream& stream = now.front();
        now.pop_front();
        if (stream.in_line_) add(stream);
        else stream.flush_now();
    }
}

}   // namespace hawser::io
