-- wrk's requests and output: see `wrk.ts`. Arguments: the file with the body (empty for a GET), a seed, and optionally
-- `check` to check every response, which costs the load generator time.

local PLACEHOLDER = "{{account}}"
-- As long as an account, and contained in no document.
local MARK = "\0ACCOUNT\0"

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a"):gsub(PLACEHOLDER, MARK)
  file:close()
  math.randomseed(tonumber(args[2]) + number)

  local headers = { ["Authorization"] = "Bearer bench", ["Accept"] = "application/json" }
  if body == "" then
    parts = { wrk.format("GET", nil, headers) }
  else
    headers["Content-Type"] = "application/json"
    parts = split(wrk.format("POST", nil, headers, body), MARK)
  end
  wrong = 0
  if args[3] == "check" then response = check end
end

-- Each request has another account, so that nothing is shared; nine digits keep the length constant.
function request()
  return table.concat(parts, tostring(math.random(100000000, 999999999)))
end

function check(status, headers, body)
  if status ~= 200 or body:find('"errors":[', 1, true) then wrong = wrong + 1 end
end

function done(summary, latency)
  local wrong_responses = 0
  for _, thread in ipairs(threads) do
    wrong_responses = wrong_responses + thread:get("wrong")
  end
  local errors = summary.errors
  io.write(string.format(
    'result {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"maxUs":%d,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"wrong":%d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout, wrong_responses))
end

function split(text, separator)
  local pieces, from = {}, 1
  while true do
    local first, last = text:find(separator, from, true)
    table.insert(pieces, text:sub(from, (first or 0) - 1))
    if not first then return pieces end
    from = last + 1
  end
end
