-- COBS: a code says how far the next is, and stands for the 0 before that, unless it is 255 or the last.
local function from_cobs(text)
    local parts, at = {}, 1
    while at <= #text do
        local code = text:byte(at)
        if at + code > #text + 1 then return nil, "a code that leads past the end of its frame" end
        parts[#parts + 1] = text:sub(at + 1, at + code - 1)
        at = at + code
        if code < 255 and at <= #text then parts[#parts + 1] = "\0" end
    end
    return table.concat(parts)
end

function cut.cobs(how, tvb, at) return cut_between_ends(how, tvb, at, "\0", from_cobs, "from COBS") end
