-- SIZE in decimal | ":" | BODY | ",". The size is held against the limit digit by digit, as the codec does.
function cut.netstring(how, tvb, at)
    local left = tvb:len() - at
    local size, digits, total = 0, 0, 3
    local octet = left > 0 and tvb(at, 1):uint()
    while octet and octet >= 0x30 and octet <= 0x39 do
        if digits > 0 and size == 0 then return failed("frame_corrupt", "a size with a zero before it") end
        size, digits = 10 * size + octet - 0x30, digits + 1
        total = digits + 2 + size
        if total > how.max then return failed("frame_too_long", too_long(how, total)) end
        octet = digits < left and tvb(at + digits, 1):uint()
    end
    if octet and (digits == 0 or octet ~= 0x3a) then return failed("frame_corrupt", "a size that is none, or has no colon behind it") end
    if not octet then return need(nil) end   -- more digits may come
    if left < total then return need(total) end
    if tvb(at + total - 1, 1):uint() ~= 0x2c then return failed("frame_corrupt", "no comma behind the body") end
    local length = { field = frame_fields.length, range = tvb(at, digits), value = UInt64(size % 2 ^ 32, math.floor(size / 2 ^ 32)) }
    return frame(tvb, at, total, digits + 1, total - 1, {
        length,
        { field = frame_fields.delimiter, range = tvb(at + total - 1, 1) },
    })
end
