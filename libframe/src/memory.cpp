#include <hawser/io/memory.hpp>

#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

namespace hawser::io {

// One direction.
struct memory_end::channel {
    explicit channel(std::size_t most) : capacity(most) {}

    std::mutex mutex;
    std::size_t capacity;
    byte_buffer data;
    bool write_closed = false;
    bool read_closed = false;
    bool reset = false;
    std::shared_ptr<bell> reader;
    std::shared_ptr<bell> writer;
};

// What wakes an end, which may live on another thread or be closed. It cannot fail: there is room for one wake on its way,
// and that one serves for all until it has come.
struct memory_end::bell {
    explicit bell(const executor& where) : changed(where) {}

    static void ring(const std::shared_ptr<bell>& who) {
        if (!who || who->is_ringing.exchange(true)) return;
        asio::post(who->changed.get_executor(), who->memory.keep([who] {
            who->is_ringing = false;
            who->changed.notify();
        }));
    }

    event changed;
    std::atomic<bool> is_ringing{false};
    operation_memory memory;
};

memory_end::memory_end(std::shared_ptr<channel> in, std::shared_ptr<channel> out, std::shared_ptr<bell> wake,
                       memory_options options)
    : in_(std::move(in)), out_(std::move(out)), wake_(std::move(wake)), options_(options) {}

memory_end& memory_end::operator=(memory_end&& other) noexcept {
    close();
    in_ = std::move(other.in_);
    out_ = std::move(other.out_);
    wake_ = std::move(other.wake_);
    options_ = other.options_;
    operations_ = other.operations_;
    closed_ = other.closed_;
    return *this;
}

memory_end::~memory_end() { close(); }

executor memory_end::get_executor() const noexcept { return wake_->changed.get_executor(); }

error_code memory_end::injected_failure() {
    return ++operations_ == options_.fail_at ? options_.failure : error_code();
}

result<std::size_t> memory_end::try_read(mutable_bytes into) {
    const std::scoped_lock lock(in_->mutex);
    if (in_->read_closed) return errc::closed;
    if (in_->reset) return error_code(asio::error::connection_reset);
    if (in_->data.empty() && !in_->write_closed) return error_code(asio::error::would_block);
    if (const error_code injected = injected_failure()) return injected;
    if (in_->data.empty()) return errc::end_of_stream;
    const std::size_t count = std::min({into.size(), in_->data.size(), options_.most_a_read});
    std::memcpy(into.data(), in_->data.view().data(), count);
    in_->data.consume(count);
    bell::ring(in_->writer);
    return count;
}

result<std::size_t> memory_end::try_write(bytes data) {
    const std::scoped_lock lock(out_->mutex);
    if (out_->write_closed) return errc::closed;
    if (out_->reset) return error_code(asio::error::connection_reset);
    if (out_->read_closed) return error_code(asio::error::broken_pipe);
    const std::size_t room = out_->capacity - std::min(out_->capacity, out_->data.size());
    if (room == 0) return error_code(asio::error::would_block);
    if (const error_code injected = injected_failure()) return injected;
    const std::size_t count = std::min({data.size(), room, options_.most_a_write});
    out_->data.append(data.first(count));
    bell::ring(out_->reader);
    return count;
}

std::size_t memory_end::available() const {
    const std::scoped_lock lock(in_->mutex);
    return in_->data.size();
}

std::size_t memory_end::unsent() const {
    const std::scoped_lock lock(out_->mutex);
    return out_->data.size();
}

bool memory_end::is_readable() const {
    const std::scoped_lock lock(in_->mutex);
    return !in_->data.empty() || in_->write_closed || in_->read_closed || in_->reset;
}

bool memory_end::is_writable() const {
    const std::scoped_lock lock(out_->mutex);
    return out_->data.size() < out_->capacity || out_->write_closed || out_->read_closed || out_->reset;
}

// Others have a turn either way, as with a socket. A wake is a function posted to this thread, so none can come in between.
task<void> memory_end::wait_readable() { return is_readable() ? others_turn() : wake_->changed.wait(); }

task<void> memory_end::wait_writable() { return is_writable() ? others_turn() : wake_->changed.wait(); }

task<void> memory_end::others_turn() {
    operation_memory posted;
    co_await asio::post(get_executor(), posted.keep(use_task));
}

void memory_end::move_to(const executor& where) {
    wake_ = std::make_shared<bell>(where);
    {
        const std::scoped_lock lock(in_->mutex);
        in_->reader = wake_;
    }
    const std::scoped_lock lock(out_->mutex);
    out_->writer = wake_;
}

void memory_end::cancel() { wake_->changed.notify(); }

void memory_end::close_write() {
    const std::scoped_lock lock(out_->mutex);
    out_->write_closed = true;
    bell::ring(out_->reader);
}

void memory_end::close_read() {
    const std::scoped_lock lock(in_->mutex);
    in_->read_closed = true;
    in_->data.clear();
    bell::ring(in_->writer);
}

void memory_end::close() {
    if (!in_ || std::exchange(closed_, true)) return;
    bool unread = false;
    {
        const std::scoped_lock lock(in_->mutex);
        unread = !in_->data.empty();
        in_->read_closed = true;
        in_->reader = nullptr;   // this end's io_context may be gone before the other end is
        bell::ring(in_->writer);
    }
    {
        const std::scoped_lock lock(out_->mutex);
        out_->write_closed = true;
        out_->writer = nullptr;
        out_->reset = out_->reset || unread;
        bell::ring(out_->reader);
    }
    wake_->changed.notify();
}

std::pair<memory_end, memory_end> memory_pair(executor first, executor second, memory_options first_options,
                                              memory_options second_options) {
    auto first_wake = std::make_shared<memory_end::bell>(first);
    auto second_wake = std::make_shared<memory_end::bell>(second);
    auto forth = std::make_shared<memory_end::channel>(first_options.capacity);
    auto back = std::make_shared<memory_end::channel>(second_options.capacity);
    forth->writer = back->reader = first_wake;
    forth->reader = back->writer = second_wake;
    return {memory_end(back, forth, first_wake, first_options), memory_end(forth, back, second_wake, second_options)};
}

}  // namespace hawser::io
