# SPDX-License-Identifier: MIT
"""Real Docker Swarm clusters on one machine, for tests: the parts of the command `swarm-cluster`.

machine     what must stay as it was outside          engines    which dockerd a node runs
node        the first process of a node               tls        certificates
state       what is kept between two calls            api        HTTP to an engine
lifecycle   up and down                               swarm      the Swarm as its managers see it
report      JSON and env output                       faults     kill, pause, cut, resume
cli         arguments                                 shared     beside this folder: what all kinds of clusters need
"""
