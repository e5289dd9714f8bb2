// A pipe in the place of standard error.
//
//   replaced_error error;
//   std::cerr << "a line\n";
//   BOOST_TEST(lines_with(error.rest(), "a line") == 1U);
#pragma once

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::test {

class replaced_error {
public:
    replaced_error() : before_(::dup(STDERR_FILENO)) {
        int ends[2];
        BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
        reader_ = ends[0];
    }
    replaced_error(const replaced_error&) = delete;
    replaced_error& operator=(const replaced_error&) = delete;
    ~replaced_error() {
        restore();
        leave();
    }

    void leave() {
        if (reader_ >= 0) ::close(reader_);
        reader_ = -1;
    }
    /// Everything up to the end.
    std::string rest() {
        restore();
        std::string all;
        char room[4096];
        for (ssize_t count = 0; (count = ::read(reader_, room, sizeof room)) > 0;)
            all.append(room, static_cast<std::size_t>(count));
        return all;
    }

private:
    void restore() {
        if (before_ < 0) return;
        ::dup2(before_, STDERR_FILENO);
        ::close(std::exchange(before_, -1));
    }

    int before_;
    int reader_ = -1;
};

inline std::size_t lines_with(const std::string& all, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) ++count;
    return count;
}

}   // namespace hawser::test
