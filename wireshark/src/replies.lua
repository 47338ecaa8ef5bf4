-- Links requests and replies, with the response time: the reply_to of a reply is the sequence of its request. Recorded on the first pass; the
-- request links to its reply from the second pass on.
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

local function recordRequest(connection, direction, pinfo, sequence, key)
  local exchange = { request = pinfo.number, time = pinfo.abs_ts }
  connection.open[direction][sequence] = exchange
  connection.requests[key] = exchange
end

local function recordReply(connection, direction, pinfo, replyTo, key)
  local open = connection.open[OTHER[direction]]
  local exchange = open[replyTo]
  if not exchange then return end
  open[replyTo] = nil
  exchange.reply, exchange.elapsed = pinfo.number, pinfo.abs_ts - exchange.time
  connection.replies[key] = exchange
end

-- Packet times are doubles in Lua, precise to microseconds.
local function addElapsed(tree, elapsed)
  local microseconds = math.floor(elapsed * 1000000 + 0.5)
  local seconds = math.floor(microseconds / 1000000)
  tree:add(responseTime, NSTime.new(seconds, (microseconds - seconds * 1000000) * 1000)):set_generated(true)
end

-- Links a message with its request or reply. at: as in frame.lua.
function replies.link(at, tree, of, message)
  local connection, pinfo, direction = at.connection, at.pinfo, at.direction
  local sequence, replyTo = numberOf(of, message, 'sequence'), numberOf(of, message, 'reply_to')
  local key = string.format('%d %s %d', pinfo.number, direction, sequence or replyTo or 0)
  if sequence then
    if not pinfo.visited then recordRequest(connection, direction, pinfo, sequence, key) end
    local exchange = connection.requests[key]
    if exchange and exchange.reply then tree:add(responseIn, exchange.reply):set_generated(true) end
  elseif replyTo then
    if not pinfo.visited then recordReply(connection, direction, pinfo, replyTo, key) end
    local exchange = connection.replies[key]
    if exchange then
      tree:add(responseTo, exchange.request):set_generated(true)
      addElapsed(tree, exchange.elapsed)
    end
  end
end

return replies
