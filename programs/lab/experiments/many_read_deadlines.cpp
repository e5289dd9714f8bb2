// many-read-deadlines: a deadline costs an entry in an ordered set, not a timer of the system. One timer, armed for the
// earliest of them, serves all connections of a thread (io::watchdog).
#include "../experiment.hpp"

#include <algorithm>
#include <filesystem>

namespace lab {

namespace {

constexpr std::size_t connections = 300;

io::task<void> read_until(io::stream& from, io::time_point deadline, std::vector<long>& late_us) {
    from.set_read_deadline(deadline);
    std::byte nothing;
    const result<std::size_t> count = co_await from.read_some({&nothing, 1});
    if (count || count.error() != errc::read_timeout) co_return;
    const io::duration late = io::clock::now() - deadline;
    late_us.push_back(std::chrono::duration_cast<std::chrono::microseconds>(late).count());
}

// The timers that this process has in the kernel, as it lists them among the descriptors.
std::ptrdiff_t timers() {
    std::error_code gone;   // the descriptor of the listing itself
    return std::ranges::count_if(std::filesystem::directory_iterator("/proc/self/fd"), [&gone](const auto& descriptor) {
        return std::filesystem::read_symlink(descriptor, gone) == "anon_inode:[timerfd]";
    });
}

}   // namespace

io::task<void> many_read_deadlines(notebook& notes) {
    std::vector<std::unique_ptr<connection>> all;
    while (all.size() < connections) all.push_back(co_await connect());
    io::group readers(all.front()->client.get_executor());

    notes.did(connections, " clients read, each with a deadline of its own: the first in 50 ms, the last in 150 ms.");
    const io::time_point first = io::clock::now() + 50ms;
    std::vector<long> late_us;
    for (std::size_t i = 0; i < connections; ++i)
        readers.spawn(read_until(all[i]->client, first + i * 100ms / connections, late_us));
    const std::ptrdiff_t used = timers();
    notes.saw(used == 1, "Timers that this process had in the kernel: ", used, ".");

    co_await readers.join();
    std::ranges::sort(late_us);
    notes.saw(late_us.size() == connections, late_us.size(), " reads ended with \"read deadline passed\".");
    if (late_us.empty()) co_return;
    notes.saw(late_us.front() >= 0, "None ended before its deadline.");
    notes.saw(late_us.back() < 1'000'000, "Half of them ended within ", late_us[late_us.size() / 2],
              " microseconds of it, the last one ", late_us.back(), " after it.");
}

}   // namespace lab
