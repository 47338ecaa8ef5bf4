-- Finds frames in TCP streams, with or without TLS, and in WebSocket messages.
local connections = import('connections')
local ends = import('ends')
local errors = import('errors')
local frame = import('frame')
local framing = import('framing')
local schema = import('schema')

local transports = {}

-- Bytes needed to check the framing and to recognize our frames.
local HEAD_BYTES = framing.HEADER_BYTES + 1

local function headAt(tvb, offset)
  local count = math.min(HEAD_BYTES, tvb:len() - offset)
  return count > 0 and tvb:raw(offset, count) or ''
end

local shown = {}

-- Appends a line to the column Info. A packet may have several frames and come in several calls.
local function appendInfo(pinfo, line)
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

-- Adds the bytes from `start` on as broken framing.
local function addBroken(at, code, details)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  tree:append_text(', broken framing')
  errors.add(tree, tree, code, details)
  tree:add(frame.unframed, at.tvb(at.start, rest))
  return string.format('[%s]', code)
end

local function addUnframed(at, what)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  tree:append_text(', after ' .. what)
  tree:add(frame.unframed, at.tvb(at.start, rest))
  return string.format('%d bytes after %s', rest, what)
end

local function addTruncated(at, whole)
  local rest = at.tvb:len() - at.start
  local tree = at.tree:add(at.proto, at.tvb(at.start, rest))
  local of = whole and string.format('%d of %d bytes', rest, whole) or string.format('%d bytes of a header', rest)
  errors.add(tree, tree, 'TRUNCATED', { text = 'ends inside a frame, after ' .. of })
  return '[TRUNCATED]'
end

local function position(proto, tvb, start, pinfo, tree, items)
  local connection, direction = connections.of(pinfo)
  return {
    proto = proto, tvb = tvb, start = start, pinfo = pinfo, tree = tree, connection = connection, direction = direction, items = items,
  }
end

-- The size of the frame at `offset`; all remaining bytes for broken framing; 0 if more bytes are needed.
local function sizeAt(tvb, pinfo, offset)
  local connection, direction = connections.of(pinfo)
  local head, rest = headAt(tvb, offset), tvb:reported_length_remaining(offset)
  connection.isSeen = true
  -- Broken framing leaves nothing pending.
  if not pinfo.visited then connection.pending[direction] = nil end
  if connections.brokenBy(connection, direction, pinfo) and not framing.isFrameStart(head) then return rest end
  if framing.fault(head, limitFor(connection, direction, pinfo, head)) then return rest end
  -- The fifth byte may still show another protocol.
  local size = #head > framing.LENGTH_BYTES and framing.frameBytes(head) or 0
  local isWhole = size > 0 and size <= rest
  if not isWhole and not pinfo.visited then ends.notePending(connection, direction, pinfo, size, rest) end
  if size == 0 and pinfo.can_desegment == 0 then return rest end
  return size
end

-- Dissects a frame of a stream, or the bytes in its place.
local function dissectRegion(proto, tvb, pinfo, tree, items)
  local at = position(proto, tvb, 0, pinfo, tree, items)
  local head = headAt(tvb, 0)
  local brokenBy = connections.brokenBy(at.connection, at.direction, pinfo)
  if brokenBy then
    if not framing.isFrameStart(head) then return addUnframed(at, brokenBy) end
    connections.resynchronize(at.connection, at.direction, pinfo)
  end
  local code, details = framing.fault(head, limitFor(at.connection, at.direction, pinfo, head))
  if code then
    connections.breakFraming(at.connection, at.direction, pinfo)
    return addBroken(at, code, details)
  end
  at.size = #head >= framing.LENGTH_BYTES and framing.frameBytes(head) or framing.HEADER_BYTES
  return frame.dissect(at)
end

-- Whether the stream is HTTP (a WebSocket on the same port) or TLS, which other dissectors handle.
local function isHttpOrTls(head)
  return head:find('^[A-Z][A-Z][A-Z]') ~= nil or head:find('^\22\3') ~= nil
end

-- Dissects part of a stream. Returns the number of dissected bytes.
function transports.stream(proto, tvb, pinfo, tree)
  local connection, direction = connections.of(pinfo)
  connections.noteGap(connection, direction, pinfo)
  if not connection.isSeen and isHttpOrTls(headAt(tvb, 0)) then return 0 end
  local items = { count = 0 }
  dissect_tcp_pdus(tvb, tree, 1, sizeAt, function(region, info, root)
    appendInfo(info, dissectRegion(proto, region, info, root, items))
    return region:len()
  end)
  return tvb:len()
end

-- Dissects a WebSocket message, which has one or more complete frames.
function transports.message(proto, tvb, pinfo, tree)
  local start, items = 0, { count = 0 }
  while start < tvb:len() do
    local at = position(proto, tvb, start, pinfo, tree, items)
    at.connection.isSeen = true
    local head = headAt(tvb, start)
    local code, details = framing.fault(head, limitFor(at.connection, at.direction, pinfo, head))
    local size = #head >= framing.LENGTH_BYTES and framing.frameBytes(head) or nil
    if code then
      appendInfo(pinfo, addBroken(at, code, details))
      break
    elseif not size or start + size > tvb:reported_len() then
      appendInfo(pinfo, addTruncated(at, size))
      break
    end
    at.size = size
    appendInfo(pinfo, frame.dissect(at))
    start = start + size
  end
  return tvb:len()
end

-- The heuristic for streams and messages.
function transports.looksLikeOurs(tvb)
  return framing.isFrameStart(headAt(tvb, 0))
end

return transports
