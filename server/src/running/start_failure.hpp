// start_failure: why a server could not start.
#pragma once

#include <hawser/error.hpp>

#include <stdexcept>
#include <string>

namespace hawser::inline v0::server {

class start_failure final : public std::runtime_error {
public:
    start_failure(const error_code& why, const std::string& text) : std::runtime_error(text), why_(why) {}

    [[nodiscard]] const error_code& why() const noexcept { return why_; }

private:
    error_code why_;
};

}   // namespace hawser::server
