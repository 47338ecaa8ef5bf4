-- What a message says, once its bytes are read: "A field given twice: of a scalar the last counts; messages merge, lists append. Of the
-- members of a oneof the last one counts; if it is a message that was replaced in between, it starts anew."
--
-- A folded message is { [field number] = entry }. An entry is { value, item, ... } of a scalar (`low` and `high` of a 64-bit integer, whose
-- `value` is rounded), { message, item } of a message, { values, item } of a list, and { entries, item } of a map. `unknown` are the numbers
-- of unknown fields, `item` is where it stands in the tree.
local folded = {}

function folded.new(item)
  return { unknown = {}, item = item }
end

-- Of the members of a oneof the last one counts.
function folded.replaceOthers(into, message, field)
  if not field.oneof then return end
  for _, number in ipairs(message.oneofs[field.oneof].members) do
    if number ~= field.number then into[number] = nil end
  end
end

-- The number of the member of a oneof that is set.
function folded.member(message, oneof)
  for _, number in ipairs(oneof.members) do
    if message[number] then return number end
  end
end

-- A field by its name in the schema: its entry, or nothing.
function folded.entry(of, message, name)
  return message[of.numbers[name]]
end

return folded
