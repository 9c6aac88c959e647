-- The sliding window of one key: a hash from second to the requests of that second. Does what Window::admit does, by the
-- clock of this Redis, which all servers share.
-- KEYS[1]: the window. ARGV[1]: the limit. ARGV[2]: seconds in the window.
local now = tonumber(redis.call('TIME')[1])
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local entries = redis.call('HGETALL', KEYS[1])
local counted, oldest = 0, nil
for index = 1, #entries, 2 do
    local second = tonumber(entries[index])
    if second <= now - window then
        redis.call('HDEL', KEYS[1], entries[index])
    else
        counted = counted + tonumber(entries[index + 1])
        if not oldest or second < oldest then
            oldest = second
        end
    end
end
local admitted = 0
if counted < limit then
    redis.call('HINCRBY', KEYS[1], now, 1)
    redis.call('EXPIRE', KEYS[1], window + 1)
    admitted, counted = 1, counted + 1
end
return {admitted, counted, oldest or now, now}
