// Lua for Wireshark 4.0 (Lua 5.2, whose numbers are doubles) and later. It reads the tables that dissector.cpp writes; the
// rules are those of the codecs and of packet::decode. test/e2e/dissector_test.py runs it in tshark.
#include "dissector_lua.hpp"

namespace hawser::protocol::lua {

const std::string_view fields = R"lua(
-- ---------------------------------------------------------------------------------------------------------------------
-- From here on everything is the same for every protocol.

local proto = Proto(protocol.name:gsub("[^%w_.-]", "_"), protocol.title)

-- Fields: what filters and columns can name. NAME.command, NAME.PACKET.FIELD; of an array NAME.PACKET.FIELD.MEMBER, or
-- NAME.PACKET.FIELD where its elements are no structures; of what is counted also NAME.PACKET.FIELD.length or .count.

local all_fields = {}
local taken = {}

local function register(kind, path, label, ...)
    local name = proto.name:lower() .. "." .. path:gsub("[^%w_.-]", "_")
    while taken[name] do name = name .. "_" end   -- a-b and a_b, say
    taken[name] = true
    all_fields[#all_fields + 1] = ProtoField[kind](name, label, ...)
    return all_fields[#all_fields]
end

-- Wireshark keeps the values of a number in a table by itself, but only those that a double can hold.
local function exact(values)
    for value in pairs(values or {}) do
        if type(value) ~= "number" then return nil end
    end
    return values
end

local function register_number(field, path, label, values)
    local signed = field.kind == "signed_integer" or field.signed
    local little = field.order == "little"
    field.read = (little and "le_" or "") .. (signed and "int" or "uint") .. (field.width == 8 and "64" or "")
    return register((signed and "int" or "uint") .. 8 * field.width, path, label, field.base or base.DEC, exact(values), nil,
                    field.about)
end

local function register_fields(path, fields)
    for _, field in ipairs(fields) do
        local here = field.name == "" and path or path .. "." .. field.name
        local label = field.name == "" and path:match("[^.]*$") or field.name
        if field.kind == "array" then
            field.number = register_number(field, here .. ".count", label .. ".count")
            register_fields(here, field.element)
        elseif field.kind == "counted_text" or field.kind == "counted_bytes" then
            field.number = register_number(field, here .. ".length", label .. ".length")
        elseif field.kind:find("integer") or field.kind == "enumeration" then
            field.number = register_number(field, here, label, field.values)
        end
        if field.kind:find("text") then
            field.shown = register("string", here, label, base.NONE, field.about)
        elseif field.kind:find("bytes") or field.kind == "rest" then
            field.shown = register("bytes", here, label, base.NONE, field.about)
        end
    end
end

local frame_fields = {
    header = register("bytes", "frame.header", "frame header"),
    length = register("uint64", "frame.length", "frame length"),
    delimiter = register("bytes", "frame.delimiter", "frame delimiter"),
    base64 = register("string", "frame.base64", "frame in base64"),
    mark = register("bytes", "frame.mark", "frame mark"),
    checksum = register("uint16", "frame.checksum", "frame checksum", base.HEX),
    skipped = register("bytes", "frame.skipped", "no frame"),
    malformed = register("string", "malformed", "malformed"),
}

local packet_of = {}
local command = protocol.command
do
    local names = {}
    for _, packet in ipairs(packets) do
        packet_of[packet.code] = packet
        local value = tonumber(packet.code, 16)
        names[value < 2 ^ 53 and value or packet.code] = packet.name
    end
    command.kind, command.base = "command", base.HEX
    command.number = register_number(command, "command", "command", names)
    for _, packet in ipairs(packets) do register_fields(packet.name, packet.fields) end
end

local experts = {}
for kind, text in pairs({
    frame_too_long = "frame longer than the limit",
    frame_too_short = "length smaller than its own header",
    frame_corrupt = "no frame, or one whose bytes are corrupt",
    unknown_command = "unknown command",
    short_body = "packet shorter than its fields",
    trailing_bytes = "bytes behind the last field of a packet",
}) do
    experts[kind] = ProtoExpert.new(proto.name:lower() .. "." .. kind, text, expert.group.MALFORMED, expert.severity.ERROR)
end
proto.fields = all_fields
proto.experts = experts

local function mark_malformed(node, kind, range, text)
    node:add(frame_fields.malformed, range, text):add_proto_expert_info(experts[kind], text)
end
)lua";

const std::string_view pieces = R"lua(
-- Frames. A codec looks at the bytes of `tvb` from `at` on and answers with a piece of them. (`memory` is a table that it may
-- fill as long as the tvb is the same.) A piece is one of
--   { what = "frame", size = of all of it, body = { tvb, at, size }, parts = what else there is to show }
--   { what = "more", need = bytes from `at` on that the frame has, nil where that is not known yet }
--   { what = "skip", size = how many bytes are no frame (maybe more than there are), kind = , why = ,
--     judged_by = how many bytes from `at` on one has to see to know that }
--   { what = "failed", kind = , why = }: nothing behind can be read
-- It is decided before anything is reassembled whether a frame is too long.

local function need(total) return { what = "more", need = total } end
local function skip(size, kind, why, judged_by)
    return { what = "skip", size = size, kind = kind, why = why, judged_by = judged_by or 0 }
end
local function failed(kind, why) return { what = "failed", kind = kind, why = why } end
local function frame(tvb, at, size, from, to, parts)
    return { what = "frame", size = size, body = { tvb = tvb, at = at + from, size = to - from }, parts = parts }
end

local function too_long(how, total)
    return ("a frame of %.0f bytes, over the limit of %.0f"):format(total, how.max)
end

local cut = {}
)lua";

const std::string_view length_field = R"lua(
-- HEADER | LENGTH | ...: offset + width + LENGTH + adjust bytes, of which the first `strip` are not delivered.
function cut.length_field(how, tvb, at)
    local left = tvb:len() - at
    local header = how.offset + how.width
    if left < header then return need(nil) end
    local range = tvb(at + how.offset, how.width)
    local little = how.order == "little"
    -- As a double it is not exact from 2^53 on, which is far over any limit.
    local value = (little and range:le_uint64() or range:uint64()):tonumber()
    local total = header + how.adjust + value
    if value < -how.adjust then
        return failed("frame_too_short", ("a length of %.0f, which is less than the %d bytes that it counts itself")
            :format(value, -how.adjust))
    end
    if total > how.max then
        if how.over == "discard" then return skip(total, "frame_too_long", too_long(how, total)) end
        return failed("frame_too_long", too_long(how, total))
    end
    if left < total then return need(total) end
    local parts = { { field = frame_fields.length, range = range, little = little } }
    local before, behind = math.min(how.offset, how.strip), how.strip - header
    if before > 0 then table.insert(parts, 1, { field = frame_fields.header, range = tvb(at, before) }) end
    if behind > 0 then parts[#parts + 1] = { field = frame_fields.header, range = tvb(at + header, behind) } end
    return frame(tvb, at, total, how.strip, total, parts)
end
)lua";

const std::string_view varint_prefix = R"lua(
-- LENGTH as LEB128 (seven bits a byte, the lowest first) | BODY.
function cut.varint_prefix(how, tvb, at)
    local left = tvb:len() - at
    local value, factor = 0, 1
    for size = 1, how.bytes do
        if size > left then return need(nil) end
        local octet = tvb(at + size - 1, 1):uint()
        value = value + octet % 128 * factor
        factor = factor * 128
        if octet < 128 then
            if octet == 0 and size > 1 and not how.padded then
                return failed("frame_corrupt", "a length that is written in more bytes than it needs")
            end
            local total = size + value
            if total > how.max then return failed("frame_too_long", too_long(how, total)) end
            if left < total then return need(total) end
            local length = { field = frame_fields.length, range = tvb(at, size), value = UInt64(value % 2 ^ 32, math.floor(value / 2 ^ 32)) }
            return frame(tvb, at, total, size, total, { length })
        end
    end
    return failed("frame_corrupt", ("a length that does not end within %d bytes"):format(how.bytes))
end
)lua";

const std::string_view fixed_length = R"lua(
-- BODY, always `max` bytes.
function cut.fixed_length(how, tvb, at)
    if tvb:len() - at < how.max then return need(how.max) end
    return frame(tvb, at, how.max, 0, how.max, {})
end
)lua";

const std::string_view marks = R"lua(
-- Where the first of the marks ends that is found from `at` on, and which it is; of several that end there the longest.
-- nil and how many bytes were looked at if there is none within the limit.
local function find_mark(how, tvb, at)
    local most = math.min(tvb:len() - at, how.max)
    local look = math.min(256, most)   -- a little first: there may be many short frames in a long tvb
    while true do
        local text = tvb:raw(at, look)
        local stop, mark
        for _, one in ipairs(how.marks) do
            local _, last = text:find(one, 1, true)
            if last and (not stop or last < stop or last == stop and #one > #mark) then stop, mark = last, one end
        end
        if stop then return stop, mark end
        if look == most then return nil, most end
        look = math.min(4 * look, most)
    end
end
)lua";

const std::string_view delimiter = R"lua(
-- BODY | MARK.
function cut.delimiter(how, tvb, at)
    local total, mark = find_mark(how, tvb, at)
    if not total and mark == how.max then
        return failed("frame_too_long", ("no delimiter within the limit of %.0f bytes"):format(how.max))
    end
    if not total then return need(nil) end
    local body = total - #mark
    local delimiter = { field = frame_fields.delimiter, range = tvb(at + body, #mark) }
    return frame(tvb, at, total, 0, how.strip and body or total, { delimiter })
end
)lua";

const std::string_view base64_lines = R"lua(
-- Why a text is no base64, or nil. Strict: padding is there, and the bits that stand for nothing are zero.
local function base64_fault(text)
    if #text % 4 ~= 0 then return ("%d characters, no multiple of 4"):format(#text) end
    local letters, padding = text:match("^([A-Za-z0-9+/]*)(=?=?)$")
    if not letters then return "a character that base64 has not" end
    if padding == "=" and not letters:find("[AEIMQUYcgkosw048]$") or padding == "==" and not letters:find("[AQgw]$") then
        return "bits left over in the last character"
    end
    return nil
end

-- BASE64 | DELIMITER. The body gets bytes of its own, shown beside those of the packet.
function cut.base64_lines(how, tvb, at)
    local total, seen = find_mark(how, tvb, at)
    if not total and seen == how.max then
        return failed("frame_too_long", ("no delimiter within the limit of %.0f bytes"):format(how.max))
    end
    if not total then return need(nil) end
    local text = tvb:raw(at, total - 1)
    local fault = base64_fault(text)
    if fault then return failed("frame_corrupt", "a line that is no base64: " .. fault) end
    local parts = { { field = frame_fields.delimiter, range = tvb(at + total - 1, 1) } }
    if text == "" then return frame(tvb, at, total, 0, 0, parts) end
    table.insert(parts, 1, { field = frame_fields.base64, range = tvb(at, total - 1) })
    return { what = "frame", size = total, parts = parts, base64 = text }
end
)lua";

const std::string_view marked_crc = R"lua(
-- CRC-32/ISO-HDLC, the one of Ethernet and zip. Registers have their bits turned around: the highest is that of x^0.
local function times_x(register)
    return bit.bxor(bit.rshift(register, 1), bit.band(register, 1) == 1 and 0xedb88320 or 0)
end
local function times_x8(register)
    for _ = 1, 8 do register = times_x(register) end
    return register
end
local function product(left, right)
    local sum = 0
    while left ~= 0 do
        if bit.band(left, 0x80000000) ~= 0 then sum = bit.bxor(sum, right) end
        left, right = bit.lshift(left, 1), times_x(right)
    end
    return sum
end

local shifted_out = {}                                     -- what a byte becomes at the low end
for octet = 0, 255 do shifted_out[octet] = times_x8(octet) end
local low, high = { [0] = 0x80000000 }, { [0] = 0x80000000 }   -- x^(8n), for the low and the high byte of n
for n = 1, 255 do low[n] = times_x8(low[n - 1]) end
for n = 1, 255 do high[n] = product(high[n - 1], times_x8(low[255])) end

-- The upper half of the CRC of some bytes. A CRC is linear: it follows from the registers before and behind them, which are
-- kept, so that thousands of false marks, each of them worth checking, cost no more than one.
local function checksum(tvb, at, size, registers)
    registers[0] = 0
    local known = #registers
    local text = tvb:raw(known, math.max(at + size - known, 0))
    for index = 1, #text do
        local before = registers[known + index - 1]
        registers[known + index] =
            bit.bxor(bit.rshift(before, 8), shifted_out[bit.band(bit.bxor(before, text:byte(index)), 0xff)])
    end
    local begun = bit.bxor(0xffffffff, registers[at])
    local moved = product(product(begun, low[size % 256]), high[math.floor(size / 256)])
    return bit.rshift(bit.bnot(bit.bxor(moved, registers[at + size])), 16)
end

-- How far the next FF is.
local function next_mark(tvb, at, left)
    local look = math.min(64, left)
    while true do
        local found = tvb:raw(at, look):find("\255", 2, true)
        if found then return found - 1 end
        if look == left then return left end
        look = math.min(8 * look, left)
    end
end

-- FF FF | LENGTH, two bytes | BODY | upper half of the CRC-32 of the body | FF FE. Whatever is no frame is passed over up
-- to the next FF, where one may begin: also inside what only looked like a frame.
function cut.marked_crc(how, tvb, at, memory)
    local left = tvb:len() - at
    local function none(judged_by, why) return skip(next_mark(tvb, at, left), "frame_corrupt", why, judged_by) end
    local begin = tvb:raw(at, math.min(left, 2))
    if begin ~= ("\255\255"):sub(1, #begin) then return none(1, "no mark of a frame's begin") end
    if left < 4 then return need(nil) end
    local length = tvb(at + 2, 2):uint()
    local total = 8 + length
    if total > how.max then return none(4, too_long(how, total)) end
    if left < total then return need(nil) end
    if tvb:raw(at + total - 2, 2) ~= "\255\254" then return none(total, "no mark of a frame's end where the length says") end
    local said, is = tvb(at + total - 4, 2):uint(), checksum(tvb, at + 4, length, memory)
    if said ~= is then return none(total, ("a checksum of 0x%04x where the data has 0x%04x"):format(said, is)) end
    return frame(tvb, at, total, 4, 4 + length, {
        { field = frame_fields.mark, range = tvb(at, 2) },
        { field = frame_fields.length, range = tvb(at + 2, 2) },
        { field = frame_fields.checksum, range = tvb(at + total - 4, 2), note = " [correct]" },
        { field = frame_fields.mark, range = tvb(at + total - 2, 2) },
    })
end
)lua";

const std::string_view packets = R"lua(
-- Packets. A cursor goes through a body: it never leaves it, and of arrays it adds no more than a fixed number of items to the
-- tree, so that one of a million elements does not stop Wireshark.

local most_items = 10000
local most_in_summary = 5

local function take(cursor, size)
    if size > cursor.stop - cursor.at then return nil end
    local range = cursor.tvb(cursor.at, size)
    cursor.at = cursor.at + size
    return range
end

-- Whether there is room for another item of an array. What is in none always has it.
local function has_room(cursor, node)
    if not node or cursor.arrays > 0 and cursor.items == most_items then return false end
    if cursor.arrays > 0 then cursor.items = cursor.items + 1 end
    return true
end

-- The item that was added, if any.
local function show(cursor, node, field, range, value)
    if not has_room(cursor, node) then return nil end
    if value then return node:add(field, range, value) end
    return node:add(field, range)
end

local not_utf8 = { "[\0\128-\255]", "\224[\128-\159]", "\237[\160-\191]", "\240[\128-\143]", "\244[\144-\191]" }
local function is_text(raw)
    for index, wrong in ipairs(not_utf8) do
        local seen = raw
        if index == 1 then   -- what is left when every sequence of several bytes is taken out
            seen = raw:gsub("[\194-\223][\128-\191]", "."):gsub("[\224-\239][\128-\191][\128-\191]", ".")
                :gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", ".")
        end
        if seen:find(wrong) then return false end
    end
    return true
end

-- Text as it is; if it is no good UTF-8, or has a NUL inside, everything but printable ASCII as \xNN. NULs at its end are
-- filling.
local function readable(range)
    local raw = range:raw():gsub("\0+$", "")
    if is_text(raw) then return raw end
    return (raw:gsub("[\0-\31\\\127-\255]", function(octet) return ("\\x%02x"):format(octet:byte()) end))
end

local function name_of(values, value)
    local number = type(value) == "number" and value or value:tonumber()
    return values and (values[tostring(value)] or values[number])
end

-- The number in the next bytes; nil if they are not there.
local function read_number(cursor, node, field, values)
    local range = take(cursor, field.width)
    if not range then return nil end
    local value = range[field.read](range)
    local item = show(cursor, node, field.number, range, value)
    local name = name_of(values, value)
    if item and name and not exact(values) then item:append_text(" (" .. name .. ")") end
    return value, name
end

local function read_run(cursor, node, field, size)
    local range = take(cursor, size)
    if not range then return nil end
    local text = field.kind:find("text") and readable(range) or nil
    show(cursor, node, field.shown, range, text)
    return text or true
end

-- Each reads its kind of field. It answers with what a summary may say of it, or with nil if the body ends before it does.
local readers = {}
local function read_field(cursor, node, field) return readers[field.kind](cursor, node, field) end

function readers.unsigned_integer(cursor, node, field)
    local value, name = read_number(cursor, node, field, field.values)
    return value and (name or tostring(value))
end
readers.signed_integer = readers.unsigned_integer
readers.enumeration = readers.unsigned_integer
function readers.fixed_text(cursor, node, field) return read_run(cursor, node, field, field.width) end
readers.fixed_bytes = readers.fixed_text
function readers.rest(cursor, node, field) return read_run(cursor, node, field, cursor.stop - cursor.at) end
readers.rest_text = readers.rest
function readers.counted_text(cursor, node, field)
    local size = read_number(cursor, node, field)
    return size and read_run(cursor, node, field, type(size) == "number" and size or size:tonumber())
end
readers.counted_bytes = readers.counted_text

local function read_element(cursor, list, field, index)
    local before, element = cursor.at, list
    if #field.element > 0 and field.element[1].name ~= "" and has_room(cursor, list) then
        element = list:add(cursor.tvb(before, 0), ("%s[%d]"):format(field.name, index))
    end
    for _, member in ipairs(field.element) do
        if not read_field(cursor, element, member) then return nil end
    end
    if element and element ~= list then element:set_len(cursor.at - before) end
    return cursor.at - before
end

function readers.array(cursor, node, field)
    local begin = cursor.at
    local list = has_room(cursor, node) and node:add(cursor.tvb(begin, 0), field.name) or nil
    local count = read_number(cursor, list, field)
    if not count then return nil end
    if list then list:append_text((": %s elements"):format(tostring(count))) end
    cursor.arrays = cursor.arrays + 1
    for index = 0, (type(count) == "number" and count or count:tonumber()) - 1 do
        local size = read_element(cursor, list, field, index)
        if not size then return nil end
        if size == 0 then break end   -- elements without bytes: however many there are
    end
    cursor.arrays = cursor.arrays - 1
    if list then
        list:set_len(cursor.at - begin)
        if cursor.items == most_items then list:append_text(" (too many: not all are shown)") end
    end
    return true
end

local function read_command(cursor, node)
    if not cursor.command_read and cursor.at == cursor.command_at then
        read_number(cursor, node, command, command.values)
        cursor.command_read = true
    end
end

-- Reads the fields of a packet. Answers with what there is to say of it in one line.
local function read_packet(packet, cursor, node)
    local said = packet.name
    for index, field in ipairs(packet.fields) do
        read_command(cursor, node)
        local text = read_field(cursor, node, field)
        if not text then
            local why = ("%s ends inside its field %s"):format(packet.name, field.name)
            mark_malformed(node, "short_body", cursor.tvb(cursor.at, cursor.stop - cursor.at), why)
            return said .. " [malformed: ends inside " .. field.name .. "]"
        end
        if type(text) == "string" and #text <= 64 and index <= most_in_summary then said = said .. " " .. field.name .. "=" .. text end
    end
    read_command(cursor, node)
    local behind = cursor.stop - cursor.at
    if behind > 0 then
        local why = ("%s goes on behind its last field, by %d"):format(packet.name, behind)
        mark_malformed(node, "trailing_bytes", cursor.tvb(cursor.at, behind), why)
        return said .. " [malformed: bytes behind its last field]"
    end
    return said
end

local function read_body(body, node)
    local tvb, at, size = body.tvb, body.at, body.size
    if size < command.offset + command.width then
        local why = ("%d bytes, too few for a command"):format(size)
        mark_malformed(node, "short_body", tvb(at, size), why)
        return "[malformed: " .. why .. "]"
    end
    local range = tvb(at + command.offset, command.width)
    local code = (command.order == "little" and range:le_uint64() or range:uint64()):tohex(2 * command.width)
    local cursor = { tvb = tvb, at = at, stop = at + size, command_at = at + command.offset, items = 0, arrays = 0 }
    local packet = packet_of[code]
    if packet then return read_packet(packet, cursor, node) end
    cursor.at = cursor.command_at
    read_command(cursor, node)
    mark_malformed(node, "unknown_command", range, "unknown command 0x" .. code)
    return "[malformed: unknown command 0x" .. code .. "]"
end
)lua";

const std::string_view connections = R"lua(
-- Connections. Of each direction of one, what there is to know of what came before: bytes of a frame that is passed over and are
-- still to come (`left`), or that nothing more can be read (`failed`). Addresses and ports are used again, so they are no key.
--
-- It is judged when Wireshark goes over the capture the first time, in order. In any later pass, and when a row is clicked on,
-- what was judged then is looked up by the segment: see `judge`.

local known = {}            -- by direction of a connection
local judged = {}           -- by segment: { skip = bytes at its front that belong to a frame that is passed over, unread = all of it }
local sent_by_server = {}   -- by addresses and ports: of marked connections (see `mark`), whether the source is the server
function proto.init() known, judged, sent_by_server = {}, {}, {} end

local streams = { Field.new("tcp.stream"), Field.new("udp.stream") }

-- The number that Wireshark gives a connection; the innermost, where one is in another. In a pass without a tree (the first of
-- two, mostly) no field can be asked for: nil.
local function stream_of()
    for index, field in ipairs(streams) do
        local found = { field() }
        if #found > 0 then return index .. ":" .. tostring(found[#found].value) end
    end
    return nil
end

local function ways_of(pinfo)
    local from, to = tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
    return from .. " > " .. to, to .. " > " .. from
end

-- Where there is no number, Wireshark's own record of the connection is marked, as soon as there is something to know: this
-- dissector is made the one of that connection. From then on it is called because of the mark; where it is called because of a
-- port all the same, the connection is another one.
local function is_marked(pinfo) return pinfo.match_uint ~= pinfo.src_port and pinfo.match_uint ~= pinfo.dst_port end

-- The server's port is the one that this dissector was chosen by.
local function is_from_server(pinfo)
    if is_marked(pinfo) then return sent_by_server[ways_of(pinfo)] end
    return pinfo.src_port == pinfo.match_uint and pinfo.dst_port ~= pinfo.match_uint
end

local function mark(pinfo)
    if is_marked(pinfo) then return end
    local there, back = ways_of(pinfo)
    sent_by_server[there] = is_from_server(pinfo)
    sent_by_server[back] = pinfo.dst_port == pinfo.match_uint and pinfo.src_port ~= pinfo.match_uint
    pinfo.conversation = proto
end

-- What is known of the direction that this segment goes.
local function knowledge(pinfo)
    local there, back = ways_of(pinfo)
    local stream = stream_of()
    local key = stream and stream .. " " .. there or there
    if not stream and not is_marked(pinfo) then known[there], known[back] = nil, nil end
    return known[key] or {}, key
end

local function remember(pinfo, name, value)
    if pinfo.visited then return end
    local before, key = knowledge(pinfo)
    before[name] = value
    known[key] = before
    if not stream_of() then mark(pinfo) end
end

local function judge_first(tvb, pinfo)
    local before = knowledge(pinfo)
    if before.failed then return { unread = true } end
    if not before.left then return nil end
    local here = math.min(before.left, tvb:len())
    before.left = before.left > here and before.left - here or nil
    return { skip = here }
end

-- A segment is known by where it begins in its packet: what was put together begins at 0, and the rest of a packet behind that
-- somewhere else. How long it is may be different the second time.
local function judge(tvb, pinfo)
    local segment = ("%d %s %d"):format(pinfo.number, ways_of(pinfo), tvb:offset())
    if not pinfo.visited then judged[segment] = judge_first(tvb, pinfo) end
    return judged[segment] or {}
end

-- Nothing more of this direction is read, as a receiver would do it. But where Wireshark was not to put a frame together, what
-- comes behind is not read from the begin of a frame on, and a failure says nothing; and a user may know better.
local function remember_failure(pinfo)
    if not proto.prefs.go_on and not knowledge(pinfo).lost then remember(pinfo, "failed", true) end
end
)lua";

const std::string_view segments = R"lua(
-- Segments.

-- Wireshark comes back with the bytes up to where an unfinished frame begins. What was judged by later ones waits with it,
-- or it would be judged otherwise then.
local function hold_back(pieces, unfinished)
    for index, piece in ipairs(pieces) do
        if piece.what == "skip" and piece.at + piece.judged_by > unfinished then
            for last = #pieces, index, -1 do pieces[last] = nil end
            return piece.at
        end
    end
    return unfinished
end

-- What is cut off the bytes there are, in order, and where an unfinished frame begins (nil if nothing is left).
local function pieces_of(how, tvb, pinfo)
    local pieces, memory = {}, {}
    local before = judge(tvb, pinfo)
    if before.unread then return { { what = "unread", at = 0, size = tvb:len() } } end
    local at = before.skip or 0
    if at > 0 then
        pieces[1] = skip(at, "frame_too_long", "the rest of a frame over the limit")
        pieces[1].at = 0
    end
    while at < tvb:len() do
        local piece = cut[how.codec](how, tvb, at, memory)
        if piece.what == "more" then
            local unfinished = hold_back(pieces, at)
            return pieces, unfinished, unfinished == at and piece.need or nil
        end
        local left = tvb:len() - at
        if piece.what == "failed" then
            remember_failure(pinfo)
            piece.size = left
        elseif piece.size > left then
            remember(pinfo, "left", piece.size - left)
            piece.size = left
        end
        piece.at = at
        at = at + piece.size
        local last = pieces[#pieces]
        if last and last.what == "skip" and piece.what == "skip" and piece.kind == "frame_corrupt" then
            -- Garbage is shown in one piece, with the first reason.
            last.judged_by = math.max(last.judged_by, last.size + piece.judged_by)
            last.size = last.size + piece.size
        else
            pieces[#pieces + 1] = piece
        end
    end
    return pieces
end

local function show_frame(piece, tvb, tree)
    local node = tree:add(proto, tvb(piece.at, piece.size))
    for _, part in ipairs(piece.parts) do
        local item
        if part.value then item = node:add(part.field, part.range, part.value)
        elseif part.little then item = node:add_le(part.field, part.range)
        else item = node:add(part.field, part.range) end
        if part.note then item:append_text(part.note) end
    end
    if piece.base64 then
        local decoded = ByteArray.new(piece.base64, true):base64_decode():tvb("Body, from base64")
        piece.body = { tvb = decoded, at = 0, size = decoded:len() }
    end
    local said = read_body(piece.body, node)
    node:append_text(", " .. said)
    return said
end

local function show_no_frame(piece, tvb, tree)
    local range = tvb(piece.at, piece.size)
    local node = tree:add(proto, range)
    local what = piece.what == "unread" and "behind a frame that cannot be read" or "that are no frame"
    node:append_text((", %d bytes %s"):format(piece.size, what))
    node:add(frame_fields.skipped, range)
    if piece.what == "unread" then return "[behind a malformed frame]" end
    mark_malformed(node, piece.kind, range, piece.why)
    return "[malformed: " .. piece.why .. "]"
end

-- The info column. A segment that ends one reassembled frame and has others behind it comes here more than once: what was
-- said stays, and TCP's own words go.
local last_said = ""
local function say(pinfo, text)
    local again = last_said ~= "" and tostring(pinfo.cols.info):sub(-#last_said) == last_said
    pinfo.cols.info:set((again and "; " or "") .. text)
    pinfo.cols.info:fence()
    last_said = text
end

local function show_pieces(pieces, tvb, pinfo, tree)
    local most_said = 10
    local said = {}
    for index, piece in ipairs(pieces) do
        local text = (piece.what == "frame" and show_frame or show_no_frame)(piece, tvb, tree)
        if index <= most_said then said[index] = text end
    end
    if #pieces > most_said then said[#said + 1] = ("and %d more"):format(#pieces - most_said) end
    say(pinfo, table.concat(said, "; "))
end

function proto.dissector(tvb, pinfo, tree)
    pinfo.cols.protocol = proto.name
    local pieces, unfinished, total = pieces_of(is_from_server(pinfo) and outgoing or incoming, tvb, pinfo)
    if #pieces > 0 then show_pieces(pieces, tvb, pinfo, tree) end
    if unfinished and pinfo.can_desegment == 0 then
        remember(pinfo, "lost", true)
        tree:add(proto, tvb(unfinished)):append_text(", a frame that goes on in segments that Wireshark is not to put together")
    elseif unfinished then
        pinfo.desegment_offset = unfinished
        -- Within what the field of Wireshark can say; the two largest values there have a meaning of their own.
        pinfo.desegment_len = total and math.min(total - (tvb:len() - unfinished), 0x0ffffffd) or DESEGMENT_ONE_MORE_SEGMENT
    end
end

proto.prefs.go_on = Pref.bool("Go on behind what cannot be read", false, "Try again with the next segment, whatever it begins with: " ..
    "for captures that begin inside a frame or have holes")

-- Ports: from the preference, and "Decode As" for any other.

local tcp_ports = DissectorTable.get("tcp.port")
proto.prefs.ports = Pref.range("TCP ports", protocol.ports, "Ports of servers that speak this protocol", 65535)
local ports = proto.prefs.ports
if ports ~= "" then tcp_ports:add(ports, proto) end
tcp_ports:add_for_decode_as(proto)
function proto.prefs_changed()
    if proto.prefs.ports == ports then return end
    if ports ~= "" then tcp_ports:remove(ports, proto) end
    ports = proto.prefs.ports
    if ports ~= "" then tcp_ports:add(ports, proto) end
end
)lua";

}  // namespace hawser::protocol::lua
