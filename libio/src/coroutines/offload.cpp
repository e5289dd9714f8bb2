#include <hawser/io/offload.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <cassert>

namespace hawser::inline v0::io {

// One function under way: shared by the task that waits for it and the thread that runs it.
struct offload_pool::completion {
    explicit completion(const executor& where) : returned(where) {}
    bool has_returned = false;
    event returned;
};

offload_pool::offload_pool(asio::execution_context& context)
    : asio::execution_context::service(context), line_(static_cast<asio::io_context&>(context).get_executor()) {}

offload_pool& offload_pool::of(const executor& where) { return asio::use_service<offload_pool>(where.context()); }

void offload_pool::limit(std::size_t threads, std::size_t under_way) noexcept {
    assert(threads > 0 && under_way > 0 && !threads_);
    thread_count_ = threads;
    most_under_way_ = under_way;
}

void offload_pool::shutdown() {
    if (!threads_) return;
    threads_->stop();
    threads_->join();
    threads_.reset();   // and with it what has not begun
}

bool offload_pool::has_ended() noexcept {
    if (threads_) threads_->stop();
    return running_.load() == 0;
}

task<void> offload_pool::run(std::function<void()> job) {
    if (under_way_ >= most_under_way_ || !line_.empty()) {
        waiting_line::place turn(line_);
        while (!turn.is_first() || under_way_ >= most_under_way_) co_await turn.wait();
    }
    const auto done = std::make_shared<completion>(line_.get_executor());
    start(std::move(job), done);
    ++under_way_;
    line_.wake_first();   // there may be room for more than one
    while (!done->has_returned) co_await done->returned.wait();
    --under_way_;
    line_.wake_first();
}

void offload_pool::start(std::function<void()> job, std::shared_ptr<completion> done) {
    if (!threads_) threads_.emplace(thread_count_);
    const executor here = line_.get_executor();
    auto run_it = [here, this, job = std::move(job), done = std::move(done),
                   stay = asio::make_work_guard(here)]() mutable {
        ++running_;
        job();
        job = nullptr;   // what it holds must be gone from this thread when the task goes on
        --running_;
        asio::post(here, [done = std::move(done)] {
            done->has_returned = true;
            done->returned.notify();
        });
    };
    asio::post(*threads_, std::move(run_it));
}

}   // namespace hawser::io
