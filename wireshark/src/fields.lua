-- The fields of the tree, which can be used in filters: one for each field of the schema.
local schema = import('schema')
local secrets = import('secrets')

local fields = { all = {} }

-- Maximum items in a tree: Wireshark aborts at a million.
local MAX_ITEMS = 100000

local function register(field)
  fields.all[#fields.all + 1] = field
  return field
end

local MAKERS = {
  int64 = function(abbr, name, doc) return ProtoField.int64(abbr, name, base.DEC, nil, nil, doc) end,
  uint32 = function(abbr, name, doc) return ProtoField.uint32(abbr, name, base.DEC, nil, nil, doc) end,
  fixed32 = function(abbr, name, doc) return ProtoField.uint32(abbr, name, base.HEX, nil, nil, doc) end,
  double = function(abbr, name, doc) return ProtoField.double(abbr, name, doc) end,
  bool = function(abbr, name, doc) return ProtoField.bool(abbr, name, base.NONE, nil, nil, doc) end,
  string = function(abbr, name, doc) return ProtoField.string(abbr, name, base.UNICODE, doc) end,
  bytes = function(abbr, name, doc) return ProtoField.bytes(abbr, name, base.NONE, doc) end,
  message = function(abbr, name, doc) return ProtoField.none(abbr, name, doc) end,
}
MAKERS.sfixed64 = MAKERS.int64

local function make(abbr, field)
  local doc = field.doc
  if field.type == 'enum' then
    return register(ProtoField.int32(abbr, field.name, base.DEC, schema.enums[field.enum], nil, doc))
  end
  return register(MAKERS[field.type](abbr, field.name, doc))
end

-- Fields with a filter name that several messages share, by name; added as hidden items.
local shared = {}

local function prepare(prefix, field)
  local abbr = prefix .. '.' .. field.name
  if field.kind == 'map' then
    field.proto = register(ProtoField.none(abbr, field.name, field.doc))
    for _, part in pairs(field.entry.fields) do prepare(abbr, part) end
    return
  end
  field.proto = make(abbr, field)
  if field.time then
    field.timeProto = register(ProtoField.absolute_time(abbr .. '.time', field.name .. ', as a date', base.UTC))
  end
  if field.shared then
    shared[field.shared] = shared[field.shared] or make('im.' .. field.shared, { name = field.shared, type = field.type, enum = field.enum })
    field.sharedProto = shared[field.shared]
  end
end

for _, message in pairs(schema.messages) do
  message.proto = register(ProtoField.none('im.' .. message.filter, message.name, message.doc))
  for _, field in pairs(message.fields) do prepare('im.' .. message.filter, field) end
end

fields.unknown = register(ProtoField.bytes('im.unknown_field', 'Unknown field'))

-- ctx: { tvb, base, bytes, items }: the buffer, the position of the payload in it, its bytes, and the item count.
function fields.context(tvb, start, bytes, items)
  return { tvb = tvb, base = start, bytes = bytes, items = items }
end

-- The buffer range of the payload bytes [from, to).
function fields.range(ctx, from, to)
  return ctx.tvb(ctx.base + from, to - from)
end

local function reserveItem(ctx, tree)
  if not tree then return false end
  ctx.items.count = ctx.items.count + 1
  return ctx.items.count <= MAX_ITEMS
end

function fields.isFull(items)
  return items.count > MAX_ITEMS
end

local function addShared(ctx, tree, field, from, to, shown)
  if field.sharedProto and reserveItem(ctx, tree) then
    tree:add(field.sharedProto, fields.range(ctx, from, to), shown):set_hidden(true)
  end
end

function fields.addNumber(ctx, tree, field, from, to, shown, entry)
  if not reserveItem(ctx, tree) then return nil end
  local item = tree:add(field.proto, fields.range(ctx, from, to), shown)
  if field.time and entry.value > 0 and entry.value <= field.time then
    local seconds = math.floor(entry.value / 1000)
    local time = NSTime.new(seconds, math.floor(entry.value - seconds * 1000) * 1000000)
    item:add(field.timeProto, fields.range(ctx, from, to), time):set_generated(true)
  end
  addShared(ctx, tree, field, from, to, shown)
  return item
end

-- A string or bytes. Strings in Wireshark end at U+0000, so that is shown as a symbol.
function fields.addText(ctx, tree, field, from, to, text)
  if not reserveItem(ctx, tree) then return nil end
  local range = fields.range(ctx, from, to)
  if field.type == 'bytes' then return tree:add(field.proto, range) end
  local shown = secrets.text(field, text):gsub('\0', '␀')
  local item = tree:add(field.proto, range, shown)
  addShared(ctx, tree, field, from, to, shown)
  return item
end

local function sizeText(size)
  return size == 1 and '1 byte' or string.format('%d bytes', size)
end

function fields.addMessage(ctx, tree, field, message, from, to)
  if not reserveItem(ctx, tree) then return nil end
  local item = tree:add(field.proto, fields.range(ctx, from, to))
  item:set_text(string.format('%s: %s, %s', field.name, message.name, sizeText(to - from)))
  return item
end

-- The message of a frame.
function fields.addPayload(ctx, tree, message)
  if not reserveItem(ctx, tree) then return nil end
  local item = ctx.tvb and tree:add(message.proto, fields.range(ctx, 0, #ctx.bytes)) or tree:add(message.proto)
  item:set_text(string.format('%s, %s', message.name, sizeText(#ctx.bytes)))
  return item
end

function fields.addEntry(ctx, tree, field, from, to)
  if not reserveItem(ctx, tree) then return nil end
  local item = tree:add(field.proto, fields.range(ctx, from, to))
  item:set_text(string.format('%s: entry, %s', field.name, sizeText(to - from)))
  return item
end

function fields.addUnknown(ctx, tree, number, from, to)
  if not reserveItem(ctx, tree) then return end
  local item = tree:add(fields.unknown, fields.range(ctx, from, to))
  item:set_text(string.format('Unknown field %d: %s', number, sizeText(to - from)))
end

return fields
