#include <hawser/io/process.hpp>

#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>

namespace hawser::inline v0::io {

namespace {

// How soon who waits for room there sees that it is over.
constexpr int look_ms = 100;

// A handler that does nothing, and not SIG_IGN: that would be inherited by programs that are started from here.
void survive(int signal) noexcept {
    struct sigaction now{};
    if (::sigaction(signal, nullptr, &now) != 0 || (now.sa_flags & SA_SIGINFO) != 0 || now.sa_handler != SIG_DFL)
        return;
    now.sa_handler = [](int) {};
    now.sa_flags = SA_RESTART;
    ::sigaction(signal, &now, nullptr);
}

}   // namespace

// The lowest number that is free is what open() gives, so each gets its own.
void open_standard_descriptors() {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
        if (::open("/dev/null", number == STDERR_FILENO ? O_WRONLY : O_RDONLY) < 0)
            throw boost::system::system_error(errno, boost::system::system_category(), "/dev/null");
    }
}

bool write_standard_error(std::string_view text, const std::atomic<bool>& is_over) noexcept {
    while (!text.empty() && !is_over) {
        const ssize_t count = ::write(STDERR_FILENO, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {   // others who share it have made it non-blocking
            pollfd room{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
            static_cast<void>(::poll(&room, 1, look_ms));
        } else if (errno != EINTR) {
            return false;
        }
    }
    return text.empty();
}

void survive_failed_writes() noexcept {
    for (const int signal : {SIGPIPE, SIGXFSZ}) survive(signal);
}

void survive_stray_signals() noexcept {
    for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2}) survive(signal);
}

}   // namespace hawser::io
