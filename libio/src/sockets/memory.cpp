#include <hawser/io/memory.hpp>

#include <hawser/io/bell.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

namespace hawser::inline v0::io {

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

struct memory_end::end {
    [[nodiscard]] error_code injected_failure();
    [[nodiscard]] bool is_readable() const;
    [[nodiscard]] bool is_writable() const;

    std::shared_ptr<channel> in;
    std::shared_ptr<channel> out;
    std::shared_ptr<bell> wake;
    memory_options options = {};
    std::size_t operations = 0;
    bool closed = false;
};

memory_end::memory_end(std::unique_ptr<end> made) noexcept : end_(std::move(made)) {}

memory_end::memory_end(memory_end&& other) noexcept : carrier(), end_(std::move(other.end_)) {}

memory_end& memory_end::operator=(memory_end&& other) noexcept {
    close();
    end_ = std::move(other.end_);
    return *this;
}

memory_end::~memory_end() { close(); }

executor memory_end::get_executor() noexcept { return end_->wake->rung.get_executor(); }

error_code memory_end::end::injected_failure() {
    return ++operations == options.fail_at ? options.failure : error_code();
}

result<std::size_t> memory_end::try_read(mutable_bytes into) {
    const std::scoped_lock lock(end_->in->mutex);
    if (end_->in->read_closed) return errc::closed;
    if (end_->in->reset) return error_code(asio::error::connection_reset);
    if (end_->in->data.empty() && !end_->in->write_closed) return error_code(asio::error::would_block);
    if (const error_code injected = end_->injected_failure()) return injected;
    if (end_->in->data.empty()) return errc::end_of_stream;
    const std::size_t count = std::min({into.size(), end_->in->data.size(), end_->options.most_a_read});
    std::memcpy(into.data(), end_->in->data.view().data(), count);
    end_->in->data.consume(count);
    bell::ring(end_->in->writer);
    return count;
}

result<std::size_t> memory_end::try_write(bytes data) {
    const std::scoped_lock lock(end_->out->mutex);
    if (end_->out->write_closed) return errc::closed;
    if (end_->out->reset) return error_code(asio::error::connection_reset);
    if (end_->out->read_closed) return error_code(asio::error::broken_pipe);
    const std::size_t room = end_->out->capacity - std::min(end_->out->capacity, end_->out->data.size());
    if (room == 0) return error_code(asio::error::would_block);
    if (const error_code injected = end_->injected_failure()) return injected;
    const std::size_t count = std::min({data.size(), room, end_->options.most_a_write});
    end_->out->data.append(data.first(count));
    bell::ring(end_->out->reader);
    return count;
}

std::size_t memory_end::available() const noexcept {
    const std::scoped_lock lock(end_->in->mutex);
    return end_->in->data.size();
}

std::size_t memory_end::unsent() noexcept {
    const std::scoped_lock lock(end_->out->mutex);
    return end_->out->data.size();
}

bool memory_end::end::is_readable() const {
    const std::scoped_lock lock(in->mutex);
    return !in->data.empty() || in->write_closed || in->read_closed || in->reset;
}

bool memory_end::end::is_writable() const {
    const std::scoped_lock lock(out->mutex);
    return out->data.size() < out->capacity || out->write_closed || out->read_closed || out->reset;
}

// Others have a turn either way, as with a socket. A wake is a function posted to this thread, so
// none can come in between.
task<error_code> memory_end::wait_readable() { return end_->is_readable() ? others_turn() : until_woken(); }

task<error_code> memory_end::wait_writable() { return end_->is_writable() ? others_turn() : until_woken(); }

task<error_code> memory_end::until_woken() {
    co_await end_->wake->rung.wait();
    co_return error_code();
}

task<error_code> memory_end::others_turn() {
    operation_memory posted;
    co_await asio::post(get_executor(), posted.keep(use_task));
    co_return error_code();
}

void memory_end::move_to(const executor& where) {
    end_->wake = std::make_shared<bell>(where);
    {
        const std::scoped_lock lock(end_->in->mutex);
        end_->in->reader = end_->wake;
    }
    const std::scoped_lock lock(end_->out->mutex);
    end_->out->writer = end_->wake;
}

void memory_end::wake() noexcept { end_->wake->rung.notify(); }

bool memory_end::close_write() noexcept {
    const std::scoped_lock lock(end_->out->mutex);
    end_->out->write_closed = true;
    bell::ring(end_->out->reader);
    return false;
}

void memory_end::close_read() noexcept {
    const std::scoped_lock lock(end_->in->mutex);
    end_->in->read_closed = true;
    end_->in->data.clear();
    bell::ring(end_->in->writer);
}

void memory_end::close() noexcept {
    if (!end_ || std::exchange(end_->closed, true)) return;
    bool unread = false;
    {
        const std::scoped_lock lock(end_->in->mutex);
        unread = !end_->in->data.empty();
        end_->in->read_closed = true;
        end_->in->reader = nullptr;   // this end's io_context may be gone before the other end is
        bell::ring(end_->in->writer);
    }
    {
        const std::scoped_lock lock(end_->out->mutex);
        end_->out->write_closed = true;
        end_->out->writer = nullptr;
        end_->out->reset = end_->out->reset || unread;
        bell::ring(end_->out->reader);
    }
    end_->wake->rung.notify();
}

std::pair<memory_end, memory_end> memory_pair(executor first, executor second, memory_options first_options,
                                              memory_options second_options) {
    auto first_wake = std::make_shared<bell>(first);
    auto second_wake = std::make_shared<bell>(second);
    auto forth = std::make_shared<memory_end::channel>(first_options.capacity);
    auto back = std::make_shared<memory_end::channel>(second_options.capacity);
    forth->writer = back->reader = first_wake;
    forth->reader = back->writer = second_wake;
    std::unique_ptr<memory_end::end> one(new memory_end::end{back, forth, first_wake, first_options});
    std::unique_ptr<memory_end::end> other(new memory_end::end{forth, back, second_wake, second_options});
    return {memory_end(std::move(one)), memory_end(std::move(other))};
}

}   // namespace hawser::io
