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
    return wrapped(total, parts, "from base64", function() return ByteArray.new(text, true):base64_decode() end)
end
