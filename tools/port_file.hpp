// port_file: tells a script, by a file, which port the system chose.
//
//   tools::port_file file("port");                          // removes what an earlier run has left there
//   const std::string trouble = file.write({8888});         // in words; "" if there is none
//
// A script that waits for the file never reads the port of a server that has ended: the file is there from when all
// listeners accept until this object is destroyed. During that time it is locked (flock), so that a second server
// notices that the file is in use, and leaves it alone. A file that cannot be removed, because it is a mount point or
// its folder is read-only, is emptied instead. A FIFO or another special file, and a file that a standard stream writes
// to, is written to and never removed.
//
// It needs one descriptor, and reserves it from the beginning, so that a server that counts free descriptors does not
// count this one.
#pragma once

#include <hawser/io/descriptors.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace hawser::tools {

class port_file {
public:
    explicit port_file(std::string path);
    port_file(const port_file&) = delete;
    port_file& operator=(const port_file&) = delete;
    /// Removes the file, unless it has been replaced by another.
    ~port_file();

    /// Writes the ports, one a line. To be called once. Returns what went wrong, also if a running server has the file;
    /// "" if nothing did.
    [[nodiscard]] std::string write(const std::vector<std::uint16_t>& ports);

private:
    [[nodiscard]] bool take_what_is_there();
    [[nodiscard]] std::string make(const std::string& text);
    void remove_or_empty() const noexcept;

    std::string path_;
    io::spare_descriptor reserved_;   // until ours_ is open
    io::owned_descriptor ours_;       // locked
};

}   // namespace hawser::tools
