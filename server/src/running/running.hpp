// running: all that a server consists of from its start to its end, in the order of its making.
//
//   // everything stands, or nothing is left
//   const auto now = std::make_shared<running>(definition, added, crew, life, with_signals);
//   now->serve();                          // tells so, and lets the first one in
//   now->join();                           // when the life has ended: its threads end, or are abandoned
//
// Owned by the server and by everything of it that still runs: the loops that accept, the sessions, what was
// posted. So a server on the user's io_context may be destroyed while the rest of it is still to end. Nothing in
// here knows of the server.
#pragma once

#include "caught_signals.hpp"
#include "crew.hpp"
#include "departures.hpp"
#include "entrance.hpp"
#include "lifecycle.hpp"
#include "memory_guard.hpp"
#include "publication.hpp"
#include "shutdown.hpp"
#include "thread_group.hpp"

#include "../service.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/server/server.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hawser::inline v0::server {

class running : public std::enable_shared_from_this<running> {
public:
    /// With signals the front is the caller's, who goes on with run_front(); without them it has a thread of
    /// its own, if the crew is not on the user's io_context. Throws whatever keeps it from that, a
    /// start_failure say. A limit that cannot be read is none: so a descriptor is held for looking into /proc
    /// and /sys, when everything else is open.
    running(const definition& of, const std::vector<server::make_listener>& added, std::shared_ptr<crew> on,
            std::shared_ptr<lifecycle> life, bool with_signals, io::spare_descriptor for_looking = {});

    /// Who is told may throw, and then nothing of it has been; after that nothing fails any more.
    void serve();
    void run_front() { crew_->run_front(); }

    [[nodiscard]] bool has_threads() const noexcept { return !threads_.empty(); }
    /// Until its threads have ended, or are abandoned. The life has ended.
    void join() noexcept;
    /// What it came to, then.
    [[nodiscard]] const report& outcome() const noexcept { return shutdown_.outcome(); }

    void stop(io::duration grace) noexcept { life_->ask_to_end(grace); }
    [[nodiscard]] bool is_ready() const noexcept { return life_->is_ready(); }

    [[nodiscard]] const service& common() const noexcept { return service_; }
    [[nodiscard]] std::size_t connections() const noexcept { return crew_->live(); }
    /// Of the first TCP listener; 0 if there is none.
    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] std::uint16_t datagram_port() const noexcept { return bound_.datagram_port; }
    [[nodiscard]] const publication& publishing() const noexcept { return publication_; }

private:
    [[nodiscard]] std::unique_ptr<caught_signals> caught();
    [[nodiscard]] surroundings around();
    void open() noexcept;
    void open(worker& home, io::accepted made);
    void begin(worker& home, io::accepted made, std::uint64_t number);
    void session_ended(worker& home, const io::endpoint& peer) noexcept;
    void count_end(worker& home, const io::endpoint& peer) noexcept;
    [[nodiscard]] std::vector<std::string> stuck() noexcept;
    void abandon() noexcept;

    // More than twelve: the parts of a server, which begin in this order and end in the other.
    std::shared_ptr<crew> crew_;
    bindings bound_;
    std::unique_ptr<caught_signals> signals_;   // none, if somebody else has them
    memory_plan plan_;                          // what is told is what is kept
    std::shared_ptr<memory_guard> guard_;
    service service_;
    datagram_ports ports_;
    departures departures_;
    entrance entrance_;
    std::shared_ptr<lifecycle> life_;
    shutdown shutdown_;
    publication publication_;
    thread_group threads_;
    // Once it is abandoned: what keeps it, and who was before it. Till then, what is said where
    // there is no memory for names.
    std::shared_ptr<running> itself_;
    running* abandoned_before_ = nullptr;
    std::vector<std::string> nameless_{"something that there is no memory to name"};
};

}   // namespace hawser::server
