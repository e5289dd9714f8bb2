#include "pipe.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace hawser::frame_program {

void output::flush() {
    for (std::string_view left = waiting_; !left.empty();) {
        const ssize_t count = ::write(STDOUT_FILENO, left.data(), left.size());
        if (count >= 0) {
            left.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            const int why = errno;
            waiting_.clear();
            if (why == EPIPE) throw broken_pipe();
            throw std::runtime_error(std::string("cannot write to standard output: ") + std::strerror(why));
        }
    }
    waiting_.clear();
}

bytes input::next() {
    output_.flush();
    for (;;) {
        const ssize_t count = ::read(STDIN_FILENO, block_.data(), block_.size());
        if (count >= 0) return bytes(block_).first(static_cast<std::size_t>(count));
        if (errno != EINTR) throw std::runtime_error(std::string("cannot read: ") + std::strerror(errno));
    }
}

hex_text::state hex_text::take(char letter, std::vector<std::byte>& into) {
    const std::optional<unsigned> digit = hex_digit(letter);
    if (!digit) {
        const bool is_space = std::string_view(" \t\r\n").find(letter) != std::string_view::npos;
        return is_space && !high_ ? state::good : state::not_hex;
    }
    if (high_) {
        into.push_back(static_cast<std::byte>(*high_ << 4 | *digit));
        high_.reset();
    } else {
        high_ = digit;
    }
    return state::good;
}

}   // namespace hawser::frame_program
