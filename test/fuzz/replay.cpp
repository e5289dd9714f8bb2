// replay: runs a fuzz target over files, without a fuzzer: what was found once stays mended.
//
//   fuzz_delimiter test/fuzz/corpus/delimiter [FILE]...
//
// The first input is empty. Status 1 if there is no file at all; what a target finds ends the process.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace files = std::filesystem;

void run(const files::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> read{std::istreambuf_iterator<char>(in), {}};
    // Of just that size, so that a sanitizer sees a step behind the end.
    const std::vector<std::uint8_t> input(read.begin(), read.end());
    static_cast<void>(LLVMFuzzerTestOneInput(input.data(), input.size()));
}

int run_below(const files::path& path) {
    if (!files::is_directory(path)) {
        run(path);
        return 1;
    }
    int count = 0;
    for (const auto& entry : files::recursive_directory_iterator(path)) {
        if (!entry.is_regular_file()) continue;
        // Named beforehand: if this one ends the process, it is the last line.
        std::printf("%s\n", entry.path().c_str());
        std::fflush(stdout);
        run(entry.path());
        ++count;
    }
    return count;
}

}   // namespace

int main(int argc, char** argv) {
    static_cast<void>(LLVMFuzzerTestOneInput(nullptr, 0));
    int count = 0;
    for (int i = 1; i < argc; ++i) count += run_below(argv[i]);
    std::printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
