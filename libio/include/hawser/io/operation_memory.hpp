// operation_memory: where Asio keeps an operation while it lasts: in the coroutine that awaits it,
// or in the object it is for.
//
//   operation_memory memory;
//   co_await timer.async_wait(memory.keep(use_task));
//
// So waiting allocates nothing, and what is waited for at the end of things cannot fail.
// Invariant: one operation at a time.
#pragma once

#include <hawser/io/asio.hpp>

#include <boost/asio/bind_allocator.hpp>

#include <cassert>
#include <cstddef>
#include <utility>

namespace hawser::inline v0::io {

/// Of `size` bytes: the compiler says so if an operation needs more.
template <std::size_t size>
class sized_operation_memory {
    template <class T>
    class allocator {
    public:
        using value_type = T;

        explicit allocator(sized_operation_memory& from) noexcept : from_(&from) {}
        template <class U>
        allocator(const allocator<U>& other) noexcept : from_(other.from_) {}

        [[nodiscard]] T* allocate(std::size_t /* one */) noexcept {
            static_assert(sizeof(T) <= size && alignof(T) <= alignof(void*));
            assert(!from_->is_taken_);
            from_->is_taken_ = true;
            return reinterpret_cast<T*>(from_->bytes_);
        }
        void deallocate(T* /* there */, std::size_t /* one */) noexcept { from_->is_taken_ = false; }

        template <class U>
        bool operator==(const allocator<U>& other) const noexcept {
            return from_ == other.from_;
        }

    private:
        template <class>
        friend class allocator;

        sized_operation_memory* from_;
    };

public:
    using allocator_type = allocator<void>;

    sized_operation_memory() noexcept {}   // the bytes need no value
    sized_operation_memory(const sized_operation_memory&) = delete;
    sized_operation_memory& operator=(const sized_operation_memory&) = delete;

    /// The same completion token or handler, for an operation that is kept here. This must outlive the operation; Asio
    /// lets go of the memory before it calls the handler, which may begin the next.
    template <class Token>
    [[nodiscard]] auto keep(Token token) noexcept {
        return boost::asio::bind_allocator(get_allocator(), std::move(token));
    }

    /// The same for a handler that says itself where it is kept.
    [[nodiscard]] allocator_type get_allocator() noexcept { return allocator_type(*this); }

private:
    alignas(void*) std::byte bytes_[size];
    bool is_taken_ = false;
};

/// Enough for what is awaited in this library.
using operation_memory = sized_operation_memory<192>;

}   // namespace hawser::io
