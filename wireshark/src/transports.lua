-- Where frames come from: TCP streams, with or without TLS, and WebSocket messages.
local connections = import('connections')
local ends = import('ends')
local errors = import('errors')
local frame = import('frame')
local framing = import('framing')
local schema = import('schema')

local transports = {}

-- So many bytes decide about framing, and whether it looks like ours.
local DECIDING_BYTES = framing.HEADER_BYTES + 1

local function headAt(tvb, offset)
  local count = math.min(DECIDING_BYTES, tvb:len() - offset)
  return count > 0 and tvb:raw(offset, count) or ''
end

local shown = {}

-- Several frames of a packet are told one after the other. A packet may come in several calls.
local function tell(pinfo, line)
  local isFirst = shown.number ~= pinfo.number or shown.visited ~= pinfo.visited
  shown.number, shown.visited = pinfo.number, pinfo.visited
  if isFirst then pinfo.cols.info:clear() end
  pinfo.cols.protocol:set('IM')
  pinfo.cols.info:append(isFirst and line or '; ' .. line)
  pinfo.cols.info:fence()
end

-- The limit for the frame that begins with `head`: "Hello, Welcome and Reject MUST NOT exceed HANDSHAKE_MAX_FRAME_BYTES."
local function limitFor(connection, direction, pinfo, head)
  local message = #head >= 6 and head:byte(5) == 0 and schema.frames[head:byte(6)]
  if message and message.handshake then return schema.constants.HANDSHAKE_MAX_FRAME_BYTES end
  return connections.limit(connection, direction, pinfo)
end

-- The bytes from `start` on are no frame, and nothing behind them can be known to be one.
local function addBroken(at, code, details)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  tree:append_text(', broken framing')
  errors.add(tree, tree, code, details)
  tree:add(frame.behind, at.tvb(at.start, rest))
  return string.format('[%s]', code)
end

local function addBehind(at, what)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  tree:append_text(', behind ' .. what)
  tree:add(frame.behind, at.tvb(at.start, rest))
  return string.format('%d bytes behind %s', rest, what)
end

local function addTruncated(at, whole)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  local of = whole and string.format('%d of %d bytes', rest, whole) or string.format('%d bytes of a header', rest)
  errors.add(tree, tree, 'TRUNCATED', { text = 'ends inside a frame, after ' .. of })
  return '[TRUNCATED]'
end

local function place(proto, tvb, start, pinfo, tree, items)
  local connection, direction = connections.of(pinfo)
  return {
    proto = proto, tvb = tvb, start = start, pinfo = pinfo, tree = tree, connection = connection, direction = direction, items = items,
  }
end

-- The size of the frame at `offset` of a stream; of broken framing, all that is there; 0 if more bytes have to come to know.
local function sizeAt(tvb, pinfo, offset)
  local connection, direction = connections.of(pinfo)
  local head, rest = headAt(tvb, offset), tvb:reported_length_remaining(offset)
  connection.isSeen = true
  -- Of what is broken nothing is pending.
  if not pinfo.visited then connection.pending[direction] = nil end
  if connections.brokenBy(connection, direction, pinfo) and not framing.isFrameStart(head) then return rest end
  if framing.fault(head, limitFor(connection, direction, pinfo, head)) then return rest end
  -- The fifth byte decides whether it is a frame at all.
  local size = #head > framing.LENGTH_BYTES and framing.frameBytes(head) or 0
  local isWhole = size > 0 and size <= rest
  if not isWhole and not pinfo.visited then ends.notePending(connection, direction, pinfo, size, rest) end
  if size == 0 and pinfo.can_desegment == 0 then return rest end
  return size
end

-- One frame of a stream, or what is there instead of one.
local function dissectPiece(proto, tvb, pinfo, tree, items)
  local at = place(proto, tvb, 0, pinfo, tree, items)
  local head = headAt(tvb, 0)
  local brokenBy = connections.brokenBy(at.connection, at.direction, pinfo)
  if brokenBy then
    if not framing.isFrameStart(head) then return addBehind(at, brokenBy) end
    connections.findAgain(at.connection, at.direction, pinfo)
  end
  local code, details = framing.fault(head, limitFor(at.connection, at.direction, pinfo, head))
  if code then
    connections.breakFraming(at.connection, at.direction, pinfo)
    return addBroken(at, code, details)
  end
  at.size = #head >= framing.LENGTH_BYTES and framing.frameBytes(head) or framing.HEADER_BYTES
  return frame.dissect(at)
end

-- HTTP, which WebSocket begins with on the same port, and TLS, in which our frames may be: Wireshark knows them by itself.
local function isForOthers(head)
  return head:find('^[A-Z][A-Z][A-Z]') ~= nil or head:find('^\22\3') ~= nil
end

-- A part of a stream. Returns how many bytes of it were taken.
function transports.stream(proto, tvb, pinfo, tree)
  local connection, direction = connections.of(pinfo)
  connections.noteGap(connection, direction, pinfo)
  if not connection.isSeen and isForOthers(headAt(tvb, 0)) then return 0 end
  local items = { count = 0 }
  dissect_tcp_pdus(tvb, tree, 1, sizeAt, function(piece, info, root)
    tell(info, dissectPiece(proto, piece, info, root, items))
    return piece:len()
  end)
  return tvb:len()
end

-- A WebSocket message: "holds one or more whole frames. A message that ends inside a frame is TRUNCATED."
function transports.message(proto, tvb, pinfo, tree)
  local start, items = 0, { count = 0 }
  while start < tvb:len() do
    local at = place(proto, tvb, start, pinfo, tree, items)
    at.connection.isSeen = true
    local head = headAt(tvb, start)
    local code, details = framing.fault(head, limitFor(at.connection, at.direction, pinfo, head))
    local size = #head >= framing.LENGTH_BYTES and framing.frameBytes(head) or nil
    if code then
      tell(pinfo, addBroken(at, code, details))
      break
    elseif not size or start + size > tvb:reported_len() then
      tell(pinfo, addTruncated(at, size))
      break
    end
    at.size = size
    tell(pinfo, frame.dissect(at))
    start = start + size
  end
  return tvb:len()
end

-- For streams and messages that nothing else claims.
function transports.looksLikeOurs(tvb)
  return framing.isFrameStart(headAt(tvb, 0))
end

return transports
