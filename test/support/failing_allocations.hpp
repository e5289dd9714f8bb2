// failing_allocations: the memory of a program that fails when a test wants it to.
//
//   allocations = {.armed = true, .made = 0, .failing = 7};      // the seventh from here on fails
//   ...
//   allocations.armed = false;
//
// Everything that is allocated while armed counts, Asio's operations too: operator new is replaced
// (failing_allocations.cpp), and aligned_alloc where the program is linked with --wrap=aligned_alloc. Those of
// other threads do not count.
#pragma once

#include <cstddef>
#include <utility>

namespace hawser::test {

/// Which allocation fails of those that are made while armed: their numbers are from 1. Perhaps others after it do.
struct failing_allocations {
    bool armed = false;
    std::size_t made = 0;
    std::size_t failing = 0;
    std::size_t in_a_row = 1;

    bool next_fails() noexcept { return armed && ++made >= failing && made - failing < in_a_row; }
};

extern constinit thread_local failing_allocations allocations;

/// What the test itself needs does not count.
class unarmed {
public:
    unarmed() noexcept : was_(std::exchange(allocations.armed, false)) {}
    unarmed(const unarmed&) = delete;
    unarmed& operator=(const unarmed&) = delete;
    ~unarmed() { allocations.armed = was_; }

private:
    bool was_;
};

}   // namespace hawser::test
