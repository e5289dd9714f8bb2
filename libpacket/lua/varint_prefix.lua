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
