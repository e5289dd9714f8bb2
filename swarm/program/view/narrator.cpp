#include "narrator.hpp"

#include <hawser/bytes.hpp>
#include <hawser/packet/packets.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

namespace {

std::string_view remark(swarm::ledger::verdict verdict) {
    switch (verdict) {
        case swarm::ledger::verdict::acked: return "";
        case swarm::ledger::verdict::wrong: return " (wrong)";
        case swarm::ledger::verdict::duplicate: return " (duplicate)";
        case swarm::ledger::verdict::late: return " (late)";
        case swarm::ledger::verdict::unknown: return " (unknown: never sent here)";
    }
    return "";
}

}   // namespace

void narrator::dialed(std::uint32_t client) { std::cout << "[client " << client << "]: dial ok\n"; }

// Submits and their acks by name, the messages of other protocols by their bytes.
void narrator::sent(std::uint32_t client, bytes body, std::size_t frame_length) {
    const auto what = packet::decode_as<packet::submit>(body);
    const std::string text = what ? "submit id = " + what->id.text() + ", payload=" + escaped(what->payload)
                                  : "message " + escaped(body);
    std::cout << "[client " << client << "]: send " << text << ", frame length = " << frame_length << '\n';
}

void narrator::answered(std::uint32_t client, bytes body, swarm::ledger::verdict verdict) {
    const auto what = packet::decode_as<packet::submit_ack>(body);
    const std::string text = what ? "the result of submit ack[" + what->id.text() + "] is " +
                                        std::to_string(static_cast<unsigned>(what->result))
                                  : "answer " + escaped(body);
    std::cout << "[client " << client << "]: " << text << remark(verdict) << '\n';
}

void narrator::exited(std::uint32_t client, const std::string& why) {
    std::cout << "[client " << client << "]: exit " << (why.empty() ? "ok" : "with trouble: " + why) << '\n';
}

}   // namespace hawser::swarm_program
