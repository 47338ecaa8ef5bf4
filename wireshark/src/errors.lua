-- Protocol errors as expert infos, one per code: `im.error.malformed_payload`; with their details as fields.
local schema = import('schema')

local errors = { fields = {}, experts = {} }

local function field(make, abbr, name, ...)
  local made = make('im.error' .. abbr, name, ...)
  errors.fields[#errors.fields + 1] = made
  return made
end

local code = field(ProtoField.uint32, '', 'Error', base.DEC, schema.errors)
local offset = field(ProtoField.uint32, '.offset', 'Byte', base.DEC)
local path = field(ProtoField.string, '.path', 'Field')
local rule = field(ProtoField.string, '.rule', 'Rule')

local function register(abbr, text, group, severity)
  local made = ProtoExpert.new(abbr, text, group, severity)
  errors.experts[#errors.experts + 1] = made
  return made
end

local numbers, ofCode = {}, {}
for number, name in pairs(schema.errors) do
  numbers[name] = number
  local group = name == 'MALFORMED_PAYLOAD' and expert.group.MALFORMED or expert.group.PROTOCOL
  ofCode[name] = register('im.error.' .. name:lower(), name, group, expert.severity.ERROR)
end

local reported = register('im.reported_error', 'An error that the peer reports', expert.group.RESPONSE_CODE, expert.severity.NOTE)
local note = register('im.note', 'What the dissector cannot show', expert.group.UNDECODED, expert.severity.NOTE)

-- What is refused with the code `name`, at an item. details: text, and as far as they are known offset, path, rule.
function errors.add(tree, item, name, details)
  local place = details.path and details.path ~= '' and details.path .. ': ' or ''
  local text = string.format('[%s] %s%s', name, place, details.text)
  local shown = tree:add(code, numbers[name])
  shown:set_generated(true)
  if details.offset then shown:add(offset, details.offset):set_generated(true) end
  if details.path then shown:add(path, details.path):set_generated(true) end
  if details.rule then shown:add(rule, details.rule):set_generated(true) end
  (item or tree):add_proto_expert_info(ofCode[name], text)
end

-- An error that the peer reports in an ErrorInfo or a Reject.
function errors.addReported(item, text)
  item:add_proto_expert_info(reported, text)
end

function errors.addNote(item, text)
  item:add_proto_expert_info(note, text)
end

return errors
