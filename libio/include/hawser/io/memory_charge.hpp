// memory_charge: bytes that count in a pool for as long as this is there. For what belongs to no thread, or
// goes from one to another.
//
//   const io::memory_charge charge(pool, body.capacity());
//   const frame::shared_frame news = io::counted_frame(std::move(made), pool);     // counted until nobody holds it
//
// Without a pool nothing is counted. Any thread may make or end one.
#pragma once

#include <hawser/frame/shared_frame.hpp>
#include <hawser/io/memory_budget.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace hawser::inline v0::io {

class memory_charge {
public:
    memory_charge() noexcept = default;
    memory_charge(std::shared_ptr<memory_budget> pool, std::size_t bytes) noexcept
        : pool_(std::move(pool)), bytes_(bytes) {
        if (pool_) pool_->draw(bytes_);
    }
    memory_charge(memory_charge&& other) noexcept
        : pool_(std::move(other.pool_)), bytes_(std::exchange(other.bytes_, 0)) {}
    memory_charge& operator=(memory_charge other) noexcept {
        std::swap(pool_, other.pool_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~memory_charge() {
        if (pool_) pool_->give_back(bytes_);
    }

private:
    std::shared_ptr<memory_budget> pool_;
    std::size_t bytes_ = 0;
};

/// A frame whose memory counts in the pool once, however many connections it waits for. Throws std::bad_alloc.
[[nodiscard]] inline frame::shared_frame counted_frame(byte_buffer made, std::shared_ptr<memory_budget> pool) {
    struct counted {
        counted(byte_buffer wire, std::shared_ptr<memory_budget> of)
            : frame(std::move(wire)), charge(std::move(of), frame.capacity()) {}
        byte_buffer frame;
        memory_charge charge;
    };
    const auto whole = std::make_shared<const counted>(std::move(made), std::move(pool));
    return {whole, &whole->frame};
}

}   // namespace hawser::io
