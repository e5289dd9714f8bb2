// Another library with Asio in it: as a user's may be, it knows nothing of hawser.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

int another_library_counts(boost::asio::io_context& context) {
    int count = 0;
    boost::asio::steady_timer soon(context, std::chrono::milliseconds(1));
    soon.async_wait([&count](boost::system::error_code failed) { count += failed ? 0 : 1; });
    boost::asio::post(context, [&count] { ++count; });
    context.run();
    return count;
}
