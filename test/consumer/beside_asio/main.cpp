// Both on one io_context, one after the other: what one of them allocates is given back by the other.
#include <hawser/io/clock.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdio>

using namespace hawser;
using namespace std::chrono_literals;

int another_library_counts(boost::asio::io_context& context);

io::task<int> ours() {
    int count = 0;
    for (; count < 100; ++count) {
        boost::asio::steady_timer soon(co_await io::this_executor, 1us);
        co_await soon.async_wait(io::use_task);
    }
    co_await io::sleep(1ms);
    co_return count;
}

int main() {
    boost::asio::io_context context(1);
    auto told = io::spawn(context, ours(), boost::asio::use_future);
    const int theirs = another_library_counts(context);
    const bool right = theirs == 2 && told.get() == 100;
    std::puts(right ? "both" : "wrong");
    return right ? 0 : 1;
}
