// The server itself: what it is before its start, and the way to what runs from then on (running.hpp).
#include <hawser/server/server.hpp>

#include "byte_codec.hpp"
#include "running/running.hpp"
#include "running/start_failure.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/memory_budget.hpp>
#include <hawser/io/process.hpp>

#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

namespace {

// Of whatever was thrown at the start: of ours, of the system, for want of memory, or of the user's.
error_code code_of(const std::exception& thrown) noexcept {
    if (const auto* of_ours = dynamic_cast<const start_failure*>(&thrown)) return of_ours->why();
    if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&thrown)) return of_boost->code();
    const auto* of_system = dynamic_cast<const std::system_error*>(&thrown);
    const bool is_errno = of_system != nullptr && (of_system->code().category() == std::system_category() ||
                                                   of_system->code().category() == std::generic_category());
    if (is_errno) return {of_system->code().value(), boost::system::system_category()};
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr;
    return make_error_code(is_memory ? boost::system::errc::not_enough_memory
                                     : boost::system::errc::operation_canceled);
}

config without_frames(config settings) {
    const frame::any_codec usual;
    if (&settings.codec.chosen() != &usual.chosen() || settings.answer_codec)
        throw std::invalid_argument("codec is " + settings.codec.text() +
                                    ": a server of bytes has no frames; leave it out, or serve a server::connection");
    settings.codec = byte_codec::any();
    return settings;
}

}   // namespace

struct server::parts {
    explicit parts(definition of) : what(std::move(of)) {}

    [[nodiscard]] result<void> start(const std::function<std::shared_ptr<crew>()>& on, bool with_signals);
    [[nodiscard]] error_code take_back(std::string_view said, const error_code& why) noexcept;
    void replace(std::shared_ptr<running> with) noexcept;
    /// None before it serves; what is there then stays.
    [[nodiscard]] running* serving() const noexcept { return life->has_served() ? now.get() : nullptr; }

    definition what;   // as it is at the start
    std::vector<make_listener> added;
    std::string failure;
    const std::shared_ptr<lifecycle> life = std::make_shared<lifecycle>();
    mutable std::mutex mutex;       // of this, until it serves:
    std::shared_ptr<running> now;   // from its start on
};

// A start fails as a whole, for what reason ever: then all is as it was before.
result<void> server::parts::start(const std::function<std::shared_ptr<crew>()>& on, bool with_signals) {
    if (!life->begin()) return make_error_code(boost::system::errc::operation_in_progress);
    failure.clear();
    try {
        replace(std::make_shared<running>(what, added, on(), life, with_signals));
        now->serve();
        return {};
    } catch (const std::exception& error) {
        return take_back(error.what(), code_of(error));
    } catch (...) {   // of the user's
        return take_back("what is no std::exception was thrown",
                         make_error_code(boost::system::errc::operation_canceled));
    }
}

// Whoever waits for the end of it reads the failure then, with what can be done about it.
error_code server::parts::take_back(std::string_view said, const error_code& why) noexcept {
    try {
        std::string text(said);
        text += what.settings.remedy_of(why);
        failure = std::move(text);
    } catch (const std::bad_alloc&) {
        failure = "no memory";   // so short that it takes none
    }
    replace(nullptr);
    life->fail();
    return why;
}

void server::parts::replace(std::shared_ptr<running> with) noexcept {
    const std::scoped_lock lock(mutex);
    now.swap(with);
}

// A router that asks for what it does not have is refused before anything is made of it.
static router checked(router given) {
    given.check();
    return given;
}

server::server(config settings, router routes)
    : parts_(std::make_unique<parts>(definition{effective_config(std::move(settings)),
                                                std::make_shared<const router>(checked(std::move(routes)))})) {}

server::server(config settings, serve_function serve)
    : parts_(std::make_unique<parts>(definition{effective_config(std::move(settings)), std::move(serve)})) {}

server::server(config settings, serve_bytes_function serve)
    : parts_(std::make_unique<parts>(definition{effective_config(without_frames(std::move(settings))),
                                                std::move(serve)})) {}

server::server(config settings, datagram_handler handler)
    : parts_(std::make_unique<parts>(definition{effective_config(std::move(settings)), std::monostate(),
                                                std::move(handler)})) {}

server::~server() {
    stop(io::duration::zero());
    if (parts_->now && parts_->now->has_threads() && parts_->life->wait()) parts_->now->join();
}

void server::add_listener(make_listener make) { parts_->added.push_back(std::move(make)); }

server& server::on_datagram(datagram_handler handler) {
    parts_->what.datagrams = std::move(handler);
    return *this;
}

result<void> server::start() {
    return parts_->start([this] { return std::make_shared<crew>(parts_->what.settings); }, false);
}

result<void> server::start(io::asio::io_context& users) {
    return parts_->start([&users] { return std::make_shared<crew>(users); }, false);
}

report server::run() {
    if (parts_->life->has_begun()) return wait();
    io::open_standard_descriptors();
    const io::stop_signals caught;
    const io::stop_signals::obeyed by_the_front;
    io::survive_failed_writes();
    io::raise_descriptor_limit();
    const effective_config& settings = parts_->what.settings;
    if (settings.memory_budget) io::give_large_blocks_back();
    const result<void> started = parts_->start([&settings] { return std::make_shared<crew>(settings); }, true);
    if (started) parts_->now->run_front();
    // Then it is another's.
    else if (started.error() != boost::system::errc::operation_in_progress)
        event_chain(settings.events).start_failed(failure());
    return wait();
}

void server::stop(io::duration grace) { parts_->life->ask_to_end(grace); }

void server::stop() { stop(parts_->what.settings.drain_timeout); }

report server::wait() {
    const bool has_served = parts_->life->wait();
    if (has_served) parts_->serving()->join();
    report made = has_served ? parts_->serving()->outcome() : report();
    made.failure = parts_->failure;
    return made;
}

io::task<result<void>> server::publish(frame::shared_frame made, push_as as, std::uint64_t except) {
    return handle().publish(std::move(made), as, except);
}

io::task<result<void>> server::publish_made(result<frame::shared_frame> made, push_as as, std::uint64_t except) {
    return made ? publish(std::move(*made), as, except) : io::task<result<void>>::of(made.error());
}

error_code server::try_publish(const frame::shared_frame& made, const push_as& as, std::uint64_t except) {
    return handle().try_publish(made, as, except);
}

error_code server::each(io::plain_function<void(context&)> what) { return handle().each(std::move(what)); }

server_handle server::handle() const noexcept {
    running* const by = parts_->serving();
    return by != nullptr ? server_handle(by->weak_from_this()) : server_handle();
}

// Before the start there is no pool to count it in.
result<frame::shared_frame> server::frame_of(bytes body) const {
    const running* const by = parts_->serving();
    return by != nullptr ? by->common().frame_for_many(body, by->common().pool) : parts_->what.frame_of(body, nullptr);
}

const std::string& server::failure() const noexcept { return parts_->failure; }

bool server::ready() const noexcept { return parts_->life->is_ready(); }

std::size_t server::connections() const noexcept {
    const std::scoped_lock lock(parts_->mutex);
    return parts_->now ? parts_->now->connections() : 0;
}

std::uint16_t server::port() const noexcept {
    const std::scoped_lock lock(parts_->mutex);
    return parts_->now ? parts_->now->port() : 0;
}

std::uint16_t server::datagram_port() const noexcept {
    const std::scoped_lock lock(parts_->mutex);
    return parts_->now ? parts_->now->datagram_port() : 0;
}

}   // namespace hawser::server
