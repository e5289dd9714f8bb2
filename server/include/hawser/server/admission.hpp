// admission: who may connect. It decides for one peer at a time, and knows no socket and no clock.
//
//   server::admission door({.max_connections = 100, .accept_rate = 5});
//   if (const error_code why = door.admit(peer, io::clock::now())) ...        // turn it away
//   door.release(peer, io::clock::now());   // when one of its connections has ended
//
// Invariant: it remembers an address only while it has connections, or while that keeps it to its accept rate; of the
// latter at most `max_resting`. To be used on one thread.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/address_block.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/server/address_rate.hpp>

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hawser::inline v0::server {

/// Part of the config. An address is one IPv4 address, also when it comes through a listener for both families, or the
/// /64 of an IPv6 address: one household has as many addresses in there as it wants.
struct admission_limits {
    /// Connections in all, counted from the moment they are accepted. Unless set: default_max_connections(). Never more
    /// than there are descriptors for when the server starts.
    std::optional<std::size_t> max_connections = {};
    /// Connections from one address. Unless set: as many as in all.
    std::optional<std::size_t> max_per_address = {};
    /// Connections a second from one address, as many in one go after a pause. Unless set: no limit.
    std::optional<double> accept_rate = {};
    /// Who is let in; everybody if it is empty. Peers on a Unix socket or in memory have no address: they always are.
    std::vector<io::address_block> allow = {};
    /// Who is not, whatever `allow` says.
    std::vector<io::address_block> deny = {};

    /// Whether these lists keep it out.
    [[nodiscard]] bool denies(const io::endpoint& peer) const noexcept;
};

/// What a server with this many descriptors takes: 10,000 connections, or 64 less than the descriptors if that is less;
/// half of the descriptors if there are fewer than 128.
[[nodiscard]] std::size_t default_max_connections(std::size_t descriptors) noexcept;

/// Connections that were turned away, by the reason.
struct refusals {
    std::uint64_t denied = 0;
    std::uint64_t too_many_connections = 0;
    std::uint64_t too_many_from_address = 0;
    std::uint64_t accept_rate_exceeded = 0;
    std::uint64_t out_of_descriptors = 0;

    void count(const error_code& why) noexcept;         ///< one more that was refused for this reason
    [[nodiscard]] std::uint64_t all() const noexcept;   ///< their sum
};

class admission {
public:
    /// How many addresses without a connection are remembered for their accept rate. Of more the oldest is forgotten.
    static constexpr std::size_t max_resting = 4096;

    /// Throws std::invalid_argument for limits that make no sense.
    explicit admission(admission_limits limits, std::size_t descriptors);
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;
    ~admission();

    /// Counts a connection, or says why not: `denied`, `too_many_connections`, `too_many_from_address` or
    /// `accept_rate_exceeded`. Throws std::bad_alloc.
    [[nodiscard]] error_code admit(const io::endpoint& peer, io::time_point now);
    /// A connection that was admitted has ended.
    void release(const io::endpoint& peer, io::time_point now) noexcept;

    /// Connections that are open.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    /// Addresses that are remembered.
    [[nodiscard]] std::size_t addresses() const noexcept { return addresses_.size(); }
    [[nodiscard]] std::size_t max_connections() const noexcept { return max_connections_; }

private:
    struct record : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        address_key of;
        std::size_t connections = 0;
        io::time_point rested_at{};   // when it may come with a whole burst again
    };

    [[nodiscard]] error_code admit_from(const address_key& from, io::time_point now);
    void forget_rested(io::time_point now) noexcept;

    admission_limits limits_;
    std::size_t max_connections_;
    std::size_t max_per_address_;
    address_rate rate_;
    std::size_t connections_ = 0;
    // A tree: no peer can choose addresses that make it slow.
    std::map<address_key, record> addresses_;
    // In the order of their last end.
    boost::intrusive::list<record, boost::intrusive::constant_time_size<false>> resting_;
    std::size_t resting_count_ = 0;
};

}   // namespace hawser::server
