-- HEADER | LENGTH as LEB128 (seven bits a byte, the lowest first) | BODY. Delivered is the body, or all of it.
function cut.varint_prefix(how, tvb, at)
    local left = tvb:len() - at
    local value, factor = 0, 1
    for size = 1, how.bytes do
        local header = how.offset + size
        if header > left then return need(nil) end
        local octet = tvb(at + header - 1, 1):uint()
        value = value + octet % 128 * factor
        factor = factor * 128
        if octet < 128 then
            if octet == 0 and size > 1 and not how.padded then
                return failed("frame_corrupt", "a length that is written in more bytes than it needs")
            end
            local total = header + value
            if total > how.max then return failed("frame_too_long", too_long(how, total)) end
            if left < total then return need(total) end
            local length = { field = frame_fields.length, range = tvb(at + how.offset, size), value = UInt64(value % 2 ^ 32, math.floor(value / 2 ^ 32)) }
            return frame(tvb, at, total, how.whole and 0 or header, total, { length })
        end
    end
    return failed("frame_corrupt", ("a length that does not end within %d bytes"):format(how.bytes))
end
