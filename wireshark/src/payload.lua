-- Reads a protobuf message strictly into tree items and a folded message (folded.lua), for the rules and the summary. Reading stops at the first
-- error.
local Fault = import('fault')
local fields = import('fields')
local folded = import('folded')
local schema = import('schema')
local tags = import('tags')
local utf8 = import('utf8')
local varint = import('varint')
local byte = string.byte

local payload = {}

local MAX_DEPTH = schema.constants.MAX_DEPTH

local WIRE_TYPES = {
  int64 = tags.VARINT, uint32 = tags.VARINT, bool = tags.VARINT, enum = tags.VARINT,
  sfixed64 = tags.FIXED64, fixed32 = tags.FIXED32, double = tags.FIXED64,
  string = tags.DELIMITED, bytes = tags.DELIMITED, message = tags.DELIMITED,
}

local FIXED_SIZES = { sfixed64 = 8, fixed32 = 4, double = 8 }

-- Each reads the value at b[p] and returns the value for the tree, the position after it, and its entry.
local READERS = {}

local function long(low, high, next)
  return Int64.new(low, high), next, { value = varint.approximate(low, high), low = low, high = high }
end

function READERS.int64(b, p, stop)
  return long(varint.read(b, p, stop))
end

function READERS.sfixed64(b, p, stop)
  local next = tags.fixed(p, 8, stop)
  return long(varint.fixed32(b, p), varint.fixed32(b, p + 4), next)
end

-- A uint32 or enum keeps the low 32 bits; a bool is true if any bit is set.
function READERS.uint32(b, p, stop)
  local low, _, next = varint.read(b, p, stop)
  return low, next, { value = low }
end

function READERS.enum(b, p, stop)
  local low, _, next = varint.read(b, p, stop)
  local value = varint.signed(low)
  return value, next, { value = value }
end

function READERS.bool(b, p, stop)
  local low, high, next = varint.read(b, p, stop)
  local value = low > 0 or high > 0
  return value, next, { value = value }
end

function READERS.fixed32(b, p, stop)
  local next = tags.fixed(p, 4, stop)
  local value = varint.fixed32(b, p)
  return value, next, { value = value }
end

function READERS.double(b, p, stop)
  local next = tags.fixed(p, 8, stop)
  local value = varint.double(b, p)
  return value, next, { value = value }
end

-- A scalar field or a list element at b[p].
local function readScalar(ctx, field, p, stop, tree)
  if WIRE_TYPES[field.type] == tags.DELIMITED then
    local start, last = tags.length(ctx.bytes, p, stop)
    local text = ctx.bytes:sub(start + 1, last)
    if field.type == 'string' and not utf8.isValid(text) then Fault.throw('invalid UTF-8', start, last - start) end
    return last, { value = text, item = fields.addText(ctx, tree, field, start, last, text) }
  end
  local shown, next, entry = READERS[field.type](ctx.bytes, p, stop)
  entry.item = fields.addNumber(ctx, tree, field, p, next, shown, entry)
  return next, entry
end

local readMessage

local function readNested(ctx, field, at, p, stop, tree, depth, into)
  local message = schema.messages[field.message]
  if depth + 1 > MAX_DEPTH then tags.tooDeep(at, p - at) end
  local start, last = tags.length(ctx.bytes, p, stop)
  local item = fields.addMessage(ctx, tree, field, message, start, last)
  local value = into or folded.new(item)
  value.item = item
  readMessage(ctx, message, start, last, item, depth + 1, ctx.path, value)
  return last, value
end

-- A map entry is a message on the wire, but not a level of depth. Missing keys and values have their default.
local function readEntry(ctx, field, p, stop, tree, depth)
  local start, last = tags.length(ctx.bytes, p, stop)
  local item = fields.addEntry(ctx, tree, field, start, last)
  local entry = folded.new(item)
  readMessage(ctx, field.entry, start, last, item, depth, ctx.path, entry)
  return last, entry
end

-- Maximum characters of a key in a path.
local MAX_KEY_CHARS = 64
-- The short escapes of JSON.
local ESCAPES = { ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t' }

-- A key in a path: quoted and escaped as in JSON.
local function keyText(key)
  if type(key) == 'number' then return string.format('%d', key) end
  local text = utf8.cut(key, MAX_KEY_CHARS):gsub('[\0-\31"\\]', function(c)
    return ESCAPES[c] or string.format('\\u%04x', byte(c))
  end)
  return '"' .. text .. '"'
end

local function addToMap(list, field, entry)
  local key = entry[1] and entry[1].value or field.entry.fields[1].default
  local path = '[' .. keyText(key) .. ']'
  if not list.entries[key] then
    list.count = list.count + 1
    list.order[#list.order + 1] = key
  end
  list.entries[key] = { path = path, key = key, folded = entry, item = entry.item }
end

-- Too many elements of a list or map are an error while decoding.
local function limitItems(ctx, field, count, at, isNew)
  if isNew and field.maxItems and count >= field.maxItems then
    local kind = field.kind == 'map' and 'entries' or 'items'
    local fault = Fault.new('INVALID_MESSAGE', string.format('got %d %s, limit %d', count + 1, kind, field.maxItems), at)
    fault.rule = 'max_items'
    -- The path of the list, without the element.
    ctx.path = ctx.path:gsub('%[%d+%]$', '')
    error(fault, 0)
  end
end

local function readList(ctx, field, at, wire, p, stop, tree, depth, list)
  local isPacked = wire == tags.DELIMITED and WIRE_TYPES[field.type] ~= tags.DELIMITED
  local last = stop
  if isPacked then
    local tagLength = p - at
    p, last = tags.length(ctx.bytes, p, stop)
    local size = FIXED_SIZES[field.type]
    if size and (last - p) % size ~= 0 then
      Fault.throw(string.format('packed list of %d bytes, expected a multiple of %d', last - p, size), at, tagLength)
    end
  end
  repeat
    if isPacked and p >= last then return last end
    limitItems(ctx, field, #list.values, isPacked and p or at, true)
    local entry
    if field.type == 'message' then
      p, entry = readNested(ctx, field, at, p, stop, tree, depth)
    else
      p, entry = readScalar(ctx, field, p, last, tree)
    end
    list.values[#list.values + 1] = entry
    list.item = list.item or entry.item
  until not isPacked
  return p
end

local function readField(ctx, message, field, at, wire, p, stop, tree, depth, into)
  if field.kind == 'list' then
    into[field.number] = into[field.number] or { values = {} }
    return readList(ctx, field, at, wire, p, stop, tree, depth, into[field.number])
  elseif field.kind == 'map' then
    local list = into[field.number] or { entries = {}, order = {}, count = 0 }
    local next, entry = readEntry(ctx, field, p, stop, tree, depth)
    local key = entry[1] and entry[1].value or field.entry.fields[1].default
    limitItems(ctx, field, list.count, at, not list.entries[key])
    addToMap(list, field, entry)
    list.item = list.item or entry.item
    into[field.number] = list
    return next
  end
  folded.replaceOthers(into, message, field)
  local next
  if field.type == 'message' then
    local known = into[field.number]
    local value
    next, value = readNested(ctx, field, at, p, stop, tree, depth, known and known.message)
    into[field.number] = { message = value, item = value.item }
  else
    next, into[field.number] = readScalar(ctx, field, p, stop, tree)
  end
  return next
end

local function checkWireType(field, wire, at, length)
  local own = WIRE_TYPES[field.type]
  if field.kind == 'map' then own = tags.DELIMITED end
  -- A list of numbers may be packed or unpacked.
  if wire == own or (field.kind == 'list' and wire == tags.DELIMITED) then return end
  Fault.throw(string.format('wire type %d, expected %d', wire, own), at, length)
end

local function pathOf(parent, field, into)
  -- A map entry has the path of its map: its key may not have been read yet.
  if field.isEntry then return parent end
  local path = parent == '' and field.json or parent .. '.' .. field.json
  -- A list of numbers may be packed: its path has no index.
  if field.kind ~= 'list' or WIRE_TYPES[field.type] ~= tags.DELIMITED then return path end
  return string.format('%s[%d]', path, into[field.number] and #into[field.number].values or 0)
end

function readMessage(ctx, message, p, stop, tree, depth, path, into)
  while p < stop do
    local at = p
    ctx.path = path
    local number, wire
    number, wire, p = tags.read(ctx.bytes, p, stop)
    local field = message.fields[number]
    if field then ctx.path = pathOf(path, field, into) end
    if field and wire ~= tags.END_GROUP then
      checkWireType(field, wire, at, p - at)
      p = readField(ctx, message, field, at, wire, p, stop, tree, depth, into)
    else
      p = tags.skip(ctx.bytes, at, p, stop, number, wire, depth)
      into.unknown[number] = true
      fields.addUnknown(ctx, tree, number, at, p)
    end
  end
  ctx.path = path
end

-- Reads ctx.bytes into the tree. Returns the folded message, and the error that stopped the reading.
function payload.read(ctx, message, tree)
  local value = folded.new(tree)
  ctx.path = ''
  local ok, fault = pcall(readMessage, ctx, message, 0, #ctx.bytes, tree, 0, '', value)
  if ok then return value end
  if type(fault) ~= 'table' then error(fault, 0) end
  fault.path = ctx.path
  return value, fault
end

return payload
