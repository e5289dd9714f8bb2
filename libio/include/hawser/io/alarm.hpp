// alarm: wakes whoever waits for an event at an instant, too, so that the wait has an end.
//
//   const alarm late(changed, until);
//   while (!ready && !late.expired()) co_await changed.wait();
//
// To be used on the thread of the event's executor only.
#pragma once

#include <hawser/io/event.hpp>
#include <hawser/io/watchdog.hpp>

namespace hawser::inline v0::io {

class alarm : public deadline {
public:
    /// The event must outlive this. time_point::max() for never, as far as is known yet.
    explicit alarm(event& wakes, time_point at = time_point::max())
        : deadline(watchdog::of(wakes.get_executor()), calling<&event::notify>(wakes)) {
        move(at);
    }
};

}   // namespace hawser::io
