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

-- The connection that a packet belongs to, and the direction that it goes: 'up' to the server, 'down' to the client. Where no Hello was seen,
-- directions are as good as any.
function connections.of(pinfo)
  local index = stream()
  local key = index and index.value or sender(pinfo)
  local connection = byStream[key]
  if not connection then
    connection = {
      client = sender(pinfo), breaks = { up = {}, down = {} }, gaps = {}, pending = {}, ends = {},
      open = { up = {}, down = {} }, requests = {}, replies = {},
    }
    byStream[key] = connection
  end
  return connection, connection.client == sender(pinfo) and 'up' or 'down'
end

local function before(fact, pinfo)
  return fact and fact.number <= pinfo.number and fact or nil
end

-- The facts in force at a packet: hello, welcome, login; each is nil where it was not seen.
function connections.facts(connection, pinfo)
  local hello, welcome = before(connection.hello, pinfo), before(connection.welcome, pinfo)
  return { hello = hello, welcome = welcome, login = before(connection.login, pinfo) }
end

-- "Broken framing: where the next frame begins cannot be known." Nor can it where the capture lacks bytes. Returns what broke the stream before
-- this packet, as text; nothing if nothing did, or a frame has been found again.
function connections.brokenBy(connection, direction, pinfo)
  local breaks = connection.breaks[direction]
  for i = #breaks, 1, -1 do
    local event = breaks[i]
    if event.by and event.number < pinfo.number then return event.by end
    if not event.by and event.number <= pinfo.number then return nil end
  end
  return nil
end

local function addBreak(connection, direction, pinfo, event)
  if pinfo.visited then return end
  local breaks = connection.breaks[direction]
  breaks[#breaks + 1] = event
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
