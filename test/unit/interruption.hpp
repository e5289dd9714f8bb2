// interruption: system calls that a signal breaks off, as many as a test says.
#pragma once

namespace hawser::test {

/// So many of the next calls of recv, send, recvfrom, sendto and accept4 fail with EINTR.
extern int interruptions;

/// Whether this call does; errno is set then.
[[nodiscard]] bool is_interrupted() noexcept;

}   // namespace hawser::test
