-- The line for the column Info: command, sequence or reply_to, ids, and the text of a message.
local folded = import('folded')
local schema = import('schema')
local secrets = import('secrets')
local utf8 = import('utf8')

local MAX_CHARS = 60

local function valueText(field, entry)
  if not entry or entry.value == nil then return nil end
  if field.type == 'string' then return '"' .. utf8.shown(secrets.text(field, entry.value), MAX_CHARS) .. '"' end
  if field.type == 'enum' then return schema.enums[field.enum][entry.value] or string.format('%d', entry.value) end
  if entry.low then return tostring(Int64.new(entry.low, entry.high)) end
  if type(entry.value) == 'number' then return string.format('%d', entry.value) end
  return tostring(entry.value)
end

-- The text of a field by its name; nil if it is not set or empty.
local function text(of, message, name)
  local field = of.fields[of.numbers[name]]
  local entry = message[field.number]
  if not entry or entry.value == '' then return nil end
  return valueText(field, entry)
end

-- The schema and the value of a message field; the value is nil if not set.
local function nested(of, message, name)
  local entry = folded.entry(of, message, name)
  return schema.messages[of.fields[of.numbers[name]].message], entry and entry.message
end

local function listText(of, message, name)
  local field = of.fields[of.numbers[name]]
  local list = message[field.number]
  local texts = {}
  for i, entry in ipairs(list and list.values or {}) do texts[i] = field.type == 'string' and entry.value or valueText(field, entry) end
  return #texts > 0 and table.concat(texts, ',') or nil
end

local function line(...)
  local parts = {}
  for i = 1, select('#', ...) do
    local part = select(i, ...)
    if part and part ~= '' then parts[#parts + 1] = part end
  end
  return table.concat(parts, ' ')
end

local function labelled(label, value)
  return value and label .. ' ' .. value
end

local function contentText(of, message)
  local contentType, content = nested(of, message, 'content')
  if not content then return nil end
  local member = folded.member(content, contentType.oneofs.body)
  local field = contentType.fields[member]
  local id = labelled('id', text(contentType, content, 'message_id'))
  if not field then return line(id, text(contentType, content, 'fallback')) end
  local bodyType, body = nested(contentType, content, field.name)
  if field.name == 'text' then return line(id, text(bodyType, body, 'text')) end
  return line(id, field.name, bodyType.numbers.message_id and text(bodyType, body, 'message_id'), text(contentType, content, 'fallback'))
end

local function userId(of, message, name)
  local userType, user = nested(of, message, name)
  return user and text(userType, user, 'user_id')
end

local function participants(of, message, receiver)
  local from = userId(of, message, 'sender')
  return from and receiver and from .. ' -> ' .. receiver or receiver or from
end

-- `group 9`, `room 9`, or `1 and 2` for the conversation of two users.
local function conversationText(of, message)
  local refType, ref = nested(of, message, 'conversation')
  local field = ref and refType.fields[folded.member(ref, refType.oneofs.kind)]
  if not field then return nil end
  if field.name ~= 'private' then return labelled(field.name:gsub('_id', ''), text(refType, ref, field.name)) end
  local pairType, pair = nested(refType, ref, 'private')
  return line(text(pairType, pair, 'lower_id'), labelled('and', text(pairType, pair, 'higher_id')))
end

-- The name of the member of a oneof.
local function memberName(of, message, oneof)
  local field = of.fields[folded.member(message, of.oneofs[oneof])]
  return field and field.name
end

local function countText(of, message, name)
  local list = folded.entry(of, message, name)
  return list and #list.values > 0 and string.format('%d %s', #list.values, name) or nil
end

-- The name of a bool that is true.
local function flagText(of, message, name)
  local entry = folded.entry(of, message, name)
  return entry and entry.value and name or nil
end

-- The summary of each message.
local SUMMARIES = {}

function SUMMARIES.PrivateMessage(of, m)
  return line(participants(of, m, text(of, m, 'receiver_id')), contentText(of, m))
end

function SUMMARIES.GroupMessage(of, m)
  return line(participants(of, m, labelled('group', text(of, m, 'group_id'))), contentText(of, m))
end

function SUMMARIES.SystemMessage(of, m)
  return contentText(of, m)
end

function SUMMARIES.SendResult(of, m)
  return line(text(of, m, 'code'), labelled('id', text(of, m, 'message_id')))
end

function SUMMARIES.ErrorInfo(of, m)
  return line(text(of, m, 'code'), labelled('for', text(of, m, 'command')), text(of, m, 'message'))
end

function SUMMARIES.SessionInfo(of, m)
  return line(labelled('user', text(of, m, 'user_id')), labelled('on', text(of, m, 'terminal')))
end

SUMMARIES.UserInfo = SUMMARIES.SessionInfo

function SUMMARIES.ForceLogout(of, m)
  return line(labelled('user', userId(of, m, 'user')), text(of, m, 'reason'))
end

function SUMMARIES.DrainInfo(of, m)
  return line(labelled('in', text(of, m, 'grace_ms')), text(of, m, 'grace_ms') and 'ms', text(of, m, 'reason'))
end

function SUMMARIES.SyncRequest(of, m)
  return countText(of, m, 'known')
end

function SUMMARIES.SyncPage(of, m)
  return line(countText(of, m, 'pushes'), countText(of, m, 'truncated'), flagText(of, m, 'reset'), flagText(of, m, 'more'))
end

function SUMMARIES.HistoryRequest(of, m)
  local seqs = line(labelled('after', text(of, m, 'after_seq')), labelled('before', text(of, m, 'before_seq')))
  return line(conversationText(of, m), seqs)
end

function SUMMARIES.HistoryPage(of, m)
  local seqs = line(labelled('from', text(of, m, 'first_seq')), labelled('to', text(of, m, 'last_seq')))
  return line(countText(of, m, 'pushes'), seqs, countText(of, m, 'changes'), flagText(of, m, 'more'))
end

function SUMMARIES.PushAck(of, m)
  return labelled('up to', text(of, m, 'up_to_sequence'))
end

function SUMMARIES.ReadPosition(of, m)
  local position = labelled('up to', text(of, m, 'up_to_seq')) or labelled('up to id', text(of, m, 'up_to_message_id'))
  return line(userId(of, m, 'reader'), conversationText(of, m), position, flagText(of, m, 'quietly'))
end

function SUMMARIES.ConversationState(of, m)
  return line(conversationText(of, m), labelled('revision', text(of, m, 'revision')))
end

function SUMMARIES.Typing(of, m)
  return line(userId(of, m, 'sender'), conversationText(of, m), text(of, m, 'action'))
end

function SUMMARIES.MessageChunk(of, m)
  local chunk = line(labelled('chunk', text(of, m, 'index')), text(of, m, 'state'), text(of, m, 'text'))
  return line(conversationText(of, m), labelled('id', text(of, m, 'message_id')), chunk)
end

function SUMMARIES.StreamControl(of, m)
  local control = flagText(of, m, 'resume') or 'stop'
  return line(conversationText(of, m), labelled('id', text(of, m, 'message_id')), control, labelled('after', text(of, m, 'after_index')))
end

function SUMMARIES.CallSignal(of, m)
  return line(text(of, m, 'call_id'), userId(of, m, 'sender'), conversationText(of, m), memberName(of, m, 'action'))
end

function SUMMARIES.PresenceSubscription(of, m)
  return line(countText(of, m, 'user_ids'), countText(of, m, 'unsubscribe_ids'))
end

function SUMMARIES.PresenceList(of, m)
  return countText(of, m, 'items')
end

function SUMMARIES.Room(of, m)
  return line(flagText(of, m, 'join') or 'leave', labelled('room', text(of, m, 'room_id')))
end

function SUMMARIES.RoomMessage(of, m)
  return line(participants(of, m, labelled('room', text(of, m, 'room_id'))), contentText(of, m))
end

function SUMMARIES.Receipts(of, m)
  return line(conversationText(of, m), countText(of, m, 'items'))
end

function SUMMARIES.DeleteForMe(of, m)
  return line(conversationText(of, m), countText(of, m, 'message_ids'), labelled('up to', text(of, m, 'up_to_seq')))
end

function SUMMARIES.Any(of, m)
  return text(of, m, 'type_url')
end

function SUMMARIES.Hello(of, m)
  return line(labelled('versions', listText(of, m, 'versions')), labelled('features', listText(of, m, 'features')))
end

function SUMMARIES.Welcome(of, m)
  return line(labelled('version', text(of, m, 'version')), labelled('features', listText(of, m, 'features')))
end

function SUMMARIES.Reject(of, m)
  return line(text(of, m, 'code'), text(of, m, 'message'))
end

local function summaryOf(of, message)
  local f = SUMMARIES[of.name]
  return f and f(of, message)
end

local function numbers(of, message)
  local sequence = of.numbers.sequence and text(of, message, 'sequence')
  local replyTo = of.numbers.reply_to and text(of, message, 'reply_to')
  if sequence and sequence ~= '0' then return '#' .. sequence end
  return replyTo and replyTo ~= '0' and 'reply to ' .. replyTo or nil
end

-- The name of the command, or its number.
local function commandText(of, message)
  local entry = folded.entry(of, message, 'cmd')
  if not entry then return nil end
  local name = schema.enums[of.fields[of.numbers.cmd].enum][entry.value]
  return name or string.format('command %d', entry.value)
end

-- The line of the message of a frame.
return function(of, message)
  local data = of.oneofs.data
  if not data then return line(of.name, summaryOf(of, message)) end
  local command = commandText(of, message)
  local member = folded.member(message, data)
  local dataText
  if member then dataText = summaryOf(nested(of, message, of.fields[member].name)) end
  -- SendInfo is left out: on a connection, all messages but the handshake are.
  local name = of.name ~= 'SendInfo' and of.name or nil
  return line(name, command or (not name and of.name), numbers(of, message), summaryOf(of, message), dataText)
end
