#include "support/print.hpp"

#include <hawser/error.hpp>
#include <hawser/packet/error.hpp>

#include <boost/system/errc.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>
#include <utility>

namespace hawser {

namespace {

// Every code of libframe, and what it means for a connection.
constexpr std::array frame_meanings{
    std::pair(errc::end_of_stream, condition::ended),     std::pair(errc::truncated, condition::broken),
    std::pair(errc::too_long, condition::limit),          std::pair(errc::too_short, condition::invalid),
    std::pair(errc::closed, condition::stopped),          std::pair(errc::read_timeout, condition::timeout),
    std::pair(errc::write_timeout, condition::timeout),   std::pair(errc::first_frame_timeout, condition::timeout),
    std::pair(errc::frame_timeout, condition::timeout),   std::pair(errc::idle_timeout, condition::timeout),
    std::pair(errc::write_stalled, condition::timeout),   std::pair(errc::outbox_full, condition::limit),
    std::pair(errc::concurrent_read, condition::misuse),  std::pair(errc::stopping, condition::stopped),
    std::pair(errc::bad_address, condition::misuse),      std::pair(errc::address_in_use, condition::misuse),
    std::pair(errc::connect_timeout, condition::timeout), std::pair(errc::corrupt, condition::invalid),
    std::pair(errc::unencodable, condition::misuse),      std::pair(errc::wrong_network, condition::misuse),
    std::pair(errc::torn_frame, condition::timeout),      std::pair(errc::slow_consumer, condition::limit),
    std::pair(errc::memory_short, condition::limit),      std::pair(errc::path_locked, condition::misuse),
};

constexpr std::array every_condition{condition::ended, condition::broken,  condition::invalid, condition::misuse,
                                     condition::limit, condition::timeout, condition::stopped};

// How many codes a category has a text for, from 1 on.
int known_codes(const boost::system::error_category& category) {
    int value = 1;
    while (!category.message(value).starts_with("unknown")) ++value;
    return value - 1;
}

void means(const error_code& error, condition meaning) {
    BOOST_TEST_CONTEXT(error.message()) {
        BOOST_TEST(condition_of(error) == meaning);
        for (const condition each : every_condition) BOOST_TEST((error == each) == (each == meaning));
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(every_code_of_libframe_has_a_text_of_its_own_and_one_condition) {
    std::set<std::string> texts;
    int value = 0;
    for (const auto& [code, meaning] : frame_meanings) {
        const error_code error = code;
        BOOST_TEST(error.value() == ++value);   // append-only, from 1
        BOOST_TEST(error.failed());
        BOOST_TEST(&error.category() == &frame_category());
        texts.insert(error.message());
        means(error, meaning);
    }
    BOOST_TEST(texts.size() == frame_meanings.size());
    BOOST_TEST(!texts.contains("unknown error"));
    BOOST_TEST(known_codes(frame_category()) == static_cast<int>(frame_meanings.size()), "a code without a test");
    BOOST_TEST(frame_category().message(0) == "unknown error");
}

BOOST_AUTO_TEST_CASE(every_code_of_libpacket_is_a_breach_of_the_protocol_or_our_own_mistake) {
    using packet::errc;
    std::set<std::string> texts;
    for (const errc code : {errc::unknown_command, errc::short_body, errc::trailing_bytes, errc::value_too_long,
                            errc::bad_field, errc::unencodable}) {
        const error_code error = code;
        BOOST_TEST(&error.category() == &packet::packet_category());
        texts.insert(error.message());
        const bool ours = code == errc::value_too_long || code == errc::unencodable;
        means(error, ours ? condition::misuse : condition::invalid);
    }
    BOOST_TEST(texts.size() == 6U);
    BOOST_TEST(!texts.contains("unknown error"));
    BOOST_TEST(packet::packet_category().message(0) == "unknown error");
    BOOST_TEST(packet::packet_category().message(7) == "unknown error");
}

BOOST_AUTO_TEST_CASE(every_condition_has_a_text_of_its_own) {
    std::set<std::string> texts;
    for (const condition each : every_condition) texts.insert(make_error_condition(each).message());
    BOOST_TEST(texts.size() == every_condition.size());
    BOOST_TEST(!texts.contains("unknown condition"));
    BOOST_TEST(known_codes(condition_category()) == static_cast<int>(every_condition.size()));
}

BOOST_AUTO_TEST_CASE(categories_are_told_apart_by_name) {
    BOOST_TEST(frame_category().name() == std::string("hawser.frame"));
    BOOST_TEST(packet::packet_category().name() == std::string("hawser.packet"));
    BOOST_TEST(condition_category().name() == std::string("hawser.condition"));
}

BOOST_AUTO_TEST_CASE(codes_of_the_system_say_what_they_mean_for_a_connection) {
    namespace sys = boost::system;
    const auto of_system = [](sys::errc::errc_t value) { return error_code(value, sys::system_category()); };
    means(of_system(sys::errc::connection_reset), condition::broken);
    means(of_system(sys::errc::broken_pipe), condition::broken);
    means(of_system(sys::errc::connection_refused), condition::broken);
    means(of_system(sys::errc::timed_out), condition::timeout);
    means(of_system(sys::errc::operation_canceled), condition::stopped);
    means(of_system(sys::errc::too_many_files_open), condition::limit);
    means(of_system(sys::errc::too_many_files_open_in_system), condition::limit);
    means(of_system(sys::errc::no_buffer_space), condition::limit);
    means(of_system(sys::errc::not_enough_memory), condition::limit);
    means(of_system(sys::errc::bad_file_descriptor), condition::misuse);
    means(of_system(sys::errc::address_in_use), condition::misuse);
    means(of_system(sys::errc::permission_denied), condition::misuse);
    means(of_system(sys::errc::message_size), condition::misuse);
    means(sys::errc::make_error_code(sys::errc::timed_out), condition::timeout);
}

namespace {

// A letter for each of Go's questions that is answered with yes, in this order.
std::string answers(const error_code& error) {
    const std::pair<char, bool> asked[] = {{'t', is_timeout(error)},    {'m', is_temporary(error)},
                                           {'e', is_clean_end(error)},  {'u', is_unexpected_end(error)},
                                           {'r', is_reset(error)},      {'f', is_refused(error)},
                                           {'c', is_closed_here(error)}};
    std::string yes;
    for (const auto& [letter, answer] : asked) yes += answer ? std::string(1, letter) : "";
    return yes;
}

}   // namespace

BOOST_AUTO_TEST_CASE(every_code_of_libframe_answers_gos_questions) {
    for (const auto& [code, meaning] : frame_meanings) {
        std::string right = meaning == condition::timeout ? "t" : meaning == condition::stopped ? "c" : "";
        if (code == errc::end_of_stream) right = "e";
        if (code == errc::truncated) right = "u";
        if (code == errc::outbox_full) right = "m";
        BOOST_TEST(answers(code) == right, error_code(code).message());
    }
    for (const auto code : {packet::errc::unknown_command, packet::errc::short_body, packet::errc::value_too_long})
        BOOST_TEST(answers(code) == "");
    BOOST_TEST(answers(error_code()) == "");
}

BOOST_AUTO_TEST_CASE(codes_of_the_system_answer_gos_questions) {
    namespace e = boost::system::errc;
    const std::pair<e::errc_t, const char*> table[] = {
        {e::timed_out, "t"},          {e::operation_canceled, "c"},  {e::connection_reset, "r"},
        {e::broken_pipe, "r"},        {e::network_reset, "r"},       {e::connection_aborted, "mr"},
        {e::connection_refused, "f"}, {e::too_many_files_open, "m"}, {e::too_many_files_open_in_system, "m"},
        {e::no_buffer_space, "m"},    {e::not_enough_memory, "m"},   {e::resource_unavailable_try_again, "m"},
        {e::interrupted, "m"},        {e::bad_file_descriptor, ""},  {e::address_in_use, ""},
        {e::permission_denied, ""},   {e::host_unreachable, ""},     {e::network_unreachable, ""},
        {e::message_size, ""},        {e::invalid_argument, ""}};
    for (const auto& [code, right] : table) {
        BOOST_TEST(answers(error_code(code, boost::system::system_category())) == right,
                   e::make_error_code(code).message());
        BOOST_TEST(answers(e::make_error_code(code)) == right);
    }
}

BOOST_AUTO_TEST_CASE(success_is_no_condition) {
    for (const condition each : every_condition) BOOST_TEST(!(error_code() == each));
}

BOOST_AUTO_TEST_CASE(a_result_takes_a_code_directly) {
    const result<int> failed = errc::too_short;
    BOOST_TEST(!failed);
    BOOST_TEST(failed.error() == condition::invalid);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser
