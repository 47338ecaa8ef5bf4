-- Checks the rules of the schema on a folded message. Returns all issues, with path, rule and text. Texts never show a string value.
local folded = import('folded')
local schema = import('schema')
local utf8 = import('utf8')

local rules = {}

local MAX_ISSUES = 1000

local function add(issues, path, rule, text, item)
  if #issues < MAX_ISSUES then issues[#issues + 1] = { path = path, rule = rule, text = text, item = item } end
end

local function join(path, rest)
  return (path == '' or rest == '') and path .. rest or path .. '.' .. rest
end

local function plural(count, one, many)
  return string.format('%d %s', count, count == 1 and one or many)
end

local function isIn(class, point)
  for i = 1, #class.ranges, 2 do
    if point >= class.ranges[i] and point <= class.ranges[i + 1] then return true end
  end
  return false
end

-- "alphabet and forbidden are character classes without their brackets, as in a regular expression"
local function characterFault(text, class, isRefused)
  local place
  utf8.some(text, function(point, unit)
    if isIn(class, point) == isRefused then place = unit end
    return place ~= nil
  end)
  return place
end

local function isBlank(text)
  return text ~= '' and not utf8.some(text, function(point) return not isIn(schema.whiteSpace, point) end)
end

local function isValidTypeUrl(url)
  local name = url:match('.*/(.*)$')
  if not name or name == '' or name:find('%.$') or name:find('^%.') or name:find('%.%.') then return false end
  for part in name:gmatch('[^.]+') do
    if not part:find('^[A-Za-z_][A-Za-z0-9_]*$') then return false end
  end
  return true
end

local function byteCount(count, bound, limit, except)
  return string.format('got %s, %s %d%s', plural(count, 'byte', 'bytes'), bound, limit, except and ' or none' or '')
end

-- The rules of values: each with its name, and a function that returns an error text. NaN is not equal to itself, and in no range.
local KINDS = {
  { 'min', function(v, min, except) return (v < min or v ~= v) and string.format('at least %d%s', min, except and ' or 0' or '') end },
  { 'max', function(v, max, except) return (v > max or v ~= v) and string.format('limit %d%s', max, except and ' or 0' or '') end },
  { 'min_bytes', function(v, min, except) return #v < min and byteCount(#v, 'at least', min, except) end },
  { 'max_bytes', function(v, max, except) return #v > max and byteCount(#v, 'limit', max, except) end },
  { 'alphabet', function(v, class)
    local place = characterFault(v, class, false)
    return place and string.format('character %d is not in [%s]', place, class.text)
  end },
  { 'forbidden', function(v, class)
    local place = characterFault(v, class, true)
    return place and string.format('character %d is in [%s], which is not allowed', place, class.text)
  end },
  { 'not_blank', function(v) return isBlank(v) and 'only white space' end },
  { 'not_in', function(v, texts) return texts[v] and 'one of the forbidden values' end },
  { 'not_prefix', function(v, prefixes)
    for _, prefix in ipairs(prefixes) do
      if v:sub(1, #prefix) == prefix then return string.format('begins with "%s"', prefix) end
    end
  end },
  { 'type_url', function(v, max)
    if #v > max then return string.format('got %d bytes, limit %d', #v, max) end
    return not isValidTypeUrl(v) and 'the full name of a message must follow the last /'
  end },
}

local function isDefault(value)
  return value == 0 or value == '' or value == false
end

local function numberText(entry)
  if entry.low then return tostring(Int64.new(entry.low, entry.high)) end
  return string.format(entry.value % 1 == 0 and '%d' or '%.14g', entry.value)
end

local function figure(entry)
  if not entry or type(entry.value) ~= 'number' then return '' end
  return string.format('got %s, ', numberText(entry))
end

-- sets: the rules of the value, and those of its format.
local function checkValue(issues, sets, value, entry, path, item)
  if not sets or (sets.orDefault and isDefault(value)) then return end
  for _, set in ipairs(sets) do
    for _, kind in ipairs(KINDS) do
      local name, fault = kind[1], kind[2]
      local text = set[name] ~= nil and fault(value, set[name], sets.orDefault)
      if text then
        if name == 'min' or name == 'max' then text = (entry and figure(entry) or 'got 0, ') .. text end
        add(issues, path, name, text, item)
      end
    end
  end
end

local function checkSize(issues, field, count, path, item)
  local size = plural(count, field.kind == 'map' and 'entry' or 'item', field.kind == 'map' and 'entries' or 'items')
  if field.minItems and count < field.minItems then
    add(issues, path, 'min_items', string.format('got %s, at least %d', size, field.minItems), item)
  end
end

local function checkUnique(issues, values, path, item)
  local seen = {}
  for i, entry in ipairs(values) do
    -- A number is not exact beyond 2^53.
    local key = entry.low and string.format('%d %d', entry.low, entry.high) or entry.value
    if seen[key] then
      add(issues, path, 'unique', string.format('item %d is the same as item %d', i - 1, seen[key] - 1), item)
      return
    end
    seen[key] = i
  end
end

-- What is not set.
local ZERO = { value = 0, low = 0, high = 0 }

local checkMessage

local function checkList(issues, field, list, path, owner)
  local values = list and list.values or {}
  local item = list and list.item or owner
  checkSize(issues, field, #values, path, item)
  if field.unique then checkUnique(issues, values, path, item) end
  for i, entry in ipairs(values) do
    local place = string.format('%s[%d]', path, i - 1)
    if field.type == 'message' then
      checkMessage(issues, schema.messages[field.message], entry, place)
    else
      checkValue(issues, field.items, entry.value, entry, place, entry.item)
    end
  end
end

local function checkMap(issues, field, map, path, owner)
  checkSize(issues, field, map and map.count or 0, path, map and map.item or owner)
  if not map then return end
  for _, key in ipairs(map.order) do
    local entry = map.entries[key]
    checkValue(issues, field.keys, key, entry.folded[1], path .. entry.path, entry.item)
    local value = entry.folded[2]
    checkValue(issues, field.items, value and value.value or field.entry.fields[2].default, value, path .. entry.path, entry.item)
  end
end

local function checkOne(issues, field, entry, path, owner)
  if field.type == 'message' then
    if entry then
      checkMessage(issues, schema.messages[field.message], entry.message, path)
    elseif field.required then
      add(issues, path, 'required', 'not set', owner)
    end
  elseif entry or not field.oneof then
    checkValue(issues, field.rules, entry and entry.value or field.default, entry, path, entry and entry.item or owner)
  end
end

local function hasLaterMember(message, range)
  for number in pairs(message.unknown) do
    if number >= range[1] and number <= range[2] then return true end
  end
  return false
end

local function isReply(message, number)
  local entry = message[number]
  return entry ~= nil and entry.value ~= 0
end

-- "COMMAND_DATA_MISMATCH: the command is known, but data is a member of another command, or is missing although the command has data".
-- "The rules in force are those of the frame's version": any data, or none, goes with a command of a later one.
local function checkCommand(issues, of, message, oneof, path, version)
  local entry = message[oneof.command.field]
  local command = entry and entry.value or 0
  local known = oneof.command.known[command]
  if not known and command >= schema.firstApplicationCommand then known = oneof.command.application end
  if not known or (version and version < known.since) then return end
  if known.reply and isReply(message, oneof.command.replyTo) then known = known.reply end
  local member = folded.member(message, oneof)
  if (member == nil and known.none) or (member and known.members[member]) then return end
  local got = member and of.fields[member].json or 'nothing'
  add(issues, join(path, oneof.name), 'command_data', string.format('%s, got %s', known.text, got), message.item)
end

local function checkOneofs(issues, of, message, path, version)
  for _, oneof in pairs(of.oneofs) do
    if oneof.required and not folded.member(message, oneof) and not (oneof.later and hasLaterMember(message, oneof.later)) then
      add(issues, join(path, oneof.name), 'required', 'not set', message.item)
    end
    if oneof.command then checkCommand(issues, of, message, oneof, path, version) end
  end
end

local function isSet(entry, field)
  if not entry then return false end
  if field.kind == 'list' then return #entry.values > 0 end
  if field.kind == 'map' then return entry.count > 0 end
  return entry.message ~= nil or field.oneof ~= nil or not isDefault(entry.value)
end

local function checkGroup(issues, of, message, path, group, rule, isBroken, wanted)
  local set = {}
  for _, number in ipairs(group) do
    if isSet(message[number], of.fields[number]) then set[#set + 1] = of.fields[number].json end
  end
  if not isBroken(#set) then return end
  local got = #set == 0 and 'none' or table.concat(set, ' and ')
  add(issues, path, rule, string.format('got %s, %s', got, wanted), message.item)
end

local function bytesOf(entry, field)
  if not entry then return 0 end
  local sum = 0
  if field.kind == 'list' then
    for _, item in ipairs(entry.values) do sum = sum + #item.value end
  elseif field.kind == 'map' then
    for _, key in ipairs(entry.order) do
      local value = entry.entries[key].folded[2]
      sum = sum + #key + (value and #value.value or 0)
    end
  else
    sum = #entry.value
  end
  return sum
end

local function checkTotal(issues, of, message, path)
  local sum = 0
  for _, number in ipairs(of.byteTotal.fields) do sum = sum + bytesOf(message[number], of.fields[number]) end
  if sum > of.byteTotal.max then
    add(issues, path, 'byte_total', string.format('got %d bytes together, limit %d', sum, of.byteTotal.max), message.item)
  end
end

-- "The numbers of each group do not decrease from one field to the next."
local function checkAscending(issues, of, message, path, group)
  for i = 2, #group do
    local lower, higher = message[group[i - 1]] or ZERO, message[group[i]] or ZERO
    -- The halves are exact, their sum is not.
    local isSame = lower.high == higher.high
    local isAbove = isSame and (lower.low or lower.value) > (higher.low or higher.value) or not isSame and lower.value > higher.value
    if isAbove then
      local names = { of.fields[group[i - 1]].json, of.fields[group[i]].json }
      local text = string.format('got %s %s above %s %s', names[1], numberText(lower), names[2], numberText(higher))
      add(issues, path, 'ascending', text, message.item)
    end
  end
end

local function isMany(count) return count > 1 end
local function isNone(count) return count == 0 end
local function isNotOne(count) return count ~= 1 end

function checkMessage(issues, of, message, path, version)
  for _, number in ipairs(of.order) do
    local field, entry = of.fields[number], message[number]
    local place = join(path, field.json)
    if field.kind == 'list' then
      checkList(issues, field, entry, place, message.item)
    elseif field.kind == 'map' then
      checkMap(issues, field, entry, place, message.item)
    else
      checkOne(issues, field, entry, place, message.item)
    end
  end
  for _, group in ipairs(of.atMostOne) do
    checkGroup(issues, of, message, path, group, 'at_most_one', isMany, 'at most one is allowed')
  end
  for _, group in ipairs(of.atLeastOne) do
    checkGroup(issues, of, message, path, group, 'at_least_one', isNone, 'at least one is needed')
  end
  for _, group in ipairs(of.ascending) do checkAscending(issues, of, message, path, group) end
  for _, group in ipairs(of.exactlyOne) do
    checkGroup(issues, of, message, path, group, 'exactly_one', isNotOne, 'exactly one is needed')
  end
  if of.byteTotal then checkTotal(issues, of, message, path) end
  checkOneofs(issues, of, message, path, version)
end

-- Returns all issues of a message in a frame of a version, and their error code.
function rules.check(of, message, version)
  local issues = {}
  checkMessage(issues, of, message, '', version)
  local code = 'COMMAND_DATA_MISMATCH'
  for _, issue in ipairs(issues) do
    if issue.rule ~= 'command_data' then code = 'INVALID_MESSAGE' end
  end
  return issues, code
end

return rules
