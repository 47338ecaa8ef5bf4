-- "At the end of the stream, anything pending, of a header or of a payload, is TRUNCATED." Wireshark keeps an unfinished frame to itself, so
-- this looks at every packet that ends a stream.
local connections = import('connections')
local errors = import('errors')

local fin, reset = Field.new('tcp.flags.fin'), Field.new('tcp.flags.reset')

local function isSet(field)
  local info = field()
  return info ~= nil and info.value == true
end

local function textOf(pending)
  local of = pending.size > 0 and string.format('a frame of %d bytes', pending.size) or 'the header of a frame'
  return string.format('the stream ends inside %s, which began in packet %d', of, pending.number)
end

return function(proto, pinfo, tree)
  if not isSet(fin) and not isSet(reset) then return end
  local connection, direction = connections.of(pinfo)
  if not pinfo.visited then
    connection.ends[pinfo.number] = connection.pending[direction]
    connection.pending[direction] = nil
  end
  local pending = connection.ends[pinfo.number]
  if not pending then return end
  local item = tree:add(proto)
  item:append_text(', end of the stream')
  errors.add(item, item, 'TRUNCATED', { text = textOf(pending) })
  pinfo.cols.info:append(' [TRUNCATED]')
end
