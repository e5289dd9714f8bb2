-- BODY, always `max` bytes.
function cut.fixed_length(how, tvb, at)
    if tvb:len() - at < how.max then return need(how.max) end
    return frame(tvb, at, how.max, 0, how.max, {})
end
