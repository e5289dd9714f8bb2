-- Frames. A codec looks at the bytes of `tvb` from `at` on and answers with a piece of them. (`memory` is a table that it may
-- fill as long as the tvb is the same.) A piece is one of
--   { what = "frame", size = of all of it, body = { tvb, at, size }, parts = what else there is to show }
--     or, instead of body, unwrapped = a function that makes its bytes, unwrapped_from = how it came
--   { what = "more", need = bytes from `at` on that the frame has, nil where that is not known yet }
--   { what = "skip", size = how many bytes are no frame (maybe more than there are), kind = , why = ,
--     judged_by = how many bytes from `at` on one has to see to know that }
--   { what = "failed", kind = , why = }: nothing behind can be read
-- It is decided before anything is reassembled whether a frame is too long.

local function need(total) return { what = "more", need = total } end
local function skip(size, kind, why, judged_by)
    return { what = "skip", size = size, kind = kind, why = why, judged_by = judged_by or 0 }
end
local function failed(kind, why) return { what = "failed", kind = kind, why = why } end
local function frame(tvb, at, size, from, to, parts)
    return { what = "frame", size = size, body = { tvb = tvb, at = at + from, size = to - from }, parts = parts }
end

local function wrapped(size, parts, from, unwrapped)
    return { what = "frame", size = size, parts = parts, unwrapped = unwrapped, unwrapped_from = from }
end

local function too_long(how, total)
    return ("a frame of %.0f bytes, over the limit of %.0f"):format(total, how.max)
end

local cut = {}
