#include "console.hpp"
#include "standard_input.hpp"

#include <hawser/bytes.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <utility>

namespace hawser::talk {

namespace {

constexpr std::size_t a_read = 16 * 1024;

// Holds at most the longest line and one read more; what is behind that is dropped up to the end of its line.
class piped_console final : public console {
public:
    piped_console(const io::executor& where, std::size_t longest) : input_(where), longest_(longest) {}

    io::task<result<std::string>> read_line() override {
        for (;;) {
            const std::size_t end = as_text(pending_.view()).find('\n', searched_);
            if (end != std::string_view::npos) co_return take(end, end + 1);
            drop_what_is_too_long();
            searched_ = pending_.size();
            if (ended_ && pending_.empty() && !dropping_) co_return errc::end_of_stream;
            if (ended_) co_return take(pending_.size(), pending_.size());
            if (const error_code error = co_await input_.wait_readable()) co_return error;
            read_some();
        }
    }

    bool show(const std::string& lines) override {
        return static_cast<bool>(std::cout << lines << std::flush);   // the end of the program says why not
    }
    void tell(const std::string& line) override { std::fprintf(stderr, "hawser-talk: %s\n", line.c_str()); }
    bool is_terminal() const noexcept override { return false; }
    void close() noexcept override { input_.cancel(); }

private:
    result<std::string> take(std::size_t end, std::size_t next) {
        std::string line(as_text(pending_.view().first(end)));
        pending_.consume(next);
        searched_ = 0;
        if (std::exchange(dropping_, false) || line.size() > longest_) return errc::too_long;
        if (line.ends_with('\r')) line.pop_back();
        return line;
    }

    void drop_what_is_too_long() {
        if (!dropping_ && pending_.size() <= longest_) return;
        pending_.clear();
        dropping_ = true;
    }

    void read_some() {
        const mutable_bytes room = pending_.prepare(a_read).first(a_read);
        const ssize_t count = ::read(STDIN_FILENO, room.data(), room.size());
        if (count > 0) pending_.commit(static_cast<std::size_t>(count));
        else if (count == 0 || (errno != EINTR && errno != EAGAIN)) ended_ = true;
    }

    standard_input input_;
    std::size_t longest_;
    byte_buffer pending_;
    std::size_t searched_ = 0;   // no end of line before this
    bool dropping_ = false;      // up to the next end of line
    bool ended_ = false;
};

}   // namespace

std::unique_ptr<console> make_piped_console(const io::executor& where, std::size_t longest) {
    return std::make_unique<piped_console>(where, longest);
}

}   // namespace hawser::talk
