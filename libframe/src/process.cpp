#include <hawser/io/process.hpp>

#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace hawser::io {

// The lowest number that is free is what open() gives, so each gets its own.
void open_standard_descriptors() {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
        if (::open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0)
            throw boost::system::system_error(errno, boost::system::system_category(), "/dev/null");
    }
}

// A handler that does nothing, and not SIG_IGN: that would be inherited by programs that are started from here.
void survive_broken_pipes() noexcept {
    struct sigaction now {};
    if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL || (now.sa_flags & SA_SIGINFO) != 0) return;
    now.sa_handler = [](int) {};
    now.sa_flags = SA_RESTART;
    ::sigaction(SIGPIPE, &now, nullptr);
}

}  // namespace hawser::io
