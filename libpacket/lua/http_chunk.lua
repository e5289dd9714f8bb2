-- SIZE in hex, maybe extensions | CR LF | BODY | CR LF. What is wrong is found in the order in which it comes, as the codec does.
function cut.http_chunk(how, tvb, at)
    local most_digits, longest_line = 16, 256
    local left = tvb:len() - at
    local text = tvb:raw(at, math.min(left, longest_line + 3))
    local size, digits = 0, #text:match("^%x*")
    if digits == 0 then return failed("frame_corrupt", "no size in hex") end
    for index = 1, digits do
        if index > most_digits then return failed("frame_corrupt", ("a size of more than %d digits"):format(most_digits)) end
        size = 16 * size + tonumber(text:sub(index, index), 16)
        if index + size + 4 > how.max then return failed("frame_too_long", too_long(how, index + size + 4)) end
    end
    local room = how.max - size - 4   -- for the line
    local line = digits
    if text:find("^[; \t]", digits + 1) then line = digits + #text:match("^[\t\32-\126\128-\255]*", digits + 1) end
    if line > math.min(room, longest_line) then
        if room < longest_line then return failed("frame_too_long", too_long(how, how.max + 1)) end
        return failed("frame_corrupt", ("a size and extensions of more than %d bytes"):format(longest_line))
    end
    local behind = text:sub(line + 1, line + 2)
    if behind ~= ("\r\n"):sub(1, #behind) then return failed("frame_corrupt", "no CR LF behind the size and its extensions") end
    if #behind < 2 then return need(nil) end
    local total = line + size + 4
    if left < total then return need(total) end
    if tvb:raw(at + total - 2, 2) ~= "\r\n" then return failed("frame_corrupt", "no CR LF behind the body") end
    local length = { field = frame_fields.length, range = tvb(at, digits), value = UInt64(size % 2 ^ 32, math.floor(size / 2 ^ 32)) }
    return frame(tvb, at, total, line + 2, total - 2, { length })
end
