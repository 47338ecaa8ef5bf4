-- The schema: what is generated from it, and what is found in that more quickly than by searching.
local schema = import('tables')

-- The messages that are payloads, by the type byte of their frames.
schema.frames = {}

for _, message in pairs(schema.messages) do
  if message.type then schema.frames[message.type] = message end
  -- The numbers of fields by their names, and in their order.
  message.numbers, message.order = {}, {}
  for number, field in pairs(message.fields) do
    message.numbers[field.name] = number
    message.order[#message.order + 1] = number
  end
  table.sort(message.order)
end

return schema
