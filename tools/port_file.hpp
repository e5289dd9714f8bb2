// port_file: how a script learns which port the system gave.
//
//   tools::port_file file("port");                          // what an earlier run has left there is gone
//   const std::string trouble = file.write({8888});         // in words; "" if there is none
//
// So whoever waits for the file never reads the port of a server that has ended: it is there from the moment when all listeners accept
// to the end of this object. What is no regular file, a FIFO for one, is written to, and never removed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hawser::tools {

class port_file {
public:
    explicit port_file(std::string path);
    port_file(const port_file&) = delete;
    port_file& operator=(const port_file&) = delete;
    /// Removes it, unless somebody else's is there by now.
    ~port_file();

    /// The ports, one a line; see write_file().
    [[nodiscard]] std::string write(const std::vector<std::uint16_t>& ports);

private:
    using identity = std::pair<dev_t, ino_t>;
    [[nodiscard]] static std::optional<identity> regular_file_at(const std::string& path);
    [[nodiscard]] bool is_still_ours() const;

    std::string path_;
    std::string text_;
    std::optional<identity> written_;
};

}  // namespace hawser::tools
