// server_at_both: a server that acks, on a TCP port and at the path of a Unix socket, in a folder of its own.
#pragma once

#include <support/running_server.hpp>
#include <support/temporary_directory.hpp>

#include <hawser/server.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

namespace hawser::test {

struct server_at_both {
    /// `name` is that of the socket.
    explicit server_at_both(const std::string& name, std::uint32_t threads)
        : path(directory.file(name)),
          server({.listen = {"127.0.0.1:0", "unix:" + path}, .threads = threads}, acking()) {
        BOOST_REQUIRE(server.start());
    }

    temporary_directory directory;
    std::string path;
    server::server server;
};

}   // namespace hawser::test
