-- "Fields with the option sensitive are redacted in every log, error text, dissector, and wherever people look." Their bytes are in the
-- capture all the same; a preference shows them as text.
local secrets = { shown = false }

secrets.REDACTED = '[redacted]'

function secrets.text(field, text)
  if field.sensitive and not secrets.shown then return secrets.REDACTED end
  return text
end

return secrets
