// Everything for writing a client.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/client/client.hpp>
#include <hawser/client/reconnecting_client.hpp>
#include <hawser/error.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packets.hpp>
