#include "attack_result.hpp"

#include "../view/readable.hpp"

#include <algorithm>
#include <chrono>

namespace hawser::swarm_program {

namespace {

using std::chrono_literals::operator""ms;

// A p99 that always passes. A server that makes an honest client queue behind all attackers delays it by hundreds of
// milliseconds; one that only shares its processors with them, and on one machine with this program too, by some time
// slices of the scheduler.
constexpr io::duration unnoticed = 50ms;
// For networks that are slower than that: ten times the usual latency is more than the network's own.
constexpr int times_slower = 10;

// What an allocator keeps of the memory that it was given back. glibc's keeps, of a buffer that doubles, all sizes up
// to 64 KiB, and the same of a second buffer: 256 KiB for each attacker. It also keeps a quarter of the rest, and a
// mebibyte or two for each of a few threads.
constexpr std::size_t kept_of_each = 256 * 1024;
constexpr std::size_t kept = 8 * 1024 * 1024;

double mebibytes(std::size_t size) { return static_cast<double>(size) / (1024 * 1024); }

std::string count_of(std::uint64_t part, std::uint64_t whole) {
    return std::to_string(part) + " of " + std::to_string(whole);
}

// What went wrong with the attackers; "" if nothing did.
std::string complaint(const attack_result& result) {
    const attacker_totals& all = result.attackers;
    if (all.connected == 0) return "no attacker could connect";
    if (result.server_must == duty::close && all.closed < all.connected)
        return count_of(all.connected - all.closed, all.connected) + " attackers were not closed within " +
               readable(result.closed_within);
    if (result.server_must == duty::answer && (all.answered < all.requests || all.requests == 0))
        return "only " + count_of(all.answered, all.requests) + " legal requests of the attackers were answered";
    return {};
}

}   // namespace

std::string good_clients::trouble() const {
    std::string text;
    const auto add = [&text](std::uint64_t count, const std::string& what) {
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(report.missing, "answers missing");
    add(report.wrong, "wrong");
    add(report.duplicate + report.unknown, "to nothing that was asked");
    add(report.late, "late");
    add(report.errors, "connections lost or refused");
    add(newcomers - served, "newcomers not served");
    if (!report.first_error.empty()) text += " (" + report.first_error + ")";
    if (text.empty() && report.acked == 0) return "no request was answered";
    return text;
}

io::duration good_clients::longest_unsent() const noexcept {
    const auto unsent = static_cast<double>(report.unsent.by_server);
    const auto planned = static_cast<double>(report.sent + report.unsent.sum());
    const std::chrono::duration<double> waited(planned > 0 ? report.planned_seconds * unsent / planned : 0);
    return std::chrono::duration_cast<io::duration>(waited);
}

// All attacks together may leave no more than one may. But if one has left more, the next ones are not blamed for it.
std::size_t baseline::memory_bound(std::optional<std::size_t> before) const noexcept {
    const std::size_t bound = memory.value_or(0) + memory.value_or(0) / 4 + kept + attackers * kept_of_each;
    return before.value_or(0) > bound ? *before + kept : bound;
}

io::duration baseline::p99_bound() const noexcept {
    return p99_within.value_or(std::max(times_slower * p99, unnoticed));
}

std::string_view text_of(attack_verdict which) noexcept {
    switch (which) {
        case attack_verdict::not_run: return "not run";
        case attack_verdict::not_applicable: return "n.a.";
        case attack_verdict::interrupted: return "interrupted";
        case attack_verdict::failed: return "FAIL";
        case attack_verdict::passed: return "pass";
    }
    return "";
}

void judge(attack_result& result, const swarm_program::baseline& baseline) {
    if (const std::string bad = complaint(result); !bad.empty()) result.reasons.push_back(bad);
    if (const std::string bad = result.good.trouble(); !bad.empty()) result.reasons.push_back("good clients: " + bad);
    const io::duration p99 = result.good.p99();
    if (p99 > baseline.p99_bound())
        result.reasons.push_back("good clients waited: p99 " + readable(p99) + ", " + readable(baseline.p99) +
                                 " without the attack, and " + readable(baseline.p99_bound()) +
                                 " would pass; the good clients' own thread was up to " + readable(result.own_pause) +
                                 " late");
    if (const io::duration waited = result.good.longest_unsent(); waited > baseline.p99_bound())
        result.reasons.push_back("good clients could not send " + std::to_string(result.good.report.unsent.by_server) +
                                 " requests, the first " + readable(waited) + " late, and " +
                                 readable(baseline.p99_bound()) + " would pass");
    if (!result.is_up) result.reasons.push_back("the server does not serve a new client afterwards: " + result.trouble);
    const std::size_t bound = baseline.memory_bound(result.memory_before);
    if (result.memory_after && *result.memory_after > bound)
        result.reasons.push_back("memory does not return: " + readable(mebibytes(*result.memory_after)) + " MiB, " +
                                 readable(mebibytes(*baseline.memory)) + " before the first attack, and " +
                                 readable(mebibytes(bound)) + " would pass");
    result.verdict = result.reasons.empty() ? attack_verdict::passed : attack_verdict::failed;
}

}   // namespace hawser::swarm_program
