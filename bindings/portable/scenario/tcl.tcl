# SPDX-License-Identifier: MIT
load orch.so Orch

proc show {d} {
	puts "[$d cget -name]: [$d cget -ready] of [$d cget -desired], [$d cget -state]"
}

orch::Client c [lindex $argv 0]
regexp {^\d+\.\d+} [orch::version] version
puts "liborch $version on [c about]"

orch::Spec web web nginx:1.27
web configure -replicas 3
web env LEVEL info
c apply web
show [c wait_for web 60000]
c scale web 5
show [c wait_for web 60000]

set found [c instances web]
set first [$found item 0]
puts "[[c deployments ""] count] deployment, [$found count] instances, [$first cget -name] on [$first cget -node]"

if {[catch {c scale ghost 1} e]} {
	puts "not found: [regsub {^IndexError } $e {}] [orch::last_status]"
}
if {[catch {orch::Client d nonsense://}] && [orch::last_status] eq "ORCH_E_INVALID"} {
	puts "invalid"
}

c remove web 60000
puts "gone: [[c deployments ""] count] deployments"
