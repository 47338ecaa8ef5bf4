-- Raw DEFLATE (RFC 1951) with a limit for the output. Wireshark's `uncompress` has no limit, also accepts zlib and gzip, and does not detect
-- unfinished streams and trailing data.
local byte, char, concat, floor = string.byte, string.char, table.concat, math.floor

local LENGTHS = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 }
local LENGTH_BITS = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 }
local DISTANCES = {
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
}
local DISTANCE_BITS = { 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13 }
local CODE_ORDER = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 }
local END_OF_BLOCK = 256
-- Maximum distance.
local WINDOW = 32768
local MAX_CODE_BITS = 15

local DAMAGED = 'compressed payload: the DEFLATE stream is damaged'
local UNFINISHED = 'compressed payload: the DEFLATE stream has not ended where the payload ends'

local function fail(text)
  error({ inflate = text }, 0)
end

local function bits(s, count)
  while s.count < count do
    local next = byte(s.input, s.at)
    if not next then fail(UNFINISHED) end
    s.hold = s.hold + next * 2 ^ s.count
    s.at = s.at + 1
    s.count = s.count + 8
  end
  local divisor = 2 ^ count
  local value = s.hold % divisor
  s.hold = floor(s.hold / divisor)
  s.count = s.count - count
  return floor(value)
end

-- A canonical Huffman code: the number of codes per length, and the symbols in code order. lengths[0] is that of the first symbol.
local function codeOf(lengths, symbols)
  local counts, offsets, sorted = {}, { 0 }, {}
  for length = 0, MAX_CODE_BITS do counts[length] = 0 end
  for symbol = 0, symbols - 1 do counts[lengths[symbol]] = counts[lengths[symbol]] + 1 end
  local left = 1
  for length = 1, MAX_CODE_BITS do
    left = left * 2 - counts[length]
    if left < 0 then fail(DAMAGED) end
    offsets[length + 1] = offsets[length] + counts[length]
  end
  for symbol = 0, symbols - 1 do
    local length = lengths[symbol]
    if length ~= 0 then
      sorted[offsets[length]] = symbol
      offsets[length] = offsets[length] + 1
    end
  end
  return { counts = counts, sorted = sorted, left = left, used = symbols - counts[0] }
end

local function symbolOf(s, code)
  local value, first, index = 0, 0, 0
  for length = 1, MAX_CODE_BITS do
    value = value + bits(s, 1)
    local count = code.counts[length]
    if value - count < first then return code.sorted[index + value - first] end
    index = index + count
    first = (first + count) * 2
    value = value * 2
  end
  fail(DAMAGED)
end

local function emit(s, value)
  if s.size >= s.limit then error({ tooLarge = true }, 0) end
  s.size = s.size + 1
  s.window[s.size % WINDOW] = value
  s.chunk[#s.chunk + 1] = char(value)
  if #s.chunk == 4096 then
    s.output[#s.output + 1] = concat(s.chunk)
    s.chunk = {}
  end
end

local function stored(s)
  -- Skip the rest of the byte.
  s.hold, s.count = 0, 0
  local length, complement = bits(s, 16), bits(s, 16)
  if length + complement ~= 65535 then fail(DAMAGED) end
  for _ = 1, length do emit(s, bits(s, 8)) end
end

local function compressed(s, literals, distances)
  while true do
    local symbol = symbolOf(s, literals)
    if symbol < END_OF_BLOCK then
      emit(s, symbol)
    elseif symbol == END_OF_BLOCK then
      return
    else
      local length = LENGTHS[symbol - END_OF_BLOCK]
      if not length then fail(DAMAGED) end
      length = length + bits(s, LENGTH_BITS[symbol - END_OF_BLOCK])
      local code = symbolOf(s, distances) + 1
      if not DISTANCES[code] then fail(DAMAGED) end
      local distance = DISTANCES[code] + bits(s, DISTANCE_BITS[code])
      if distance > s.size then fail(DAMAGED) end
      for _ = 1, length do emit(s, s.window[(s.size + 1 - distance) % WINDOW]) end
    end
  end
end

local function fixedCodes()
  local lengths, distances = {}, {}
  for symbol = 0, 287 do lengths[symbol] = symbol < 144 and 8 or symbol < 256 and 9 or symbol < 280 and 7 or 8 end
  for symbol = 0, 29 do distances[symbol] = 5 end
  return codeOf(lengths, 288), codeOf(distances, 30)
end

-- An incomplete code is invalid, unless it has only one symbol.
local function checked(code)
  if code.left > 0 and code.used ~= 1 then fail(DAMAGED) end
  return code
end

local function dynamicCodes(s)
  local literals, distances, codes = bits(s, 5) + 257, bits(s, 5) + 1, bits(s, 4) + 4
  if literals > 286 or distances > 30 then fail(DAMAGED) end
  local lengths = {}
  for i = 0, 18 do lengths[i] = 0 end
  for i = 1, codes do lengths[CODE_ORDER[i]] = bits(s, 3) end
  local code = codeOf(lengths, 19)
  if code.left ~= 0 then fail(DAMAGED) end
  local all, index = {}, 0
  while index < literals + distances do
    local symbol = symbolOf(s, code)
    local value, times = symbol, 1
    if symbol == 16 then
      if index == 0 then fail(DAMAGED) end
      value, times = all[index - 1], 3 + bits(s, 2)
    elseif symbol == 17 then
      value, times = 0, 3 + bits(s, 3)
    elseif symbol == 18 then
      value, times = 0, 11 + bits(s, 7)
    end
    if index + times > literals + distances then fail(DAMAGED) end
    for _ = 1, times do
      all[index] = value
      index = index + 1
    end
  end
  if all[END_OF_BLOCK] == 0 then fail(DAMAGED) end
  local ofDistances = {}
  for i = 0, distances - 1 do ofDistances[i] = all[literals + i] end
  local literalCode, distanceCode = codeOf(all, literals), codeOf(ofDistances, distances)
  checked(literalCode)
  -- A block may have no distances at all.
  if distanceCode.used > 0 then checked(distanceCode) end
  return literalCode, distanceCode
end

local function block(s)
  local isLast, kind = bits(s, 1) == 1, bits(s, 2)
  if kind == 0 then
    stored(s)
  elseif kind == 1 then
    compressed(s, fixedCodes())
  elseif kind == 2 then
    compressed(s, dynamicCodes(s))
  else
    fail(DAMAGED)
  end
  return isLast
end

-- Inflates `input` to at most `limit` bytes. Returns the output; or nil, the name of an error, and its text.
return function(input, limit)
  local s = { input = input, at = 1, hold = 0, count = 0, size = 0, limit = limit, window = {}, chunk = {}, output = {} }
  local ok, fault = pcall(function()
    repeat until block(s)
  end)
  if ok and s.at <= #input then
    ok, fault = false, { inflate = string.format('compressed payload: %d bytes after the DEFLATE stream', #input - s.at + 1) }
  end
  if ok then return concat(s.output) .. concat(s.chunk) end
  if type(fault) ~= 'table' then error(fault, 0) end
  if fault.inflate then return nil, 'MALFORMED_PAYLOAD', fault.inflate end
  local text = 'compressed payload of %d bytes inflates to more than the limit of %d bytes'
  return nil, 'DECOMPRESSED_TOO_LARGE', string.format(text, #input, limit)
end
