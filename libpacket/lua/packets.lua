-- Packets. A cursor goes through a body: it never leaves it, and of arrays it adds no more than a fixed number of items to the
-- tree, so that one of a million elements does not stop Wireshark.

local most_items = 10000
local most_in_summary = 5

local function take(cursor, size)
    if size > cursor.stop - cursor.at then return nil end
    local range = cursor.tvb(cursor.at, size)
    cursor.at = cursor.at + size
    return range
end

-- Whether there is room for another item of an array. What is in none always has it.
local function has_room(cursor, node)
    if not node or cursor.arrays > 0 and cursor.items == most_items then return false end
    if cursor.arrays > 0 then cursor.items = cursor.items + 1 end
    return true
end

-- The item that was added, if any.
local function show(cursor, node, field, range, value, is_little)
    if not has_room(cursor, node) then return nil end
    if value then return node:add(field, range, value) end
    if is_little then return node:add_le(field, range) end
    return node:add(field, range)
end

local not_utf8 = { "[\0\128-\255]", "\224[\128-\159]", "\237[\160-\191]", "\240[\128-\143]", "\244[\144-\191]" }
local function is_text(raw)
    for index, wrong in ipairs(not_utf8) do
        local seen = raw
        if index == 1 then   -- what is left when every sequence of several bytes is taken out
            seen = raw:gsub("[\194-\223][\128-\191]", "."):gsub("[\224-\239][\128-\191][\128-\191]", ".")
                :gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", ".")
        end
        if seen:find(wrong) then return false end
    end
    return true
end

-- Text as it is; if it is no good UTF-8, or has a NUL inside, everything but printable ASCII as \xNN. NULs at its end are
-- filling.
local function readable(range)
    local raw = range:raw():gsub("\0+$", "")
    if is_text(raw) then return raw end
    return (raw:gsub("[\0-\31\\\127-\255]", function(octet) return ("\\x%02x"):format(octet:byte()) end))
end

local function name_of(values, value)
    local number = type(value) == "number" and value or value:tonumber()
    return values and (values[tostring(value)] or values[number])
end

-- For a field whose bytes are no value of it, rather than too few: as nil does, it ends the packet.
local function reject(cursor, why)
    cursor.wrong = why
    return nil
end

-- LEB128: seven bits a byte, the lowest first, in as few bytes as it needs.
local function read_varint(cursor, field)
    local bits, value = 8 * field.width, UInt64(0)
    local longest = math.floor((bits + 6) / 7)
    for size = 1, longest do
        if cursor.at + size > cursor.stop then return nil end
        local octet = cursor.tvb(cursor.at + size - 1, 1):uint()
        if size == longest and octet >= 2 ^ (bits - 7 * (longest - 1)) then
            return reject(cursor, ("a varint of more than %d bits"):format(bits))
        elseif size > 1 and octet == 0 then
            return reject(cursor, "a varint that is written in more bytes than it needs")
        end
        value = value + UInt64(octet % 128):lshift(7 * (size - 1))
        if octet < 128 then
            if not field.zigzag then return value, take(cursor, size) end
            local half = value:rshift(1)
            if value:band(1) == UInt64(1) then half = half:bnot() end
            return Int64(half:lower(), half:higher()), take(cursor, size)
        end
    end
end

-- The number in the next bytes; nil if they are not there.
local function read_number(cursor, node, field, values)
    local value, range
    if field.varint then
        value, range = read_varint(cursor, field)
    else
        range = take(cursor, field.width)
        value = range and range[field.read](range)
    end
    if not value then return nil end
    local item = show(cursor, node, field.number, range, value)
    local name = name_of(values, value)
    if item and name and not exact(values) then item:append_text(" (" .. name .. ")") end
    for _, one in ipairs(field.masks or {}) do
        show(cursor, item, one.shown, range, one.bits and value:band(one.bits):rshift(one.shift), field.order == "little")
    end
    if field.decides then cursor.bits[field.name] = field.order == "little" and range:le_uint64() or range:uint64() end
    return value, name
end

local function plain(value) return type(value) == "userdata" and value:tonumber() or value end

local function read_run(cursor, node, field, size)
    local range = take(cursor, size)
    if not range then return nil end
    local text = field.kind:find("text") and readable(range) or nil
    show(cursor, node, field.shown, range, text)
    return text or true
end

-- Each reads its kind of field. It answers with what a summary may say of it, or with nil if the body ends before it does, or
-- (reject) its bytes are no value of it.
local readers = {}
local function read_field(cursor, node, field) return readers[field.kind](cursor, node, field) end

-- Whether the bits of the fields before it say that it is in the body.
local function is_there(cursor, field)
    for _, condition in ipairs(field.conditions or {}) do
        local bits = cursor.bits[condition.field]
        if not bits or bits:band(condition.bits) == UInt64(0) then return false end
    end
    return true
end

function readers.unsigned_integer(cursor, node, field)
    local value, name = read_number(cursor, node, field, field.values)
    return value and (name or tostring(value))
end
readers.signed_integer = readers.unsigned_integer
readers.enumeration = readers.unsigned_integer
readers.floating = readers.unsigned_integer
readers.flags = readers.unsigned_integer
function readers.fixed_text(cursor, node, field) return read_run(cursor, node, field, field.width) end
readers.fixed_bytes = readers.fixed_text
function readers.terminated_text(cursor, node, field)
    local most = math.min(field.width, cursor.stop - cursor.at)
    local length = most > 0 and cursor.tvb:raw(cursor.at, most):find("\0", 1, true)
    if length then return read_run(cursor, node, field, length) end
    return most == field.width and reject(cursor, ("a text without a NUL in its %d bytes"):format(most)) or nil
end
function readers.rest(cursor, node, field) return read_run(cursor, node, field, cursor.stop - cursor.at) end
readers.rest_text = readers.rest
function readers.counted_text(cursor, node, field)
    local size = plain(read_number(cursor, node, field))
    if field.nullable and size == -1 then return "null" end
    if size and size < 0 then return reject(cursor, ("a length of %d"):format(size)) end
    return size and read_run(cursor, node, field, size)
end
readers.counted_bytes = readers.counted_text

local function read_element(cursor, list, field, index)
    local before, element, outer = cursor.at, list, cursor.bits
    cursor.bits = {}
    if #field.element > 0 and field.element[1].name ~= "" and has_room(cursor, list) then
        element = list:add(cursor.tvb(before, 0), ("%s[%d]"):format(field.name, index))
    end
    for _, member in ipairs(field.element) do
        if is_there(cursor, member) and not read_field(cursor, element, member) then return nil end
    end
    cursor.bits = outer
    if element and element ~= list then element:set_len(cursor.at - before) end
    return cursor.at - before
end

-- Elements of which `is_more` is told how many there have been; the answer is how many there are, nil if one is not whole.
local function read_elements(cursor, list, field, is_more)
    local index = 0
    cursor.arrays = cursor.arrays + 1
    while is_more(index) do
        local size = read_element(cursor, list, field, index)
        if not size then return nil end
        if size == 0 then break end   -- elements without bytes: however many there are
        index = index + 1
    end
    cursor.arrays = cursor.arrays - 1
    return index
end

-- A branch for a list, which `read` fills: it answers with how many elements there are.
local function read_list(cursor, node, field, read)
    local begin = cursor.at
    local list = has_room(cursor, node) and node:add(cursor.tvb(begin, 0), field.name) or nil
    local count = read(list)
    if not count then return nil end
    if list then
        list:append_text((": %s elements"):format(tostring(count)))
        list:set_len(cursor.at - begin)
        if cursor.items == most_items then list:append_text(" (too many: not all are shown)") end
    end
    return true
end

function readers.array(cursor, node, field)
    return read_list(cursor, node, field, function(list)
        local count = plain(read_number(cursor, list, field))
        local whole = count and read_elements(cursor, list, field, function(index) return index < count end)
        return whole and count
    end)
end
function readers.sized_array(cursor, node, field)
    return read_list(cursor, node, field, function(list)
        local size, stop = plain(read_number(cursor, list, field)), cursor.stop
        if not size or size > stop - cursor.at then return nil end
        cursor.stop = cursor.at + size
        local count = read_elements(cursor, list, field, function() return cursor.at < cursor.stop end)
        if cursor.at < cursor.stop then count = nil end
        cursor.stop = stop
        if not count and not cursor.wrong then return reject(cursor, "elements that do not end where their length says") end
        return count
    end)
end
function readers.rest_array(cursor, node, field)
    return read_list(cursor, node, field, function(list)
        return read_elements(cursor, list, field, function() return cursor.at < cursor.stop end)
    end)
end

local function read_command(cursor, node)
    if not cursor.command_read and cursor.at == cursor.command_at then
        read_number(cursor, node, command, command.values)
        cursor.command_read = true
    end
end

-- Reads the fields of a packet. Answers with what there is to say of it in one line.
local function read_packet(packet, cursor, node)
    local said = packet.name
    for index, field in ipairs(packet.fields) do
        read_command(cursor, node)
        if field.optional and cursor.at == cursor.stop then break end
        local there = is_there(cursor, field)
        local text = not there or read_field(cursor, node, field)
        if not text and cursor.wrong then
            local why = ("%s has a bad field %s: %s"):format(packet.name, field.name, cursor.wrong)
            mark_malformed(node, "bad_field", cursor.tvb(cursor.at, cursor.stop - cursor.at), why)
            return said .. " [malformed: bad " .. field.name .. "]"
        elseif not text then
            local why = ("%s ends inside its field %s"):format(packet.name, field.name)
            mark_malformed(node, "short_body", cursor.tvb(cursor.at, cursor.stop - cursor.at), why)
            return said .. " [malformed: ends inside " .. field.name .. "]"
        end
        if type(text) == "string" and #text <= 64 and index <= most_in_summary then said = said .. " " .. field.name .. "=" .. text end
    end
    read_command(cursor, node)
    local behind = cursor.stop - cursor.at
    if behind > 0 then
        local why = ("%s goes on behind its last field, by %d"):format(packet.name, behind)
        mark_malformed(node, "trailing_bytes", cursor.tvb(cursor.at, behind), why)
        return said .. " [malformed: bytes behind its last field]"
    end
    return said
end

local function read_body(body, node)
    local tvb, at, size = body.tvb, body.at, body.size
    if size < command.offset + command.width then
        local why = ("%d bytes, too few for a command"):format(size)
        mark_malformed(node, "short_body", tvb(at, size), why)
        return "[malformed: " .. why .. "]"
    end
    local range = tvb(at + command.offset, command.width)
    local code = (command.order == "little" and range:le_uint64() or range:uint64()):tohex(2 * command.width)
    local cursor = { tvb = tvb, at = at, stop = at + size, command_at = at + command.offset, items = 0, arrays = 0, bits = {} }
    local packet = packet_of[code]
    if packet then return read_packet(packet, cursor, node) end
    cursor.at = cursor.command_at
    read_command(cursor, node)
    mark_malformed(node, "unknown_command", range, "unknown command 0x" .. code)
    return "[malformed: unknown command 0x" .. code .. "]"
end
