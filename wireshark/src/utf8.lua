-- Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, no truncated sequences.
local byte, find = string.byte, string.find

local utf8 = {}

-- The range of the second byte after these first bytes: excludes overlong forms, surrogates, and values above U+10FFFF.
local SECOND_FROM = { [0xe0] = 0xa0, [0xf0] = 0x90 }
local SECOND_TO = { [0xed] = 0x9f, [0xf4] = 0x8f }

local function lengthOf(first)
  if first < 0x80 then return 1 end
  if first < 0xc2 or first > 0xf4 then return 0 end
  if first < 0xe0 then return 2 end
  return first < 0xf0 and 3 or 4
end

-- The code point at text[i] (from 1) and the index after it; nil for invalid UTF-8.
local function decode(text, i)
  local first = byte(text, i)
  local length = lengthOf(first)
  if length < 2 then return length == 1 and first or nil, i + 1 end
  local point = first % 2 ^ (7 - length)
  for j = 1, length - 1 do
    local next = byte(text, i + j) or 0
    local from = j == 1 and SECOND_FROM[first] or 0x80
    local to = j == 1 and SECOND_TO[first] or 0xbf
    if next < from or next > to then return nil end
    point = point * 64 + next % 64
  end
  return math.floor(point), i + length
end

function utf8.isValid(text)
  local i = find(text, '[\128-\255]')
  while i do
    local point, next = decode(text, i)
    if not point then return false end
    i = find(text, '[\128-\255]', next)
  end
  return true
end

-- Calls f with each code point of a valid text and its index in UTF-16 code units, until it returns true.
function utf8.some(text, f)
  local i, unit = 1, 0
  while i <= #text do
    local point, next = decode(text, i)
    if f(point, unit) then return true end
    i, unit = next, unit + (point > 0xffff and 2 or 1)
  end
  return false
end

-- Shortens a valid text to `limit` UTF-16 code units.
function utf8.cut(text, limit)
  local i, unit = 1, 0
  while i <= #text and unit < limit do
    local point, next = decode(text, i)
    i, unit = next, unit + (point > 0xffff and 2 or 1)
  end
  return i <= #text and text:sub(1, i - 1) .. '…' or text
end

-- The same with control characters replaced, for a single line.
function utf8.shown(text, limit)
  return (utf8.cut(text, limit):gsub('[\0-\31\127]', '.'))
end

return utf8
