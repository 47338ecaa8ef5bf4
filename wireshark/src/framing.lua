-- Framing: where frames begin and end, and its errors, each as soon as its bytes are there.
local schema = import('schema')
local byte = string.byte
local constants = schema.constants

local framing = {}

framing.HEADER_BYTES = constants.HEADER_BYTES
-- The size of the length field, which is not included in its value.
framing.LENGTH_BYTES = framing.HEADER_BYTES - constants.MIN_LENGTH
local OPEN_BRACKET, OPEN_BRACE = 0x5b, 0x7b

local LOOKS_LIKE = schema.foreignProtocols

local function shown(value)
  return value > 0x20 and value < 0x7f and string.format("0x%02x '%s'", value, string.char(value)) or string.format('0x%02x', value)
end

local function foreign(value)
  return LOOKS_LIKE[value] or 'another protocol, or a frame of 16 MiB or more'
end

-- The size of the frame with this head (at least four bytes), including the header.
function framing.frameBytes(head)
  local a, b, c, d = byte(head, 1, 4)
  return ((a * 256 + b) * 256 + c) * 256 + d + framing.LENGTH_BYTES
end

-- The framing error of a frame with this head: code and details; nil if there is none so far.
function framing.fault(head, limit)
  local first = byte(head, 1)
  if not first then return nil end
  if first ~= 0 then
    local text = 'a frame begins with 0x00, got %s: this looks like %s'
    return 'FOREIGN_PROTOCOL', { offset = 0, text = string.format(text, shown(first), foreign(first)) }
  end
  if #head < framing.LENGTH_BYTES then return nil end
  local whole = framing.frameBytes(head)
  local length = whole - framing.LENGTH_BYTES
  if length < constants.MIN_LENGTH then
    local legacy = length == 0 and ': this looks like the legacy form of an 8-byte length and JSON text' or ''
    local text = string.format('length field of a frame: got %d, at least %d%s', length, constants.MIN_LENGTH, legacy)
    return 'FRAME_TOO_SHORT', { offset = 0, text = text }
  end
  if whole > limit then
    return 'FRAME_TOO_LARGE', { offset = 0, text = string.format('frame of %d bytes, limit %d', whole, limit) }
  end
  local fifth = byte(head, 5)
  if fifth == OPEN_BRACE or fifth == OPEN_BRACKET then
    local text = 'version of a frame: got %s: this looks like the legacy form of a 4-byte length and JSON text'
    return 'FOREIGN_PROTOCOL', { offset = 4, text = string.format(text, shown(fifth)) }
  end
  return nil
end

-- "On the connection of a client, only types 7, 64 to 66, and negotiated types of applications occur": the message with replies, and the handshake.
local function isOfConnections(message)
  return message.handshake or message.numbers.reply_to ~= nil
end

-- Whether the head is a valid header for a connection, followed by a known first field: enough to recognize a stream as ours.
function framing.isFrameStart(head)
  if #head < framing.HEADER_BYTES or framing.fault(head, constants.LARGEST_FRAME_BYTES) then return false end
  local version, kind, _, lower = byte(head, 5, 8)
  local message = schema.frames[kind]
  if not message or not isOfConnections(message) or message.handshake ~= (version == 0) or version > constants.PROTOCOL_VERSION then return false end
  if version == 0 and (lower ~= 0 or framing.frameBytes(head) > constants.HANDSHAKE_MAX_FRAME_BYTES) then return false end
  if lower > constants.FLAG_COMPRESSED + constants.FLAG_IGNORABLE then return false end
  if lower % 2 == constants.FLAG_COMPRESSED then return true end
  local tag = byte(head, framing.HEADER_BYTES + 1)
  if framing.frameBytes(head) == framing.HEADER_BYTES or not tag then return true end
  -- A tag of two bytes is not checked.
  return tag >= 128 or message.fields[math.floor(tag / 8)] ~= nil
end

return framing
