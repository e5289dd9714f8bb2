#include <hawser/io/stream.hpp>

#include <hawser/io/next_turn.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>

#include <new>
#include <utility>

namespace hawser::inline v0::io {

stream::stream(transport over)
    : transport_(std::move(over)),
      read_deadline_(watchdog::of(transport_.get_executor()), calling<&stream::wake>(*this)) {}

void stream::set_write_deadline(time_point at) {
    if (!write_deadline_) {
        if (at == time_point::max()) return;
        write_deadline_ = std::make_unique<deadline>(watchdog::of(get_executor()), calling<&stream::wake>(*this));
    }
    write_deadline_->move(at);
}

result<std::size_t> stream::try_read(mutable_bytes into) {
    if (closed_) return errc::closed;
    if (read_closed_) return errc::end_of_stream;
    return transport_.try_read(into);
}

result<std::size_t> stream::try_write(bytes data) {
    if (closed_) return errc::closed;
    return transport_.try_write(data);
}

task<error_code> stream::wait_readable() { return wait(direction::reading); }

task<error_code> stream::wait_writable() { return wait(direction::writing); }

task<error_code> stream::wait(direction which) {
    if (which == direction::reading && read_closed_ && !closed_) co_return error_code();
    if (const error_code error = reason_not_to_wait(which)) co_return error;
    if (which == direction::reading) reading_ = true;
    transfers_in_turn_ = 0;   // others have their turn
    error_code failed;
    try {
        if (socket* const on = transport_.waits_on()) {
            const auto what = which == direction::reading ? socket::wait_read : socket::wait_write;
            operation_memory memory;
            co_await on->async_wait(what, memory.keep(asio::redirect_error(use_task, failed)));
        } else if (which == direction::reading) {   // not by ?: which g++ 12 destroys twice
            failed = co_await transport_.wait_readable();
        } else {
            failed = co_await transport_.wait_writable();
        }
    } catch (const std::bad_alloc&) {
        failed = asio::error::no_memory;
    }
    if (which == direction::writing) co_return why_woken(which, failed);
    co_return end_wait(failed);
}

error_code stream::end_wait(const error_code& failed) noexcept {
    reading_ = false;
    return why_woken(direction::reading, failed);
}

// Cancelled means woken: by close(), by a deadline, or to look again.
error_code stream::why_woken(direction which, const error_code& failed) const noexcept {
    return failed && failed != asio::error::operation_aborted ? failed : reason_not_to_wait(which);
}

std::size_t stream::available() const noexcept { return closed_ || read_closed_ ? 0 : transport_.available(); }

std::size_t stream::unconfirmed() noexcept { return closed_ ? 0 : transport_.unsent(); }

std::size_t stream::unsent() noexcept {
    const std::size_t count = unconfirmed();
    return end_counts_ && count > 0 ? count - 1 : count;
}

void stream::wake() noexcept { transport_.wake(); }

void stream::close_write() noexcept { end_counts_ = transport_.close_write(); }

void stream::close_read() noexcept {
    if (closed_ || std::exchange(read_closed_, true)) return;
    transport_.close_read();
    wake();
}

void stream::close() noexcept {
    if (std::exchange(closed_, true)) return;
    read_deadline_.clear();
    if (write_deadline_) write_deadline_->clear();
    transport_.close();
}

task<result<std::size_t>> stream::read_some(mutable_bytes into) {
    if (reading_) co_return errc::concurrent_read;
    for (;;) {
        if (read_deadline_.passed()) co_return errc::read_timeout;
        if (transfers_in_turn_ >= turn) co_await end_turn(direction::reading);
        else if (const auto count = counted(try_read(into))) co_return *count;
        else if (const error_code error = co_await wait_readable()) co_return error;
    }
}

// The others of the thread have theirs, whatever there is to read or write.
task<void> stream::end_turn(direction which) {
    operation_memory posted;
    if (which == direction::reading) reading_ = true;
    co_await next_turn(get_executor(), posted);
    if (which == direction::reading) reading_ = false;
    transfers_in_turn_ = 0;
}

// What came of a try; none if it would have had to wait.
std::optional<result<std::size_t>> stream::counted(const result<std::size_t>& tried) noexcept {
    if (!tried && tried.error() == asio::error::would_block) return std::nullopt;
    ++transfers_in_turn_;
    return tried;
}

task<transferred> stream::read_exactly(mutable_bytes into) {
    transferred done;
    while (done.count < into.size()) {
        const result<std::size_t> count = co_await read_some(into.subspan(done.count));
        if (!count) {
            const bool inside = count.error() == errc::end_of_stream && done.count > 0;
            done.error = inside ? make_error_code(errc::truncated) : count.error();
            break;
        }
        done.count += *count;
    }
    co_return done;
}

task<transferred> stream::write_all(bytes data) {
    transferred done;
    while (done.count < data.size()) {
        if (write_deadline_ && write_deadline_->passed()) {
            done.error = errc::write_timeout;
        } else if (transfers_in_turn_ >= turn) {
            co_await end_turn(direction::writing);
        } else if (const auto count = counted(try_write(data.subspan(done.count)))) {
            if (*count) done.count += **count;
            else done.error = count->error();
        } else {
            done.error = co_await wait_writable();
        }
        if (done.error) break;
    }
    co_return done;
}

}   // namespace hawser::io
