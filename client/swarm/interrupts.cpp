#include "interrupts.hpp"

#include <hawser/error.hpp>

#include <utility>

namespace hawser::swarm_program {

interrupts::interrupts(io::asio::io_context& context, std::function<void()> first, std::function<void()> second)
    : first_(std::move(first)), second_(std::move(second)), signals_(context, SIGINT, SIGTERM) {
    signals_.async_wait([this](const error_code& cancelled, int) {
        if (cancelled) return;
        first_();
        signals_.async_wait([this](const error_code& ended, int) {
            if (!ended) second_();
        });
    });
}

}  // namespace hawser::swarm_program
