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
