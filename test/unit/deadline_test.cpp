#include "support/run.hpp"

#include <hawser/io/deadline.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

// Instants of a test are plain numbers.
constexpr time_point at(int number) { return time_point(std::chrono::seconds(number)); }

constexpr time_point never = time_point::max();

// One deadline that counts, and that tells its name to a log that several may share.
struct alarm {
    alarm(deadline_queue& queue, std::string named = {}, std::string* shared_log = nullptr)
        : name(std::move(named)), log(shared_log), when(queue, calling<&alarm::expired>(*this)) {}

    void expired() noexcept {
        ++times;
        if (log != nullptr) *log += name;
        if (next) when.move(*std::exchange(next, std::nullopt));
        if (clears != nullptr) clears->when.clear();
    }

    int times = 0;
    std::string name;
    std::string* log;
    std::optional<time_point> next;   // moved to when it expires
    alarm* clears = nullptr;          // cleared when it expires
    deadline when;
};

// As many words as a function and its object.
static_assert(sizeof(callback) == 2 * sizeof(void*) && std::is_trivially_copyable_v<callback>);
static_assert(sizeof(deadline) == 8 * sizeof(void*));   // three of them are its place in the queue

struct doorbell {
    void ring() noexcept { heard += "ring "; }
    std::string heard;
};
struct door : doorbell {
    void creak() noexcept { heard += "creak "; }
};
void knock(door& at) noexcept { at.heard += "knock "; }

}   // namespace

BOOST_AUTO_TEST_SUITE(callbacks)

BOOST_AUTO_TEST_CASE(one_calls_a_member_of_its_object_or_of_its_base_or_a_function_of_it) {
    door one, other;
    const callback creak = calling<&door::creak>(one);
    creak();
    calling<&doorbell::ring>(one)();
    calling<&knock>(one)();
    callback any = calling<&door::ring>(other);
    any = creak;
    any();
    BOOST_TEST(one.heard == "creak ring knock creak ");
    BOOST_TEST(other.heard == "");
}

BOOST_AUTO_TEST_CASE(one_of_nothing_says_so) {
    doorbell one;
    callback any;
    BOOST_TEST(!any);
    any = calling<&doorbell::ring>(one);
    BOOST_TEST(static_cast<bool>(any));
    std::exchange(any, {})();
    BOOST_TEST(!any);
    BOOST_TEST(one.heard == "ring ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(deadlines)

BOOST_AUTO_TEST_CASE(a_deadline_that_is_not_set_never_expires) {
    deadline_queue queue;
    const alarm one(queue);
    BOOST_TEST((queue.next() == never));
    queue.expire(at(1'000'000));
    BOOST_TEST(one.times == 0);
    BOOST_TEST(!one.when.expired());
    BOOST_TEST((one.when.at() == never));
}

BOOST_AUTO_TEST_CASE(a_deadline_expires_once_when_its_instant_comes) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(10));
    BOOST_TEST((queue.next() == at(10)));
    queue.expire(at(10) - 1ns);
    BOOST_TEST(one.times == 0);
    BOOST_TEST(!one.when.expired());
    queue.expire(at(10));
    BOOST_TEST(one.times == 1);
    BOOST_TEST(one.when.expired());
    BOOST_TEST((queue.next() == never));
    queue.expire(at(20));
    BOOST_TEST(one.times == 1);
}

BOOST_AUTO_TEST_CASE(a_deadline_works_again_after_it_expired) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(1));
    queue.expire(at(1));
    one.when.move(at(2));
    BOOST_TEST(!one.when.expired());
    queue.expire(at(2));
    BOOST_TEST(one.times == 2);
}

BOOST_AUTO_TEST_CASE(moving_later_only_stores_and_is_looked_at_when_the_earlier_instant_comes) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(10));
    one.when.move(at(30));
    BOOST_TEST((queue.next() == at(10)));
    one.when.move(at(20));
    BOOST_TEST((queue.next() == at(10)));
    BOOST_TEST((one.when.at() == at(20)));
    queue.expire(at(10));
    BOOST_TEST(one.times == 0);
    BOOST_TEST((queue.next() == at(20)));
    queue.expire(at(20));
    BOOST_TEST(one.times == 1);
}

BOOST_AUTO_TEST_CASE(moving_earlier_counts_at_once) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(30));
    one.when.move(at(10));
    BOOST_TEST((queue.next() == at(10)));
    queue.expire(at(10));
    BOOST_TEST(one.times == 1);
    queue.expire(at(30));
    BOOST_TEST(one.times == 1);
}

BOOST_AUTO_TEST_CASE(an_instant_in_the_past_expires_at_the_next_look) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(-5));
    BOOST_TEST(one.times == 0);   // not inside move()
    queue.expire(at(0));
    BOOST_TEST(one.times == 1);
}

BOOST_AUTO_TEST_CASE(a_cleared_deadline_is_gone_and_so_is_one_moved_to_never) {
    deadline_queue queue;
    alarm cleared(queue);
    alarm moved(queue);
    cleared.when.move(at(1));
    moved.when.move(at(2));
    cleared.when.clear();
    BOOST_TEST((queue.next() == at(2)));
    moved.when.move(never);
    BOOST_TEST((queue.next() == never));
    queue.expire(at(10));
    BOOST_TEST(cleared.times + moved.times == 0);
    cleared.when.clear();
}

BOOST_AUTO_TEST_CASE(the_earliest_instant_of_all_expires_as_any_other) {
    deadline_queue queue;
    alarm first(queue);
    first.when.move(time_point::min());
    BOOST_TEST(!first.when.expired());
    first.when.move(time_point() + std::chrono::hours(1));
    BOOST_TEST(!first.when.expired());
    first.when.move(time_point::min());
    queue.expire(time_point());
    BOOST_TEST(first.when.expired());
}

BOOST_AUTO_TEST_CASE(clearing_an_expired_deadline_makes_it_good_again) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(1));
    queue.expire(at(1));
    one.when.clear();
    BOOST_TEST(!one.when.expired());
}

BOOST_AUTO_TEST_CASE(a_destroyed_deadline_leaves_the_queue) {
    deadline_queue queue;
    {
        alarm one(queue);
        one.when.move(at(1));
    }
    BOOST_TEST((queue.next() == never));
    queue.expire(at(1));
}

BOOST_AUTO_TEST_CASE(deadlines_expire_in_the_order_of_their_instants) {
    deadline_queue queue;
    std::string log;
    alarm c(queue, "c", &log), a(queue, "a", &log), d(queue, "d", &log), b(queue, "b", &log);
    c.when.move(at(3));
    a.when.move(at(1));
    d.when.move(at(4));
    b.when.move(at(2));
    queue.expire(at(3));
    BOOST_TEST(log == "abc");
    queue.expire(at(4));
    BOOST_TEST(log == "abcd");
}

BOOST_AUTO_TEST_CASE(a_deadline_that_moved_later_expires_in_its_new_place) {
    deadline_queue queue;
    std::string log;
    alarm a(queue, "a", &log), b(queue, "b", &log);
    a.when.move(at(1));
    b.when.move(at(2));
    a.when.move(at(3));
    queue.expire(at(5));
    BOOST_TEST(log.size() == 2U);
    a.when.move(at(11));
    b.when.move(at(12));
    a.when.move(at(13));
    log.clear();
    for (int now = 11; now <= 13; ++now) queue.expire(at(now));
    BOOST_TEST(log == "ba");
}

BOOST_AUTO_TEST_CASE(an_expiring_deadline_may_move_itself) {
    deadline_queue queue;
    alarm one(queue);
    one.when.move(at(1));
    one.next = at(5);
    queue.expire(at(1));
    BOOST_TEST(one.times == 1);
    BOOST_TEST(!one.when.expired());
    BOOST_TEST((queue.next() == at(5)));
    queue.expire(at(5));
    BOOST_TEST(one.times == 2);
}

BOOST_AUTO_TEST_CASE(an_expiring_deadline_may_clear_another_that_is_due) {
    deadline_queue queue;
    alarm first(queue), second(queue);
    first.when.move(at(1));
    second.when.move(at(2));
    first.clears = &second;
    queue.expire(at(3));
    BOOST_TEST(first.times == 1);
    BOOST_TEST(second.times == 0);
}

BOOST_AUTO_TEST_CASE(an_expiring_deadline_may_destroy_itself_and_others) {
    struct pair {
        explicit pair(deadline_queue& queue)
            : one(queue, calling<&pair::destroy>(*this)), other(queue, calling<&pair::fail>(*this)) {}
        void destroy() noexcept { owner().reset(); }
        void fail() noexcept { BOOST_ERROR("it was destroyed"); }
        deadline one;
        deadline other;
        static std::optional<pair>& owner() {
            static std::optional<pair> only;
            return only;
        }
    };
    deadline_queue queue;
    pair::owner().emplace(queue);
    pair::owner()->one.move(at(1));
    pair::owner()->other.move(at(2));
    queue.expire(at(3));
    BOOST_TEST(!pair::owner().has_value());
    BOOST_TEST((queue.next() == never));
}

BOOST_AUTO_TEST_CASE(the_queue_says_when_there_is_something_earlier_to_wait_for_or_nothing) {
    struct telling : deadline_queue {
        int told = 0;
        void next_changed() noexcept override { ++told; }
    } queue;
    alarm a(queue), b(queue);
    a.when.move(at(10));
    BOOST_TEST(queue.told == 1);
    b.when.move(at(20));   // later: nobody has to know
    a.when.move(at(15));   // later: only stored
    BOOST_TEST(queue.told == 1);
    b.when.move(at(5));
    BOOST_TEST(queue.told == 2);
    b.when.clear();   // something is left: looking too early does no harm
    BOOST_TEST(queue.told == 2);
    a.when.clear();
    BOOST_TEST(queue.told == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(watchdogs)

BOOST_AUTO_TEST_CASE(a_watchdog_expires_deadlines_in_time_and_in_order) {
    asio::io_context context;
    watchdog& dog = watchdog::of(context.get_executor());
    std::string log;
    alarm b(dog, "b", &log), a(dog, "a", &log);
    const time_point start = clock::now();
    b.when.move(start + 6ms);
    a.when.move(start + 3ms);
    test::expect_nothing_left(context);
    BOOST_TEST(log == "ab");
    BOOST_TEST((clock::now() >= start + 6ms));
}

BOOST_AUTO_TEST_CASE(an_idle_watchdog_does_not_keep_a_context_running) {
    asio::io_context context;
    watchdog& dog = watchdog::of(context.get_executor());
    alarm one(dog), other(dog);
    const time_point start = clock::now();
    test::expect_nothing_left(context);
    one.when.move(start + 1h);
    other.when.move(start + 2h);
    one.when.clear();
    other.when.clear();
    test::expect_nothing_left(context);
    BOOST_TEST(one.times + other.times == 0);
}

BOOST_AUTO_TEST_CASE(a_destroyed_deadline_does_not_keep_a_context_running) {
    asio::io_context context;
    {
        alarm one(watchdog::of(context.get_executor()));
        one.when.move(clock::now() + 1h);
    }
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(a_watchdog_follows_a_deadline_that_moves_earlier) {
    asio::io_context context;
    alarm one(watchdog::of(context.get_executor()));
    one.when.move(clock::now() + 1h);
    one.when.move(clock::now() + 2ms);
    test::expect_nothing_left(context);
    BOOST_TEST(one.times == 1);
}

BOOST_AUTO_TEST_CASE(a_watchdog_does_not_expire_early_what_has_moved_later) {
    asio::io_context context;
    alarm one(watchdog::of(context.get_executor()));
    const time_point start = clock::now();
    one.when.move(start + 2ms);
    one.when.move(start + 12ms);
    test::expect_nothing_left(context);
    BOOST_TEST(one.times == 1);
    BOOST_TEST((clock::now() >= start + 12ms));
}

BOOST_AUTO_TEST_CASE(a_watchdog_goes_on_after_it_expired_something) {
    asio::io_context context;
    alarm one(watchdog::of(context.get_executor()));
    one.when.move(clock::now() + 1ms);
    one.next = clock::now() + 4ms;
    test::expect_nothing_left(context);
    BOOST_TEST(one.times == 2);
    one.when.move(clock::now() + 1ms);
    test::expect_nothing_left(context);
    BOOST_TEST(one.times == 3);
}

BOOST_AUTO_TEST_CASE(a_deadline_that_goes_down_with_its_context_does_no_harm) {
    asio::io_context context;
    const auto keep = std::make_shared<alarm>(watchdog::of(context.get_executor()));
    keep->when.move(clock::now() + 1h);
    asio::post(context, [keep] {});   // never run: destroyed with the context, after the watchdog was shut down
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
