// The front of a server; what stands behind it is in machinery.cpp.
#include <hawser/server/server.hpp>

#include "machinery.hpp"
#include "settings.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/memory_budget.hpp>
#include <hawser/io/process.hpp>

#include <utility>

namespace hawser::server {

server::server(config settings, router routes)
    : machinery_(std::make_shared<machinery>(std::move(settings), nullptr,
                                             std::make_unique<const router>(std::move(routes)))) {}

server::server(config settings, serve_function serve)
    : machinery_(std::make_shared<machinery>(std::move(settings), std::move(serve), nullptr)) {}

server::~server() {
    stop(io::duration::zero());
    if (!machinery_->threads.empty()) static_cast<void>(wait());
}

void server::add_listener(make_listener make) { machinery_->more_listeners.push_back(std::move(make)); }

result<void> server::start() {
    if (machinery_->was_started()) return make_error_code(boost::system::errc::operation_in_progress);
    return machinery_->start_on_threads(false);
}

result<void> server::start(io::asio::io_context& users) {
    if (machinery_->was_started()) return make_error_code(boost::system::errc::operation_in_progress);
    return machinery_->start_on(users);
}

report server::run() {
    if (machinery_->was_started()) return wait();
    io::open_standard_descriptors();
    const io::stop_signals caught;
    const io::stop_signals::obeyed by_the_front;
    io::survive_failed_writes();
    io::raise_descriptor_limit();
    if (machinery_->shared.settings.memory_budget) io::give_large_blocks_back();
    if (machinery_->start_on_threads(true)) machinery_->run_front();
    else machinery_->shared.events.start_failed(failure());
    return wait();
}

void server::stop(io::duration grace) { machinery_->ask_to_stop(grace); }

void server::stop() { stop(machinery_->shared.settings.drain_timeout); }

report server::wait() {
    {
        std::unique_lock lock(machinery_->mutex);
        using phase = machinery::phase;
        machinery_->ended.wait(lock, [this] { return machinery_->now == phase::idle || machinery_->now == phase::ended; });
    }
    machinery_->join();
    report made = machinery_->outcome;
    made.failure = machinery_->failure;
    return made;
}

const std::string& server::failure() const noexcept { return machinery_->failure; }

bool server::ready() const noexcept { return machinery_->ready; }

std::size_t server::connections() const noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    return machinery_->now == machinery::phase::idle ? 0 : machinery_->live();
}

std::uint16_t server::port() const noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    if (machinery_->now == machinery::phase::idle) return 0;
    for (const auto& source : machinery_->listeners)
        if (source->port() != 0) return source->port();
    return 0;
}

}  // namespace hawser::server
