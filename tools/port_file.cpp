#include <tools/port_file.hpp>

#include <tools/file.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace hawser::tools {

port_file::port_file(std::string path) : path_(std::move(path)) {
    if (regular_file_at(path_)) ::unlink(path_.c_str());
}

port_file::~port_file() {
    if (is_still_ours()) ::unlink(path_.c_str());
}

std::string port_file::write(const std::vector<std::uint16_t>& ports) {
    text_.clear();
    for (const std::uint16_t port : ports) text_ += std::to_string(port) + '\n';
    const std::string why = write_file(path_, text_);
    if (!why.empty()) return "cannot write the port file " + path_ + ": " + why;
    written_ = regular_file_at(path_);
    return {};
}

// The number of a file that is gone may be that of another one: so what is in it counts too.
bool port_file::is_still_ours() const {
    if (!written_ || regular_file_at(path_) != written_) return false;
    std::ifstream file(path_, std::ios::binary);
    std::string there;
    std::getline(file, there, '\0');   // all of it
    return there == text_;
}

std::optional<port_file::identity> port_file::regular_file_at(const std::string& path) {
    struct stat is {};
    if (::lstat(path.c_str(), &is) != 0 || !S_ISREG(is.st_mode)) return std::nullopt;
    return identity(is.st_dev, is.st_ino);
}

}  // namespace hawser::tools
