#include <hawser/io/memory_budget.hpp>

#include <hawser/io/watchdog.hpp>

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

namespace hawser::io {

namespace {

// How soon those who are paused look again: memory comes free on any thread, and nobody tells them.
constexpr duration look_interval = std::chrono::milliseconds(10);

// And then how many at a time, so that they do not fill it again at once.
constexpr std::size_t turns_when_relieved = 64;

// A limit of a control group; the largest number if there is none ("max"), or no such file.
std::size_t limit_in(const std::string& path) {
    std::ifstream file(path);
    std::size_t limit = 0;
    return file >> limit ? limit : std::numeric_limits<std::size_t>::max();
}

// The group that the process is in and every one above it: each has a say. In a container it is the root that is seen.
std::size_t limit_of_groups() {
    std::size_t least = std::min(limit_in("/sys/fs/cgroup/memory.max"),
                                 limit_in("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const bool unified = line.starts_with("0::");
        const std::size_t of_memory = line.find(":memory:");
        if (!unified && of_memory == std::string::npos) continue;
        std::string path = line.substr(unified ? 3 : of_memory + 8);
        const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
        const std::string name = unified ? "/memory.max" : "/memory.limit_in_bytes";
        for (; path.size() > 1; path.resize(path.rfind('/'))) least = std::min(least, limit_in(root + path + name));
    }
    return least;
}

}  // namespace

std::size_t available_memory() {
    const auto pages = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    const auto page_size = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    return std::min(pages * page_size, limit_of_groups());
}

void give_large_blocks_back() noexcept {
    constexpr int large = 128 * 1024;    // where malloc begins
    mallopt(M_MMAP_THRESHOLD, large);   // one that is set does not grow; a larger block is a mapping of its own
}

pressure memory_budget::level() const noexcept {
    const std::size_t drawn_now = drawn();
    const auto share = [this](std::size_t percent) { return size_ / 100 * percent; };
    if (drawn_now < share(75)) return pressure::none;
    if (drawn_now < share(85)) return pressure::pause_holders;
    if (drawn_now < share(90)) return pressure::refuse_peers;
    return drawn_now < size_ ? pressure::close_largest : pressure::stop_growing;
}

memory_account::memory_account(asio::execution_context& context)
    : asio::execution_context::service(context),
      look_again_(watchdog::of(static_cast<asio::io_context&>(context).get_executor()),
                  [](void* self) { static_cast<memory_account*>(self)->give_turns(); }, this) {}

memory_account& memory_account::of(const executor& where) { return asio::use_service<memory_account>(where.context()); }

void memory_account::draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> when_short) {
    if (pool_) pool_->drawn_.fetch_sub(std::exchange(drawn_, 0), std::memory_order_relaxed);
    pool_ = std::move(pool);
    when_short_ = std::move(when_short);
    settle();
}

void memory_account::shutdown() {
    draw_from(nullptr);
    look_again_.clear();
}

void memory_account::change(std::size_t before, std::size_t now) noexcept {
    used_ = used_ - before + now;
    if (used_ > drawn_ || drawn_ - used_ > slack) settle();
}

// Draws or gives back, so that what is drawn covers what is used, and not much more.
void memory_account::settle() noexcept {
    if (!pool_) return;
    const std::size_t wanted = (used_ + step - 1) / step * step;
    const std::size_t before = std::exchange(drawn_, wanted);
    if (wanted <= before) {
        pool_->drawn_.fetch_sub(before - wanted, std::memory_order_relaxed);
        return;
    }
    pool_->drawn_.fetch_add(wanted - before, std::memory_order_relaxed);
    if (when_short_ && pool_->level() >= pressure::close_largest) when_short_();
}

memory_account::turn::turn(memory_account& of, event& wake) : wake_(wake) {
    of.line_.push_back(*this);
    if (of.look_again_.at() == time_point::max()) of.look_again_.move(after(clock::now(), look_interval));
}

void memory_account::give_turns() {
    look_again_.clear();
    const pressure now = level();
    std::size_t turns = now == pressure::none ? turns_when_relieved : now == pressure::stop_growing ? 0 : 1;
    for (; turns > 0 && !line_.empty(); --turns) {
        turn& first = line_.front();
        line_.pop_front();
        first.has_come_ = true;
        first.wake_.notify();
    }
    if (!line_.empty()) look_again_.move(after(clock::now(), look_interval));
}

}  // namespace hawser::io
