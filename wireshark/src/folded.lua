-- The decoded form of a message. If a field occurs twice, the last scalar counts, messages merge, and lists append. The last member of a oneof
-- counts; a message that was replaced in between starts empty.
--
-- A folded message is { [field number] = entry }. An entry is { value, item, ... } for a scalar (with `low` and `high` for a 64-bit integer,
-- whose `value` is rounded), { message, item } for a message, { values, item } for a list, and { entries, item } for a map. `unknown` has the
-- numbers of unknown fields; `item` is the tree item.
local folded = {}

function folded.new(item)
  return { unknown = {}, item = item }
end

-- Removes other members of the oneof: the last one counts.
function folded.replaceOthers(into, message, field)
  if not field.oneof then return end
  for _, number in ipairs(message.oneofs[field.oneof].members) do
    if number ~= field.number then into[number] = nil end
  end
end

-- The field number of the member that is set.
function folded.member(message, oneof)
  for _, number in ipairs(oneof.members) do
    if message[number] then return number end
  end
end

-- The entry of a field by its schema name; nil if not set.
function folded.entry(of, message, name)
  return message[of.numbers[name]]
end

return folded
