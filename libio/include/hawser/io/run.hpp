// run: a task from main(), or wherever no coroutine runs yet.
//
//   int main() { return io::run(talk_to_the_server()) ? 0 : 1; }
#pragma once

#include <hawser/io/process.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/use_future.hpp>

#include <future>
#include <utility>

namespace hawser::inline v0::io {

/// Runs `work`, and all else that waits on `context`, on this thread until nothing is left; gives what `work` returned
/// or throws what it threw.
template <class T>
T run(asio::io_context& context, task<T> work) {
    std::future<T> done = spawn(context, std::move(work), asio::use_future);
    context.run();
    return done.get();
}

/// The same on an io_context of its own, in a program that has its process for itself: standard streams that are
/// closed lead to /dev/null first, so that what is printed cannot go to a peer (open_standard_descriptors(), and
/// throws what that throws).
template <class T>
T run(task<T> work) {
    open_standard_descriptors();
    asio::io_context context(1);
    return run(context, std::move(work));
}

}   // namespace hawser::io
