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
            if (why == EPIPE || why == EBADF) throw nobody_reads();
            throw std::runtime_error(std::string("cannot write: ") + std::strerror(why));
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
    if (digit_ == '\0') {
        if (std::string_view(" \t\r\n").find(letter) != std::string_view::npos) return state::good;
        digit_ = letter;
        return std::string_view("0123456789abcdefABCDEF").find(letter) != std::string_view::npos ? state::good : state::not_hex;
    }
    const auto value = from_hex(std::string{digit_, letter});
    if (!value || value->size() != 1) return state::not_hex;
    into.push_back(value->front());
    digit_ = '\0';
    return state::good;
}

}  // namespace hawser::frame_program
