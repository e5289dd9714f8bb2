// starter: what the small servers to start from share: their options.
//
//   const example::starter given(argc, argv, {.about = "Sends back what it gets.", .listen = ":7000"});
//   if (given.raw()) return server::server(given.config(), echo_bytes).run().exit_status();      // --format raw
//   server::server server(given.config(), echo);
//   return server.run().exit_status();
//
// Nothing here is part of hawser; a program of your own has its own options.
#pragma once

#include <hawser/server.hpp>

#include <tools/command_line.hpp>
#include <tools/port_file.hpp>

#include <optional>
#include <string>
#include <vector>

namespace example {

using namespace hawser;

/// What one of the servers is, and its defaults.
struct starter_defaults {
    std::string about;
    std::string listen;
    std::string format = "lines";   ///< empty: it has datagrams
    bool can_be_raw = true;         ///< it takes --format raw
    bool one_thread = false;        ///< it takes no --threads
};

class starter {
public:
    /// Ends the program after --help and --version, and with status 2 for options that it does not know.
    starter(int argc, char** argv, const starter_defaults& defaults);
    starter(const starter&) = delete;
    starter& operator=(const starter&) = delete;

    /// What the options say; it refers to this object. Where the server listens is told on standard error.
    [[nodiscard]] server::config config() const;

    /// `--format raw`: bytes are served as they come, without a codec.
    [[nodiscard]] bool raw() const noexcept { return !codec_; }

private:
    void add_frames(tools::command_line& line, const starter_defaults& defaults);

    class announcer final : public server::events {
    public:
        std::string name;
        std::optional<tools::port_file> port_file;
        bool start_failed(const std::string& why) override;
        void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) override;
    };

    std::vector<std::string> listen_;
    std::uint32_t threads_ = 0;
    std::optional<frame::any_codec> codec_;
    io::duration idle_timeout_;
    mutable announcer announcer_;   // mutable, as the server calls it through the config of a const starter
};

}   // namespace example
