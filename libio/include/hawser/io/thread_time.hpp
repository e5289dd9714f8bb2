// thread_time: how much of a processor this thread has had.
//
//   const io::duration before = io::thread_time();
//   work();
//   const io::duration took = io::thread_time() - before;   // less than the clock says if it had to wait
#pragma once

#include <hawser/io/clock.hpp>

namespace hawser::inline v0::io {

/// Processor time of the thread that calls, in the program and in the kernel, since it began. A system call.
[[nodiscard]] duration thread_time() noexcept;

}   // namespace hawser::io
