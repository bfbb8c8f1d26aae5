# SPDX-License-Identifier: MIT
"""Real Docker Swarm clusters on one machine, for tests: the parts of the command `swarm-cluster`.

base        words, waiting, running commands          machine    what must stay as it was outside the cluster
process     telling one process from another          engines    which dockerd a node runs
namespaces  unshare, mount, spawn                     image      the test image
node        the first process of a node               tls        certificates
wires       the network between the nodes             api        HTTP to an engine
state       what is kept between two calls            swarm      the Swarm as its managers see it
lifecycle   up and down                               faults     kill, pause, cut, resume
report      JSON and env output                       cli        arguments
"""
