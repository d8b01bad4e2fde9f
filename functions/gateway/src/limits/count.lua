-- KEYS[1]: whose requests. ARGV: how many may be made, in how many seconds.
-- Answers how many more may be made at once; or -1, and in how many microseconds one may.
local quota = tonumber(ARGV[1])
local window = tonumber(ARGV[2]) * 1000000
local interval = window / quota
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = tonumber(redis.call('GET', KEYS[1]) or 0)
-- Nothing is missing for longer than the window: the clock was set back, and nobody is to wait for it to catch up.
if known > now + window + 0.5 then
    known = now
end
local whole = math.max(known, now) + interval
local missing = whole - now
-- Half a microsecond is what the arithmetic may lose over a whole quota.
if missing > window + 0.5 then
    return {-1, math.ceil(missing - window)}
end
redis.call('SET', KEYS[1], string.format('%.3f', whole), 'PX', math.ceil(missing / 1000))
return {math.floor((window - missing) / interval + 0.001), 0}
