// What is written, to files of every kind.
#include <support/in_a_child.hpp>
#include <support/temporary_directory.hpp>

#include <tools/file.hpp>
#include <tools/output_file.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>

using namespace hawser;
using namespace std::chrono_literals;
using test::text_in;
using tools::write_file;

namespace {

namespace fs = std::filesystem;

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

void set_rights(const std::string& path, unsigned mode) { fs::permissions(path, static_cast<fs::perms>(mode)); }

// Of a folder, for a while: one that cannot be written to could not be removed either.
class a_mode {
public:
    a_mode(std::string path, unsigned mode) : path_(std::move(path)) { set_rights(path_, mode); }
    a_mode(const a_mode&) = delete;
    a_mode& operator=(const a_mode&) = delete;
    ~a_mode() { set_rights(path_, 0700); }

private:
    std::string path_;
};

boost::test_tools::assertion_result we_are_root(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result are(::geteuid() == 0);
    are.message() << "only root can be two users";
    return are;
}

struct a_folder {
    test::temporary_directory folder;
    std::string path = folder.file("written");

    [[nodiscard]] auto files() const { return std::distance(fs::directory_iterator(fs::path(path).parent_path()), {}); }
};

}   // namespace

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

// As `program >> log`.
BOOST_AUTO_TEST_CASE(what_a_standard_stream_already_writes_to_is_added_to) {
    std::cout.flush();
    for (const auto& [stream, name] :
         {std::pair(1, "/dev/stdout"), std::pair(2, "/dev/stderr"), std::pair(0, "/dev/stdin"), std::pair(1, "")}) {
        put(path, "old\n");
        const std::string link = folder.file("link");
        fs::remove(link);
        fs::create_symlink(path, link);
        const std::string named = *name == '\0' ? link : name;
        BOOST_TEST(test::holds_in_a_child([&, stream = stream] {
            const int log = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
            if (::dup2(log, stream) != stream) return false;
            if (stream == 1) std::cout << "printed\n";   // and still held back
            return !tools::unwritable(named) && write_file(named, "new\n").empty() &&
                   write_file(named, "newer\n").empty();
        }));
        BOOST_TEST(text_in(path) == (stream == 1 ? "old\nprinted\nnew\nnewer\n" : "old\nnew\nnewer\n"), named);
    }
}

BOOST_AUTO_TEST_CASE(what_a_standard_stream_has_begun_goes_on_where_it_is) {
    std::cout.flush();
    BOOST_TEST(test::holds_in_a_child([&] {
        const int log = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (::dup2(log, 1) != 1) return false;
        std::cout << "printed\n";
        const bool is_written = write_file(path, "new\n").empty();
        std::cout << "after it\n" << std::flush;
        return is_written;
    }));
    BOOST_TEST(text_in(path) == "printed\nnew\nafter it\n");
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_has_a_name_is_added_to) {
    put(path, "old\n");
    BOOST_TEST(test::holds_in_a_child([&] {
        const int log = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        return write_file("/dev/fd/" + std::to_string(log), "new\n").empty();
    }));
    BOOST_TEST(text_in(path) == "old\nnew\n");
}

BOOST_AUTO_TEST_CASE(what_is_only_read_from_is_replaced) {
    put(path, "old, and longer\n");
    BOOST_TEST(test::holds_in_a_child([&] {
        const int given = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        return ::dup2(given, 0) == 0 && write_file(path, "new\n").empty();
    }));
    BOOST_TEST(text_in(path) == "new\n");
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

// What is written in place of a file that is there, where it cannot be replaced.
BOOST_FIXTURE_TEST_SUITE(files_that_stay, a_folder)

BOOST_AUTO_TEST_CASE(a_mount_point_is_written_to_as_it_is, *boost::unit_test::precondition(test::mounts_can_be_made)) {
    const std::string mounted = folder.file("mounted");
    put(mounted, "old, and longer\n");
    put(path, "hidden\n");
    BOOST_TEST(test::holds_in_a_child([&] {
        return test::have_own_mounts() && test::mount_over(mounted, path) && !tools::unwritable(path) &&
               write_file(path, "new\n").empty();
    }));
    BOOST_TEST(text_in(mounted) == "new\n");
    BOOST_TEST(text_in(path) == "hidden\n");
    BOOST_TEST(files() == 2);
}

BOOST_AUTO_TEST_CASE(a_mount_point_for_readers_is_told_before_and_stays,
                     *boost::unit_test::precondition(test::mounts_can_be_made)) {
    const std::string mounted = folder.file("mounted");
    put(mounted, "old\n");
    put(path, "");
    BOOST_TEST(test::holds_in_a_child([&] {
        return test::have_own_mounts() && test::mount_over(mounted, path, true) &&
               tools::unwritable(path) == "Read-only file system; name another file" &&
               write_file(path, "new\n") == "Read-only file system";
    }));
    BOOST_TEST(text_in(mounted) == "old\n");
    BOOST_TEST(files() == 2);
}

BOOST_AUTO_TEST_CASE(one_in_a_folder_of_others_is_written_to_as_it_is) {
    put(path, "old, and longer\n");
    set_rights(path, 0666);
    const a_mode of_the_folder(fs::path(path).parent_path(), 0555);
    BOOST_TEST(test::holds_in_a_child([&] {
        return test::become_nobody() && !tools::unwritable(path) && write_file(path, "new\n").empty();
    }));
    BOOST_TEST(text_in(path) == "new\n");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_CASE(one_of_others_in_their_folder_is_told_before_and_stays) {
    put(path, "old\n");
    set_rights(path, 0444);
    const a_mode of_the_folder(fs::path(path).parent_path(), 0555);
    BOOST_TEST(test::holds_in_a_child([&] {
        return test::become_nobody() && tools::unwritable(path) == "Permission denied; name another file" &&
               write_file(path, "new\n") == "Permission denied";
    }));
    BOOST_TEST(text_in(path) == "old\n");
}

BOOST_AUTO_TEST_CASE(one_of_others_in_a_folder_for_all_is_theirs, *boost::unit_test::precondition(we_are_root)) {
    // As /tmp: who may write there replaces only what is its own.
    const a_mode of_the_folder(fs::path(path).parent_path(), 01777);
    put(path, "old\n");
    const auto is_told_and_stays = [&] {
        return test::become_nobody() && tools::unwritable(path) == "Permission denied; name another file" &&
               write_file(path, "new\n") == "Permission denied";
    };
    BOOST_TEST(test::holds_in_a_child(is_told_and_stays));
    BOOST_TEST(text_in(path) == "old\n");
    set_rights(path, 0666);
    BOOST_TEST(test::holds_in_a_child([&] {
        return test::become_nobody() && !tools::unwritable(path) && write_file(path, "new\n").empty();
    }));
    BOOST_TEST(text_in(path) == "new\n");
    BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
