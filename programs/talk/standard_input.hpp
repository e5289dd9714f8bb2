// standard_input: waits until standard input can be read, without changing its descriptor.
//
//   while (!co_await input.wait_readable()) take(::read(STDIN_FILENO, ...));
//
// Asio makes a descriptor non-blocking, and with it everything that shares its open file: the terminal that we write
// to, even the shell's. So an epoll of our own watches standard input, and Asio watches the epoll. On the thread of its
// executor only.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace hawser::talk {

class standard_input {
public:
    /// Throws boost::system::system_error if the system has no descriptor left.
    explicit standard_input(const io::executor& where);

    /// Success when there is something to read, or the end; `closed` after cancel().
    [[nodiscard]] io::task<error_code> wait_readable();
    /// Ends wait_readable(), now and in future.
    void cancel() noexcept;
    /// Whether a read would return at once.
    [[nodiscard]] static bool is_readable(int milliseconds = 0) noexcept;

private:
    io::asio::posix::basic_stream_descriptor<io::executor> watch_;
    bool is_file_ = false;   // always readable, and epoll takes none
    bool cancelled_ = false;
};

}   // namespace hawser::talk
