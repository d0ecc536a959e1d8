-- For wrk: sends the requests of the file KONTOR_LOAD – line 1 the method, then headers up to an empty line, then one
-- request a line, path TAB body. @N@ in a body becomes a number of its own. Every 20th request closes its connection, so
-- that all worker processes get their share.
local method, headers, last_headers, requests, sent, base = "GET", {}, {}, {}, 0, 0

function init()
  base = tonumber(os.getenv("KONTOR_BASE"))
  local lines = io.lines(os.getenv("KONTOR_LOAD"))
  method = lines()
  for line in lines do
    if line == "" then break end
    local name, value = line:match("^(.-): (.*)$")
    headers[name], last_headers[name] = value, value
  end
  last_headers["Connection"] = "close"
  for line in lines do
    local path, body = line:match("^([^\t]*)\t?(.*)$")
    local numbered = body:find("@N@", 1, true)
    requests[#requests + 1] = {
      path = path, numbered = numbered and body,
      text = wrk.format(method, path, headers, body ~= "" and body or nil),
      last = wrk.format(method, path, last_headers, body ~= "" and body or nil),
    }
  end
end

function request()
  sent = sent + 1
  local each, is_last = requests[(sent - 1) % #requests + 1], sent % 20 == 0
  if each.numbered then
    local body = each.numbered:gsub("@N@", string.format("%.0f", base + sent))
    return wrk.format(method, each.path, is_last and last_headers or headers, body)
  end
  return is_last and each.last or each.text
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("\nRESULT %d %.6f %d %.3f %.3f\n", summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
