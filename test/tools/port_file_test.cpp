// A port file is there while its server is, and at no other time.
#include <support/in_a_child.hpp>
#include <support/temporary_directory.hpp>

#include <hawser/io/descriptors.hpp>

#include <tools/port_file.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace hawser;
using test::text_in;
using tools::port_file;

namespace {

namespace fs = std::filesystem;

struct a_folder {
    test::temporary_directory folder;
    std::string path = folder.file("port");
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(port_files, a_folder)

BOOST_AUTO_TEST_CASE(it_has_a_line_for_each_port_until_the_end) {
    {
        port_file file(path);
        BOOST_TEST(!fs::exists(path));
        BOOST_TEST(file.write({8888, 1}) == "");
        BOOST_TEST(text_in(path) == "8888\n1\n");
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(one_without_ports_is_removed_too) {
    {
        port_file file(path);
        BOOST_TEST(file.write({}) == "");
        BOOST_TEST(fs::exists(path));
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(an_old_one_is_gone_before_there_are_ports) {
    std::ofstream(path) << "4711\n";
    const port_file file(path);
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(one_of_a_server_that_runs_stays_its_own) {
    port_file file(path);
    BOOST_TEST(file.write({8888}) == "");
    {
        port_file of_another(path);
        BOOST_TEST(text_in(path) == "8888\n");
        BOOST_TEST(of_another.write({9999}) ==
                   "the port file " + path + " is that of a server that runs; name another one");
    }
    BOOST_TEST(text_in(path) == "8888\n");
}

BOOST_AUTO_TEST_CASE(of_two_that_start_at_once_the_first_has_it) {
    port_file file(path), of_another(path);
    BOOST_TEST(file.write({8888}) == "");
    BOOST_TEST(of_another.write({9999}) ==
               "the port file " + path + " is that of a server that runs; name another one");
    BOOST_TEST(text_in(path) == "8888\n");
}

BOOST_AUTO_TEST_CASE(one_that_came_meanwhile_and_is_nobodys_is_replaced) {
    port_file file(path);
    std::ofstream(path) << "4711\n";
    BOOST_TEST(file.write({8888}) == "");
    BOOST_TEST(text_in(path) == "8888\n");
}

BOOST_AUTO_TEST_CASE(what_is_somebody_elses_by_the_end_stays) {
    {
        port_file file(path);
        BOOST_TEST(file.write({8888}) == "");
        fs::rename(path, folder.file("aside"));
        std::ofstream(path) << "8888\n";   // as it was, but another
    }
    BOOST_TEST(text_in(path) == "8888\n");
}

BOOST_AUTO_TEST_CASE(one_that_was_added_to_is_removed_too) {
    {
        port_file file(path);
        BOOST_TEST(file.write({8888}) == "");
        std::ofstream(path, std::ios::app) << "a remark\n";
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(it_takes_one_descriptor_from_the_beginning_to_the_end) {
    const std::size_t before = io::free_descriptors();
    {
        port_file file(path);
        BOOST_TEST(io::free_descriptors() == before - 1);
        BOOST_TEST(file.write({8888}) == "");
        BOOST_TEST(io::free_descriptors() == before - 1);
    }
    BOOST_TEST(io::free_descriptors() == before);
}

// Who had it would keep the lock of a server that has ended.
BOOST_AUTO_TEST_CASE(no_program_that_is_started_gets_it) {
    port_file file(path);
    BOOST_TEST(file.write({8888}) == "");
    int found = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (!fs::equivalent(entry.path(), path, gone)) continue;
        ++found;
        BOOST_TEST((::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC) != 0);
    }
    BOOST_TEST(found == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_beside_it) {
    port_file file(path);
    BOOST_TEST(file.write({8888}) == "");
    BOOST_TEST(std::distance(fs::directory_iterator(fs::path(path).parent_path()), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_link_is_never_removed_and_leads_to_the_ports) {
    const std::string target = folder.file("target");
    std::ofstream(target) << "4711\n";
    fs::create_symlink(target, path);
    {
        port_file file(path);
        BOOST_TEST(file.write({8888}) == "");
        BOOST_TEST(text_in(target) == "8888\n");
    }
    BOOST_TEST(fs::is_symlink(path));
}

// As `program --port-file log 2>> log`.
BOOST_AUTO_TEST_CASE(a_log_that_is_written_to_is_added_to_and_never_removed) {
    std::ofstream(path) << "old\n";
    BOOST_TEST(test::holds_in_a_child([&] {
        if (::dup2(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC), STDERR_FILENO) != STDERR_FILENO) return false;
        port_file file(path);
        return file.write({8888}).empty();
    }));
    BOOST_TEST(text_in(path) == "old\n8888\n");
}

BOOST_AUTO_TEST_CASE(a_fifo_is_never_removed) {
    BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    {
        port_file file(path);
        BOOST_TEST(file.write({8888}) == "");
    }
    char room[16];
    BOOST_TEST(::read(reader, room, sizeof room) == 5);
    ::close(reader);
    BOOST_TEST(fs::is_fifo(path));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_told_with_its_name) {
    const std::string nowhere = folder.file("none/port");
    port_file file(nowhere);
    BOOST_TEST(file.write({8888}) == "cannot write the port file " + nowhere + ": No such file or directory");
}

// A container that has the file only, mounted.
BOOST_AUTO_TEST_CASE(a_mount_point_is_written_to_and_empty_before_and_after,
                     *boost::unit_test::precondition(test::mounts_can_be_made)) {
    const std::string mounted = folder.file("mounted");
    std::ofstream(mounted) << "4711, and longer\n";
    std::ofstream(path) << "hidden\n";
    BOOST_TEST(test::holds_in_a_child([&] {
        if (!test::have_own_mounts() || !test::mount_over(mounted, path)) return false;
        port_file file(path);
        const bool was_emptied = text_in(mounted).empty();
        if (!file.write({8888}).empty() || text_in(mounted) != "8888\n") return false;
        {
            port_file of_another(path);
            if (of_another.write({9999}).empty() || text_in(mounted) != "8888\n") return false;
        }
        return was_emptied && text_in(mounted) == "8888\n";
    }));
    BOOST_TEST(text_in(mounted) == "");
    BOOST_TEST(text_in(path) == "hidden\n");
}

BOOST_AUTO_TEST_SUITE_END()
