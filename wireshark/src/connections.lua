-- What a connection agreed on, as far as the capture shows it: each side obeys the other's Hello or Welcome. Facts are noted when a packet is
-- seen for the first time, with its number, so that packets that are looked at again are judged by what was known before them.
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

-- The connection that a packet belongs to, and the direction that it goes: 'up' to the server, 'down' to the client. Where no Hello was seen,
-- directions are as good as any.
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

-- As connections.of; nothing for a packet of a connection on which no frame was looked for.
function connections.find(pinfo)
  local connection = byStream[keyOf(pinfo)]
  if connection then return connection, directionOf(connection, pinfo) end
end

local function before(fact, pinfo)
  return fact and fact.number <= pinfo.number and fact or nil
end

-- The facts in force at a packet: hello, welcome, login; each is nil where it was not seen.
function connections.facts(connection, pinfo)
  local hello, welcome = before(connection.hello, pinfo), before(connection.welcome, pinfo)
  return { hello = hello, welcome = welcome, login = before(connection.login, pinfo) }
end

-- Index of the last event of a list up to the packet of this number; 0 if there is none. A capture may have as many events as packets, and in
-- a second pass the one that counts lies anywhere in the list.
local function lastUpTo(events, number)
  local low, high = 0, #events
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if events[middle].number <= number then low = middle else high = middle - 1 end
  end
  return low
end

-- "Broken framing: where the next frame begins cannot be known." Nor can it where the capture lacks bytes. Returns what broke the stream before
-- this packet, as text; nothing if nothing did, or a frame has been found again.
function connections.brokenBy(connection, direction, pinfo)
  local breaks = connection.breaks[direction]
  local i = lastUpTo(breaks, pinfo.number)
  -- What breaks in this packet, in any of the calls for it, breaks what is behind it alone.
  while i > 0 and breaks[i].by and breaks[i].number == pinfo.number do i = i - 1 end
  return i > 0 and breaks[i].by or nil
end

-- Events come in the order of packets. One that says what the last one says is left out.
local function addBreak(connection, direction, pinfo, event)
  if pinfo.visited then return end
  local breaks = connection.breaks[direction]
  local last = breaks[#breaks]
  if not last or last.number ~= event.number or last.by ~= event.by then breaks[#breaks + 1] = event end
end

function connections.breakFraming(connection, direction, pinfo)
  addBreak(connection, direction, pinfo, { number = pinfo.number, by = 'broken framing' })
end

function connections.findAgain(connection, direction, pinfo)
  addBreak(connection, direction, pinfo, { number = pinfo.number })
end

-- Between the packet before and this one bytes are missing, if Wireshark says so. A packet may be asked about several times.
function connections.noteGap(connection, direction, pinfo)
  if not lostSegment() or connection.gaps[direction] == pinfo.number then return end
  connection.gaps[direction] = pinfo.number
  addBreak(connection, direction, pinfo, { number = pinfo.number - 0.5, by = 'bytes that are not in the capture' })
end

-- "max_frame_bytes: each side says in the handshake what it accepts, and the other obeys."
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

-- Where the handshake is not in the capture; a preference sets it.
connections.unseenLimit = constants.DEFAULT_MAX_FRAME_BYTES

local function valueOf(message, name, of)
  local entry = message[of.numbers[name]]
  return entry and entry.value
end

local function maxFrameBytes(message, of)
  local told = valueOf(message, 'max_frame_bytes', of) or 0
  return told > 0 and told or constants.DEFAULT_MAX_FRAME_BYTES
end

-- Notes what a sound frame of the handshake, or a session, says.
function connections.note(connection, pinfo, of, message)
  if pinfo.visited then return end
  if of.name == 'Hello' then
    -- "a second Hello is MALFORMED_HELLO": it agrees on nothing.
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
