-- ---------------------------------------------------------------------------------------------------------------------
-- From here on everything is the same for every protocol.

local proto = Proto(protocol.name:gsub("[^%w_.-]", "_"), protocol.title)

-- Fields: what filters and columns can name. NAME.command, NAME.PACKET.FIELD; of an array NAME.PACKET.FIELD.MEMBER, or
-- NAME.PACKET.FIELD where its elements are no structures; of what is counted also NAME.PACKET.FIELD.length or .count.

local all_fields = {}
local taken = {}

local function register(kind, path, label, ...)
    local name = proto.name:lower() .. "." .. path:gsub("[^%w_.-]", "_")
    while taken[name] do name = name .. "_" end   -- a-b and a_b, say
    taken[name] = true
    all_fields[#all_fields + 1] = ProtoField[kind](name, label, ...)
    return all_fields[#all_fields]
end

-- Wireshark keeps the values of a number in a table by itself, but only those that a double can hold.
local function exact(values)
    for value in pairs(values or {}) do
        if type(value) ~= "number" then return nil end
    end
    return values
end

local function register_number(field, path, label, values)
    local signed = field.kind == "signed_integer" or field.signed
    local little = field.order == "little"
    if field.kind == "floating" then
        field.read = little and "le_float" or "float"
        return register(field.width == 4 and "float" or "double", path, label, field.about)
    end
    -- There are types for 1, 2, 3, 4 and 8 bytes; what is read as a number of 8 may lie in fewer.
    local type = (signed and "int" or "uint") .. ((field.varint or field.width > 4) and 64 or 8 * field.width)
    field.zigzag = field.varint and signed
    field.read = (little and "le_" or "") .. (signed and "int" or "uint") .. (field.width > 4 and "64" or "")
    return register(type, path, label, field.base or base.DEC, exact(values), nil, field.about)
end

-- The bits below a number. A mask of Wireshark's has 32 bits; what is above is worked out here.
local function register_masks(field, path)
    local width = field.width > 4 and 64 or 8 * field.width
    for _, one in ipairs(field.masks) do
        local here, high, mask = path .. "." .. one.name, tonumber(one.mask:sub(1, 8), 16), tonumber(one.mask:sub(9), 16)
        if high > 0 then
            one.bits, one.shown = UInt64.fromhex(one.mask), register("uint64", here, one.name, base.DEC)
        elseif one.is_one_bit then
            one.shown = register("bool", here, one.name, width, nil, mask)
        else
            one.shown = register("uint" .. width, here, one.name, base.DEC, nil, mask)
        end
    end
end

-- Marks the fields that others depend on.
local function find_deciding(fields)
    local by_name = {}
    for _, field in ipairs(fields) do
        by_name[field.name] = field
        for _, condition in ipairs(field.conditions or {}) do
            condition.bits = UInt64.fromhex(condition.mask)
            by_name[condition.field].decides = true
        end
    end
end

local function register_fields(path, fields)
    find_deciding(fields)
    for _, field in ipairs(fields) do
        local here = field.name == "" and path or path .. "." .. field.name
        local label = field.name == "" and path:match("[^.]*$") or field.name
        if field.kind == "array" then
            field.number = register_number(field, here .. ".count", label .. ".count")
            register_fields(here, field.element)
        elseif field.kind == "sized_array" then
            field.number = register_number(field, here .. ".length", label .. ".length")
            register_fields(here, field.element)
        elseif field.kind == "rest_array" then
            register_fields(here, field.element)
        elseif field.kind == "counted_text" or field.kind == "counted_bytes" then
            field.number = register_number(field, here .. ".length", label .. ".length")
        elseif field.kind == "flags" then
            field.base = base.HEX
            field.number = register_number(field, here, label)
            register_masks(field, here)
        elseif field.kind:find("integer") or field.kind == "enumeration" or field.kind == "floating" then
            field.number = register_number(field, here, label, field.values)
        end
        if field.kind:find("text") then
            field.shown = register("string", here, label, base.NONE, field.about)
        elseif field.kind:find("bytes") or field.kind == "rest" then
            field.shown = register("bytes", here, label, base.NONE, field.about)
        end
    end
end

local frame_fields = {
    header = register("bytes", "frame.header", "frame header"),
    length = register("uint64", "frame.length", "frame length"),
    delimiter = register("bytes", "frame.delimiter", "frame delimiter"),
    wrapped = register("bytes", "frame.wrapped", "frame as it came"),
    base64 = register("string", "frame.base64", "frame in base64"),
    mark = register("bytes", "frame.mark", "frame mark"),
    checksum = register("uint16", "frame.checksum", "frame checksum", base.HEX),
    skipped = register("bytes", "frame.skipped", "no frame"),
    malformed = register("string", "malformed", "malformed"),
}

local packet_of = {}
local command = protocol.command
do
    local names = {}
    for _, packet in ipairs(packets) do
        packet_of[packet.code] = packet
        local value = tonumber(packet.code, 16)
        names[value < 2 ^ 53 and value or packet.code] = packet.name
    end
    command.kind, command.base = "command", base.HEX
    command.number = register_number(command, "command", "command", names)
    for _, packet in ipairs(packets) do register_fields(packet.name, packet.fields) end
end

local experts = {}
for kind, text in pairs({
    frame_too_long = "frame longer than the limit",
    frame_too_short = "length smaller than its own header",
    frame_corrupt = "no frame, or one whose bytes are corrupt",
    unknown_command = "unknown command",
    short_body = "packet shorter than its fields",
    bad_field = "bytes that a field of a packet cannot have",
    trailing_bytes = "bytes behind the last field of a packet",
}) do
    experts[kind] = ProtoExpert.new(proto.name:lower() .. "." .. kind, text, expert.group.MALFORMED, expert.severity.ERROR)
end
proto.fields = all_fields
proto.experts = experts

local function mark_malformed(node, kind, range, text)
    node:add(frame_fields.malformed, range, text):add_proto_expert_info(experts[kind], text)
end
