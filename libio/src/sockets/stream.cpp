#include <hawser/io/stream.hpp>

#include <hawser/io/next_turn.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/watchdog.hpp>

#include "open_socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <new>
#include <utility>

namespace hawser::io {

namespace {

executor executor_of(transport& carrier) {
    if (auto* connected = std::get_if<socket>(&carrier)) return connected->get_executor();
    return std::get<memory_end>(carrier).get_executor();
}

// By the system itself: Asio's way to the same call costs twice as many instructions, for each request. An interruption is no end of a
// connection, and none is nothing only where `may_be_none` says so.
template <class Call>
result<std::size_t> of_kernel(const Call& call, bool may_be_none) {
    for (;;) {
        const ssize_t count = call();
        if (count > 0 || (count == 0 && may_be_none)) return static_cast<std::size_t>(count);
        if (count == 0) return errc::end_of_stream;
        if (errno != EINTR) return error_code(errno, asio::error::get_system_category());
    }
}

}  // namespace

stream::stream(transport carrier)
    : carrier_(std::move(carrier)),
      read_deadline_(watchdog::of(executor_of(carrier_)), calling<&stream::wake>(*this)) {
    if (auto* connected = std::get_if<socket>(&carrier_)) {
        error_code ignored;   // a socket that cannot do this is dead, and the first read will say so
        connected->non_blocking(true, ignored);
        keep_from_children(connected->native_handle());
    }
}

void stream::set_write_deadline(time_point at) {
    if (!write_deadline_) {
        if (at == time_point::max()) return;
        write_deadline_ = std::make_unique<deadline>(watchdog::of(get_executor()), calling<&stream::wake>(*this));
    }
    write_deadline_->move(at);
}

executor stream::get_executor() noexcept { return executor_of(carrier_); }

result<std::size_t> stream::try_read(mutable_bytes into) {
    if (closed_) return errc::closed;
    if (read_closed_) return errc::end_of_stream;
    auto* connected = std::get_if<socket>(&carrier_);
    if (connected == nullptr) return std::get<memory_end>(carrier_).try_read(into);
    return of_kernel([&] { return ::recv(connected->native_handle(), into.data(), into.size(), MSG_DONTWAIT); }, into.empty());
}

result<std::size_t> stream::try_write(bytes data) {
    if (closed_) return errc::closed;
    auto* connected = std::get_if<socket>(&carrier_);
    if (connected == nullptr) return std::get<memory_end>(carrier_).try_write(data);
    return of_kernel([&] { return ::send(connected->native_handle(), data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL); }, true);
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
        if (auto* connected = std::get_if<socket>(&carrier_)) {
            const auto what = which == direction::reading ? socket::wait_read : socket::wait_write;
            operation_memory memory;
            co_await connected->async_wait(what, memory.keep(asio::redirect_error(use_task, failed)));
        } else if (which == direction::reading) {
            co_await std::get<memory_end>(carrier_).wait_readable();
        } else {
            co_await std::get<memory_end>(carrier_).wait_writable();
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

std::size_t stream::available() const noexcept {
    if (closed_ || read_closed_) return 0;
    const auto* connected = std::get_if<socket>(&carrier_);
    if (connected == nullptr) return std::get<memory_end>(carrier_).available();
    error_code ignored;   // then it is 0
    return connected->available(ignored);
}

std::size_t stream::unconfirmed() noexcept {
    if (closed_) return 0;
    auto* connected = std::get_if<socket>(&carrier_);
    if (connected == nullptr) return std::get<memory_end>(carrier_).unsent();
    int count = 0;
    return ::ioctl(connected->native_handle(), SIOCOUTQ, &count) == 0 && count > 0 ? static_cast<std::size_t>(count) : 0;
}

std::size_t stream::unsent() noexcept {
    const std::size_t count = unconfirmed();
    return end_counts_ && count > 0 ? count - 1 : count;
}

int stream::descriptor() noexcept {
    auto* connected = std::get_if<socket>(&carrier_);
    return connected == nullptr || closed_ ? -1 : connected->native_handle();
}

void stream::wake() noexcept {
    if (auto* connected = std::get_if<socket>(&carrier_)) {
        error_code ignored;
        connected->cancel(ignored);
    } else {
        std::get<memory_end>(carrier_).cancel();
    }
}

void stream::close_write() noexcept {
    if (auto* connected = std::get_if<socket>(&carrier_)) {
        error_code error;   // the peer may be gone already
        connected->shutdown(socket::shutdown_send, error);
        end_counts_ = !error;
    } else {
        std::get<memory_end>(carrier_).close_write();
    }
}

void stream::close_read() noexcept {
    if (closed_ || std::exchange(read_closed_, true)) return;
    if (auto* connected = std::get_if<socket>(&carrier_)) {
        error_code ignored;   // the peer may be gone already
        connected->shutdown(socket::shutdown_receive, ignored);
    } else {
        std::get<memory_end>(carrier_).close_read();
    }
    wake();
}

void stream::close() noexcept {
    if (std::exchange(closed_, true)) return;
    read_deadline_.clear();
    if (write_deadline_) write_deadline_->clear();
    if (auto* connected = std::get_if<socket>(&carrier_)) {
        error_code ignored;
        connected->close(ignored);
    } else {
        std::get<memory_end>(carrier_).close();
    }
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

}  // namespace hawser::io
