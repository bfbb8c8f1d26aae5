-- SPDX-License-Identifier: MIT
local orch = require("orch")

local function whole(n) -- numbers of C arrive as floats
	return string.format("%d", n)
end

local function show(d)
	print(d.name .. ": " .. whole(d.ready) .. " of " .. whole(d.desired) .. ", " .. d.state)
end

local c = orch.Client(arg[1] or "")
print("liborch " .. orch.version():match("%d+%.%d+") .. " on " .. c:about())

local web = orch.Spec("web", "nginx:1.27")
web.replicas = 3
web:env("LEVEL", "info")
c:apply(web)
show(c:wait_for("web", 60000))
c:scale("web", 5)
show(c:wait_for("web", 60000))

local found = c:instances("web")
local first = found:item(0)
print(whole(c:deployments(""):count()) .. " deployment, " .. whole(found:count()) .. " instances, " ..
	first.name .. " on " .. first.node)

local ok, e = pcall(c.scale, c, "ghost", 1)
if not ok then
	print("not found: " .. e:gsub("^SWIG_IndexError:", "") .. " " .. orch.last_status())
end
ok = pcall(orch.Client, "nonsense://")
if not ok and orch.last_status() == "ORCH_E_INVALID" then
	print("invalid")
end

c:remove("web", 60000)
print("gone: " .. whole(c:deployments(""):count()) .. " deployments")
