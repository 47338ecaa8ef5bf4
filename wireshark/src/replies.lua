-- Which request a reply answers, and after how long: "a request gets exactly one reply, whose reply_to is its sequence". Noted when a packet is
-- seen for the first time; the request's own packet tells of the reply when it is looked at again.
local replies = {}

local responseIn = ProtoField.framenum('im.response_in', 'Reply in', base.NONE, frametype.RESPONSE)
local responseTo = ProtoField.framenum('im.response_to', 'Reply to', base.NONE, frametype.REQUEST)
local responseTime = ProtoField.relative_time('im.response_time', 'Time from the request')
replies.fields = { responseIn, responseTo, responseTime }

local OTHER = { up = 'down', down = 'up' }

local function numberOf(of, message, name)
  local entry = of.numbers[name] and message[of.numbers[name]]
  return entry and entry.value > 0 and entry.value or nil
end

local function noteRequest(connection, direction, pinfo, sequence, key)
  local exchange = { request = pinfo.number, time = pinfo.abs_ts }
  connection.open[direction][sequence] = exchange
  connection.requests[key] = exchange
end

local function noteReply(connection, direction, pinfo, replyTo, key)
  local open = connection.open[OTHER[direction]]
  local exchange = open[replyTo]
  if not exchange then return end
  open[replyTo] = nil
  exchange.reply, exchange.elapsed = pinfo.number, pinfo.abs_ts - exchange.time
  connection.replies[key] = exchange
end

-- Times of packets are doubles in Lua, which have microseconds and no more.
local function addElapsed(tree, elapsed)
  local microseconds = math.floor(elapsed * 1000000 + 0.5)
  local seconds = math.floor(microseconds / 1000000)
  tree:add(responseTime, NSTime.new(seconds, (microseconds - seconds * 1000000) * 1000)):set_generated(true)
end

-- Ties a message to its request or its reply. at: as in frame.lua.
function replies.tie(at, tree, of, message)
  local connection, pinfo, direction = at.connection, at.pinfo, at.direction
  local sequence, replyTo = numberOf(of, message, 'sequence'), numberOf(of, message, 'reply_to')
  local key = string.format('%d %s %d', pinfo.number, direction, sequence or replyTo or 0)
  if sequence then
    if not pinfo.visited then noteRequest(connection, direction, pinfo, sequence, key) end
    local exchange = connection.requests[key]
    if exchange and exchange.reply then tree:add(responseIn, exchange.reply):set_generated(true) end
  elseif replyTo then
    if not pinfo.visited then noteReply(connection, direction, pinfo, replyTo, key) end
    local exchange = connection.replies[key]
    if exchange then
      tree:add(responseTo, exchange.request):set_generated(true)
      addElapsed(tree, exchange.elapsed)
    end
  end
end

return replies
