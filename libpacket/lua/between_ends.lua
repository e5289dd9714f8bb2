-- Bytes without `stop` in them, and one behind. What has nothing between is passed over, with the frame behind it.
-- `restored` makes the body of the bytes between, or says why they are none.
local function cut_between_ends(how, tvb, at, stop, restored, from)
    local most = math.min(tvb:len() - at, how.max)
    local look = math.min(256, most)   -- a little first: there may be many short frames in a long tvb
    local text, first, last
    while true do
        text = tvb:raw(at, look)
        first = text:find("[^" .. stop .. "]")
        last = first and text:find(stop, first, true)
        if last or look == most then break end
        look = math.min(4 * look, most)
    end
    if not last and most < how.max then return need(nil) end
    if not first then return skip(most, "frame_corrupt", "ends of frames, and nothing between them", most) end
    if not last then return failed("frame_too_long", ("no end of a frame within the limit of %.0f bytes"):format(how.max)) end
    local body, why = restored(text:sub(first, last - 1))
    if not body then return skip(last, "frame_corrupt", why, last) end
    local parts = {
        { field = frame_fields.wrapped, range = tvb(at + first - 1, last - first) },
        { field = frame_fields.mark, range = tvb(at + last - 1, 1) },
    }
    if body == "" then return frame(tvb, at, last, 0, 0, parts) end
    return wrapped(last, parts, from, function() return ByteArray.new(body, true) end)
end
