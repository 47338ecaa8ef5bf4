-- Why a reader refuses something: `code` is the name of an ErrorCode, `text` gives the figures and never a value.
local Fault = {}

-- at: index in the payload of the first byte of what is refused; length: of how many bytes (1 where it is not known).
function Fault.new(code, text, at, length)
  return { code = code, text = text, at = at, length = length or 1 }
end

-- Ends the reading of a payload; `payload.lua` catches it.
function Fault.throw(text, at, length)
  error(Fault.new('MALFORMED_PAYLOAD', text, at, length), 0)
end

return Fault
