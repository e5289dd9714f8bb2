#include <hawser/io/event.hpp>

#include <boost/asio/post.hpp>

#include <concepts>
#include <coroutine>
#include <source_location>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

namespace {

namespace intrusive = boost::intrusive;

using thread_hook =
    intrusive::list_base_hook<intrusive::tag<class of_a_thread>, intrusive::link_mode<intrusive::auto_unlink>>;

}   // namespace

// Somebody who waits. It lies in the frame of its coroutine.
class event::waiter : public hook, public thread_hook {
public:
    waiter(event& what, parking& all) noexcept : what_(what), all_(all) {}

    void begin(chain& who) noexcept;
    /// It stands in no line any more. What is returned has to be called, or destroyed: then its chain is.
    class waking;
    [[nodiscard]] waking take() noexcept;

private:
    event& what_;
    parking& all_;
    chain* chain_ = nullptr;
};

// In the memory that its chain has for what it waits for.
class event::waiter::waking {
public:
    explicit waking(chain& who) noexcept : who_(&who) {}
    waking(waking&& other) noexcept : who_(std::exchange(other.who_, nullptr)) {}
    waking(const waking&) = delete;
    waking& operator=(const waking&) = delete;
    ~waking() {
        if (who_ != nullptr) who_->abandon();
    }
    void operator()() { std::exchange(who_, nullptr)->resume(); }

    // Not bound from outside: that is another object around it.
    using allocator_type = std::remove_cvref_t<decltype(std::declval<chain&>().memory())>::allocator_type;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return who_->memory().get_allocator(); }

private:
    chain* who_;
};

event::waiter::waking event::waiter::take() noexcept {
    hook::unlink();
    thread_hook::unlink();
    return waking(*chain_);
}

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

void event::waiter::begin(chain& who) noexcept {
    chain_ = &who;
    what_.waiters_.push_back(*this);
    all_.add(*this);
}

// A waiter in the frame of the coroutine that awaits it.
class event::awaiting : public awaiter {
public:
    explicit awaiting(waiter& self) noexcept : self_(&self) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <std::derived_from<coroutine> Promise>
    void await_suspend(std::coroutine_handle<Promise> waits,
                       const std::source_location& where = std::source_location::current()) const noexcept {
        waits.promise().waits_at(where);
        self_->begin(waits.promise().in());
    }
    void await_resume() const noexcept {}

private:
    waiter* self_;
};

task<void> event::wait() {
    waiter self(*this, asio::use_service<parking>(where_.context()));
    co_await awaiting(self);
}

void event::notify() noexcept {
    while (!waiters_.empty()) asio::post(where_, waiters_.front().take());
}

}   // namespace hawser::io
