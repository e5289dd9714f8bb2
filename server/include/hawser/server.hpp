// Everything for writing a server. README.md has one in thirty lines, docs/tutorial.md goes on from there.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/stop_signals.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/server/admission.hpp>
#include <hawser/server/byte_connection.hpp>
#include <hawser/server/config.hpp>
#include <hawser/server/connection.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/datagram.hpp>
#include <hawser/server/error.hpp>
#include <hawser/server/events.hpp>
#include <hawser/server/router.hpp>
#include <hawser/server/server.hpp>
