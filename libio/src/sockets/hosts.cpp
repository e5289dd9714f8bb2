#include "hosts.hpp"

#include <hawser/io/event.hpp>

#include "patience.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <memory>

namespace hawser::inline v0::io {

namespace {

using asio::ip::tcp;
using resolver = asio::ip::basic_resolver<tcp, executor>;

// A look-up under way: shared with the system, which cannot be interrupted and may outlive who asks.
struct lookup {
    explicit lookup(const executor& where) : names(where), changed(where) {}

    void ended(const error_code& why, const resolver::results_type& names_found) {
        error = why;
        for (const auto& entry : names_found) found.push_back(entry.endpoint().address());
        is_over = true;
        changed.notify();
    }

    resolver names;
    event changed;
    bool is_over = false;
    error_code error;
    hosts found;
};

void keep_family(hosts& all, address::ip_family family) {
    if (family == address::ip_family::any) return;
    const bool wants_ipv6 = family == address::ip_family::ipv6;
    std::erase_if(all, [&](const asio::ip::address& each) { return each.is_v6() != wants_ipv6; });
}

result<hosts> of_family(hosts all, address::ip_family family) {
    keep_family(all, family);
    if (all.empty()) return error_code(asio::error::host_not_found);
    return all;
}

// None for a name.
hosts numeric(std::string_view host) {
    error_code is_a_name;
    const asio::ip::address address = asio::ip::make_address(host, is_a_name);
    return is_a_name ? hosts() : hosts{address};
}

}   // namespace

task<result<hosts>> hosts_to_connect(address where, time_point until, std::stop_token stop) {
    hosts known = numeric(where.host);
    if (where.host.empty()) known = {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    if (!known.empty()) co_return of_family(std::move(known), where.family);

    const executor here = co_await this_executor;
    const auto asked = std::make_shared<lookup>(here);
    const patience patient(here, until, stop, calling<&event::notify>(asked->changed));
    const auto ended = [asked](const error_code& error, const resolver::results_type& names) {
        asked->ended(error, names);
    };
    asked->names.async_resolve(std::string_view(where.host), std::string_view(), ended);
    while (!asked->is_over && !patient.over()) co_await asked->changed.wait();
    if (!asked->is_over) {
        asked->names.cancel();   // one thread looks up for the whole io_context: in its queue this would hold up others
        co_return patient.over();
    }
    if (asked->error) co_return asked->error;
    co_return of_family(std::move(asked->found), where.family);
}

result<hosts> hosts_to_listen(const executor& on, const address& where) {
    if (where.host.empty()) return of_family({asio::ip::address_v6::any(), asio::ip::address_v4::any()}, where.family);
    error_code error;
    resolver names(on);
    const auto entries = names.resolve(std::string_view(where.host), std::string_view(), resolver::passive, error);
    if (error) return error;
    hosts found;
    for (const auto& entry : entries) found.push_back(entry.endpoint().address());
    std::ranges::stable_partition(found, [](const asio::ip::address& each) { return each.is_v4(); });
    return of_family(std::move(found), where.family);
}

}   // namespace hawser::io
