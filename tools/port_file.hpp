// port_file: how a script learns which port the system gave.
//
//   tools::port_file file("port");                          // what an earlier run has left there is gone
//   const std::string trouble = file.write({8888});         // in words; "" if there is none
//
// So whoever waits for the file never reads the port of a server that has ended: it is there from the moment when all listeners accept
// to the end of this object. Until then it is locked (flock), so that a second server finds out that it is somebody's, and leaves it
// alone. One that cannot be removed, as it is a mount point or its folder is read-only, is emptied instead. What is no regular file, a
// FIFO for one, and a file that a standard stream writes to, is written to, and never removed.
//
// It needs one descriptor, and holds its place from the beginning: a server that counts what is free counts without it.
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
    /// Removes it, unless somebody else's is there by now.
    ~port_file();

    /// The ports, one a line; once. What is wrong if a server that runs has the file, too.
    [[nodiscard]] std::string write(const std::vector<std::uint16_t>& ports);

private:
    [[nodiscard]] bool take_what_is_there();
    [[nodiscard]] std::string make(const std::string& text);
    void remove_or_empty() const noexcept;

    std::string path_;
    io::spare_descriptor place_;     // of the next one, until it is open
    io::owned_descriptor ours_;      // and locked
};

}  // namespace hawser::tools
