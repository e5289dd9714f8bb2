-- Connections. Of each direction of one, what there is to know of what came before: bytes of a frame that is passed over and are
-- still to come (`left`), or that nothing more can be read (`failed`). Addresses and ports are used again, so they are no key.
--
-- It is judged when Wireshark goes over the capture the first time, in order. In any later pass, and when a row is clicked on,
-- what was judged then is looked up by the segment: see `judge`.

local known = {}            -- by direction of a connection
local judged = {}           -- by segment: { skip = bytes at its front that belong to a frame that is passed over, unread = all of it }
local sent_by_server = {}   -- by addresses and ports: of marked connections (see `mark`), whether the source is the server
function proto.init() known, judged, sent_by_server = {}, {}, {} end

local streams = { Field.new("tcp.stream"), Field.new("udp.stream") }

-- The number that Wireshark gives a connection; the innermost, where one is in another. In a pass without a tree (the first of
-- two, mostly) no field can be asked for: nil.
local function stream_of()
    for index, field in ipairs(streams) do
        local found = { field() }
        if #found > 0 then return index .. ":" .. tostring(found[#found].value) end
    end
    return nil
end

local function ways_of(pinfo)
    local from, to = tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
    return from .. " > " .. to, to .. " > " .. from
end

-- Where there is no number, Wireshark's own record of the connection is marked, as soon as there is something to know: this
-- dissector is made the one of that connection. From then on it is called because of the mark; where it is called because of a
-- port all the same, the connection is another one.
local function is_marked(pinfo) return pinfo.match_uint ~= pinfo.src_port and pinfo.match_uint ~= pinfo.dst_port end

-- The server's port is the one that this dissector was chosen by.
local function is_from_server(pinfo)
    if is_marked(pinfo) then return sent_by_server[ways_of(pinfo)] end
    return pinfo.src_port == pinfo.match_uint and pinfo.dst_port ~= pinfo.match_uint
end

local function mark(pinfo)
    if is_marked(pinfo) then return end
    local there, back = ways_of(pinfo)
    sent_by_server[there] = is_from_server(pinfo)
    sent_by_server[back] = pinfo.dst_port == pinfo.match_uint and pinfo.src_port ~= pinfo.match_uint
    pinfo.conversation = proto
end

-- What is known of the direction that this segment goes.
local function knowledge(pinfo)
    local there, back = ways_of(pinfo)
    local stream = stream_of()
    local key = stream and stream .. " " .. there or there
    if not stream and not is_marked(pinfo) then known[there], known[back] = nil, nil end
    return known[key] or {}, key
end

local function remember(pinfo, name, value)
    if pinfo.visited then return end
    local before, key = knowledge(pinfo)
    before[name] = value
    known[key] = before
    if not stream_of() then mark(pinfo) end
end

local function judge_first(tvb, pinfo)
    local before = knowledge(pinfo)
    if before.failed then return { unread = true } end
    if not before.left then return nil end
    local here = math.min(before.left, tvb:len())
    before.left = before.left > here and before.left - here or nil
    return { skip = here }
end

-- A segment is known by where it begins in its packet: what was put together begins at 0, and the rest of a packet behind that
-- somewhere else. How long it is may be different the second time.
local function judge(tvb, pinfo)
    local segment = ("%d %s %d"):format(pinfo.number, ways_of(pinfo), tvb:offset())
    if not pinfo.visited then judged[segment] = judge_first(tvb, pinfo) end
    return judged[segment] or {}
end

-- Nothing more of this direction is read, as a receiver would do it. But where Wireshark was not to put a frame together, what
-- comes behind is not read from the begin of a frame on, and a failure says nothing; and a user may know better.
local function remember_failure(pinfo)
    if not proto.prefs.go_on and not knowledge(pinfo).lost then remember(pinfo, "failed", true) end
end
