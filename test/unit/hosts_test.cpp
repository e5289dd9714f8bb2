// Look-ups of names, against a system that the test plays itself: it takes as long as the test wants for a name.
#include "support/print.hpp"
#include "support/run.hpp"

#include <hawser/io/dial.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// The linker leads getaddrinfo here, and __real_getaddrinfo to the system's own.
extern "C" int __real_getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found);

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

// Names in ".test" are known to nobody, and the answer is held back.
class slow_names {
public:
    int look_up(const char* host) {
        std::unique_lock lock(mutex_);
        asked_.emplace_back(host);
        changed_.notify_all();
        changed_.wait_for(lock, test::long_enough, [&] { return is_released_; });
        return EAI_NONAME;
    }

    void release() {
        const std::lock_guard lock(mutex_);
        is_released_ = true;
        changed_.notify_all();
    }

    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> asked_;
    bool is_released_ = false;
};

slow_names names;

task<error_code> dial_error(std::string name, duration timeout) {
    address where{.host = std::move(name), .port = 1};
    const result<transport> made = co_await dial(std::move(where), timeout);
    co_return made ? error_code() : made.error();
}

task<void> dials_that_give_up() {
    for (const char* name : {"first.test", "second.test", "third.test"}) {
        const error_code error = co_await dial_error(name, 20ms);
        BOOST_TEST(error == errc::connect_timeout);
    }
    names.release();
    const error_code error = co_await dial_error("last.test", test::long_enough);
    BOOST_TEST((error == asio::error::host_not_found));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(looking_up)

BOOST_AUTO_TEST_CASE(a_look_up_that_nobody_waits_for_any_more_does_not_hold_up_the_next) {
    asio::io_context context;
    test::run(context, dials_that_give_up());
    const std::vector<std::string> asked = names.asked();
    BOOST_TEST(asked.size() <= 2U);   // one at most was under way when its dial gave up
    BOOST_TEST(asked.back() == "last.test");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io

extern "C" int __wrap_getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
    const bool is_slow = host != nullptr && std::string_view(host).ends_with(".test");
    return is_slow ? hawser::io::names.look_up(host) : __real_getaddrinfo(host, service, hints, found);
}
