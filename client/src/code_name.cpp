#include <hawser/client/code_name.hpp>

#include <array>
#include <string_view>

namespace hawser::client {

namespace {

constexpr std::array<std::string_view, 48> adjectives = {
    "able",    "amber",   "ancient", "brave",   "bright",  "calm",    "candid", "careful", "clever",  "credible", "curious", "daring",
    "eager",   "early",   "fabled",  "fair",    "fond",    "gentle",  "golden", "hardy",   "helped",  "honest",   "humble",  "jolly",
    "keen",    "kindly",  "lively",  "loyal",   "lucid",   "mellow",  "mighty", "modest",  "nimble",  "noble",    "patient", "placid",
    "proud",   "quiet",   "rapid",   "ready",   "robust",  "rugged",  "silent", "steady",  "sturdy",  "tidy",     "trusty",  "witty",
};
constexpr std::array<std::string_view, 48> nouns = {
    "anchor",  "badger",  "barge",   "beacon",  "binnacle", "bollard", "buoy",   "capstan", "cormorant", "current", "cutter",  "dolphin",
    "dory",    "falcon",  "ferry",   "fjord",   "galley",   "gannet",  "gull",   "harbor",  "heron",     "jetty",   "kestrel", "ketch",
    "lagoon",  "lantern", "lugger",  "mariner", "mooring",  "narwhal", "otter",  "pelican", "petrel",    "pilot",   "plover",  "porpoise",
    "rudder",  "schooner", "sextant", "skipper", "sloop",   "spindrift", "tern", "tide",    "tiller",    "trawler", "walrus",  "windlass",
};

// A window may begin at any of these places.
constexpr std::size_t windows = 4096;

}  // namespace

std::string code_name(random_source& random) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string name(adjectives[below(adjectives.size(), random)]);
    name += '-';
    name += nouns[below(nouns.size(), random)];
    name += '-';
    for (int digit = 0; digit < 4; ++digit) name += hex[below(hex.size(), random)];
    return name;
}

payload_source::payload_source(std::size_t size, random_source& random) : size_(size), text_(size + windows, ' ') {
    for (char& letter : text_) letter = static_cast<char>('a' + below(26, random));
}

bytes payload_source::next(random_source& random) const {
    return as_bytes(text_).subspan(below(windows, random), size_);
}

}  // namespace hawser::client
