#include <hawser/io/memory_budget.hpp>

#include <hawser/io/watchdog.hpp>

#include <malloc.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace hawser::inline v0::io {

namespace {

// How soon those who are paused look again: memory comes free on any thread, and nobody tells them.
constexpr duration look_interval = std::chrono::milliseconds(10);

// As soon as whoever had a turn may have given something back.
constexpr duration turn_interval = std::chrono::milliseconds(2);

// However often the level changes: a look goes through all connections of a thread.
constexpr duration shortest_interval = std::chrono::milliseconds(1);

// And then how many at a time, so that they do not fill it again at once.
constexpr std::size_t turns_when_relieved = 64;

// Of whom one call asks whether the peer is still there.
constexpr std::size_t hangups_a_look = 256;

std::size_t unread_of(int descriptor) noexcept {
    int count = 0;
    return ::ioctl(descriptor, FIONREAD, &count) == 0 && count > 0 ? static_cast<std::size_t>(count) : 0;
}

error_code error_of(int descriptor) noexcept {
    int number = 0;
    socklen_t size = sizeof number;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) != 0 || number == 0) number = ECONNRESET;
    return {number, boost::system::system_category()};
}

}   // namespace

void give_large_blocks_back() noexcept {
    constexpr int large = 128 * 1024;   // where malloc begins
    mallopt(M_MMAP_THRESHOLD, large);   // one that is set does not grow; a larger block is a mapping of its own
}

pressure memory_budget::level_at(std::size_t drawn) const noexcept {
    if (drawn < short_from_) return pressure::none;
    return drawn < size_ ? pressure::pause_holders : pressure::stop_growing;
}

memory_account::memory_account(asio::execution_context& context)
    : asio::execution_context::service(context),
      look_again_(watchdog::of(static_cast<asio::io_context&>(context).get_executor()),
                  calling<&memory_account::look>(*this)) {}

memory_account& memory_account::of(const executor& where) { return asio::use_service<memory_account>(where.context()); }

void memory_account::draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> alarm,
                               std::function<void()> relieve) {
    if (pool_) {
        pool_->give_back(std::exchange(drawn_, 0));
        pool_->accounts_.fetch_sub(1, std::memory_order_relaxed);
    }
    pool_ = std::move(pool);
    if (pool_) pool_->accounts_.fetch_add(1, std::memory_order_relaxed);
    alarm_ = std::move(alarm);
    relieve_ = std::move(relieve);
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
    const std::size_t mine = std::exchange(drawn_, wanted);
    if (wanted <= mine) {
        pool_->give_back(mine - wanted);
        return;
    }
    const std::size_t before = pool_->drawn_.fetch_add(wanted - mine, std::memory_order_relaxed);
    const pressure now = pool_->level_at(before + wanted - mine);
    if (now == pressure::none) return;
    const bool is_worse = now > pool_->level_at(before);
    if (is_worse || look_again_.at() == time_point::max()) look_soon();
    if (is_worse && alarm_) alarm_();
}

void memory_account::look_soon() noexcept {
    look_again_.move(std::min(look_again_.at(), after(looked_at_, shortest_interval)));
}

// Turns follow each other faster than looks at all connections.
void memory_account::look() noexcept {
    const time_point now = clock::now();
    const bool watches = relieve_ && is_short();
    look_again_.clear();
    if (now >= after(looked_at_, level() >= pressure::stop_growing ? shortest_interval : look_interval)) {
        looked_at_ = now;
        if (watches) relieve_();
        look_for_hangups();
    }
    give_turns();
    if (!line_.empty()) look_again_.move(std::min(look_again_.at(), after(now, turn_interval)));
    else if (watches || !behind_.empty()) look_again_.move(std::min(look_again_.at(), after(now, look_interval)));
}

// A batch of those who pause each time: nobody reads from them, so nobody would notice.
void memory_account::look_for_hangups() {
    std::array<pollfd, hangups_a_look> asked{};
    std::array<turn*, hangups_a_look> whose{};
    nfds_t count = 0;
    for (turn* first = nullptr; count < asked.size() && !watched_.empty() && &watched_.front() != first; ++count) {
        turn& next = watched_.front();
        if (first == nullptr) first = &next;
        watched_.pop_front();
        watched_.push_back(next);
        whose[count] = &next;
        asked[count] = {.fd = next.descriptor_, .events = POLLRDHUP, .revents = 0};
    }
    if (count == 0 || ::poll(asked.data(), count, 0) <= 0) return;
    for (nfds_t i = 0; i < count; ++i)
        if (asked[i].revents != 0) whose[i]->look_for_hangup(static_cast<unsigned>(asked[i].revents));
}

// For the first of the line, beside those who had a turn just now: so many, who may have drawn so much.
bool memory_account::has_room(std::size_t turns, std::size_t drawn) const noexcept {
    if (!is_short()) return turns < turns_when_relieved;
    const turn& next = line_.front();
    return drawn + next.wants_ <= pool_->share(next.where() == turn::place::ending ? 100 : 90);
}

// One gets on in any case, as long as it is not full: when its frame is whole, there is room for the next.
void memory_account::give_turns() {
    if (!is_short()) line_.splice(line_.end(), behind_);
    if (line_.empty() || level() >= pressure::stop_growing) return;
    std::size_t turns = 0, drawn = pool_ ? pool_->drawn() : 0;
    do {
        ++turns;
        drawn += line_.front().wants_;
        line_.front().come();
    } while (!line_.empty() && has_room(turns, drawn));
}

memory_account::turn::turn(memory_account& of, const pausing& who)
    : of_(of), wake_(who.wake), descriptor_(who.descriptor), where_(who.where) {
    stand(where_);
    of.watched_.push_back(*this);
    if (of.look_again_.at() == time_point::max()) of.look_again_.move(after(clock::now(), look_interval));
}

void memory_account::turn::stand(place where) noexcept {
    hook<of_line>::unlink();
    where_ = where;
    if (where <= place::front) of_.line_.push_front(*this);
    else (where == place::back ? of_.line_ : of_.behind_).push_back(*this);
}

// What its peer has left to be read may be much. If it is little, the page that everybody has is enough.
void memory_account::turn::look_for_hangup(unsigned events) noexcept {
    if ((events & POLLERR) != 0) {
        broken_by_ = error_of(descriptor_);
        return come();
    }
    if (where_ == place::behind || where_ == place::ending) return;
    const std::size_t unread = unread_of(descriptor_);
    if (unread <= allowance) return come();
    wants_ = std::min(unread, step);
    stand(place::ending);
}

void memory_account::turn::come() noexcept {
    hook<of_line>::unlink();
    hook<of_watch>::unlink();
    has_come_ = true;
    wake_.notify();
}

}   // namespace hawser::io
