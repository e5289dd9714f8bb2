-- BODY | MARK.
function cut.delimiter(how, tvb, at)
    local total, mark = find_mark(how, tvb, at)
    if not total and mark == how.max then
        return failed("frame_too_long", ("no delimiter within the limit of %.0f bytes"):format(how.max))
    end
    if not total then return need(nil) end
    local body = total - #mark
    local delimiter = { field = frame_fields.delimiter, range = tvb(at + body, #mark) }
    return frame(tvb, at, total, 0, how.strip and body or total, { delimiter })
end
