#include "standard_input.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace hawser::talk {

standard_input::standard_input(const io::executor& where) : watch_(where) {
    const int watching = ::epoll_create1(EPOLL_CLOEXEC);
    if (watching < 0) throw boost::system::system_error(errno, boost::system::system_category(), "epoll");
    watch_.assign(watching);
    epoll_event readable{};
    readable.events = EPOLLIN;
    is_file_ = ::epoll_ctl(watching, EPOLL_CTL_ADD, STDIN_FILENO, &readable) != 0;
}

io::task<error_code> standard_input::wait_readable() {
    error_code failed;
    if (is_file_) co_await io::asio::post(io::use_task);   // the others have their turn
    else if (!cancelled_) co_await watch_.async_wait(watch_.wait_read, io::asio::redirect_error(io::use_task, failed));
    co_return cancelled_ ? make_error_code(errc::closed) : failed;
}

void standard_input::cancel() noexcept {
    cancelled_ = true;
    error_code ignored;
    watch_.cancel(ignored);
}

bool standard_input::is_readable(int milliseconds) noexcept {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, milliseconds) > 0;
}

}   // namespace hawser::talk
