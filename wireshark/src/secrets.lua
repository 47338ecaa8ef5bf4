-- Redacts sensitive fields, unless a preference shows them. Their bytes remain visible in the capture.
local secrets = { shown = false }

secrets.REDACTED = '[redacted]'

function secrets.text(field, text)
  if field.sensitive and not secrets.shown then return secrets.REDACTED end
  return text
end

return secrets
