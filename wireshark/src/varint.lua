-- Integers on the wire. Lua 5.2 only has doubles, Lua 5.4 has 64-bit integers: so 64-bit values are two halves of 32 bits, which both compute
-- exactly. Positions count from 0, as in the specification.
local Fault = import('fault')
local byte, floor = string.byte, math.floor

local varint = {}

local TWO_32 = 4294967296
local MAX_BYTES = 10
-- The factor of each byte in the low half. The fifth byte has four bits for the low half and three for the high half.
local IN_LOW = { 1, 128, 16384, 2097152, 268435456 }
-- The factors in the high half, from the sixth byte on.
local IN_HIGH = { [6] = 8, [7] = 1024, [8] = 131072, [9] = 16777216, [10] = 2147483648 }

-- The varint at b[p], before `stop`: its low and high half, and the position after it.
function varint.read(b, p, stop)
  local low, high = 0, 0
  for i = 1, MAX_BYTES do
    if p + i > stop then
      Fault.throw(string.format('truncated varint: got %d bytes without an end', stop - p), p, stop - p)
    end
    local value = byte(b, p + i)
    local bits = value % 128
    if i < 5 then
      low = low + bits * IN_LOW[i]
    elseif i == 5 then
      low = low + bits % 16 * IN_LOW[i]
      high = floor(bits / 16)
    else
      high = high + bits * IN_HIGH[i]
    end
    if value < 128 then
      if i == MAX_BYTES and value > 1 then Fault.throw('varint above 2^64 - 1', p, MAX_BYTES) end
      return low, high, p + i
    end
  end
  Fault.throw('varint of more than ten bytes', p, MAX_BYTES)
end

-- The little-endian 32-bit integer at b[p].
function varint.fixed32(b, p)
  local a, c, d, e = byte(b, p + 1, p + 4)
  return a + c * 256 + d * 65536 + e * 16777216
end

-- A 32-bit two's complement as a signed number.
function varint.signed(half)
  if half >= 2147483648 then return half - TWO_32 end
  return half
end

-- The little-endian double (IEEE 754) at b[p].
function varint.double(b, p)
  local low, high = varint.fixed32(b, p), varint.fixed32(b, p + 4)
  local sign = high >= 2147483648 and -1 or 1
  local exponent = floor(high / 1048576) % 2048
  local fraction = (high % 1048576 * TWO_32 + low) / 4503599627370496
  if exponent == 2047 then return fraction == 0 and sign * math.huge or 0 / 0 end
  if exponent == 0 then return sign * fraction * 2 ^ -1022 end
  return sign * (1 + fraction) * 2 ^ (exponent - 1023)
end

-- A signed 64-bit integer as a rounded number, for comparisons with limits below 2^53.
function varint.approximate(low, high)
  return varint.signed(high) * TWO_32 + low
end

return varint
