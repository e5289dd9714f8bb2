#include <hawser/log/log.hpp>

#include <hawser/server/server.hpp>

#include <boost/log/attributes/clock.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/bounded_fifo_queue.hpp>
#include <boost/log/sinks/drop_on_overflow.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/support/date_time.hpp>
#include <boost/make_shared.hpp>
#include <boost/shared_ptr.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <iomanip>
#include <sstream>
#include <utility>

namespace hawser::log {

namespace {

namespace expr = boost::log::expressions;
namespace sinks = boost::log::sinks;

constexpr std::array<std::pair<std::string_view, level>, 6> levels = {{
    {"trace", level::trace},
    {"debug", level::debug},
    {"info", level::info},
    {"warning", level::warning},
    {"error", level::error},
    {"fatal", level::fatal},
}};

constexpr int silent = level::fatal + 1;

std::atomic<int> lowest_written{silent};
std::atomic<std::uint64_t> dropped_lines{0};

class count_and_drop : public sinks::drop_on_overflow {
public:
    template <class Lock>
    static bool on_overflow(const boost::log::record_view&, Lock&) {
        dropped_lines.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
};

// Runs on the sink's thread only.
class standard_error : public sinks::basic_formatted_sink_backend<char, sinks::synchronized_feeding> {
public:
    void consume(const boost::log::record_view&, const std::string& line) {
        put(line);
        const std::uint64_t dropped_now = dropped();
        if (dropped_now == told_) return;
        put("log: " + std::to_string(dropped_now - told_) + " lines dropped, the queue was full");
        told_ = dropped_now;
    }

private:
    static void put(std::string line) {
        line += '\n';
        std::fwrite(line.data(), 1, line.size(), stderr);   // nowhere to report a failure of the log to
    }

    std::uint64_t told_ = 0;
};

using frontend = sinks::asynchronous_sink<standard_error, sinks::bounded_fifo_queue<queue_size, count_and_drop>>;

level level_of(const server::ending& how) {
    if (!how.why || how.why == condition::ended || how.why == condition::stopped) return level::info;
    return how.why == condition::broken ? level::info : level::warning;
}

}  // namespace

struct writer::sink {
    boost::shared_ptr<frontend> lines = boost::make_shared<frontend>();
};

std::optional<level> parse_level(std::string_view name) noexcept {
    for (const auto& [text, value] : levels)
        if (text == name) return value;
    return std::nullopt;
}

bool enabled(level of) noexcept { return of >= lowest_written.load(std::memory_order_relaxed); }

std::uint64_t dropped() noexcept { return dropped_lines.load(std::memory_order_relaxed); }

void write(level of, std::string_view line) {
    if (!enabled(of)) return;
    thread_local boost::log::sources::severity_logger<level> logger;
    BOOST_LOG_SEV(logger, of) << line;
}

writer::writer(level lowest) : sink_(std::make_unique<sink>()) {
    const auto core = boost::log::core::get();
    core->add_global_attribute("TimeStamp", boost::log::attributes::local_clock());
    sink_->lines->set_formatter(expr::stream
                         << expr::format_date_time<boost::posix_time::ptime>("TimeStamp", "%Y-%m-%d %H:%M:%S.%f") << ' '
                         << std::setw(7) << std::left << expr::attr<level>("Severity") << ' ' << expr::smessage);
    core->add_sink(sink_->lines);
    lowest_written.store(lowest, std::memory_order_relaxed);
}

writer::~writer() {
    lowest_written.store(silent, std::memory_order_relaxed);
    boost::log::core::get()->remove_sink(sink_->lines);
    sink_->lines->stop();
    sink_->lines->flush();
}

void server_events::planned(const server::memory_plan& plan) { write(level::info, "memory: " + plan.text()); }

void server_events::listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>&) {
    for (const std::string& address : addresses) write(level::info, "server start ok (on " + address + ")");
}

void server_events::opened(const server::peer& who) {
    if (enabled(level::debug))
        write(level::debug, "connection " + std::to_string(who.number) + " from " + who.address.text() + " opened");
}

void server_events::closed(const server::peer& who, const server::ending& how) {
    const level of = level_of(how);
    if (!enabled(of)) return;
    std::ostringstream line;
    line << "connection " << who.number << " from " << who.address.text() << " ended: " << how.text() << "; "
         << how.frames_in << " frames in, " << how.frames_out << " out, ";
    if (how.skips > 0) line << how.skips << " times dropped, ";
    if (const std::string slow = how.pushes.text(); !slow.empty()) line << "pushes: " << slow << ", ";
    line << std::fixed << std::setprecision(1)
         << std::chrono::duration<double>(how.lasted).count() << " s";
    write(of, line.view());
}

void server_events::refused(const io::endpoint& who, const error_code& why) {
    if (enabled(level::warning)) write_rationed("connection from " + who.text() + " refused: " + why.message());
}

void server_events::accept_failed(const error_code& why, io::duration pause) {
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(pause).count();
    write_rationed("cannot accept: " + why.message() + "; trying again in " + std::to_string(wait) + " ms");
}

void server_events::write_rationed(const std::string& line) {
    const std::scoped_lock lock(refusals_.mutex);
    const io::time_point now = io::clock::now();
    if (now - refusals_.second_began >= std::chrono::seconds(1)) {
        write_left_out();
        refusals_.second_began = now;
        refusals_.written = 0;
    }
    if (refusals_.written == most_refusals) {
        ++refusals_.left_out;
        return;
    }
    ++refusals_.written;
    write(level::warning, line);
}

void server_events::write_left_out() {
    const std::uint64_t count = std::exchange(refusals_.left_out, 0);
    if (count > 0) write(level::warning, "and " + std::to_string(count) + " more lines about refused connections, left out");
}

void server_events::stopping(std::size_t connections) {
    {
        const std::scoped_lock lock(refusals_.mutex);
        write_left_out();
    }
    write(level::info, "stopping: " + std::to_string(connections) + " connections to drain");
}

void server_events::stopped(const server::report& done) {
    write(done.forced > 0 ? level::warning : level::info, "server stopped: " + done.text());
}

}  // namespace hawser::log
