#include <hawser/io/event.hpp>

#include <hawser/io/operation_memory.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

namespace hawser::io {

namespace {

namespace intrusive = boost::intrusive;

using thread_hook = intrusive::list_base_hook<intrusive::tag<class of_a_thread>, intrusive::link_mode<intrusive::auto_unlink>>;

}  // namespace

// Somebody who waits. It lives in the coroutine that waits, which it owns until that is taken.
class event::waiter : public hook, public thread_hook {
public:
    using coroutine = asio::async_result<asio::use_awaitable_t<executor>, void()>::handler_type;

    void park(coroutine self) { parked_.emplace(std::move(self)); }

    /// What runs that coroutine, and destroys it if it is destroyed itself. This stands in no line any more.
    [[nodiscard]] coroutine take() noexcept {
        hook::unlink();
        thread_hook::unlink();
        coroutine taken = std::move(*parked_);
        parked_.reset();
        return taken;
    }
    [[nodiscard]] operation_memory& memory() noexcept { return memory_; }

private:
    std::optional<coroutine> parked_;
    operation_memory memory_;   // of its waking
};

// All who wait on one io_context. When it ends, they do, as with all that waits for Asio.
class event::parking final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    explicit parking(asio::execution_context& context) : asio::execution_context::service(context) {}

    void add(waiter& who) noexcept { waiters_.push_back(who); }

private:
    void shutdown() override {
        while (!waiters_.empty()) static_cast<void>(waiters_.front().take());
    }

    intrusive::list<waiter, intrusive::base_hook<thread_hook>, intrusive::constant_time_size<false>> waiters_;
};

event::event(const executor& where) noexcept : where_(where) {}

event::~event() { notify(); }

task<void> event::wait() {
    waiter self;
    parking& all = asio::use_service<parking>(where_.context());
    const auto park = [this, &self, &all](waiter::coroutine suspended) {
        self.park(std::move(suspended));
        waiters_.push_back(self);
        all.add(self);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<executor>&, void()>(park, use_task);
}

void event::notify() noexcept {
    while (!waiters_.empty()) {
        waiter& first = waiters_.front();
        asio::post(first.memory().keep(first.take()));
    }
}

}  // namespace hawser::io
