// Bytes without frames: each piece that has arrived is a frame of byte_codec.
#include <hawser/server/byte_connection.hpp>

#include "session.hpp"

#include <algorithm>

namespace hawser::inline v0::server {

byte_read_wait::byte_read_wait(byte_connection& of) : of_(of), wait_(of.session_.frames()) {}

bool byte_read_wait::await_ready() {
    is_left_ = !of_.rest_.empty();
    return is_left_ || wait_.await_ready();
}

result<bytes> byte_read_wait::await_resume() noexcept {
    if (!is_left_) return wait_.await_resume();
    return std::exchange(of_.rest_, {});
}

std::size_t byte_connection::take(bytes from, mutable_bytes into) noexcept {
    const std::size_t count = std::min(from.size(), into.size());
    std::ranges::copy(from.first(count), into.begin());
    rest_ = from.subspan(count);
    return count;
}

io::task<result<std::size_t>> byte_connection::read_some(mutable_bytes into) {
    const result<bytes> some = co_await read_some();
    if (!some) co_return some.error();
    co_return take(*some, into);
}

io::task<io::transferred> byte_connection::read_exactly(mutable_bytes into) {
    std::size_t count = 0;
    while (count < into.size()) {
        const result<bytes> some = co_await read_some();
        if (!some) {
            const bool is_inside = count > 0 && some.error() == hawser::errc::end_of_stream;
            co_return io::transferred{count, is_inside ? make_error_code(hawser::errc::truncated) : some.error()};
        }
        count += take(*some, into.subspan(count));
    }
    co_return io::transferred{count, error_code()};
}

io::task<result<void>> byte_connection::write(bytes data) {
    if (data.empty()) return io::task<result<void>>::done();
    return data.size() <= session_.common().settings.outgoing().max_frame() ? send(data) : write_in_parts(data);
}

io::task<result<void>> byte_connection::write_in_parts(bytes data) {
    const std::size_t most = session_.common().settings.outgoing().max_frame();
    for (bytes left = data; !left.empty();) {
        const bytes part = left.first(std::min(left.size(), most));
        const result<void> sent = co_await send(part);
        if (!sent) co_return sent.error();
        left = left.subspan(part.size());
    }
    co_return result<void>();
}

io::task<result<void>> byte_connection::flush() { return session_.frames().flush(); }
io::task<result<void>> byte_connection::close_write() { return session_.frames().close_write(); }

}   // namespace hawser::server
