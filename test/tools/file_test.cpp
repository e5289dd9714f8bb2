// What is written, to files of every kind.
#include <support/temporary_directory.hpp>

#include <tools/file.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

using namespace hawser;
using namespace std::chrono_literals;
using tools::write_file;

namespace {

namespace fs = std::filesystem;

std::string text_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

struct a_folder {
    test::temporary_directory folder;
    std::string path = folder.file("written");

    [[nodiscard]] auto files() const { return std::distance(fs::directory_iterator(fs::path(path).parent_path()), {}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(files, a_folder)

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_made) {
    BOOST_TEST(write_file(path, "a text\n") == "");
    BOOST_TEST(text_in(path) == "a text\n");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(a_regular_one_is_replaced_at_a_stroke_and_keeps_its_rights) {
    put(path, "old, and longer\n");
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    std::ifstream reading(path);
    BOOST_TEST(write_file(path, "new\n") == "");
    std::string seen;
    std::getline(reading, seen);
    BOOST_TEST(seen == "old, and longer");   // who reads the old one sees it as it was
    BOOST_TEST(text_in(path) == "new\n");
    BOOST_TEST((fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(what_a_process_that_was_killed_has_left_is_in_nobodys_way) {
    put(path + "." + std::to_string(::getpid()), "half of a te");
    BOOST_TEST(write_file(path, "a text\n") == "");
    BOOST_TEST(text_in(path) == "a text\n");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_told_and_leaves_nothing_behind) {
    BOOST_TEST(write_file(folder.file("none/written"), "a text\n") == "No such file or directory");
    BOOST_TEST(write_file(fs::path(path).parent_path(), "a text\n") == "Is a directory");
    BOOST_TEST(files() == 0);
}

BOOST_AUTO_TEST_CASE(a_link_stays_one_and_what_it_leads_to_is_written) {
    const std::string target = folder.file("target");
    put(target, "old, and longer\n");
    fs::create_symlink(target, path);
    BOOST_TEST(write_file(path, "new\n") == "");
    BOOST_TEST(fs::is_symlink(path));
    BOOST_TEST(text_in(target) == "new\n");
    BOOST_TEST(files() == 2);
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_nowhere_makes_the_file) {
    const std::string target = folder.file("target");
    fs::create_symlink(target, path);
    BOOST_TEST(write_file(path, "new\n") == "");
    BOOST_TEST(fs::is_symlink(path));
    BOOST_TEST(text_in(target) == "new\n");
}

BOOST_AUTO_TEST_CASE(a_device_stays_one) {
    const std::string link = folder.file("null");
    fs::create_symlink("/dev/null", link);
    BOOST_TEST(write_file("/dev/null", "a text\n") == "");
    BOOST_TEST(write_file(link, "a text\n") == "");
    BOOST_TEST(fs::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_CASE(who_reads_a_fifo_gets_all_of_it) {
    BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const std::string text(1'000'000, 'x');   // more than it holds
    std::future<std::string> read = std::async(std::launch::async, [this] { return text_in(path); });
    BOOST_TEST(write_file(path, text, 60s) == "");
    BOOST_TEST((read.get() == text));
    BOOST_TEST(fs::is_fifo(path));
}

BOOST_AUTO_TEST_CASE(a_fifo_that_nobody_reads_is_given_up) {
    BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    BOOST_TEST(write_file(path, "a text\n", 50ms) == "nobody reads it");
    BOOST_TEST(fs::is_fifo(path));
}

BOOST_AUTO_TEST_CASE(a_reader_that_takes_nothing_is_given_up) {
    BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    BOOST_TEST(write_file(path, std::string(1'000'000, 'x'), 50ms) == "its reader takes nothing");
    ::close(reader);
}

BOOST_AUTO_TEST_SUITE_END()
