#include <hawser/log/log.hpp>

#include "line_writer.hpp"
#include "losses.hpp"
#include "ration.hpp"

#include <hawser/figures.hpp>

#include <boost/log/attributes/clock.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/log/support/date_time.hpp>
#include <boost/make_shared.hpp>
#include <boost/shared_ptr.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <iomanip>
#include <locale>
#include <utility>

namespace hawser::inline v0::log {

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

constexpr io::duration second = std::chrono::seconds(1);

std::atomic<int> lowest_written{silent};
std::atomic<std::uint64_t> lost_lines{0};

// What may_write() knows, and the writer that is to look for what was left out.
struct rationed {
    std::mutex mutex;
    ration lines{usual_ration};
    std::shared_ptr<line_writer> writer;
};

rationed& rations() {
    static rationed all;
    return all;
}

// Formatted on the thread that has something to say, and kept until it is written.
class standard_error : public sinks::basic_formatted_sink_backend<char, sinks::synchronized_feeding> {
public:
    explicit standard_error(std::shared_ptr<line_writer> lines) : lines_(std::move(lines)) {}
    void consume(const boost::log::record_view&, const std::string& line) { lines_->put(line); }

private:
    std::shared_ptr<line_writer> lines_;
};

using frontend = sinks::synchronous_sink<standard_error>;

// Whether there will be more to say.
bool say_left_out(io::time_point now) noexcept try {
    std::vector<ration::left_out> all;
    bool more = false;
    {
        const std::scoped_lock lock(rations().mutex);
        all = rations().lines.take_left_out(now);
        more = rations().lines.has_left_out();
    }
    for (const auto& [reason, of, count] : all) write(of, "and " + grouped(count) + " more: " + reason);
    return more;
} catch (const std::bad_alloc&) {
    return true;
}

}   // namespace

struct writer::sink {
    std::shared_ptr<line_writer> lines = std::make_shared<line_writer>([] { return say_left_out(io::clock::now()); });
    boost::shared_ptr<frontend> front = boost::make_shared<frontend>(boost::make_shared<standard_error>(lines));
};

std::optional<level> parse_level(std::string_view name) noexcept {
    for (const auto& [text, value] : levels)
        if (text == name) return value;
    return std::nullopt;
}

bool enabled(level of) noexcept { return of >= lowest_written.load(std::memory_order_relaxed); }

void note_lost(std::size_t lines) noexcept { lost_lines.fetch_add(lines, std::memory_order_relaxed); }

std::uint64_t dropped() noexcept { return lost_lines.load(std::memory_order_relaxed); }

void write(level of, std::string_view line) noexcept {
    if (!enabled(of)) return;
    try {
        thread_local boost::log::sources::severity_logger<level> logger;
        BOOST_LOG_SEV(logger, of) << line;
    } catch (...) {   // no memory, or somebody else's sink that throws
        note_lost(1);
    }
}

bool may_write(level of, std::string_view reason, unsigned times) noexcept {
    if (!enabled(of)) return false;
    try {
        rationed& all = rations();
        const std::scoped_lock lock(all.mutex);
        if (all.lines.grants(reason, of, io::clock::now(), times)) return true;
        if (all.writer) all.writer->look_soon();
    } catch (const std::bad_alloc&) {
        note_lost(1);
    }
    return false;
}

void write_left_out() noexcept { static_cast<void>(say_left_out(io::after(io::clock::now(), second))); }

writer::writer(level lowest, unsigned lines_a_second) : sink_(std::make_unique<sink>()) {
    sink_->front->imbue(std::locale::classic());   // whatever the program has set for its own texts
    const auto core = boost::log::core::get();
    core->add_global_attribute("TimeStamp", boost::log::attributes::local_clock());
    sink_->front->set_formatter(expr::stream
                                << expr::format_date_time<boost::posix_time::ptime>("TimeStamp", "%Y-%m-%d %H:%M:%S.%f")
                                << ' ' << std::setw(7) << std::left << expr::attr<level>("Severity") << ' '
                                << expr::smessage);
    core->add_sink(sink_->front);
    {
        const std::scoped_lock lock(rations().mutex);
        rations().writer = sink_->lines;
        rations().lines = ration(lines_a_second);
    }
    lowest_written.store(lowest, std::memory_order_relaxed);
}

writer::~writer() {
    write_left_out();
    lowest_written.store(silent, std::memory_order_relaxed);
    {
        const std::scoped_lock lock(rations().mutex);
        rations().writer = nullptr;
    }
    boost::log::core::get()->remove_sink(sink_->front);
    sink_->lines->end_within(second);
}

}   // namespace hawser::log
