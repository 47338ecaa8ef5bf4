-- Errors of the payload reader: `code` is the name of an ErrorCode; `text` has figures, but never a value.
local Fault = {}

-- at: index of the first invalid byte in the payload; length: number of invalid bytes (1 if unknown).
function Fault.new(code, text, at, length)
  return { code = code, text = text, at = at, length = length or 1 }
end

-- Aborts the reading of a payload; caught in payload.lua.
function Fault.throw(text, at, length)
  error(Fault.new('MALFORMED_PAYLOAD', text, at, length), 0)
end

return Fault
