// protocol_formats: the formats of protocols that many speak, by their names.
#pragma once

#include <array>
#include <string_view>

namespace hawser::inline v0::frame {

/// A protocol, and its frames in the words of any_codec::parse().
struct protocol_format {
    std::string_view name;
    std::string_view format;
};

/// As their standards cut them over TCP. docs/framing.md has the same table.
inline constexpr std::array protocol_formats{
    protocol_format{"dns", "prefix-body:width=2"},        // RFC 1035, 4.2.2
    protocol_format{"kafka", "prefix-body:max=100MiB"},   // its protocol guide, "Network"
    protocol_format{"modbus",
                    "length-field:width=2,offset=4,strip=0,max=260,fill=yes"},   // Modbus/TCP, the MBAP header
    protocol_format{"mqtt", "varint:bytes=4,offset=1,strip=0"},                  // MQTT 3.1.1, 2.2
    protocol_format{"smpp", "prefix-self:max=128KiB"},                           // SMPP 3.4, 3.2
};

}   // namespace hawser::frame
