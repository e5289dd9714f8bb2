-- Where the first of the marks ends that is found from `at` on, and which it is; of several that end there the longest.
-- nil and how many bytes were looked at if there is none within the limit.
local function find_mark(how, tvb, at)
    local most = math.min(tvb:len() - at, how.max)
    local look = math.min(256, most)   -- a little first: there may be many short frames in a long tvb
    while true do
        local text = tvb:raw(at, look)
        local stop, mark
        for _, one in ipairs(how.marks) do
            local _, last = text:find(one, 1, true)
            if last and (not stop or last < stop or last == stop and #one > #mark) then stop, mark = last, one end
        end
        if stop then return stop, mark end
        if look == most then return nil, most end
        look = math.min(4 * look, most)
    end
end
