-- Reads tags and lengths, and skips unknown fields.
local Fault = import('fault')
local varint = import('varint')
local schema = import('schema')
local floor = math.floor

local tags = {}

tags.VARINT, tags.FIXED64, tags.DELIMITED, tags.START_GROUP, tags.END_GROUP, tags.FIXED32 = 0, 1, 2, 3, 4, 5
local MAX_TAG_BYTES = 5
local MAX_DEPTH = schema.constants.MAX_DEPTH

-- The tag at b[p]: field number, wire type, and the position after it.
function tags.read(b, p, stop)
  local low, high, next = varint.read(b, p, stop)
  if next - p > MAX_TAG_BYTES then Fault.throw('tag of more than five bytes', p, next - p) end
  if high > 0 then Fault.throw('tag above 2^32 - 1', p, next - p) end
  local number, wire = floor(low / 8), low % 8
  if number == 0 then Fault.throw('field number 0', p, next - p) end
  return number, wire, next
end

-- The length at b[p]: start and end of its content.
function tags.length(b, p, stop)
  local low, high, start = varint.read(b, p, stop)
  if high > 0 or low > stop - start then
    local shown = high > 0 and 'above 4294967295' or string.format('%d', low)
    Fault.throw(string.format('length %s, but its parent ends after %d bytes', shown, stop - start), p, start - p)
  end
  return start, start + low
end

-- The end of `size` bytes at b[p].
function tags.fixed(p, size, stop)
  if p + size > stop then Fault.throw(string.format('truncated value of %d bits: got %d bytes', size * 8, stop - p), p, stop - p) end
  return p + size
end

function tags.tooDeep(at, length)
  Fault.throw(string.format('messages and groups nested deeper than %d', MAX_DEPTH), at, length)
end

-- Skips the value of an unknown field and returns its end. The tag is b[at, p); `depth` is that of the containing message.
function tags.skip(b, at, p, stop, number, wire, depth)
  if wire == tags.VARINT then
    local _, _, next = varint.read(b, p, stop)
    return next
  elseif wire == tags.FIXED64 then
    return tags.fixed(p, 8, stop)
  elseif wire == tags.FIXED32 then
    return tags.fixed(p, 4, stop)
  elseif wire == tags.DELIMITED then
    local _, last = tags.length(b, p, stop)
    return last
  elseif wire == tags.START_GROUP then
    if depth + 1 > MAX_DEPTH then tags.tooDeep(at, p - at) end
    return tags.skipGroup(b, at, p, stop, number, depth + 1)
  end
  if wire > tags.FIXED32 then Fault.throw(string.format('wire type %d', wire), at, p - at) end
  Fault.throw(string.format('end of a group %d that is not open', number), at, p - at)
end

-- Skips a group. A missing end is reported at its start.
function tags.skipGroup(b, at, p, stop, number, depth)
  while p < stop do
    local tag = p
    local inner, wire
    inner, wire, p = tags.read(b, p, stop)
    if wire == tags.END_GROUP and inner == number then return p end
    p = tags.skip(b, tag, p, stop, inner, wire, depth)
  end
  Fault.throw(string.format('group %d does not end', number), at)
end

return tags
