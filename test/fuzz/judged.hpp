// judged: what the entry point of a target does with what it finds: a broken law (hawser/testing/codec_laws.hpp) is
// told and ends the process, as an assertion does.
//
//   extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
//       return fuzz::judged(target, data, size);
//   }
#pragma once

#include <hawser/testing/codec_laws.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>

namespace hawser::fuzz {

template <class Function>
int judged(Function target, const std::uint8_t* data, std::size_t size) {
    try {
        return target(std::as_bytes(std::span(data, size)));
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "%s\n", broken.what());
        std::abort();
    }
}

}   // namespace hawser::fuzz
