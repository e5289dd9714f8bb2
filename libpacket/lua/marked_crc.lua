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
