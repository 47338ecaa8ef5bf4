import { MAX_ENDED_SESSIONS } from './route-slot.js';

/**
 * The Lua script of RedisRoutes: the rules of route-slot.ts, in one atomic step. A user has a hash with a field for each place:
 *
 *     {im}:user:5   "2"  {"r":{"t":"2","s":"eu","c":"c1","e":"0000000000000000007","a":1700000000000,"x":1700000900000,"v":2,"b":false,"g":"0"}}
 *
 * `r` is the route and `e` the ended session. Of a session: t terminal, s server, c connection, e epoch (19 digits, since numbers of Lua are doubles), a
 * time of the last event, x when it expires (-1: never), v version, b background, p provisional, o the session below a provisional one, g
 * generation of the server. `deleteServer` counts the generation up: routes of earlier ones do not exist.
 *
 *     {im}:servers  "g:eu"  "3"   "v:eu"  "1700000900000"     generation; until when it has version 2
 */
export const REDIS_ROUTES_SCRIPT = `
local op, sessions, lifetime, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local servers, key = KEYS[1], KEYS[2]

local generations = {}
local function generation(id)
  generations[id] = generations[id] or redis.call('HGET', servers, 'g:' .. id) or '0'
  return generations[id]
end

local versions = {}
local function version2(id)
  if versions[id] == nil then versions[id] = tonumber(redis.call('HGET', servers, 'v:' .. id) or '0') > now end
  return versions[id]
end

local function announce(session)
  local known = tonumber(redis.call('HGET', servers, 'v:' .. session.s) or '0')
  if session.x > known then redis.call('HSET', servers, 'v:' .. session.s, string.format('%.0f', session.x)) end
end

local function decode(raw)
  if not raw then return nil, nil end
  local slot = cjson.decode(raw)
  local r, e = slot.r, slot.e
  if r and ((r.x >= 0 and r.x <= now) or r.g ~= generation(r.s)) then r = nil end
  if r and r.o and r.o.g ~= generation(r.o.s) then r.o = nil end
  if e and e.x <= now then e = nil end
  return r, e
end

local function slotAt(place)
  return decode(redis.call('HGET', key, place))
end

-- By bytes: the operator < depends on the locale.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- Writes a slot, and removes what has expired; of the ended sessions, all but the last.
local function save(place, r, e)
  if r or e then redis.call('HSET', key, place, cjson.encode({ r = r, e = e })) else redis.call('HDEL', key, place) end
  local all, isManual, ended = redis.call('HGETALL', key), false, {}
  for i = 1, #all, 2 do
    local other, last = decode(all[i + 1])
    if other then
      if other.x < 0 then isManual = true end
    elseif last then
      ended[#ended + 1] = { place = all[i], a = last.a }
    else
      redis.call('HDEL', key, all[i])
    end
  end
  if not r and #ended > ${MAX_ENDED_SESSIONS} then
    table.sort(ended, function(one, other)
      if one.a ~= other.a then return one.a > other.a end
      return less(other.place, one.place)
    end)
    for i = ${MAX_ENDED_SESSIONS} + 1, #ended do redis.call('HDEL', key, ended[i].place) end
  end
  if isManual then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, lifetime) end
end

local function before(one, other)
  if one.e ~= other.e then return less(one.e, other.e) end
  if one.s ~= other.s then return less(one.s, other.s) end
  return less(one.c or '', other.c or '')
end

local function same(one, other)
  return one.c == other.c and one.s == other.s
end

local function placeOf(terminal, server, connection, device)
  if sessions == 'one-per-terminal' then return terminal end
  local own = terminal .. '/' .. server .. '/' .. connection
  if sessions == 'unlimited' then return own end
  if device == '' then
    local all = redis.call('HGETALL', key)
    for i = 1, #all, 2 do
      if string.sub(all[i], 1, #terminal + 1) == terminal .. ':' then
        local r, e = decode(all[i + 1])
        if r and r.s == server and r.c == connection then return all[i] end
        if e and e.s == server and e.c == connection then return all[i] end
      end
    end
    return own
  end
  local place = terminal .. ':' .. device
  local unnamed = redis.call('HGET', key, own)
  if unnamed then
    local r, e = slotAt(place)
    if not r and not e then redis.call('HSET', key, place, unnamed) end
    redis.call('HDEL', key, own)
  end
  return place
end

local function sessionOf(terminal, server, connection, at, epoch, version)
  at = math.min(at, now)
  if at + lifetime <= now then return nil end
  return { t = terminal, s = server, c = connection, e = epoch, v = version, a = at, x = at + lifetime, g = generation(server) }
end

if op == 'find' then
  local found = {}
  for i = 2, #KEYS do
    local routes = {}
    for _, raw in ipairs(redis.call('HVALS', KEYS[i])) do
      local r = decode(raw)
      if r then
        local version = r.v and tostring(r.v) or version2(r.s) and '2' or ''
        local background = r.b == nil and '' or r.b and '1' or '0'
        for _, value in ipairs({ r.t, r.s, version, background, r.c or '' }) do routes[#routes + 1] = value end
      end
    end
    found[#found + 1] = routes
  end
  return found
end

if op == 'version2' then
  local found, all = {}, redis.call('HGETALL', servers)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'v:' then
      if tonumber(all[i + 1]) > now then found[#found + 1] = string.sub(all[i], 3) else redis.call('HDEL', servers, all[i]) end
    end
  end
  return found
end

if op == 'deleteServer' then
  redis.call('HINCRBY', servers, 'g:' .. ARGV[5], 1)
  redis.call('HDEL', servers, 'v:' .. ARGV[5])
  return '1'
end

local terminal, server = ARGV[5], ARGV[6]

if op == 'set' then
  local place = placeOf(terminal, server, '', '')
  local r, e = slotAt(place)
  save(place, { t = terminal, s = server, e = string.rep('0', 19), v = tonumber(ARGV[7]), a = 0, x = -1, g = generation(server) }, e)
  return r and r.s or ''
end

if op == 'delete' then
  local count, all = 0, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local r, e = decode(all[i + 1])
    if r and r.t == terminal and r.s == server then
      count = count + 1
      save(all[i], nil, e)
    end
  end
  return count > 0 and '1' or '0'
end

local connection, at, version = ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])

if op == 'uplink' then
  local session = sessionOf(terminal, server, connection, at, nil, version)
  local place = placeOf(terminal, server, connection, '')
  local r, e = slotAt(place)
  if not session or session.a <= math.max(r and r.a or 0, e and e.a or 0) or (e and same(e, session)) then return '0' end
  if version >= 2 then announce(session) end
  local isOfRoute = r and same(r, session) or false
  if not isOfRoute or r.p then session.p = true end
  if r and (isOfRoute or r.p) then session.o = r.o else session.o = r end
  session.e = r and r.e or e and e.e or string.rep('0', 19)
  if isOfRoute then session.b = r.b else session.b = false end
  save(place, session, e)
  return '1'
end

-- apply
local epoch, isEnd, background, device = ARGV[10], ARGV[11] == '1', ARGV[12], ARGV[13]
local session = sessionOf(terminal, server, connection, at, epoch, version)
if not session then return { '0', '', '', '0' } end
if version >= 2 then announce(session) end
local place = placeOf(terminal, server, connection, device)
local r, e = slotAt(place)
local isOfRoute = r and same(r, session) or false
local highest = epoch
for _, other in ipairs({ r or session, r and r.o or session, e or session }) do
  if less(highest, other.e) then highest = other.e end
end

local function outcome(route, ended, superseded)
  local applied = route ~= r or ended ~= e
  if applied then save(place, route, ended) end
  -- A second login on the server of a route that was set by hand ends it there.
  if not superseded or (not superseded.c and superseded.s == server) then return { applied and '1' or '0', '', '', highest } end
  return { applied and '1' or '0', superseded.s, superseded.c or '', highest }
end

local function refuseEarlier()
  local left = r
  if isOfRoute and r.p then left = r.o end
  return outcome(left, e, not isEnd and session or nil)
end

if e then
  if same(e, session) then return outcome(r, e) end
  if before(session, e) then return refuseEarlier() end
end
if r then
  local confirmed = r
  if r.p then confirmed = r.o end
  if confirmed and before(session, confirmed) then
    if same(confirmed, session) then return outcome(r, e) end
    return refuseEarlier()
  end
  if session.a < r.a and (r.p or false) ~= isOfRoute then return outcome(r, e) end
end
local earlier = r
if r and (isOfRoute or r.p) then earlier = r.o end
if earlier and same(earlier, session) then earlier = nil end
if isEnd then
  local isManual = r and not r.c and r.s == server
  local isLater = r and r.c and not r.p
  if r and not isOfRoute and not isManual and not isLater then return outcome(r, e) end
  return outcome(nil, session, earlier)
end
if background ~= '' then session.b = background == '1' elseif isOfRoute then session.b = r.b else session.b = false end
return outcome(session, nil, earlier)
`;
