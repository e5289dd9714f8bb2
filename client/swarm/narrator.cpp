#include "narrator.hpp"

#include <hawser/bytes.hpp>
#include <hawser/packet/packets.hpp>

#include <iostream>
#include <string_view>

namespace hawser::swarm_program {

namespace {

std::string_view remark(client::ledger::verdict as) {
    switch (as) {
        case client::ledger::verdict::acked: return "";
        case client::ledger::verdict::wrong: return " (wrong: not 0)";
        case client::ledger::verdict::duplicate: return " (duplicate)";
        case client::ledger::verdict::late: return " (late)";
        case client::ledger::verdict::unknown: return " (unknown: never sent here)";
    }
    return "";
}

}  // namespace

void narrator::dialed(std::uint32_t client) { std::cout << "[client " << client << "]: dial ok\n"; }

// The swarm sends what it says it does, and calls answers what it has decoded: nothing else comes here.
void narrator::sent(std::uint32_t client, bytes body, std::size_t frame_length) {
    const auto what = packet::decode_as<packet::submit>(body);
    if (!what) return;
    std::cout << "[client " << client << "]: send submit id = " << what->id.text() << ", payload=" << escaped(what->payload)
              << ", frame length = " << frame_length << '\n';
}

void narrator::answered(std::uint32_t client, bytes body, client::ledger::verdict as) {
    const auto what = packet::decode_as<packet::submit_ack>(body);
    if (!what) return;
    std::cout << "[client " << client << "]: the result of submit ack[" << what->id.text() << "] is "
              << static_cast<unsigned>(what->result) << remark(as) << '\n';
}

void narrator::exited(std::uint32_t client, const std::string& why) {
    std::cout << "[client " << client << "]: exit " << (why.empty() ? "ok" : "with trouble: " + why) << '\n';
}

}  // namespace hawser::swarm_program
