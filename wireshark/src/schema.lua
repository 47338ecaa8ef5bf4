-- The generated schema tables, with indexes.
local schema = import('tables')

-- Payload messages by frame type.
schema.frames = {}

for _, message in pairs(schema.messages) do
  if message.type then schema.frames[message.type] = message end
  -- Field numbers by name, and in ascending order.
  message.numbers, message.order = {}, {}
  for number, field in pairs(message.fields) do
    message.numbers[field.name] = number
    message.order[#message.order + 1] = number
  end
  table.sort(message.order)
end

return schema
