-- SLIP (RFC 1055): DB DC is C0, and DB DD is DB.
local function from_slip(text)
    if text:find("\219[^\220\221]") or text:find("\219$") then return nil, "an escape DB without DC or DD behind it" end
    return (text:gsub("\219([\220\221])", { ["\220"] = "\192", ["\221"] = "\219" }))
end

function cut.slip(how, tvb, at) return cut_between_ends(how, tvb, at, "\192", from_slip, "from SLIP") end
