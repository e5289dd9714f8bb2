// flusher: writes what the connections of a thread have pushed, when whoever runs there has suspended.
//
//   flusher::of(executor).add(frames);      // frames.flush_now() is called soon, once
//
// Not as long as they are in line for their next turn: then it is called with the answers to more of what they have
// read. One posted function for all of them, so no connection keeps memory for one; none if they have written it
// themselves by then. Never fails. It also leads to what else the connections of a thread share, so that each keeps one
// reference. To be used on the thread of its io_context only.
#pragma once

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory_budget.hpp>
#include <hawser/io/operation_memory.hpp>

namespace hawser::inline v0::io {

class flusher final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    explicit flusher(asio::execution_context& context)
        : asio::execution_context::service(context),
          pool_(asio::use_service<buffer_pool>(static_cast<asio::io_context&>(context))),
          memory_(asio::use_service<memory_account>(static_cast<asio::io_context&>(context))) {}
    [[nodiscard]] static flusher& of(const executor& where) { return asio::use_service<flusher>(where.context()); }

    [[nodiscard]] buffer_pool& pool() const noexcept { return pool_; }
    [[nodiscard]] memory_account& memory() const noexcept { return memory_; }

    /// Nothing if it waits already. It may be destroyed meanwhile.
    void add(frame_stream& stream) noexcept;

private:
    using hook = boost::intrusive::member_hook<frame_stream, frame_stream::flush_hook, &frame_stream::flush_hook_>;
    using list = boost::intrusive::list<frame_stream, hook, boost::intrusive::constant_time_size<false>>;

    void shutdown() override { waiting_.clear(); }
    void has_suspended() noexcept;
    void post() noexcept;
    void flush() noexcept;

    buffer_pool& pool_;
    memory_account& memory_;
    list waiting_;
    operation_memory posted_;
    bool is_awaited_ = false;   // somebody will come for those who wait
};

}   // namespace hawser::io
