-- Dissects a frame: header, payload, and their errors.
local connections = import('connections')
local errors = import('errors')
local fields = import('fields')
local framing = import('framing')
local inflate = import('inflate')
local payload = import('payload')
local replies = import('replies')
local rules = import('rules')
local schema = import('schema')
local summary = import('summary')
local constants = schema.constants

local frame = { fields = {} }

local function field(abbr, make, name, ...)
  local made = make('im.' .. abbr, name, ...)
  frame.fields[#frame.fields + 1] = made
  return made
end

local names = {}
for number, message in pairs(schema.frames) do names[number] = message.name end

local length = field('length', ProtoField.uint32, 'Length', base.DEC)
local version = field('version', ProtoField.uint8, 'Version', base.DEC)
local kind = field('type', ProtoField.uint8, 'Type', base.DEC, names)
local flags = field('flags', ProtoField.uint16, 'Flags', base.HEX)
local compressed = field('flags.compressed', ProtoField.bool, 'Compressed', 16, nil, constants.FLAG_COMPRESSED)
local ignorable = field('flags.ignorable', ProtoField.bool, 'Ignorable', 16, nil, constants.FLAG_IGNORABLE)
local bytes = field('payload', ProtoField.bytes, 'Payload')
frame.unframed = field('unframed', ProtoField.bytes, 'Data after broken framing')

local function has(value, flag)
  return value % (flag * 2) >= flag
end

-- Adds the header to the tree and returns it.
local function addHeader(tree, tvb, start)
  tree:add(length, tvb(start, 4))
  tree:add(version, tvb(start + 4, 1))
  tree:add(kind, tvb(start + 5, 1))
  local bits = tree:add(flags, tvb(start + 6, 2))
  bits:add(compressed, tvb(start + 6, 2))
  bits:add(ignorable, tvb(start + 6, 2))
  return { version = tvb(start + 4, 1):uint(), type = tvb(start + 5, 1):uint(), flags = tvb(start + 6, 2):uint() }
end

local function namesApplicationTypes(welcome)
  for feature in pairs(welcome and welcome.features or {}) do
    if feature:find('.', 1, true) then return true end
  end
  return false
end

-- Checks a header with valid framing. Returns the message of its type, and the code and details of an error.
local function checkHeader(header, facts)
  local message = schema.frames[header.type]
  if (message and message.handshake ~= (header.version == 0)) or (header.version == 0 and not message) then
    local name = message and string.format(' (%s)', message.name) or ''
    local text = 'type %d%s, which does not go with version %d'
    return message, 'UNSUPPORTED_TYPE', { offset = 5, text = string.format(text, header.type, name, header.version) }
  end
  local agreed = facts.welcome and facts.welcome.version
  if header.version ~= 0 and (agreed and header.version ~= agreed or header.version > constants.PROTOCOL_VERSION) then
    local expected = agreed and string.format('%d (negotiated)', agreed) or string.format('1 to %d', constants.PROTOCOL_VERSION)
    return message, 'UNSUPPORTED_VERSION', { offset = 4, text = string.format('version %d, expected %s', header.version, expected) }
  end
  if not message or (header.version ~= 0 and header.version < message.since) then
    if header.type >= constants.FIRST_APPLICATION_TYPE and namesApplicationTypes(facts.welcome) then return nil end
    return nil, 'UNSUPPORTED_TYPE', { offset = 5, text = string.format('type %d, which is unknown', header.type) }
  end
  local known = header.version == 0 and 0 or constants.FLAG_COMPRESSED + constants.FLAG_IGNORABLE
  local critical = header.flags % (constants.CRITICAL_FLAGS + 1)
  if critical > known then
    local text = header.version == 0 and 'a handshake has no critical ones' or 'critical ones are unknown'
    return message, 'UNSUPPORTED_FLAGS', { offset = 6, text = string.format('flags 0x%04x: %s', header.flags, text) }
  end
  -- "Pipelined frames, sent before the Welcome, MUST NOT use a feature."
  if has(header.flags, constants.FLAG_COMPRESSED) and (facts.hello or facts.welcome) then
    if not (facts.welcome and facts.welcome.features.deflate) then
      return message, 'NOT_NEGOTIATED', { offset = 6, text = 'COMPRESSED, but deflate was not negotiated' }
    end
  end
  return message
end

local function addFault(tree, ctx, fault, isInflated)
  local item = tree
  if fault.at < #ctx.bytes then
    local last = math.min(fault.at + math.max(fault.length, 1), #ctx.bytes)
    item = tree:add(bytes, fields.range(ctx, fault.at, last))
    item:set_text(string.format('%s, at byte %d', fault.text, fault.at + (isInflated and 0 or framing.HEADER_BYTES)))
  end
  -- Offsets count from the start of the frame; an inflated payload has none.
  local offset = not isInflated and framing.HEADER_BYTES + fault.at or nil
  errors.add(tree, item, fault.code, { offset = offset, path = fault.path, rule = fault.rule, text = fault.text })
end

local function isLogin(of, message)
  if of.numbers.access_token then return true end
  local command = of.numbers.cmd and message[of.numbers.cmd]
  return command ~= nil and schema.enums['im.protocol.v1.Command'][command.value] == 'LOGIN'
end

-- An error that the peer reports in an ErrorInfo or a Reject.
local function addReported(tree, of, message, line)
  local data = of.numbers.error and message[of.numbers.error]
  if of.name == 'Reject' or of.name == 'ErrorInfo' or data then errors.addReported(data and data.item or tree, line) end
end

-- Dissects the bytes of ctx as a message. Returns its line for the column Info, an error code, and the message.
local function addMessage(tree, ctx, of, header)
  local item = fields.addPayload(ctx, tree, of)
  local message, fault = payload.read(ctx, of, item)
  local line = summary(of, message)
  if fields.isFull(ctx.items) then errors.addNote(tree, 'too many items, the rest is not shown') end
  if fault then
    -- Missing bytes are not an error of the sender.
    if ctx.isPartial then return line, nil, message end
    addFault(item or tree, ctx, fault, header.isInflated)
    return line, fault.code, message
  end
  if ctx.isPartial or header.isInvalid then return line, nil, message end
  local issues, code = rules.check(of, message, header.version)
  for _, issue in ipairs(issues) do errors.add(item or tree, issue.item, code, issue) end
  if #issues > 0 then return line, code, message end
  if header.isInflated and isLogin(of, message) then
    errors.add(tree, tree, 'NOT_NEGOTIATED', { offset = 6, text = 'LOGIN is never compressed' })
    return line, 'NOT_NEGOTIATED', message
  end
  addReported(item or tree, of, message, line)
  return line, nil, message
end

-- Dissects a payload of a known type, compressed or not. Returns the same as addMessage.
local function addPayload(at, tree, ctx, of, header)
  if not has(header.flags, constants.FLAG_COMPRESSED) then return addMessage(tree, ctx, of, header) end
  tree:add(bytes, fields.range(ctx, 0, #ctx.bytes)):set_text(string.format('Compressed payload: %d bytes', #ctx.bytes))
  if ctx.isPartial then return nil end
  local limit = connections.limit(at.connection, at.direction, at.pinfo) - framing.HEADER_BYTES
  local output, code, text = inflate(ctx.bytes, limit)
  if not output then
    -- The error of the header is the first: a receiver does not inflate.
    if header.isInvalid then return nil end
    errors.add(tree, tree, code, { text = text })
    return nil, code
  end
  header.isInflated = true
  -- An inflated payload gets its own buffer. Wireshark does not allow empty ones.
  local tvb = output ~= '' and ByteArray.new(output, true):tvb('Inflated payload') or nil
  return addMessage(tree, fields.context(tvb, 0, output, ctx.items), of, header)
end

local function noteMissing(tree, available, size)
  if available < size then errors.addNote(tree, string.format('%d of %d bytes captured', available, size)) end
end

-- The captured part of the payload.
local function contentOf(at, available)
  local start, size = at.start + framing.HEADER_BYTES, available - framing.HEADER_BYTES
  local ctx = fields.context(at.tvb, start, size > 0 and at.tvb:raw(start, size) or '', at.items)
  ctx.isPartial = available < at.size
  return ctx
end

-- at: { proto, tvb, start, size, pinfo, tree, connection, direction, items }. Returns the line for the column Info.
function frame.dissect(at)
  local available = math.min(at.size, at.tvb:len() - at.start)
  local tree = at.tree:add(at.proto, at.tvb(at.start, available))
  noteMissing(tree, available, at.size)
  if available < framing.HEADER_BYTES then return 'part of a header' end
  local header = addHeader(tree, at.tvb, at.start)
  local of, code, details = checkHeader(header, connections.facts(at.connection, at.pinfo))
  if code then errors.add(tree, tree, code, details) end
  header.isInvalid = code ~= nil

  local ctx = contentOf(at, available)
  local line, fault, message
  if of and (not code or code == 'NOT_NEGOTIATED') then
    line, fault, message = addPayload(at, tree, ctx, of, header)
  elseif #ctx.bytes > 0 then
    tree:add(bytes, fields.range(ctx, 0, #ctx.bytes))
  end
  if message and not fault then
    connections.note(at.connection, at.pinfo, of, message)
    replies.link(at, tree, of, message)
  end
  code = code or fault
  line = line or (of and of.name or string.format('type %d', header.type))
  if code then line = string.format('%s [%s]', line, code) end
  tree:append_text(', ' .. line)
  return line
end

return frame
