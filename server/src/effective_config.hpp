// settings: what a config comes to once its defaults are filled in, if it makes sense.
//
//   const effective_config settings(given);                       // once, before anything is made of it
//   // what the machine has room for is told when it is needed: at the start
//   const unsigned threads = settings.threads_now();
//   const memory_plan plan = settings.plan_now(threads);
#pragma once

#include <hawser/error.hpp>
#include <hawser/server/config.hpp>
#include <hawser/server/memory_plan.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace hawser::inline v0::server {

class effective_config : public config {
public:
    /// Throws std::invalid_argument for a config that makes no sense, with the numbers.
    explicit effective_config(config given);

    /// How what is sent is framed.
    [[nodiscard]] const frame::any_codec& outgoing() const noexcept { return *answer_codec; }
    /// Those that all connections share.
    [[nodiscard]] const std::shared_ptr<const io::frame_limits>& limits_of_all() const noexcept {
        return limits_of_all_;
    }

    // The same for whoever is not known yet.

    [[nodiscard]] const frame::any_codec& incoming_of_strangers() const noexcept { return incoming_of_strangers_; }
    [[nodiscard]] const frame::any_codec& outgoing_of_strangers() const noexcept { return outgoing_of_strangers_; }
    [[nodiscard]] const std::shared_ptr<const io::frame_limits>& limits_of_strangers() const noexcept {
        return limits_of_strangers_;
    }

    /// As asked for; else one a processor, and no more than fit beside what was asked for: of memory, of
    /// descriptors, of connections.
    [[nodiscard]] unsigned threads_now() const;
    /// With so many threads, and as many connections as there are descriptors for now. Throws std::invalid_argument for
    /// limits that make no sense, and if there is not enough memory for what was asked for, with the numbers and what
    /// to change; defaults alone always fit.
    [[nodiscard]] memory_plan plan_now(std::size_t threads) const;
    /// What to change so that a start does not fail again for want of descriptors, ": raise ..."; empty if it
    /// failed for another reason.
    [[nodiscard]] std::string remedy_of(const error_code& why) const;

private:
    [[nodiscard]] std::string what_to_change() const;

    std::size_t longest_frame_;
    std::size_t budget_;
    std::shared_ptr<const io::frame_limits> limits_of_all_;
    frame::any_codec incoming_of_strangers_;
    frame::any_codec outgoing_of_strangers_;
    std::shared_ptr<const io::frame_limits> limits_of_strangers_;
};

/// Whether there is a descriptor left for one, when all that a server opens itself is open.
[[nodiscard]] bool has_room_for_a_connection() noexcept;

}   // namespace hawser::server
