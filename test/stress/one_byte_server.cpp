// one_byte_server: a server whose smallest frame is one byte, which it sends back; submits it acks as hawser-server
// does. So bad peers can flood it with bodies of one byte while a swarm measures how submits are served.
//
//   one_byte_server --listen 127.0.0.1:0 --port-file port --format varint
#include "program.hpp"

namespace {

using namespace hawser;

io::task<void> serve(server::connection& conn) {
    byte_buffer answer;
    while (const auto body = co_await conn.read_frame()) {
        answer.clear();
        if (const auto submit = packet::decode_as<packet::submit>(*body); body->size() > 1 && submit)
            packet::encode(packet::submit_ack{submit->id, packet::outcome::ok}, answer);
        else answer.append(*body);
        const auto sent = co_await conn.send(answer.view());
        if (!sent) break;
    }
}

}   // namespace

int main(int argc, char** argv) {
    stress::program program("one_byte_server", "Sends frames of one byte back, and acks submits.", argc, argv);
    server::server server(program.config(), serve);
    return program.run(server);
}
