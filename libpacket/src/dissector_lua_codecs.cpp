// How the dissector cuts frames: what a codec answers, and each of them but marked_crc. The rules are those of libframe.
#include "dissector_lua.hpp"

namespace hawser::protocol::lua {

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

}  // namespace hawser::protocol::lua
