// owned_descriptor: a descriptor that is closed at the end of its scope, unless somebody else has taken it.
//
//   io::owned_descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
//   if (!file.is_open()) return errno;
#pragma once

#include <unistd.h>

#include <utility>

namespace hawser::inline v0::io {

class owned_descriptor {
public:
    owned_descriptor() noexcept = default;
    /// What open() and socket() return: a negative one is none.
    explicit owned_descriptor(int opened) noexcept : number_(opened) {}
    owned_descriptor(owned_descriptor&& other) noexcept : number_(other.release()) {}
    owned_descriptor& operator=(owned_descriptor&& other) noexcept {
        if (this != &other) {
            static_cast<void>(close());
            number_ = other.release();
        }
        return *this;
    }
    ~owned_descriptor() { static_cast<void>(close()); }

    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
    [[nodiscard]] int number() const noexcept { return number_; }
    /// It is the caller's from now on.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
    /// False, with an errno, for one that was open: some file systems say only now what became of the writing.
    /// Closed it is all the same.
    [[nodiscard]] bool close() noexcept { return !is_open() || ::close(release()) == 0; }

private:
    int number_ = -1;
};

}   // namespace hawser::io
