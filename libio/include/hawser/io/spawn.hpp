// spawn: begins a task where no coroutine runs, or beside the one that does.
//
//   io::spawn(context, talk(), asio::detached);
//   std::future<int> answer = io::spawn(executor, ask(), asio::use_future);
//   co_await io::spawn(another_io_context.get_executor(), work_there(), io::use_task);   // and comes back
//
// asio::co_spawn(where, task, token) is the same. Any completion token: the handler gets the exception, if there was
// one, and the value. On the thread of its executor the task runs inside of this call, up to where it first waits;
// elsewhere soon. Its io_context has work until it has ended, and if that is destroyed before, the task is, too, and
// nobody is told. A cancellation slot of the handler reaches the operation of Asio that is awaited, if the handler is
// called on the task's own executor: also that of an asio::awaitable there. Memory is taken in this call, and what has
// none throws std::bad_alloc, and nothing has begun; but who is told on an executor of another type takes some at the
// end, and is not told without.
#pragma once

#include <hawser/io/task_chain.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::io {

/// A task that was spawned, and who is told what it came to. Owned by what it waits for.
template <class T, class Handler>
class spawned final : public task_chain<T> {
public:
    /// As spawn() says.
    static void begin(const executor& home, task<T> work, Handler handler) {
        auto made = std::make_unique<spawned>(home, std::move(work), std::move(handler));
        if (!home.running_in_this_thread())
            return asio::post(home, made->memory().keep(step(&spawned::first_step, std::move(made))));
        made->is_beginning_ = true;
        spawned* const begun = made.release();
        begun->start();
        begun->has_begun();
    }

    spawned(const executor& home, task<T> work, Handler handler)
        : task_chain<T>(home, std::move(work)),
          handler_(std::move(handler)),
          stays_here_(asio::require(home, asio::execution::outstanding_work.tracked)),
          stays_there_(asio::get_associated_executor(handler_, home)) {
        if (is_told_here()) listen_for_cancellation();
    }
    /// Its frames may use everything else, and who waits for it may own what they refer to.
    ~spawned() {
        this->destroy_frames();
        stop_listening();
    }

    [[nodiscard]] asio::cancellation_slot slot() const noexcept override {
        return cancel_ ? cancel_->slot() : asio::cancellation_slot();
    }
    [[gnu::noinline, gnu::cold]] void abandon() noexcept override {
        if (is_beginning_) is_dropped_ = true;
        else delete this;
    }

private:
    using stay =
        std::decay_t<decltype(asio::require(std::declval<executor>(), asio::execution::outstanding_work.tracked))>;
    using teller = asio::associated_executor_t<Handler, executor>;
    using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    // Something that Asio is to run for it, and that destroys it if its io_context never will.
    class step {
    public:
        step(void (*what)(std::unique_ptr<spawned>), std::unique_ptr<spawned> of) noexcept
            : what_(what), of_(std::move(of)) {}
        void operator()() { what_(std::move(of_)); }

    private:
        void (*what_)(std::unique_ptr<spawned>);
        std::unique_ptr<spawned> of_;
    };
    static void first_step(std::unique_ptr<spawned> of) { of.release()->start(); }

    // On another thread nobody could look after both ends of a cancellation.
    [[nodiscard]] bool is_told_here() const noexcept {
        const teller there = asio::get_associated_executor(handler_, this->home());
        const executor* named = nullptr;
        if constexpr (std::same_as<teller, executor>) named = &there;
        // Coroutines of Asio have that one.
        else if constexpr (std::same_as<teller, asio::any_io_executor>) named = there.template target<executor>();
        return named != nullptr && *named == this->home();
    }
    void listen_for_cancellation() {
        asio::cancellation_slot given = asio::get_associated_cancellation_slot(handler_);
        if (!given.is_connected()) return;
        cancel_ = std::make_unique<asio::cancellation_signal>();
        given.assign([this](asio::cancellation_type how) {
            if ((how & asio::cancellation_type::terminal) != asio::cancellation_type::none) cancel_->emit(how);
        });
    }
    void stop_listening() noexcept {
        if (!cancel_) return;
        asio::cancellation_slot given = asio::get_associated_cancellation_slot(handler_);
        if (given.is_connected()) given.clear();
        cancel_.reset();
    }

    void has_begun() {
        is_beginning_ = false;
        if (is_dropped_) delete this;
        else if (has_ended_)
            asio::post(this->home(), this->memory().keep(step(&spawned::last_step, std::unique_ptr<spawned>(this))));
    }
    static void last_step(std::unique_ptr<spawned> of) { of.release()->ended(); }
    void completed() override {
        if (is_beginning_) has_ended_ = true;
        else ended();
    }
    // Here, what belongs to this thread goes. Nobody is told inside of spawn(), and who is elsewhere is told
    // there: in memory that is there.
    void ended() {
        std::unique_ptr<spawned> self(this);
        try {
            if constexpr (std::is_void_v<T>) this->take();
            else value_.emplace(this->take());
        } catch (...) {
            thrown_ = std::current_exception();
        }
        stop_listening();
        if (is_told_here()) return tell(std::move(self));
        const teller there = asio::get_associated_executor(handler_, this->home());
        // Who is told may end its io_context while this thread is still inside of its queue.
        const auto stays = stays_there_;
        if constexpr (std::same_as<teller, executor>)
            asio::dispatch(there, this->memory().keep(step(&spawned::tell, std::move(self))));
        // In this call, if it is anywhere; a strand keeps two things at once.
        else asio::dispatch(there, step(&spawned::tell, std::move(self)));
    }
    // It is destroyed before: whoever is told finds nothing of it any more.
    static void tell(std::unique_ptr<spawned> of) {
        Handler handler = std::move(of->handler_);
        const auto stays_there = std::move(of->stays_there_);
        std::exception_ptr thrown = std::move(of->thrown_);
        if constexpr (std::is_void_v<T>) {
            of.reset();
            std::move(handler)(std::move(thrown));
        } else if (thrown) {
            of.reset();
            std::move(handler)(std::move(thrown), T());
        } else {
            T value = std::move(*of->value_);
            of.reset();
            std::move(handler)(std::exception_ptr(), std::move(value));
        }
    }

    Handler handler_;
    stay stays_here_;
    asio::executor_work_guard<teller> stays_there_;
    std::unique_ptr<asio::cancellation_signal> cancel_;   // if the handler has a slot
    std::exception_ptr thrown_;
    std::optional<value> value_;
    bool is_beginning_ = false;
    bool has_ended_ = false;   // inside of spawn()
    bool is_dropped_ = false;
};

/// What a task's completion handler is called with.
template <class T>
struct spawn_signature {
    using type = void(std::exception_ptr, T);
};
/// Without a value.
template <>
struct spawn_signature<void> {
    using type = void(std::exception_ptr);
};

/// Begins `work` on `where`.
template <class T, class Token>
auto spawn(const executor& where, task<T> work, Token&& token) {
    const auto begin = [where](auto handler, task<T> begun) {
        spawned<T, std::decay_t<decltype(handler)>>::begin(where, std::move(begun), std::move(handler));
    };
    return asio::async_initiate<Token, typename spawn_signature<T>::type>(begin, token, std::move(work));
}
/// The same on an io_context.
template <class T, class Token>
auto spawn(asio::io_context& where, task<T> work, Token&& token) {
    return spawn(where.get_executor(), std::move(work), std::forward<Token>(token));
}

/// Begins what a function returns; the function is kept until that has ended, so a lambda may capture.
template <std::invocable Function>
[[nodiscard]] auto kept_task(Function begin) -> std::invoke_result_t<Function&> {
    auto begun = begin();
    co_return co_await std::move(begun);
}

}   // namespace hawser::io

namespace boost::asio {

/// As io::spawn.
template <class T, class Token>
auto co_spawn(const hawser::io::executor& where, hawser::io::task<T> work, Token&& token) {
    return hawser::io::spawn(where, std::move(work), std::forward<Token>(token));
}
/// As io::spawn.
template <class T, class Token>
auto co_spawn(io_context& where, hawser::io::task<T> work, Token&& token) {
    return hawser::io::spawn(where, std::move(work), std::forward<Token>(token));
}

/// Of a function that returns a task.
template <class Where, std::invocable Function, class Token>
    requires hawser::io::is_task<std::invoke_result_t<Function&>>
auto co_spawn(const Where& where, Function begin, Token&& token) {
    return hawser::io::spawn(where, hawser::io::kept_task(std::move(begin)), std::forward<Token>(token));
}
/// The same on an io_context.
template <std::invocable Function, class Token>
    requires hawser::io::is_task<std::invoke_result_t<Function&>>
auto co_spawn(io_context& where, Function begin, Token&& token) {
    return hawser::io::spawn(where, hawser::io::kept_task(std::move(begin)), std::forward<Token>(token));
}

}   // namespace boost::asio
