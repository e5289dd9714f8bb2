-- Segments.

-- Wireshark comes back with the bytes up to where an unfinished frame begins. What was judged by later ones waits with it,
-- or it would be judged otherwise then.
local function hold_back(pieces, unfinished)
    for index, piece in ipairs(pieces) do
        if piece.what == "skip" and piece.at + piece.judged_by > unfinished then
            for last = #pieces, index, -1 do pieces[last] = nil end
            return piece.at
        end
    end
    return unfinished
end

-- What is cut off the bytes there are, in order, and where an unfinished frame begins (nil if nothing is left).
local function pieces_of(how, tvb, pinfo)
    local pieces, memory = {}, {}
    local before = judge(tvb, pinfo)
    if before.unread then return { { what = "unread", at = 0, size = tvb:len() } } end
    local at = before.skip or 0
    if at > 0 then
        pieces[1] = skip(at, "frame_too_long", "the rest of a frame over the limit")
        pieces[1].at = 0
    end
    while at < tvb:len() do
        local piece = cut[how.codec](how, tvb, at, memory)
        if piece.what == "more" then
            local unfinished = hold_back(pieces, at)
            return pieces, unfinished, unfinished == at and piece.need or nil
        end
        local left = tvb:len() - at
        if piece.what == "failed" then
            remember_failure(pinfo)
            piece.size = left
        elseif piece.size > left then
            remember(pinfo, "left", piece.size - left)
            piece.size = left
        end
        piece.at = at
        at = at + piece.size
        local last = pieces[#pieces]
        if last and last.what == "skip" and piece.what == "skip" and piece.kind == "frame_corrupt" then
            -- Garbage is shown in one piece, with the first reason.
            last.judged_by = math.max(last.judged_by, last.size + piece.judged_by)
            last.size = last.size + piece.size
        else
            pieces[#pieces + 1] = piece
        end
    end
    return pieces
end

local function show_frame(piece, tvb, tree)
    local node = tree:add(proto, tvb(piece.at, piece.size))
    for _, part in ipairs(piece.parts) do
        local item
        if part.value then item = node:add(part.field, part.range, part.value)
        elseif part.little then item = node:add_le(part.field, part.range)
        else item = node:add(part.field, part.range) end
        if part.note then item:append_text(part.note) end
    end
    if piece.unwrapped then
        local own = piece.unwrapped():tvb("Body, " .. piece.unwrapped_from)
        piece.body = { tvb = own, at = 0, size = own:len() }
    end
    local said = read_body(piece.body, node)
    node:append_text(", " .. said)
    return said
end

local function show_no_frame(piece, tvb, tree)
    local range = tvb(piece.at, piece.size)
    local node = tree:add(proto, range)
    local what = piece.what == "unread" and "behind a frame that cannot be read" or "that are no frame"
    node:append_text((", %d bytes %s"):format(piece.size, what))
    node:add(frame_fields.skipped, range)
    if piece.what == "unread" then return "[behind a malformed frame]" end
    mark_malformed(node, piece.kind, range, piece.why)
    return "[malformed: " .. piece.why .. "]"
end

-- The info column. A segment that ends one reassembled frame and has others behind it comes here more than once: what was
-- said stays, and TCP's own words go.
local last_said = ""
local function say(pinfo, text)
    local again = last_said ~= "" and tostring(pinfo.cols.info):sub(-#last_said) == last_said
    pinfo.cols.info:set((again and "; " or "") .. text)
    pinfo.cols.info:fence()
    last_said = text
end

local function show_pieces(pieces, tvb, pinfo, tree)
    local most_said = 10
    local said = {}
    for index, piece in ipairs(pieces) do
        local text = (piece.what == "frame" and show_frame or show_no_frame)(piece, tvb, tree)
        if index <= most_said then said[index] = text end
    end
    if #pieces > most_said then said[#said + 1] = ("and %d more"):format(#pieces - most_said) end
    say(pinfo, table.concat(said, "; "))
end

function proto.dissector(tvb, pinfo, tree)
    pinfo.cols.protocol = proto.name
    local pieces, unfinished, total = pieces_of(is_from_server(pinfo) and outgoing or incoming, tvb, pinfo)
    if #pieces > 0 then show_pieces(pieces, tvb, pinfo, tree) end
    if unfinished and pinfo.can_desegment == 0 then
        remember(pinfo, "lost", true)
        tree:add(proto, tvb(unfinished)):append_text(", a frame that goes on in segments that Wireshark is not to put together")
    elseif unfinished then
        pinfo.desegment_offset = unfinished
        -- Within what the field of Wireshark can say; the two largest values there have a meaning of their own.
        pinfo.desegment_len = total and math.min(total - (tvb:len() - unfinished), 0x0ffffffd) or DESEGMENT_ONE_MORE_SEGMENT
    end
end

proto.prefs.go_on = Pref.bool("Go on behind what cannot be read", false, "Try again with the next segment, whatever it begins with: " ..
    "for captures that begin inside a frame or have holes")

-- Ports: from the preference, and "Decode As" for any other.

local tcp_ports = DissectorTable.get("tcp.port")
proto.prefs.ports = Pref.range("TCP ports", protocol.ports, "Ports of servers that speak this protocol", 65535)
local ports = proto.prefs.ports
if ports ~= "" then tcp_ports:add(ports, proto) end
tcp_ports:add_for_decode_as(proto)
function proto.prefs_changed()
    if proto.prefs.ports == ports then return end
    if ports ~= "" then tcp_ports:remove(ports, proto) end
    ports = proto.prefs.ports
    if ports ~= "" then tcp_ports:add(ports, proto) end
end
