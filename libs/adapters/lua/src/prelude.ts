/**
 * The Lua that runs each script: it reads the inputs, makes the few globals that a script may have, runs it, and
 * writes what it returned as JSON. The answer's first character says what follows: `V` a value after the name of its
 * type and a line break, `E` the text of an error.
 */
export const prelude = `
local script, object, params, open = ...
local load, type, next, pairs, tostring, select, pcall, error = load, type, next, pairs, tostring, select, pcall, error
local format, gsub, byte, sub = string.format, string.gsub, string.byte, string.sub
local concat, floor = table.concat, math.floor

local function copy(from)
  local to = {}
  for key, value in pairs(from) do to[key] = value end
  return to
end

local allowed = { table = copy(table), os = { time = os.time, date = os.date } }
allowed.table.getn = function(list) return #list end
if open == "1" then
  allowed.string, allowed.math, allowed.coroutine, allowed.bit32 = string, copy(math), copy(coroutine), copy(bit32)
  allowed.os.clock, allowed.os.difftime = os.clock, os.difftime
  allowed.os.getenv = function() return nil end
  string.dump = nil
  string.gfind = string.gmatch
else
  getmetatable("").__index = nil
end

local globals = copy(allowed)
for _, name in pairs({ "assert", "collectgarbage", "error", "getmetatable", "ipairs", "next", "pairs", "pcall",
  "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
  "_VERSION" }) do
  globals[name] = _G[name]
end
globals._G = globals
globals.print = function() end
globals.unpack = table.unpack
globals.require = function(name)
  local found = allowed[name]
  if found == nil then error("module " .. tostring(name) .. " not found", 2) end
  return found
end
globals.load = function(chunk, name, _, env)
  if env == nil then env = globals end
  return load(chunk, name or "=<string>", "t", env)
end
globals.loadstring = function(text, name) return globals.load(text, name) end

local function escape(char) return format("\\\\u%04x", byte(char)) end
local function quote(text) return '"' .. gsub(text, '[%c"\\\\]', escape) .. '"' end

local encode

local function encodeList(list, seen, out)
  local expected = 0
  for key in next, list do
    expected = expected + 1
    if type(key) ~= "number" then error("cannot encode mixed or invalid key types", 0) end
  end
  out[#out + 1] = "["
  for index = 1, expected do
    local value = list[index]
    if value == nil then error("cannot encode sparse array", 0) end
    if index > 1 then out[#out + 1] = "," end
    encode(value, seen, out)
  end
  out[#out + 1] = "]"
end

local function encodeMap(map, seen, out)
  local first = true
  out[#out + 1] = "{"
  for key, value in next, map do
    if type(key) ~= "string" then error("cannot encode mixed or invalid key types", 0) end
    if not first then out[#out + 1] = "," end
    first = false
    out[#out + 1] = quote(key)
    out[#out + 1] = ":"
    encode(value, seen, out)
  end
  out[#out + 1] = "}"
end

encode = function(value, seen, out)
  local kind = type(value)
  if kind == "nil" then out[#out + 1] = "null"
  elseif kind == "boolean" then out[#out + 1] = value and "true" or "false"
  elseif kind == "string" then out[#out + 1] = quote(value)
  elseif kind == "number" then
    if value ~= value or value == 1/0 or value == -1/0 then error("cannot encode " .. tostring(value), 0) end
    out[#out + 1] = format(value == floor(value) and "%.0f" or "%.17g", value)
  elseif kind == "table" then
    if seen[value] then error("cannot encode recursively nested tables to JSON", 0) end
    seen[value] = true
    if type(next(value)) == "string" then encodeMap(value, seen, out) else encodeList(value, seen, out) end
    seen[value] = nil
  else error("cannot encode " .. kind .. " to JSON", 0) end
end

local function read(text, what)
  local chunk, why = load(text, "=" .. what, "t", {})
  if chunk == nil then error(why, 0) end
  return chunk()
end

local function last(...)
  local count = select("#", ...)
  if count == 0 then return nil end
  return (select(count, ...))
end

local function main()
  globals.obj = read(object, "object")
  if params ~= "" then globals.actionParams = read(params, "parameters") end
  local chunk, why = load(script, "=<string>", "t", globals)
  if chunk == nil then error(why, 0) end
  local result = last(chunk())
  local out = { type(result), "\\n" }
  encode(result, {}, out)
  return concat(out)
end

local ok, answer = pcall(main)
if ok then return "V" .. answer end
local known, text = pcall(tostring, answer)
return "E" .. (known and type(text) == "string" and text or "an error without a text")
`;
