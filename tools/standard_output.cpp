#include <tools/standard_output.hpp>

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <streambuf>

namespace hawser::tools {

namespace {

// Writes through stdio, as std::cout does by default: by lines on a terminal, by blocks elsewhere, from any thread. But
// it keeps the errno of the first write that fails, which std::cout does not.
class remembering_output final : public std::streambuf {
public:
    /// An errno; 0 if all is well.
    [[nodiscard]] int failure() const noexcept { return failure_; }

private:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        const auto written = static_cast<std::streamsize>(std::fwrite(text, 1, static_cast<std::size_t>(size), stdout));
        if (written < size) note(errno);
        return written;
    }
    int_type overflow(int_type letter) override {
        if (traits_type::eq_int_type(letter, traits_type::eof())) return traits_type::not_eof(letter);
        const char one = traits_type::to_char_type(letter);
        return xsputn(&one, 1) == 1 ? letter : traits_type::eof();
    }
    int sync() override {
        if (std::fflush(stdout) == 0) return 0;
        note(errno);
        return -1;
    }

    void note(int why) noexcept {
        int none = 0;
        failure_.compare_exchange_strong(none, why != 0 ? why : EIO);   // the first one
    }

    std::atomic<int> failure_{0};
};

struct watched {
    remembering_output output;
    std::string name;
};

void end_standard_output();

// Never destroyed: std::cout is flushed once more after everything else.
watched& standard_output() {
    static watched* const instance = [] {
        auto* fresh = new watched;
        std::cout.rdbuf(&fresh->output);
        std::atexit(end_standard_output);
        return fresh;
    }();
    return *instance;
}

void end_standard_output() {
    std::cout.flush();
    const int failure = standard_output().output.failure();
    if (failure == 0) return;
    if (failure != EPIPE)
        std::cerr << standard_output().name << ": cannot write to standard output: " << std::strerror(failure) << '\n';
    ::_exit(EXIT_FAILURE);
}

}   // namespace

void watch_standard_output(const std::string& name) { standard_output().name = name; }

}   // namespace hawser::tools
