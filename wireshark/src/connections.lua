-- The state of connections, as far as the capture shows it: what Hello and Welcome agreed on, broken framing, and gaps. State is recorded on the
-- first pass, with the packet number, so that later passes judge each packet by the state before it.
local schema = import('schema')
local constants = schema.constants

local connections = {}

local byStream = {}
local stream = Field.new('tcp.stream')
local lostSegment = Field.new('tcp.analysis.lost_segment')

function connections.reset()
  byStream = {}
end

local function sender(pinfo)
  return tostring(pinfo.src) .. ' ' .. pinfo.src_port
end

local function keyOf(pinfo)
  local index = stream()
  return index and index.value or sender(pinfo)
end

local function directionOf(connection, pinfo)
  return connection.client == sender(pinfo) and 'up' or 'down'
end

-- The connection of a packet, and its direction: 'up' to the server, 'down' to the client. Without a Hello, the direction is a guess.
function connections.of(pinfo)
  local key = keyOf(pinfo)
  local connection = byStream[key]
  if not connection then
    connection = {
      client = sender(pinfo), breaks = { up = {}, down = {} }, gaps = {}, pending = {}, finish = {}, highest = {}, ends = {},
      open = { up = {}, down = {} }, requests = {}, replies = {},
    }
    byStream[key] = connection
  end
  return connection, directionOf(connection, pinfo)
end

-- Like connections.of, but nil for a connection that was not dissected.
function connections.find(pinfo)
  local connection = byStream[keyOf(pinfo)]
  if connection then return connection, directionOf(connection, pinfo) end
end

local function before(fact, pinfo)
  return fact and fact.number <= pinfo.number and fact or nil
end

-- The handshake state at a packet: hello, welcome, login; nil for each that was not seen.
function connections.facts(connection, pinfo)
  local hello, welcome = before(connection.hello, pinfo), before(connection.welcome, pinfo)
  return { hello = hello, welcome = welcome, login = before(connection.login, pinfo) }
end

-- Index of the last event up to this packet number; 0 if there is none. Binary search: a capture may have as many events as packets.
local function lastUpTo(events, number)
  local low, high = 0, #events
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if events[middle].number <= number then low = middle else high = middle - 1 end
  end
  return low
end

-- After broken framing or missing bytes, the position of the next frame is unknown. Returns the reason as text; nil if the stream is intact, or
-- a frame was found again.
function connections.brokenBy(connection, direction, pinfo)
  local breaks = connection.breaks[direction]
  local i = lastUpTo(breaks, pinfo.number)
  -- A break in this packet only affects later packets.
  while i > 0 and breaks[i].by and breaks[i].number == pinfo.number do i = i - 1 end
  return i > 0 and breaks[i].by or nil
end

-- Adds an event, in packet order; repeated ones are skipped.
local function addBreak(connection, direction, pinfo, event)
  if pinfo.visited then return end
  local breaks = connection.breaks[direction]
  local last = breaks[#breaks]
  if not last or last.number ~= event.number or last.by ~= event.by then breaks[#breaks + 1] = event end
end

function connections.breakFraming(connection, direction, pinfo)
  addBreak(connection, direction, pinfo, { number = pinfo.number, by = 'broken framing' })
end

function connections.resynchronize(connection, direction, pinfo)
  addBreak(connection, direction, pinfo, { number = pinfo.number })
end

-- Records missing bytes before this packet, if Wireshark reports them. May be called several times for a packet.
function connections.noteGap(connection, direction, pinfo)
  if not lostSegment() or connection.gaps[direction] == pinfo.number then return end
  connection.gaps[direction] = pinfo.number
  addBreak(connection, direction, pinfo, { number = pinfo.number - 0.5, by = 'bytes missing in the capture' })
end

-- The frame size limit of a direction: each side announces max_frame_bytes in the handshake, and the other side obeys.
function connections.limit(connection, direction, pinfo)
  local facts = connections.facts(connection, pinfo)
  if not facts.hello and not facts.welcome then return connections.unseenLimit end
  if direction == 'up' then
    if not facts.login then return constants.HANDSHAKE_MAX_FRAME_BYTES end
    return facts.welcome and facts.welcome.maxFrameBytes or connections.unseenLimit
  end
  if not facts.welcome then return constants.HANDSHAKE_MAX_FRAME_BYTES end
  return facts.hello and facts.hello.maxFrameBytes or connections.unseenLimit
end

-- The limit without a handshake; set by a preference.
connections.unseenLimit = constants.DEFAULT_MAX_FRAME_BYTES

local function valueOf(message, name, of)
  local entry = message[of.numbers[name]]
  return entry and entry.value
end

local function maxFrameBytes(message, of)
  local announced = valueOf(message, 'max_frame_bytes', of) or 0
  return announced > 0 and announced or constants.DEFAULT_MAX_FRAME_BYTES
end

-- Records the content of a valid handshake frame or session.
function connections.note(connection, pinfo, of, message)
  if pinfo.visited then return end
  if of.name == 'Hello' then
    -- A second Hello is an error and has no effect.
    if connection.hello then return end
    connection.client = sender(pinfo)
    connection.hello = { number = pinfo.number, maxFrameBytes = maxFrameBytes(message, of) }
  elseif of.name == 'Welcome' then
    if connection.welcome then return end
    local features = {}
    local list = message[of.numbers.features]
    for _, entry in ipairs(list and list.values or {}) do features[entry.value] = true end
    connection.welcome = {
      number = pinfo.number, version = valueOf(message, 'version', of), features = features, maxFrameBytes = maxFrameBytes(message, of),
    }
  elseif of.numbers.session and message[of.numbers.session] then
    connection.login = { number = pinfo.number }
  end
end

return connections
