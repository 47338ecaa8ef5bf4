-- Registers the protocol with Wireshark: fields, preferences, ports and heuristics.
local connections = import('connections')
local ends = import('ends')
local errors = import('errors')
local fields = import('fields')
local frame = import('frame')
local replies = import('replies')
local schema = import('schema')
local secrets = import('secrets')
local transports = import('transports')

local im = Proto('im', 'IM protocol')
-- Frames in WebSocket messages; and the end of streams, which must see packets without data.
local messages = Proto('im_ws', 'IM protocol over WebSocket')
local streamEnds = Proto('im_end', 'IM protocol, end of streams')

local all = {}
for _, list in ipairs({ frame.fields, errors.fields, replies.fields, fields.all }) do
  for _, field in ipairs(list) do all[#all + 1] = field end
end
im.fields = all
im.experts = errors.experts

im.prefs.ports = Pref.range('TCP ports', '', 'Ports of IM servers. On other ports, connections are recognized by their first frame.', 65535)
im.prefs.max_frame_bytes = Pref.uint('Maximum frame size', schema.constants.DEFAULT_MAX_FRAME_BYTES,
  'Maximum frame size in bytes for connections whose handshake is not in the capture.')
im.prefs.secrets = Pref.bool('Show secrets', false, 'Show tokens, device ids and session ids as text.')

-- Plain functions: a Proto's `dissector` is called through Wireshark, which does not allow reassembly when a heuristic called it.
local function dissectStream(tvb, pinfo, tree)
  return transports.stream(im, tvb, pinfo, tree)
end

local function dissectMessage(tvb, pinfo, tree)
  return transports.message(im, tvb, pinfo, tree)
end

im.dissector = dissectStream
messages.dissector = dissectMessage

function streamEnds.dissector(_, pinfo, tree)
  ends.check(im, pinfo, tree)
end

function im.init()
  connections.reset()
end

local tcpPorts, tlsPorts = DissectorTable.get('tcp.port'), DissectorTable.get('tls.port')
local ports = ''

function im.prefs_changed()
  secrets.shown = im.prefs.secrets
  connections.unseenLimit = im.prefs.max_frame_bytes
  if ports == im.prefs.ports then return end
  for _, table in ipairs({ tcpPorts, tlsPorts }) do
    if ports ~= '' then table:remove(ports, im) end
    if im.prefs.ports ~= '' then table:add(im.prefs.ports, im) end
  end
  ports = im.prefs.ports
end

-- A connection that begins with one of our frames stays ours.
im:register_heuristic('tcp', function(tvb, pinfo, tree)
  if not transports.looksLikeOurs(tvb) then return false end
  pinfo.conversation = im
  dissectStream(tvb, pinfo, tree)
  return true
end)

-- Inside TLS, the conversation belongs to TLS: each record is checked.
im:register_heuristic('tls', function(tvb, pinfo, tree)
  if not transports.looksLikeOurs(tvb) then return false end
  dissectStream(tvb, pinfo, tree)
  return true
end)

messages:register_heuristic('ws', function(tvb, pinfo, tree)
  if not transports.looksLikeOurs(tvb) then return false end
  dissectMessage(tvb, pinfo, tree)
  return true
end)

tcpPorts:add_for_decode_as(im)
tlsPorts:add_for_decode_as(im)

-- The subprotocols: im and im.v<version>.
local protocols = DissectorTable.get('ws.protocol')
protocols:add('im', messages)
for version = 1, schema.constants.ASSIGNED_VERSIONS_END - 1 do protocols:add(string.format('im.v%d', version), messages) end

register_postdissector(streamEnds)
