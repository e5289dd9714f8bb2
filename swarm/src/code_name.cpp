#include <hawser/swarm/code_name.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace hawser::inline v0::swarm {

namespace {

// Its whole array is copied: a fixed size costs less than only the letters.
struct word {
    consteval word(const char* text) : size(std::string_view(text).size()) {
        std::ranges::copy(std::string_view(text), letters.begin());
    }

    std::array<char, 12> letters{};
    std::size_t size;
};

char* append(char* to, const word& word) {
    std::ranges::copy(word.letters, to);
    return to + word.size;
}

constexpr std::array<word, 48> adjectives = {
    "able",    "amber",  "ancient", "brave",  "bright",  "calm",   "candid", "careful", "clever", "credible",
    "curious", "daring", "eager",   "early",  "fabled",  "fair",   "fond",   "gentle",  "golden", "hardy",
    "helped",  "honest", "humble",  "jolly",  "keen",    "kindly", "lively", "loyal",   "lucid",  "mellow",
    "mighty",  "modest", "nimble",  "noble",  "patient", "placid", "proud",  "quiet",   "rapid",  "ready",
    "robust",  "rugged", "silent",  "steady", "sturdy",  "tidy",   "trusty", "witty",
};
constexpr std::array<word, 48> nouns = {
    "anchor", "badger",    "barge",   "beacon", "binnacle", "bollard",  "buoy",   "capstan",  "cormorant", "current",
    "cutter", "dolphin",   "dory",    "falcon", "ferry",    "fjord",    "galley", "gannet",   "gull",      "harbor",
    "heron",  "jetty",     "kestrel", "ketch",  "lagoon",   "lantern",  "lugger", "mariner",  "mooring",   "narwhal",
    "otter",  "pelican",   "petrel",  "pilot",  "plover",   "porpoise", "rudder", "schooner", "sextant",   "skipper",
    "sloop",  "spindrift", "tern",    "tide",   "tiller",   "trawler",  "walrus", "windlass",
};

consteval std::size_t longest_of(const std::array<word, 48>& words) {
    return std::ranges::max(words, {}, &word::size).size;
}
static_assert(longest_of(adjectives) + longest_of(nouns) + std::string_view("--ffff").size() == code_name::longest);

// A payload may begin at any of so many offsets.
constexpr std::size_t offsets = 4096;

}   // namespace

void code_name::draw(random_source& random) {
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::size_t numbers = 0x10000;
    const std::size_t drawn = below(adjectives.size() * nouns.size() * numbers, random);   // one draw for all
    const std::size_t words = drawn / numbers;
    char* end = append(letters_.data(), adjectives[words / nouns.size()]);
    *end++ = '-';
    end = append(end, nouns[words % nouns.size()]);
    *end++ = '-';
    for (unsigned shift = 16; shift > 0; shift -= 4) *end++ = hex[drawn >> (shift - 4) & 0xf];
    size_ = static_cast<std::size_t>(end - letters_.data());
}

payload_source::payload_source(std::size_t size, random_source& random) : size_(size), text_(size + offsets, ' ') {
    for (char& letter : text_) letter = static_cast<char>('a' + below(26, random));
}

bytes payload_source::next(random_source& random) const {
    return as_bytes(text_).subspan(below(offsets, random), size_);
}

}   // namespace hawser::swarm
