# SPDX-License-Identifier: MIT
require "orch"

c = Orch::Client.new(ARGV.fetch(0, ""))
puts "liborch #{Orch.version[/\d+\.\d+/]} on #{c.about}"

web = Orch::Spec.new("web", "nginx:1.27")
web.replicas = 3
web.env("LEVEL", "info")
c.apply(web)
d = c.wait_for("web", 60_000)
puts "#{d.name}: #{d.ready} of #{d.desired}, #{d.state}"
c.scale("web", 5)
d = c.wait_for("web", 60_000)
puts "#{d.name}: #{d.ready} of #{d.desired}, #{d.state}"

found = c.instances("web")
first = found.item(0)
puts "#{c.deployments("").count} deployment, #{found.count} instances, #{first.name} on #{first.node}"

begin
  c.scale("ghost", 1)
rescue IndexError => e
  puts "not found: #{e.message} #{Orch.last_status}"
end
begin
  Orch::Client.new("nonsense://")
rescue ArgumentError
  puts "invalid"
end

c.remove("web", 60_000)
puts "gone: #{c.deployments("").count} deployments"
