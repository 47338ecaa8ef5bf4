-- "At the end of the stream, an incomplete header or payload is TRUNCATED." Wireshark does not pass on an unfinished frame, so this checks every
-- packet. Packets may be out of order: sequence numbers decide whether the stream ends inside a frame.
local connections = import('connections')
local errors = import('errors')
local framing = import('framing')

local ends = {}

local fin, reset = Field.new('tcp.flags.fin'), Field.new('tcp.flags.reset')
local sequence, length = Field.new('tcp.seq'), Field.new('tcp.len')
local lostSegment, tlsRecord = Field.new('tcp.analysis.lost_segment'), Field.new('tls.record')

local function isSet(field)
  local info = field()
  return info ~= nil and info.value == true
end

-- Distance from sequence number `a` to `b`, modulo 2^32.
local function distance(a, b)
  return (b - a) % 0x100000000
end

-- The sequence number after this segment.
local function finishOf()
  local first, size = sequence(), length()
  return first and first.value + (size and size.value or 0) or nil
end

-- Records that the last `rest` bytes of this segment begin a frame of `size` bytes; 0 = part of a header.
function ends.notePending(connection, direction, pinfo, size, rest)
  local finish = finishOf()
  -- Bytes inside TLS have no sequence numbers.
  local start = finish and not tlsRecord() and finish - rest or nil
  connection.pending[direction] = { number = pinfo.number, size = size, start = start, rest = rest }
end

-- Whether this packet ends its stream. A RST only counts with the exact sequence number of the next byte.
local function isEnd(connection, direction, finish)
  if isSet(fin) then return true end
  local highest = connection.highest[direction]
  return isSet(reset) and (highest == nil or distance(highest, finish) == 0)
end

local function isCut(pending, finish)
  -- For out-of-order packets inside TLS, Wireshark reports a lost segment.
  if not pending.start then return not lostSegment() end
  local received = distance(pending.start, finish)
  local size = pending.size > 0 and pending.size or framing.HEADER_BYTES
  return received >= pending.rest and received < size
end

local function note(connection, direction, pinfo)
  local finish = finishOf()
  if not finish then return end
  local isLast = isEnd(connection, direction, finish)
  if isLast then connection.finish[direction] = finish end
  local highest, pending = connection.highest[direction], connection.pending[direction]
  if not highest or distance(highest, finish) < 0x80000000 then connection.highest[direction] = finish end
  -- A late packet may complete the data up to the end that an earlier packet announced.
  if not pending or not connection.finish[direction] or not (isLast or pending.start) then return end
  if not isCut(pending, connection.finish[direction]) then return end
  connection.ends[pinfo.number] = pending
  connection.pending[direction] = nil
end

local function textOf(pending)
  local of = pending.size > 0 and string.format('a frame of %d bytes', pending.size) or 'the header of a frame'
  return string.format('the stream ends inside %s, which began in packet %d', of, pending.number)
end

function ends.check(proto, pinfo, tree)
  local connection, direction = connections.find(pinfo)
  if not connection then return end
  if not pinfo.visited then note(connection, direction, pinfo) end
  local pending = connection.ends[pinfo.number]
  if not pending then return end
  local item = tree:add(proto)
  item:append_text(', end of the stream')
  errors.add(item, item, 'TRUNCATED', { text = textOf(pending) })
  pinfo.cols.info:append(' [TRUNCATED]')
end

return ends
