#include "message.hpp"

#include <hawser/frame/base64.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace telemetry {

namespace json = boost::json;

namespace {

// Both levels are flat objects; anything deeper is an attack on the parser's stack.
constexpr std::size_t max_depth = 2;

// An object, or null.
json::value parse(std::string_view text, const json::storage_ptr& memory) {
    json::parse_options options;
    options.max_depth = max_depth;
    boost::system::error_code error;
    json::value read = json::parse(text, error, memory, options);
    return !error && read.is_object() ? read : json::value(nullptr);
}

const json::string* text_of(const json::object& of, std::string_view key) {
    const json::value* found = of.if_contains(key);
    return found == nullptr ? nullptr : found->if_string();
}

std::optional<std::int64_t> number_of(const json::object& of, std::string_view key) {
    const json::value* found = of.if_contains(key);
    if (found == nullptr || found->if_int64() == nullptr) return std::nullopt;
    return *found->if_int64();
}

message read_heartbeat(const json::object& content) {
    const json::string* version = text_of(content, "version");
    const auto timestamp = number_of(content, "timestamp");
    if (version == nullptr || !timestamp) return {};
    return heartbeat{{version->data(), version->size()}, *timestamp};
}

message read_report(const json::object& content) {
    const json::string* letters = text_of(content, "content");
    const auto rand = number_of(content, "rand");
    const auto timestamp = number_of(content, "timestamp");
    if (letters == nullptr || !rand || !timestamp) return {};
    return report{{letters->data(), letters->size()}, *rand, *timestamp};
}

std::string wrap(int type, const json::object& content) {
    hawser::byte_buffer text;
    hawser::frame::append_base64(hawser::as_bytes(json::serialize(content)), text);
    return json::serialize(json::object{{"PacketType", type}, {"PacketContent", hawser::as_text(text.view())}});
}

}   // namespace

message read(hawser::bytes data) {
    // Enough for a usual message; more comes from the heap, bounded by the frame.
    std::array<unsigned char, 4096> block;
    json::monotonic_resource memory(block.data(), block.size());
    const json::value outer = parse(hawser::as_text(data), &memory);
    if (!outer.is_object()) return {};
    const auto type = number_of(outer.get_object(), "PacketType");
    const json::string* packed = text_of(outer.get_object(), "PacketContent");
    if (!type || packed == nullptr || !hawser::frame::is_base64({packed->data(), packed->size()})) return {};

    std::string content(packed->data(), packed->size());
    const auto unpacked = hawser::frame::from_base64(std::as_writable_bytes(std::span(content)));
    const json::value inner = parse(hawser::as_text(unpacked), &memory);
    if (!inner.is_object()) return {};
    if (*type == 0) return read_heartbeat(inner.get_object());
    if (*type == 1) return read_report(inner.get_object());
    return {};
}

std::string write(const heartbeat& sent) { return wrap(0, {{"version", sent.version}, {"timestamp", sent.timestamp}}); }

std::string write(const report& sent) {
    return wrap(1, {{"content", sent.content}, {"rand", sent.rand}, {"timestamp", sent.timestamp}});
}

}   // namespace telemetry
